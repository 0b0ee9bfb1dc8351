//! The engines under test.
#![allow(dead_code)] // each file uses a part

pub(crate) mod sums;
pub(crate) mod training;

use std::net::TcpListener;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use distributed::{Communicator, Tcp, TcpOptions, Threads};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Engine {
    Threads,
    Tcp,
    /// `Tcp` without the short cut within a machine.
    TcpAlone,
}

pub(crate) const ENGINES: [Engine; 3] = [Engine::Threads, Engine::Tcp, Engine::TcpAlone];

impl Engine {
    /// What `rank` returns on each of so many ranks.
    ///
    /// # Panics
    /// If it does, with its words.
    pub(crate) fn run<R: Send>(
        self,
        ranks: usize,
        rank: impl Fn(Arc<dyn Communicator>) -> R + Sync,
    ) -> Vec<R> {
        match self {
            Engine::Threads => Threads::run(ranks, rank).unwrap_or_else(|error| panic!("{error}")),
            Engine::Tcp => over_tcp(ranks, true, rank),
            Engine::TcpAlone => over_tcp(ranks, false, rank),
        }
    }
}

/// A listener at a port that the system chose, and the port.
pub(crate) fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

/// Options on this machine with limits for tests, on machines that do other things as well.
pub(crate) fn options(port: u16, rank: usize, size: usize) -> TcpOptions {
    let mut options = TcpOptions::new("127.0.0.1", port, rank, size);
    options.timeout = Duration::from_secs(40);
    options.silence = Duration::from_secs(20);
    options
}

/// Threads that know of each other by sockets alone.
fn over_tcp<R: Send>(
    ranks: usize,
    unix_sockets: bool,
    rank: impl Fn(Arc<dyn Communicator>) -> R + Sync,
) -> Vec<R> {
    let (listener, port) = listener();
    let connect = |number: usize| {
        let mut options = options(port, number, ranks);
        options.unix_sockets = unix_sockets;
        if number == 0 { Tcp::host(&listener, options) } else { Tcp::connect(options) }
    };
    let one = |number: usize| rank(connect(number).expect("all are here"));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..ranks)
            .map(|number| {
                scope.spawn({
                    let one = &one;
                    move || one(number)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}
