use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::{Communicator, Error, Result};

type Job = Box<dyn FnOnce(&dyn Communicator) + Send>;

/// A thread that communicates while others compute: one job after the other, in the order in which they were
/// given.
pub(super) struct Worker {
    jobs: Jobs,
    thread: Option<JoinHandle<()>>,
    /// Dropped after the thread has ended: the last handle on the group has to be that of the thread that
    /// panics, if one does, for the others to be told that.
    _comm: Arc<dyn Communicator>,
}

/// The way to the thread. Nothing ends it: graphs that met others on their way hold such ways, too.
#[derive(Clone)]
pub(super) struct Jobs(Sender<Option<Job>>);

/// What a job will have given.
pub(super) struct Pending<R>(Receiver<Result<R>>);

impl Worker {
    pub(super) fn new(comm: Arc<dyn Communicator>) -> Result<Worker> {
        let (sender, receiver) = channel::<Option<Job>>();
        let ranks = comm.clone();
        let work = move || receiver.into_iter().map_while(|job| job).for_each(|job| job(&*ranks));
        let name = format!("exchange of rank {}", comm.rank());
        let thread = std::thread::Builder::new().name(name).spawn(work);
        let thread = thread.map_err(|why| comm.fail(Error::setup(comm.rank(), why)))?;
        Ok(Worker { jobs: Jobs(sender), thread: Some(thread), _comm: comm })
    }

    pub(super) fn jobs(&self) -> &Jobs {
        &self.jobs
    }
}

impl Jobs {
    pub(super) fn submit<R: Send + 'static>(
        &self,
        job: impl FnOnce(&dyn Communicator) -> Result<R> + Send + 'static,
    ) -> Pending<R> {
        let (sender, receiver) = channel();
        let job = move |comm: &dyn Communicator| {
            let _ = sender.send(job(comm)); // nobody waits for it after a failure
        };
        let sent = self.0.send(Some(Box::new(job)));
        assert!(sent.is_ok(), "a pass meets other shards after its DataParallel is gone");
        Pending(receiver)
    }
}

impl<R> Pending<R> {
    pub(super) fn wait(self) -> Result<R> {
        self.0.recv().expect("jobs do not panic")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.jobs.0.send(None);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
