use std::io::{Write, stderr};
use std::panic::Location;

/// Writes a warning to stderr, with the line of the program that it is about.
#[doc(hidden)]
#[track_caller]
pub fn warn(warning: &str) {
    let text = format!("{}: warning: {warning}\n", Location::caller());
    let _ = stderr().write_all(text.as_bytes()); // a closed stderr is no reason to stop
}
