//! Modules nested very deep: what has to recurse stops with a message, and dropping does not recurse.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use crate::Layer;

/// How deep modules may be nested where a call for each level lies on the stack: printing, `forward`,
/// describing the architecture. Walks (`parameters`, `state_dict`, `train`, …) and dropping go any depth.
pub(crate) const MAX_DEPTH: usize = 200;

thread_local! {
    /// How many levels this thread is inside.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs `f` one level further in.
///
/// # Panics
/// If that is deeper than [`MAX_DEPTH`].
#[track_caller]
pub(crate) fn one_deeper<R>(f: impl FnOnce() -> R) -> R {
    struct Leave(usize);
    impl Drop for Leave {
        fn drop(&mut self) {
            DEPTH.set(self.0);
        }
    }
    let depth = DEPTH.get();
    assert!(depth < MAX_DEPTH, "modules are nested more than {MAX_DEPTH} deep");
    let _leave = Leave(depth);
    DEPTH.set(depth + 1);
    f()
}

/// Drops layers, those inside them in a loop after them: nested a hundred thousand deep
/// they would overflow the stack.
pub(crate) fn drop_layers(layers: &mut Vec<Arc<dyn Layer>>) {
    thread_local! {
        /// The modules that the outermost call on this thread has still to drop, last first.
        static WAITING: RefCell<Option<Vec<Arc<dyn Layer>>>> = const { RefCell::new(None) };
    }
    /// Ends the outermost call, also when a layer's own `drop` panics.
    struct Outermost;
    impl Drop for Outermost {
        fn drop(&mut self) {
            let rest = WAITING.take();
            drop(rest);
        }
    }
    let layers = std::mem::take(layers).into_iter().rev();
    // A thread that is ending has no list any more: there the layers recurse.
    let outermost = WAITING.try_with(|waiting| {
        let mut waiting = waiting.borrow_mut();
        let outermost = waiting.is_none();
        waiting.get_or_insert_default().extend(layers);
        outermost
    });
    if outermost == Ok(true) {
        let _outermost = Outermost;
        while let Some(layer) = WAITING.with_borrow_mut(|waiting| waiting.as_mut().and_then(Vec::pop)) {
            drop(layer);
        }
    }
}
