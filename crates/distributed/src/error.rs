use std::any::Any;
use std::time::Duration;

use crate::Operation;

/// Why ranks can no longer compute together: the rank concerned, the kind of reason, and a sentence.
///
/// An error on any rank is an error of all: the others are told, and from then on every call on a rank gives
/// the first error that it met or was told.
///
/// ```
/// use distributed::{ErrorKind, Threads};
///
/// let result = Threads::run(3, |comm| {
///     assert_ne!(comm.rank(), 1, "no data");
///     comm.barrier()
/// });
/// let error = result.unwrap_err();
/// assert_eq!((error.rank(), error.kind()), (1, ErrorKind::Panicked));
/// assert!(error.to_string().starts_with("rank 1 panicked: ") && error.to_string().contains("no data"));
/// ```
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    rank: usize,
    message: String,
}

/// Results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

tensor::debug_as_display!(Error);

/// The list of kinds; a kind's number in messages is its place in it.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident),* $(,)?) => {
        /// The kinds of reasons of an [`Error`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$doc])* $kind,)*
        }

        const KINDS: &[ErrorKind] = &[$(ErrorKind::$kind),*];
    };
}

kinds! {
    /// The rank lives, but did not send what others waited for within the time limit.
    TimedOut,
    /// The rank's process ended, or the connection to it broke.
    Died,
    /// The rank gave no sign of life: its process is stopped, its machine is gone, or the way to it is cut.
    Silent,
    /// The rank dropped its communicator while another still waited for it.
    Left,
    /// The rank panicked; the message has its words.
    Panicked,
    /// The rank does something else than the others: another operation, another number of elements, another
    /// program.
    Differs,
    /// The rank's loss does not depend on some of the parameters.
    Unused,
    /// The rank could not begin: its environment, its address or its port is not right.
    Setup,
}

impl Error {
    /// An error of this kind about `rank`, in a sentence that names the rank.
    pub fn new(kind: ErrorKind, rank: usize, message: impl Into<String>) -> Error {
        Error { kind, rank, message: message.into() }
    }

    /// The rank concerned: the one that died or that the others waited for, not the one that noticed.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The kind of reason.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Nothing came from `rank` in time. `through` is the rank that was waited for, if that one waits for
    /// `rank` in turn.
    pub(crate) fn timed_out(
        limit: Duration,
        operation: Operation,
        rank: usize,
        through: Option<usize>,
    ) -> Error {
        let through =
            through.map_or(String::new(), |r| format!(" (through rank {r}, which waits for it too)"));
        let message =
            format!("timed out after {} s waiting for rank {rank} in {operation}{through}", seconds(limit));
        Error::new(ErrorKind::TimedOut, rank, message)
    }

    /// The connection to `rank` ended; `how` continues the sentence.
    pub(crate) fn died(rank: usize, how: &str) -> Error {
        Error::new(ErrorKind::Died, rank, format!("rank {rank} died: {how}"))
    }

    pub(crate) fn silent(rank: usize, limit: Duration) -> Error {
        let message = format!(
            "rank {rank} has given no sign of life for {} s: it is stopped, or the connection is cut",
            seconds(limit)
        );
        Error::new(ErrorKind::Silent, rank, message)
    }

    pub(crate) fn left(rank: usize, operation: Operation) -> Error {
        let message = format!("rank {rank} has left, and others wait for it in {operation}");
        Error::new(ErrorKind::Left, rank, message)
    }

    /// `rank` panicked with this payload.
    pub(crate) fn panicked(rank: usize, panic: &(dyn Any + Send)) -> Error {
        let text = panic.downcast_ref::<String>().map(|words| &words[..]);
        let words = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("(without words)");
        Error::new(ErrorKind::Panicked, rank, format!("rank {rank} panicked: {words}"))
    }

    /// `rank` differs from the rank that found it; `how` continues the sentence.
    pub(crate) fn differs(rank: usize, how: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::Differs, rank, format!("rank {rank} {how}"))
    }

    /// `rank` sent so many bytes where `receiver` takes exactly `due`.
    pub(crate) fn other_length(
        rank: usize,
        operation: Operation,
        receiver: usize,
        came: usize,
        due: usize,
    ) -> Error {
        let does = match operation {
            Operation::ReduceScatter | Operation::AllReduce => {
                format!(
                    "sums another number of elements in {operation} than rank {receiver}, or of another type"
                )
            }
            _ => format!("sends a message of another length in {operation} than rank {receiver} takes"),
        };
        Error::differs(rank, format_args!("{does}: {came} bytes came where {due} were due"))
    }

    pub(crate) fn setup(rank: usize, what: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::Setup, rank, format!("rank {rank} cannot begin: {what}"))
    }

    /// As bytes for another process.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let kind = KINDS.iter().position(|kind| *kind == self.kind).expect("the list has every kind");
        let mut bytes = vec![kind as u8];
        bytes.extend((self.rank as u32).to_le_bytes());
        bytes.extend(self.message.as_bytes());
        bytes
    }

    /// From another process's bytes; `None` if they are not an error's.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Error> {
        let (&kind, rest) = bytes.split_first()?;
        let (rank, message) = rest.split_first_chunk()?;
        let kind = *KINDS.get(usize::from(kind))?;
        Some(Error::new(kind, u32::from_le_bytes(*rank) as usize, String::from_utf8_lossy(message)))
    }
}

/// A time limit without needless digits.
fn seconds(limit: Duration) -> f64 {
    (limit.as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_way_to_another_process() {
        for kind in KINDS {
            let error = Error::new(*kind, 3, "rank 3 …");
            assert_eq!(Error::from_bytes(&error.to_bytes()), Some(error));
        }
        assert_eq!(Error::from_bytes(&[0, 1]), None);
        assert_eq!(Error::from_bytes(&[200, 0, 0, 0, 0]), None);
    }

    #[test]
    fn the_sentences_name_rank_and_reason() {
        let limit = Duration::from_millis(1500);
        let error = Error::timed_out(limit, Operation::AllReduce, 3, Some(1));
        assert_eq!(
            format!("{error:?}"),
            "timed out after 1.5 s waiting for rank 3 in all_reduce (through rank 1, which waits for it too)"
        );
        assert_eq!(Error::died(2, "its connection closed").to_string(), "rank 2 died: its connection closed");
    }
}
