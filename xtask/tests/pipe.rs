//! A reader that has seen enough, as `head` has after ten lines, ends a command without a word.

use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the repository");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("inspect").arg(root.join("crates/serialize/tests/fixtures/resume.pth"));
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    drop(child.stdout.take()); // before its first line, or soon after
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", output.status);
}
