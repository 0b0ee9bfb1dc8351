use crate::Error;
use std::thread::JoinHandle;

/// A file that is being written: what [`Checkpoint::save_async`](crate::Checkpoint::save_async) gives.
///
/// Dropping it waits for the end as well, so that a program does not end before its file is whole; whether
/// that went well only [`wait`](Saving::wait) tells.
#[must_use = "`wait` tells whether the file was written"]
pub struct Saving(Option<JoinHandle<Result<(), Error>>>);

impl Saving {
    pub(crate) fn start(write: impl FnOnce() -> Result<(), Error> + Send + 'static) -> Saving {
        Saving(Some(std::thread::spawn(write)))
    }

    /// Whether the writing is over.
    pub fn is_finished(&self) -> bool {
        self.0.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until the file is written.
    ///
    /// # Errors
    /// As [`Checkpoint::save`](crate::Checkpoint::save).
    pub fn wait(mut self) -> Result<(), Error> {
        let thread = self.0.take().expect("it is taken by `wait` and by dropping alone");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}
