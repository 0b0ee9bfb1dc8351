//! The beginning and the end of MPI.

use std::mem::forget;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use mpi::Threading;

use crate::{Error, Result};

/// The thread in which MPI begins and ends, which have to be the same one: the communicator may be dropped on
/// any.
pub(super) struct Keeper {
    /// Whether MPI is to be ended properly.
    end: Sender<bool>,
    thread: JoinHandle<()>,
}

impl Keeper {
    pub(super) fn begin() -> Result<Keeper> {
        let (begun, result) = channel();
        let (end, ended) = channel();
        let keep = move || {
            let universe = match mpi::initialize_with_threading(Threading::Serialized) {
                Some((universe, level)) if level >= Threading::Serialized => universe,
                Some((_universe, level)) => {
                    let why = format!("MPI gives the thread level {level:?}, and Serialized is needed");
                    return begun.send(Err(Error::setup(0, why))).expect("it waits for that");
                }
                None => {
                    let why = "MPI was begun before in this process, which can be done once";
                    return begun.send(Err(Error::setup(0, why))).expect("it waits for that");
                }
            };
            begun.send(Ok(())).expect("it waits for that");
            match ended.recv() {
                Ok(true) => drop(universe), // waits for all ranks
                _ => forget(universe),
            }
        };
        let thread = std::thread::Builder::new().name("MPI".to_owned()).spawn(keep);
        let thread = thread.map_err(|why| Error::setup(0, why))?;
        result.recv().expect("it is sent before the thread ends")?;
        Ok(Keeper { end, thread })
    }

    /// Ends MPI together with all other ranks, for which it waits; or, not `properly`, leaves it as it is.
    pub(super) fn end(self, properly: bool) {
        self.end.send(properly).expect("the thread waits for that");
        self.thread.join().expect("it does not panic");
    }
}
