//! Ranks that are processes.

mod frame;
mod group;
mod letter;
mod near;
mod peer;
mod rendezvous;
mod stream;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use crate::{Communicator, DEFAULT_TIMEOUT, Error, ErrorKind, Result};

/// The engine whose ranks are processes, on one machine or on many, connected by TCP each to each.
///
/// A program calls [`Tcp::from_env`] and is started once for each rank, with torch's environment variables:
///
/// ```sh
/// torchrun --no-python --nproc-per-node 4 target/release/train
///
/// for rank in 0 1 2 3; do
///     MASTER_ADDR=127.0.0.1 MASTER_PORT=29500 WORLD_SIZE=4 RANK=$rank target/release/train &
/// done
/// wait
/// ```
///
/// The processes meet at rank 0, which listens at `MASTER_ADDR:MASTER_PORT`. They have to be of one version
/// of this library, of one number of ranks and of one byte order, or are told why they do not fit.
///
/// Ranks of one machine meet over TCP as well, and then speak through Unix sockets, which take half the time;
/// see [`unix_sockets`](TcpOptions::unix_sockets). Numbers to be summed are read by the call that waits for
/// them, where they belong; a thread for each connection reads whatever comes while no call waits.
///
/// # When something goes wrong
///
/// - A process that ends, be it by a signal, is noticed by all others at once, since its connections close.
/// - One that is stopped, or whose machine or network is gone, is noticed when it has given no sign of life
///   for [`silence`](TcpOptions::silence). A process that lives gives one ten times as often, whatever the
///   program does meanwhile.
/// - One that lives but does not do what the others wait for is named when the
///   [`timeout`](TcpOptions::timeout) of a call has passed.
/// - When the communicator is dropped, the others are told that this rank has left, and it waits until they
///   have read what it sent them. A program that ends by `std::process::exit` should drop it before:
///   otherwise the others take the rank for dead, which it is.
///
/// Messages wait in the memory of the process that they are for, so two ranks can send each other any amount
/// at once. They are neither encrypted nor authenticated: the ranks' network should be one of your own.
#[derive(Debug)]
pub struct Tcp;

/// How a process finds the others of its group.
///
/// ```no_run
/// use distributed::{Tcp, TcpOptions};
///
/// let mut options = TcpOptions::new("10.0.0.1", 29500, 2, 4); // rank 2 of 4
/// options.silence = std::time::Duration::from_secs(5);
/// let comm = Tcp::connect(options)?;
/// comm.barrier()?;
/// # Ok::<(), distributed::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TcpOptions {
    /// The host of rank 0, a name or an address: `MASTER_ADDR`.
    pub master_addr: String,
    /// The port at which rank 0 listens: `MASTER_PORT`.
    pub master_port: u16,
    /// This process's rank: `RANK`.
    pub rank: usize,
    /// The number of ranks: `WORLD_SIZE`.
    pub world_size: usize,
    /// The place of this process among those of its machine: `LOCAL_RANK`, for what only one of them should
    /// do. Default 0. Nothing here depends on it.
    pub local_rank: usize,
    /// How long a call waits for a rank that lives, and how long the beginning waits for all ranks. Default
    /// [`DEFAULT_TIMEOUT`].
    pub timeout: Duration,
    /// How long a rank may give no sign of life. Default 30 s.
    pub silence: Duration,
    /// Whether ranks of one machine speak to each other through Unix sockets, which take half the time of TCP,
    /// where both may. Default yes; it is done on Linux only.
    pub unix_sockets: bool,
}

impl TcpOptions {
    /// The options of one rank, with the usual time limits.
    pub fn new(
        master_addr: impl Into<String>,
        master_port: u16,
        rank: usize,
        world_size: usize,
    ) -> TcpOptions {
        TcpOptions {
            master_addr: master_addr.into(),
            master_port,
            rank,
            world_size,
            local_rank: 0,
            timeout: DEFAULT_TIMEOUT,
            silence: Duration::from_secs(30),
            unix_sockets: true,
        }
    }

    /// The options that torch's environment variables hold: `MASTER_ADDR`, `MASTER_PORT`, `RANK` and
    /// `WORLD_SIZE`, and `LOCAL_RANK` if it is set.
    ///
    /// At `MASTER_PORT` of `torchrun` listens a server of its own, as it says in
    /// `TORCHELASTIC_USE_AGENT_STORE=True`. Then the port is the next one.
    ///
    /// # Errors
    /// If one is missing or is not what it should be; all of them are named.
    pub fn from_env() -> Result<TcpOptions> {
        TcpOptions::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<TcpOptions> {
        let mut problems = Vec::new();
        let mut number = |name: &str, most: usize, default: Option<usize>| {
            let problem = match (variable(name), default) {
                (Some(text), _) => match text.trim().parse() {
                    Ok(number) if number <= most => return number,
                    _ => format!("{name}={text} is no number up to {most}"),
                },
                (None, Some(default)) => return default,
                (None, None) => format!("{name} is not set"),
            };
            problems.push(problem);
            0
        };
        let world_size = number("WORLD_SIZE", u32::MAX as usize, None);
        let rank = number("RANK", u32::MAX as usize, None);
        let port = number("MASTER_PORT", usize::from(u16::MAX - 1), None) as u16;
        let local_rank = number("LOCAL_RANK", u32::MAX as usize, Some(0));
        let addr = variable("MASTER_ADDR").unwrap_or_else(|| {
            problems.push("MASTER_ADDR is not set".to_owned());
            String::new()
        });
        if !problems.is_empty() {
            let message =
                format!("the environment does not say how to find the others: {}", problems.join("; "));
            return Err(Error::new(ErrorKind::Setup, rank, message));
        }
        let taken = variable("TORCHELASTIC_USE_AGENT_STORE").is_some_and(|text| text == "True");
        let mut options = TcpOptions::new(addr, port + u16::from(taken), rank, world_size);
        options.local_rank = local_rank;
        Ok(options)
    }
}

impl Tcp {
    /// Connects to the group that torch's environment variables describe:
    /// [`TcpOptions::from_env`] and [`Tcp::connect`].
    ///
    /// # Errors
    /// As both.
    pub fn from_env() -> Result<Arc<dyn Communicator>> {
        Tcp::connect(TcpOptions::from_env()?)
    }

    /// Connects to the group, and returns when everyone is there.
    ///
    /// # Errors
    /// If they are not all there within the time limit, if the ranks do not fit together, or if rank 0 cannot
    /// listen at its address.
    pub fn connect(options: TcpOptions) -> Result<Arc<dyn Communicator>> {
        check(&options)?;
        let TcpOptions { master_addr, master_port, rank, .. } = &options;
        if *rank > 0 {
            let streams =
                rendezvous::join(master_addr, *master_port, *rank, options.world_size, options.timeout)?;
            return group(&options, streams);
        }
        let listener = TcpListener::bind((&master_addr[..], *master_port)).map_err(|why| {
            Error::setup(0, format_args!("it cannot listen at {master_addr}:{master_port}: {why}"))
        })?;
        Tcp::host(&listener, options)
    }

    /// As [`Tcp::connect`] for rank 0, with a listener that is there already: one whose port the system
    /// chose, say. The address in the options does not matter.
    ///
    /// ```
    /// use distributed::{Tcp, TcpOptions};
    /// use std::net::TcpListener;
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    /// let port = listener.local_addr().expect("it has one").port();
    /// // Here a thread stands for what is another process otherwise.
    /// let other = std::thread::spawn(move || {
    ///     let comm = Tcp::connect(TcpOptions::new("127.0.0.1", port, 1, 2))?;
    ///     comm.all_gather(&vec![10.5f32])
    /// });
    /// let comm = Tcp::host(&listener, TcpOptions::new("", 0, 0, 2))?;
    /// assert_eq!(comm.all_gather(&vec![0.5f32])?, [[0.5], [10.5]]);
    /// drop(comm); // takes leave
    /// assert_eq!(other.join().expect("no panic")?, [[0.5], [10.5]]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Tcp::connect`], and if the options are those of another rank.
    pub fn host(listener: &TcpListener, options: TcpOptions) -> Result<Arc<dyn Communicator>> {
        check(&options)?;
        if options.rank != 0 {
            return Err(Error::setup(options.rank, "rank 0 is the one that the others meet at"));
        }
        let streams = rendezvous::host(listener, options.world_size, options.timeout)?;
        group(&options, streams)
    }
}

fn check(options: &TcpOptions) -> Result<()> {
    let TcpOptions { rank, world_size, .. } = *options;
    if rank >= world_size {
        return Err(Error::setup(rank, format_args!("there are {world_size} ranks, counted from 0")));
    }
    Ok(())
}

fn group(options: &TcpOptions, streams: rendezvous::Streams) -> Result<Arc<dyn Communicator>> {
    let (streams, outcome) = near::nearer(options.rank, streams, options.unix_sockets, options.timeout);
    let group = group::Group::new(options.rank, streams, options.timeout, options.silence)?;
    // After a failure it is the group of those who are to be told.
    outcome.map_err(|error| group.fail(error))?;
    Ok(Arc::new(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<TcpOptions> {
        TcpOptions::from_variables(|name| {
            variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn torchs_variables_are_read() {
        let mut variables =
            vec![("MASTER_ADDR", "host"), ("MASTER_PORT", "29500"), ("RANK", "2"), ("WORLD_SIZE", "4")];
        assert_eq!(from(&variables), Ok(TcpOptions::new("host", 29500, 2, 4)));
        variables.extend([("LOCAL_RANK", "1"), ("TORCHELASTIC_USE_AGENT_STORE", "True")]);
        let expected = TcpOptions { local_rank: 1, ..TcpOptions::new("host", 29501, 2, 4) };
        assert_eq!(from(&variables), Ok(expected));
    }

    #[test]
    fn all_that_is_wrong_with_them_is_named() {
        let error = from(&[("RANK", "-1"), ("MASTER_PORT", "70000"), ("WORLD_SIZE", "4")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment does not say how to find the others: RANK=-1 is no number up to 4294967295; \
             MASTER_PORT=70000 is no number up to 65534; MASTER_ADDR is not set"
        );
        let error = Tcp::connect(TcpOptions::new("localhost", 1, 4, 4)).err().expect("it is refused");
        assert_eq!(error.to_string(), "rank 4 cannot begin: there are 4 ranks, counted from 0");
    }
}
