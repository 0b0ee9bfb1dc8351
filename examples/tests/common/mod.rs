//! Runs a program as a user runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The program's file, which `cargo test` has built beside this test.
fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a file");
    let profile = test.ancestors().nth(2).expect("it lies in target/PROFILE/deps");
    let file = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(file.exists(), "{} is missing: `cargo test -p examples` builds it", file.display());
    file
}

/// The program in `folder`, which has no `data`.
pub(crate) fn command(folder: &Path, name: &str, arguments: &[&str]) -> Command {
    let mut program = Command::new(program(name));
    program.args(arguments).current_dir(folder);
    program
}

/// What it prints when all goes well.
pub(crate) fn output_of(mut program: Command) -> String {
    let output = program.output().expect("the program starts");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// What a program wrote by `--json`.
pub(crate) fn json(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("the results are there")).expect("they are JSON")
}

/// The number that stands after the last `label` in `text`.
pub(crate) fn number(text: &str, label: &str) -> f64 {
    let rest = text.rsplit(label).next().expect("rsplit gives something");
    let end = rest.find([',', '\n']).unwrap_or(rest.len());
    rest[..end].trim().parse().unwrap_or_else(|e| panic!("{label}{rest}: {e}"))
}
