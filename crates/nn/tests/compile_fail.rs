//! The compiler's words about a wrong module, where the user wrote it.
//!
//! The words around ours change with the compiler, so the comparison is made with the one that wrote the
//! record. After an upgrade: `TRYBUILD=overwrite cargo test -p nn --test compile_fail`, review, and set
//! `RECORDED_WITH`.

use std::process::Command;

const RECORDED_WITH: &str = "rustc 1.95.";

#[test]
fn mistakes_are_explained_where_they_are() {
    let rustc = Command::new("rustc").arg("--version").output().expect("a test has a compiler");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    if version.starts_with(RECORDED_WITH) || std::env::var_os("TRYBUILD").is_some() {
        trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
    } else {
        println!("not compared: recorded with {RECORDED_WITH}x, this is {version}");
    }
}
