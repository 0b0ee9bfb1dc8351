use std::cell::Cell;

thread_local! {
    static ENABLED: Cell<bool> = const { Cell::new(true) };
    static TRACING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f` without recording: results inside require no gradient and keep no graph. The twin of
/// `with torch.no_grad():`, and like it, for the calling thread only.
///
/// ```
/// use autograd::{Variable, no_grad};
/// let x = Variable::new(tensor::ones([2])).requires_grad_(true);
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
/// let x = Variable::new(tensor::ones([2])).requires_grad_(true);
/// let y = no_grad(|| enable_grad(|| &x * 2.0));
/// assert!(y.requires_grad());
/// ```
pub fn enable_grad<R>(f: impl FnOnce() -> R) -> R {
    let _mode = Mode::set(true);
    f()
}

/// Recording switched on or off until this is dropped.
pub(crate) struct Mode(bool);

impl Mode {
    pub(crate) fn set(enabled: bool) -> Mode {
        Mode(ENABLED.replace(enabled))
    }
}

impl Drop for Mode {
    fn drop(&mut self) {
        ENABLED.set(self.0);
    }
}

/// Operations taken down until this is dropped.
pub(super) struct Tracing(bool);

impl Tracing {
    pub(super) fn on() -> Tracing {
        Tracing(TRACING.replace(true))
    }
}

impl Drop for Tracing {
    fn drop(&mut self) {
        TRACING.set(self.0);
    }
}

/// Whether operations on this thread are taken down.
pub(crate) fn is_tracing() -> bool {
    TRACING.get()
}

/// Whether operations on this thread are recorded.
pub fn is_grad_enabled() -> bool {
    ENABLED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_is_restored_after_a_panic() {
        let caught = std::panic::catch_unwind(|| no_grad(|| panic!("inside")));
        assert!(caught.is_err() && is_grad_enabled());
    }
}
