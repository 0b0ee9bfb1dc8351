use std::cell::Cell;

thread_local! {
    static RECORDING: Cell<Recording> = const { Cell::new(Recording { enabled: true, inference: false }) };
    static WATCH: Cell<Watch> = const { Cell::new(Watch { tracing: false, anomaly: false, checkpoint: false }) };
}

/// Whether operations on a thread are recorded.
#[derive(Clone, Copy)]
struct Recording {
    enabled: bool,
    inference: bool,
}

/// Runs `f` without recording: results inside require no gradient and keep no graph. The twin of
/// `with torch.no_grad():`, and like it, for the calling thread only.
///
/// ```
/// use autograd::{Variable, no_grad};
/// let x = Variable::new([1.0f32, 1.0]).requires_grad_(true);
/// let y = no_grad(|| &x * 2.0);
/// assert!(!y.requires_grad());
/// ```
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    let _mode = Mode::set(false);
    f()
}

/// Runs `f` with recording on, inside [`no_grad`] too. The twin of `with torch.enable_grad():`.
///
/// ```
/// use autograd::{Variable, enable_grad, no_grad};
/// let x = Variable::new([1.0f32, 1.0]).requires_grad_(true);
/// let y = no_grad(|| enable_grad(|| &x * 2.0));
/// assert!(y.requires_grad());
/// ```
pub fn enable_grad<R>(f: impl FnOnce() -> R) -> R {
    let _mode = Mode::set(true);
    f()
}

/// Switches recording on or off for the calling thread until it is called again, as
/// `torch.set_grad_enabled(mode)`; for a stretch of code there are [`no_grad`] and [`enable_grad`], which
/// switch back even if the code panics.
///
/// ```
/// use autograd::{Variable, is_grad_enabled, set_grad_enabled};
/// let x = Variable::new([1.0f32, 1.0]).requires_grad_(true);
/// for train in [true, false] {
///     set_grad_enabled(train);
///     assert_eq!((&x * 2.0).requires_grad(), train);
/// }
/// set_grad_enabled(true);
/// assert!(is_grad_enabled());
/// ```
pub fn set_grad_enabled(mode: bool) {
    RECORDING.set(Recording { enabled: mode, ..RECORDING.get() });
}

/// [`no_grad`] that nothing inside switches off again: [`enable_grad`] in code that was written for training
/// has no effect there. The twin of `with torch.inference_mode():`; other than in torch, what is computed
/// inside may be used in a graph afterwards, as a constant.
///
/// ```
/// use autograd::{Variable, enable_grad, inference_mode};
/// let x = Variable::new([1.0f32, 1.0]).requires_grad_(true);
/// let y = inference_mode(|| enable_grad(|| &x * 2.0));
/// assert!(!y.requires_grad());
/// ```
pub fn inference_mode<R>(f: impl FnOnce() -> R) -> R {
    let _mode = Mode(RECORDING.replace(Recording { enabled: false, inference: true }));
    f()
}

/// Whether the calling thread is inside [`inference_mode`].
pub fn is_inference_mode_enabled() -> bool {
    RECORDING.get().inference
}

/// Recording switched on or off until this is dropped.
pub(crate) struct Mode(Recording);

impl Mode {
    pub(crate) fn set(enabled: bool) -> Mode {
        let before = RECORDING.get();
        RECORDING.set(Recording { enabled, ..before });
        Mode(before)
    }
}

impl Drop for Mode {
    fn drop(&mut self) {
        RECORDING.set(self.0);
    }
}

/// Whether operations on this thread are recorded: not inside [`no_grad`] and [`inference_mode`].
#[inline]
pub fn is_grad_enabled() -> bool {
    let Recording { enabled, inference } = RECORDING.get();
    enabled && !inference
}

/// What else is done about each operation on a thread. All off is the rule, and one look says so.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    /// It is taken down.
    pub(crate) tracing: bool,
    /// Its values are looked at, and where it was called is remembered.
    pub(crate) anomaly: bool,
    /// What it saves is given to a checkpoint.
    pub(crate) checkpoint: bool,
}

impl Watch {
    #[inline]
    pub(crate) fn now() -> Watch {
        WATCH.get()
    }

    /// Changes it for good.
    pub(super) fn set(change: impl FnOnce(&mut Watch)) {
        let mut watch = WATCH.get();
        change(&mut watch);
        WATCH.set(watch);
    }

    /// Changes it until the guard is dropped.
    pub(super) fn change(change: impl FnOnce(&mut Watch)) -> Watching {
        let before = WATCH.get();
        Watch::set(change);
        Watching(before)
    }
}

/// The state before a change, which comes back when this is dropped.
pub(super) struct Watching(Watch);

impl Drop for Watching {
    fn drop(&mut self) {
        WATCH.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_is_restored_after_a_panic() {
        let caught = std::panic::catch_unwind(|| no_grad(|| panic!("inside")));
        assert!(caught.is_err() && is_grad_enabled());
        let caught = std::panic::catch_unwind(|| inference_mode(|| panic!("inside")));
        assert!(caught.is_err() && is_grad_enabled() && !is_inference_mode_enabled());
    }

    #[test]
    fn a_mode_that_is_set_inside_ends_with_what_is_around_it() {
        no_grad(|| {
            set_grad_enabled(true);
            assert!(is_grad_enabled());
        });
        assert!(is_grad_enabled());
        inference_mode(|| {
            set_grad_enabled(true);
            assert!(is_inference_mode_enabled() && !is_grad_enabled());
        });
        assert!(is_grad_enabled());
    }
}
