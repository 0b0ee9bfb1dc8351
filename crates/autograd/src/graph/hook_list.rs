use std::sync::{Arc, Mutex, PoisonError, Weak};

use smallvec::SmallVec;

/// The hooks of one place, in the order in which they were registered: functions, with whatever tells them
/// apart.
///
/// ```
/// use autograd::HookList;
/// let list = HookList::default();
/// let handle = list.register("first");
/// list.register("second");
/// handle.remove();
/// assert_eq!(list.hooks()[..], ["second"]);
/// ```
pub struct HookList<T>(Arc<Mutex<Inside<T>>>);

struct Inside<T> {
    next: u64,
    hooks: Vec<(u64, T)>,
}

impl<T> Default for HookList<T> {
    fn default() -> Self {
        HookList(Arc::new(Mutex::new(Inside { next: 0, hooks: Vec::new() })))
    }
}

impl<T: Clone + Send + 'static> HookList<T> {
    /// Adds a hook at the end.
    pub fn register(&self, hook: T) -> HookHandle {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = inside.next;
        inside.next += 1;
        inside.hooks.push((number, hook));
        HookHandle { list: Arc::downgrade(&self.0) as _, number }
    }

    /// All hooks. They are called without a lock: one may remove itself.
    pub fn hooks(&self) -> SmallVec<[T; 1]> {
        let inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inside.hooks.iter().map(|(_, hook)| hook.clone()).collect()
    }
}

/// Removes a hook. Dropping the handle leaves the hook where it is, as in torch.
pub struct HookHandle {
    list: Weak<dyn Forget>,
    number: u64,
}

impl HookHandle {
    /// Removes the hook; does nothing if what it was registered on is gone.
    pub fn remove(self) {
        if let Some(list) = self.list.upgrade() {
            list.forget(self.number);
        }
    }
}

trait Forget: Send + Sync {
    fn forget(&self, number: u64);
}

impl<T: Send> Forget for Mutex<Inside<T>> {
    fn forget(&self, number: u64) {
        self.lock().unwrap_or_else(PoisonError::into_inner).hooks.retain(|(known, _)| *known != number);
    }
}
