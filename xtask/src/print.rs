//! `println!` for programs whose reader may have seen enough, as `head` has after ten lines.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};
use std::process::exit;

/// As the standard `println!`; but when the reader is gone the program ends without a word,
/// where the standard one panics.
macro_rules! println {
    ($($arguments:tt)*) => { $crate::print::line(format_args!($($arguments)*)) };
}

/// The exit code that a shell reports for a program that a closed pipe has ended.
const ENDED_BY_PIPE: i32 = 128 + 13;

/// Prints a line; the work of `println!`.
pub(crate) fn line(line: Arguments<'_>) {
    match writeln!(stdout(), "{line}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => exit(ENDED_BY_PIPE),
        Err(error) => panic!("failed printing to stdout: {error}"),
    }
}
