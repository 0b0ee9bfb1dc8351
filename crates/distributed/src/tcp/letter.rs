//! What processes tell each other before they are a group. This form is for every version: whoever speaks
//! another one must still be understood well enough to be refused with words.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::{Error, Result};

/// How messages look after the handshake.
pub(super) const PROTOCOL: u32 = 1;

const MAGIC: [u8; 8] = *b"RUSHRANK";

/// No honest letter is longer: the longest has the addresses of all ranks.
const LONGEST: u32 = 1 << 20;

/// One letter: the magic number, the protocol and the length of the rest, four bytes each, and the rest.
#[derive(Debug, PartialEq)]
pub(super) struct Letter {
    pub(super) protocol: u32,
    pub(super) body: Vec<u8>,
}

impl Letter {
    pub(super) fn new(body: Vec<u8>) -> Letter {
        Letter { protocol: PROTOCOL, body }
    }

    pub(super) fn send(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.protocol.to_le_bytes());
        bytes.extend((self.body.len() as u32).to_le_bytes());
        bytes.extend(&self.body);
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(&bytes)
    }

    /// Waits for a letter until the deadline.
    pub(super) fn receive(stream: &TcpStream, deadline: Instant) -> io::Result<Letter> {
        let mut head = [0; 16];
        fill(stream, &mut head, deadline)?;
        let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes"));
        let (protocol, length) = (word(8), word(12));
        if head[..8] != MAGIC || length > LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no program of this kind"));
        }
        let mut body = vec![0; length as usize];
        fill(stream, &mut body, deadline)?;
        Ok(Letter { protocol, body })
    }
}

/// `read_exact` with one time limit for all of it.
fn fill(mut stream: &TcpStream, mut bytes: &mut [u8], deadline: Instant) -> io::Result<()> {
    while !bytes.is_empty() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(bytes) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => bytes = &mut bytes[n..],
            Err(e) if is_a_pause(&e) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Whether a read or write merely has to be tried again.
pub(super) fn is_a_pause(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// How a process introduces itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Hello {
    pub(super) rank: usize,
    pub(super) size: usize,
    /// Numbers lie in memory in this byte order, and so they are sent.
    pub(super) little_endian: bool,
    /// The run, once rank 0 has given it a number.
    pub(super) session: u64,
    pub(super) version: String,
    /// Where it listens for the others.
    pub(super) address: String,
}

impl Hello {
    pub(super) fn new(rank: usize, size: usize) -> Hello {
        Hello {
            rank,
            size,
            little_endian: cfg!(target_endian = "little"),
            session: 0,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            address: String::new(),
        }
    }

    /// The first eight bytes, rank and size, are the same in every protocol.
    pub(super) fn letter(&self) -> Letter {
        let mut body = (self.rank as u32).to_le_bytes().to_vec();
        body.extend((self.size as u32).to_le_bytes());
        body.push(self.little_endian.into());
        body.extend(self.session.to_le_bytes());
        put_text(&mut body, &self.version);
        put_text(&mut body, &self.address);
        Letter::new(body)
    }

    /// Reads the letter of another process: an error says why it does not fit, and `None` that it is
    /// nonsense.
    pub(super) fn read(&self, letter: &Letter) -> Option<Result<Hello>> {
        let mut rest = &letter.body[..];
        let rank = u32::from_le_bytes(take(&mut rest)?) as usize;
        let size = u32::from_le_bytes(take(&mut rest)?) as usize;
        if letter.protocol != PROTOCOL {
            let theirs = letter.protocol;
            let how = format_args!(
                "speaks version {theirs} of the protocol, and rank {} version {PROTOCOL}",
                self.rank
            );
            return Some(Err(Error::differs(rank, how)));
        }
        let [little_endian] = take(&mut rest)?;
        let session = u64::from_le_bytes(take(&mut rest)?);
        let (version, address) = (take_text(&mut rest)?, take_text(&mut rest)?);
        let little_endian = little_endian != 0;
        let theirs = Hello { rank, size, little_endian, session, version, address };
        Some(self.compare(&theirs).map_or(Ok(theirs), Err))
    }

    /// Why the two cannot compute together.
    fn compare(&self, theirs: &Hello) -> Option<Error> {
        let me = self.rank;
        let how = if theirs.version != self.version {
            format!("is of version {}, and rank {me} of {}", theirs.version, self.version)
        } else if theirs.size != self.size {
            format!("expects {} ranks, and rank {me} {}", theirs.size, self.size)
        } else if theirs.rank >= self.size {
            format!("is none of the {} ranks", self.size)
        } else if theirs.rank == me {
            format!("is there twice: two processes have RANK={me}")
        } else if theirs.little_endian != self.little_endian {
            format!("stores the bytes of numbers in another order than rank {me}")
        } else {
            return None;
        };
        Some(Error::differs(theirs.rank, how))
    }
}

/// Rank 0's answer when all are there.
#[derive(Debug, PartialEq)]
pub(super) struct Welcome {
    pub(super) session: u64,
    /// Where each rank listens; rank 0's is empty.
    pub(super) addresses: Vec<String>,
}

impl Welcome {
    pub(super) fn letter(&self) -> Letter {
        let mut body = vec![1];
        body.extend(self.session.to_le_bytes());
        self.addresses.iter().for_each(|address| put_text(&mut body, address));
        Letter::new(body)
    }
}

/// The answer to one that does not fit, and to all others then.
pub(super) fn refusal(error: &Error) -> Letter {
    Letter::new([vec![0], error.to_bytes()].concat())
}

/// What a rank says to rank 0 when it is connected to all, and rank 0 to all when all are.
pub(super) fn ready() -> Letter {
    Letter::new(vec![1])
}

/// Reads [`ready`], or a [`refusal`] in its place: `None` if it is nonsense.
pub(super) fn read_ready(letter: &Letter) -> Option<Result<()>> {
    match letter.body.split_first()? {
        (1, []) => Some(Ok(())),
        (0, error) => Some(Err(Error::from_bytes(error)?)),
        _ => None,
    }
}

/// Reads rank 0's answer: `None` if it is nonsense.
pub(super) fn read_answer(letter: &Letter, size: usize) -> Option<Result<Welcome>> {
    let (first, mut rest) = letter.body.split_first()?;
    if *first == 0 {
        return Some(Err(Error::from_bytes(rest)?));
    }
    let session = u64::from_le_bytes(take(&mut rest)?);
    let addresses = (0..size).map(|_| take_text(&mut rest)).collect::<Option<_>>()?;
    Some(Ok(Welcome { session, addresses }))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*first)
}

fn put_text(body: &mut Vec<u8>, text: &str) {
    body.extend((text.len() as u16).to_le_bytes());
    body.extend(text.as_bytes());
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    let length = u16::from_le_bytes(take(rest)?);
    let (text, after) = rest.split_at_checked(length.into())?;
    *rest = after;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_as_written_and_cut_ones_are_nonsense() {
        let me = Hello::new(0, 4);
        let hello = Hello { address: "[::1]:80".into(), session: 7, ..Hello::new(2, 4) };
        let letter = hello.letter();
        assert_eq!(me.read(&letter), Some(Ok(hello)));
        for end in 0..letter.body.len() {
            assert_eq!(me.read(&Letter::new(letter.body[..end].to_vec())), None);
        }
        let welcome = Welcome { session: 7, addresses: ["", "a:1"].map(String::from).to_vec() };
        assert_eq!(read_answer(&welcome.letter(), 2), Some(Ok(welcome)));
        let error = Error::died(3, "gone");
        assert_eq!(read_answer(&refusal(&error), 2), Some(Err(error.clone())));
        assert_eq!(read_ready(&ready()), Some(Ok(())));
        assert_eq!(read_ready(&refusal(&error)), Some(Err(error)));
        assert_eq!(read_ready(&Letter::new(vec![1, 2])), None);
        assert_eq!(read_answer(&Letter::new(vec![]), 2), None);
        assert_eq!(read_answer(&Letter::new(vec![1, 2]), 2), None);
    }

    #[test]
    fn who_does_not_fit_is_told_why() {
        let me = Hello::new(0, 4);
        let why = |hello: Hello| me.read(&hello.letter()).unwrap().unwrap_err().to_string();
        assert_eq!(why(Hello::new(2, 8)), "rank 2 expects 8 ranks, and rank 0 4");
        assert_eq!(why(Hello::new(4, 4)), "rank 4 is none of the 4 ranks");
        assert_eq!(why(Hello::new(0, 4)), "rank 0 is there twice: two processes have RANK=0");
        let old = Hello { version: "0.0.9".into(), ..Hello::new(1, 4) };
        assert!(why(old).starts_with("rank 1 is of version 0.0.9, and rank 0 of "));
        let other = Hello { little_endian: !me.little_endian, ..Hello::new(1, 4) };
        assert_eq!(why(other), "rank 1 stores the bytes of numbers in another order than rank 0");
        let newer = Letter { protocol: 9, body: [3u32, 4].iter().flat_map(|x| x.to_le_bytes()).collect() };
        let error = me.read(&newer).unwrap().unwrap_err();
        assert_eq!(error.to_string(), "rank 3 speaks version 9 of the protocol, and rank 0 version 1");
    }
}
