//! Says which layer a panic came from, where a call through `dyn Layer` hides the caller's line.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::module::deep::MAX_DEPTH;

thread_local! {
    /// How many calls of [`blaming`] this thread is inside.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs `f`. If it panics with a message, panics again with `culprit` before the message: at the caller's
/// line if no other call is around this one, else without a report, for the outer call to make it.
///
/// Unless `f` panics this costs two writes to a thread-local number.
#[track_caller]
pub(crate) fn blaming<R>(f: impl FnOnce() -> R, culprit: impl FnOnce() -> String) -> R {
    let depth = DEPTH.get();
    assert!(depth < MAX_DEPTH, "forward: layers are nested more than {MAX_DEPTH} deep");
    DEPTH.set(depth + 1);
    // Nothing is read afterwards but the names of layers, so nothing half-changed is seen.
    let outcome = catch_unwind(AssertUnwindSafe(f));
    DEPTH.set(depth);
    match outcome {
        Ok(y) => y,
        Err(panic) => blame(panic, culprit, depth == 0),
    }
}

#[cold]
#[track_caller]
fn blame(panic: Box<dyn Any + Send>, culprit: impl FnOnce() -> String, outermost: bool) -> ! {
    let message = match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
        (Some(message), _) => message,
        (_, Some(message)) => *message,
        _ => resume_unwind(panic),
    };
    let message = format!("{}: {message}", culprit());
    if outermost { panic!("{message}") } else { resume_unwind(Box::new(message)) }
}
