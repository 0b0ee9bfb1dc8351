//! `cargo xtask launch` starts all ranks, names them in what they print, and ends them when one fails.
#![cfg(unix)]

use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn launch(ranks: &str, script: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["launch", "--ranks", ranks, "--", "sh", "-c", script]).output().expect("the command starts")
}

fn sorted(out: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = String::from_utf8_lossy(out).lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn every_rank_knows_its_place() {
    let script =
        "echo $RANK $LOCAL_RANK of $WORLD_SIZE at $MASTER_ADDR, $RAYON_NUM_THREADS thread; printf end >&2";
    let output = launch("3", script);
    assert!(output.status.success(), "{output:?}");
    let line = |rank| format!("[{rank}] {rank} {rank} of 3 at 127.0.0.1, 1 thread");
    assert_eq!(sorted(&output.stdout), [line(0), line(1), line(2)]);
    assert_eq!(sorted(&output.stderr), ["[0] end", "[1] end", "[2] end"]);
}

#[test]
fn one_that_fails_ends_all_and_is_named() {
    let start = Instant::now();
    let output = launch("3", "if [ $RANK = 1 ]; then echo broken; exit 7; else exec sleep 600; fi");
    assert!(start.elapsed() < Duration::from_secs(60), "the others were left to sleep");
    assert!(!output.status.success());
    assert_eq!(sorted(&output.stdout), ["[1] broken"]);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("error: rank 1 ended with exit status: 7"), "{err}");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output =
        command.args(["launch", "--ranks", "2", "--", "no-such-program"]).output().expect("it starts");
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.starts_with("error: no-such-program: "), "{err}");
}
