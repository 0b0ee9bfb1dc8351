use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

/// Runs `f` on a thread of its own, whose stack has the usual size, and fails if it takes more than a minute.
///
/// # Panics
///
/// With the words of `f`'s panic, if it panics.
#[track_caller]
pub fn within_a_minute(f: impl FnOnce() + Send + 'static) {
    let (done, outcome) = mpsc::channel();
    std::thread::spawn(move || done.send(catch_unwind(AssertUnwindSafe(f)).map_err(message)));
    outcome.recv_timeout(Duration::from_secs(60)).expect("it hangs").expect("the test's own thread");
}

/// The message that `f` panics with.
///
/// # Panics
///
/// If `f` returns.
///
/// ```
/// assert_eq!(testing::refusal(|| panic!("no")), "no");
/// ```
#[track_caller]
pub fn refusal<R>(f: impl FnOnce() -> R) -> String {
    message(catch_unwind(AssertUnwindSafe(|| drop(f()))).expect_err("it is refused"))
}

/// The words of a panic that was caught.
pub fn message(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a panic with a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_panic_come_through() {
        assert_eq!(refusal(|| panic!("{} is too many", 3)), "3 is too many");
        assert!(refusal(|| within_a_minute(|| panic!("inside"))).contains("inside"));
        assert!(refusal(|| refusal(|| 3)).contains("it is refused"));
    }
}
