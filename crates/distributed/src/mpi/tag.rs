//! What the tags of MPI's messages mean.

use crate::Operation;

/// The meaning of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// A short message of an operation.
    Message(Operation),
    /// A long message of an operation waits to be taken; eight bytes with its length.
    Announced(Operation),
    /// A piece of a long message.
    Piece,
    /// The next piece of the long message is waited for.
    Clear,
    /// The sender met an error: its bytes.
    Failed,
    /// The sender sends no more messages.
    Goodbye,
    /// The sender waits for this rank.
    WaitsFor(usize),
}

/// The number of operations.
const N: usize = Operation::ALL.len();

impl Tag {
    /// At most 32,767 for up to 32,700 ranks: MPI promises no larger ones.
    pub(super) fn number(self) -> i32 {
        let number = match self {
            Tag::Message(operation) => operation as usize,
            Tag::Announced(operation) => N + operation as usize,
            Tag::Piece => 2 * N,
            Tag::Clear => 2 * N + 1,
            Tag::Failed => 2 * N + 2,
            Tag::Goodbye => 2 * N + 3,
            Tag::WaitsFor(rank) => 2 * N + 4 + rank,
        };
        number as i32
    }

    pub(super) fn from_number(number: i32) -> Option<Tag> {
        let number = usize::try_from(number).ok()?;
        Some(match number.checked_sub(2 * N) {
            None if number < N => Tag::Message(Operation::ALL[number]),
            None => Tag::Announced(Operation::ALL[number - N]),
            Some(0) => Tag::Piece,
            Some(1) => Tag::Clear,
            Some(2) => Tag::Failed,
            Some(3) => Tag::Goodbye,
            Some(rank) => Tag::WaitsFor(rank - 4),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_one_tag() {
        for number in 0..100 {
            assert_eq!(Tag::from_number(number).expect("all mean something").number(), number);
        }
        assert_eq!(Tag::from_number(-1), None);
        assert_eq!(Tag::from_number(3), Some(Tag::Message(Operation::Gather)));
    }
}
