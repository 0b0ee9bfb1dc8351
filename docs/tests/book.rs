//! The code of the book and of the README, run by `cargo test --package docs`.
//!
//! The Rust blocks of a section, between one heading and the next, are one program: later blocks see what
//! earlier ones define, and `?` works. A block marked `should_panic` ends in the panic that it shows, and one
//! marked `no_run` is a program of its own that is only compiled. A `text` block right after a Rust block is
//! what the section has printed by then, or the message it has panicked with; a line of `…` stands for any
//! number of lines. `extract.rs` turns the pages into tests.
#![cfg(test)]
#![forbid(unsafe_code)]
#![allow(dead_code, unused_variables)] // what a page only shows

use std::cell::RefCell;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

thread_local! {
    static PRINTED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// `println!` for the pages: what is printed is also kept for the comparison.
macro_rules! println {
    ($($arguments:tt)*) => { $crate::print(format!($($arguments)*)) };
}

fn print(line: String) {
    std::println!("{line}");
    PRINTED.with_borrow_mut(|printed| *printed += &(line + "\n"));
}

/// Runs a section in an empty folder. One at a time: the folder and the default
/// generator belong to the process.
fn section(program: fn() -> Result<(), Box<dyn Error>>) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let before = std::env::current_dir().expect("tests run in a folder");
    std::env::set_current_dir(&folder).expect("the new folder can be entered");
    let outcome = catch_unwind(program);
    std::env::set_current_dir(before).expect("the old folder is still there");
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(error)) => panic!("{error}"),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// Runs a block that is to panic, sees that the report would point at its line, and prints the message.
fn should_panic(block: impl FnOnce()) {
    static FILE: Mutex<String> = Mutex::new(String::new());
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| {
        *FILE.lock().expect("never poisoned") = panic.location().expect("panics have one").file().to_owned();
    }));
    let outcome = catch_unwind(AssertUnwindSafe(block));
    std::panic::set_hook(hook);
    let panic = outcome.expect_err("this block is to panic");
    let file = FILE.lock().expect("never poisoned");
    assert!(file.ends_with("pages.rs"), "the report points into the library, at {file}");
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    print(panic.downcast_ref::<String>().cloned().or(text).expect("a panic with a message"));
}

/// Compares what has been printed since the last comparison with the page.
fn printed(place: &str, expected: &str) {
    let found = PRINTED.take();
    let trim = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let (found, expected) = (trim(&found), trim(expected));
    let parts: Vec<&str> = expected.split("\n…\n").collect();
    let mut rest = found.strip_prefix(parts[0]);
    if let [_, middle @ .., last] = &parts[..] {
        for part in middle {
            rest = rest.and_then(|rest| rest.find(part).map(|at| &rest[at + part.len()..]));
        }
        rest = rest.filter(|rest| rest.ends_with(last)).map(|_| "");
    }
    assert!(rest == Some(""), "{place}: the page shows\n{expected}\nbut this was printed:\n{found}");
}

include!(concat!(env!("OUT_DIR"), "/pages.rs"));
