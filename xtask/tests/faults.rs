//! `cargo xtask faults`: a few of its runs.
#![cfg(unix)]

use std::process::Command;

#[test]
fn ranks_that_meet_with_faults_end_and_lose_nothing() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.args(["faults", "--runs", "8"]).output().expect("the command starts");
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{out}{err}");
    assert_eq!(err.lines().filter(|line| line.starts_with("run ")).count(), 8, "{err}");
    assert!(out.contains("\n| kill −9 | connect | 1 | "), "{out}");
}
