//! Tests that might hang or end the process run in a process of their own, with a time limit.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Far more than any of these tests takes, also under a sanitizer on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// Which test the process was started for.
const VARIABLE: &str = "RUSHLIGHT_CHILD";

/// Runs `body` in a process of its own, for the test of this name; fails if it fails, or takes longer than
/// [`LIMIT`].
#[track_caller]
pub(crate) fn in_child(test: &str, body: impl FnOnce()) {
    let (status, said) = outcome_in_child(test, body);
    assert!(status.success(), "{test}: {status}\n{said}");
}

/// How a process ended that ran `body` alone, and what it said on the way.
#[track_caller]
pub(crate) fn outcome_in_child(test: &str, body: impl FnOnce()) -> (ExitStatus, String) {
    if std::env::var(VARIABLE).is_ok_and(|name| name == test) {
        body();
        std::process::exit(0);
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(VARIABLE, test)
        .env("RUST_BACKTRACE", "0")
        .env("ASAN_OPTIONS", "detect_leaks=0") // what panics while it is dropped leaves something behind
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        stderr.read_to_end(&mut said).unwrap();
        String::from_utf8_lossy(&said).into_owned()
    });
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().unwrap() {
            return (status, reader.join().unwrap());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("{test}: still running after {LIMIT:?}");
}
