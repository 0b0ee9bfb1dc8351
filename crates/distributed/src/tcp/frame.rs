//! What goes over a connection once the group stands: frames, each a kind, an operation and a length in 16
//! bytes, and so many bytes.

use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::letter::is_a_pause;
use crate::{Error, Operation};

const HEAD: usize = 16;

/// A frame's bytes are taken into memory by so many, so that a length that is nonsense does no harm.
const PIECE: usize = 16 << 20;

/// No frame but a message is longer.
const LONGEST: usize = 1 << 20;

/// A frame that has come.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// A message of an operation.
    Message(Operation, Vec<u8>),
    /// The rank lives, and waits for another one, or for none.
    Alive(Option<usize>),
    /// The rank met an error.
    Failed(Error),
    /// The rank sends no more messages.
    Goodbye,
    /// The rank has read the goodbye, and all before it.
    Farewell,
}

impl Frame {
    const MESSAGE: u8 = 0;

    /// The number of its kind, and its bytes.
    fn parts(&self) -> (u8, Vec<u8>) {
        match self {
            Frame::Message(..) => unreachable!("messages are sent where they lie"),
            Frame::Alive(None) => (1, vec![]),
            Frame::Alive(Some(rank)) => (1, (*rank as u32).to_le_bytes().to_vec()),
            Frame::Failed(error) => (2, error.to_bytes()),
            Frame::Goodbye => (3, vec![]),
            Frame::Farewell => (4, vec![]),
        }
    }

    /// Whether a frame may begin so: nonsense is noticed before so many bytes are waited for.
    fn may_be(kind: u8, operation: u8, length: usize) -> bool {
        match kind {
            Frame::MESSAGE => usize::from(operation) < Operation::ALL.len(),
            1..=4 => length <= LONGEST,
            _ => false,
        }
    }

    fn from_parts(kind: u8, operation: u8, bytes: Vec<u8>) -> Option<Frame> {
        Some(match (kind, bytes.len()) {
            (Frame::MESSAGE, _) => Frame::Message(*Operation::ALL.get(usize::from(operation))?, bytes),
            (1, 0) => Frame::Alive(None),
            (1, _) => Frame::Alive(Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)),
            (2, _) => Frame::Failed(Error::from_bytes(&bytes)?),
            (3, 0) => Frame::Goodbye,
            (4, 0) => Frame::Farewell,
            _ => return None,
        })
    }
}

fn head(kind: u8, operation: u8, length: usize) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    head[..2].copy_from_slice(&[kind, operation]);
    head[8..].copy_from_slice(&(length as u64).to_le_bytes());
    head
}

/// Why no frame came.
#[derive(Debug)]
pub(super) enum End {
    /// The connection ended, or broke: between frames or inside of one.
    Closed { inside: bool, why: Option<io::Error> },
    /// What came is no frame.
    Nonsense,
    /// The reader was told to stop.
    Stopped,
}

/// Reads the next frame. The stream has a read timeout, and whenever nothing has come for that long
/// `quiet` is asked, with the number of times in a row, whether to stop.
pub(super) fn read(stream: &TcpStream, mut quiet: impl FnMut(u32) -> bool) -> Result<Frame, End> {
    let mut start = [0; HEAD];
    fill(stream, &mut start, false, &mut quiet)?;
    let length = u64::from_le_bytes(start[8..].try_into().expect("eight bytes"));
    let length = usize::try_from(length).map_err(|_| End::Nonsense)?;
    if !Frame::may_be(start[0], start[1], length) {
        return Err(End::Nonsense);
    }
    let mut bytes = Vec::new();
    while bytes.len() < length {
        let at = bytes.len();
        let piece = PIECE.min(length - at);
        bytes.try_reserve(piece).map_err(|_| End::Nonsense)?;
        bytes.resize(at + piece, 0);
        fill(stream, &mut bytes[at..], true, &mut quiet)?;
    }
    Frame::from_parts(start[0], start[1], bytes).ok_or(End::Nonsense)
}

fn fill(
    mut stream: &TcpStream,
    mut bytes: &mut [u8],
    mut inside: bool,
    quiet: &mut impl FnMut(u32) -> bool,
) -> Result<(), End> {
    let mut pauses = 0;
    while !bytes.is_empty() {
        match stream.read(bytes) {
            Ok(0) => return Err(End::Closed { inside, why: None }),
            Ok(n) => {
                (pauses, inside) = (0, true);
                bytes = &mut bytes[n..];
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if is_a_pause(&e) => {
                pauses += 1;
                if quiet(pauses) {
                    return Err(End::Stopped);
                }
            }
            Err(e) => return Err(End::Closed { inside, why: Some(e) }),
        }
    }
    Ok(())
}

/// The sending end of a connection, whose stream has a short write timeout: nobody waits in the system, but
/// here, where it is seen whether there is still a point in waiting.
pub(super) struct Outgoing {
    stream: TcpStream,
    /// What is left of a frame that the other end did not take at once.
    rest: Vec<u8>,
    /// A message was given up in its middle, and nothing more can be sent.
    torn: bool,
}

impl Outgoing {
    pub(super) fn new(stream: TcpStream) -> Outgoing {
        Outgoing { stream, rest: Vec::new(), torn: false }
    }

    /// Sends a message. Whenever the other end has taken nothing for a moment, `give_up` is asked, with how
    /// long that has been. `false` if it was given up.
    pub(super) fn message(
        &mut self,
        operation: Operation,
        message: &[u8],
        give_up: impl Fn(Duration) -> bool,
    ) -> io::Result<bool> {
        let place = Operation::ALL.iter().position(|o| *o == operation).expect("all are there");
        let head = head(Frame::MESSAGE, place as u8, message.len());
        let rest = std::mem::take(&mut self.rest);
        let total = rest.len() + head.len() + message.len();
        let written = self.write(&mut [&rest[..], &head, message].map(IoSlice::new), &give_up)?;
        self.torn |= written < total;
        Ok(written == total)
    }

    /// Sends any other frame, or leaves the rest of it for later if the other end does not take it now.
    pub(super) fn post(&mut self, frame: &Frame) -> io::Result<()> {
        let (kind, bytes) = frame.parts();
        self.rest.extend(head(kind, 0, bytes.len()));
        self.rest.extend(bytes);
        let rest = std::mem::take(&mut self.rest);
        let written = self.write(&mut [IoSlice::new(&rest)], &|_| true)?;
        self.rest = rest[written..].to_vec();
        Ok(())
    }

    /// Whether all that was posted has been sent.
    pub(super) fn is_clear(&self) -> bool {
        self.rest.is_empty()
    }

    /// The number of bytes that were written.
    fn write(&mut self, mut parts: &mut [IoSlice], give_up: &dyn Fn(Duration) -> bool) -> io::Result<usize> {
        if self.torn {
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "a message was given up in its middle"));
        }
        let mut written = 0;
        let mut last = Instant::now();
        IoSlice::advance_slices(&mut parts, 0); // without what is empty
        while !parts.is_empty() {
            match self.stream.write_vectored(parts) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    written += n;
                    last = Instant::now();
                    IoSlice::advance_slices(&mut parts, n);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if is_a_pause(&e) => {
                    if give_up(last.elapsed()) {
                        break;
                    }
                }
                Err(e) => return Err(e),
            }
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (one, listener.accept().unwrap().0)
    }

    #[test]
    fn frames_come_as_they_were_sent() {
        let (one, two) = pair();
        let mut out = Outgoing::new(one);
        out.message(Operation::Gather, b"abc", |_| false).unwrap();
        out.message(Operation::Barrier, b"", |_| false).unwrap();
        let posted = [
            Frame::Alive(None),
            Frame::Alive(Some(3)),
            Frame::Failed(Error::died(1, "x")),
            Frame::Goodbye,
            Frame::Farewell,
        ];
        posted.iter().for_each(|frame| out.post(frame).unwrap());
        drop(out);
        let next = || read(&two, |_| false);
        assert_eq!(next().unwrap(), Frame::Message(Operation::Gather, b"abc".to_vec()));
        assert_eq!(next().unwrap(), Frame::Message(Operation::Barrier, vec![]));
        for frame in posted {
            assert_eq!(next().unwrap(), frame);
        }
        assert!(matches!(next().unwrap_err(), End::Closed { inside: false, why: None }));
    }

    #[test]
    fn half_a_message_and_nonsense_are_noticed() {
        let (mut one, two) = pair();
        one.write_all(&head(Frame::MESSAGE, 1, 100)).unwrap();
        one.write_all(&[1; 50]).unwrap();
        two.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        assert!(matches!(read(&two, |pauses| pauses == 3).unwrap_err(), End::Stopped));
        for nonsense in [[255; HEAD], head(9, 0, 0), head(Frame::MESSAGE, 99, 0), head(3, 0, 1)] {
            let (mut one, two) = pair();
            one.write_all(&nonsense).unwrap();
            one.write_all(&[0]).unwrap();
            assert!(matches!(read(&two, |_| false).unwrap_err(), End::Nonsense));
        }
        let (mut one, two) = pair();
        one.write_all(&head(Frame::MESSAGE, 1, 100)).unwrap();
        drop(one);
        assert!(matches!(read(&two, |_| false).unwrap_err(), End::Closed { inside: true, .. }));
    }

    #[test]
    fn what_the_other_end_does_not_take_is_given_up_or_kept() {
        let (one, two) = pair();
        one.set_write_timeout(Some(Duration::from_millis(10))).unwrap();
        let mut out = Outgoing::new(one);
        // Nobody reads, so the system's buffers fill up.
        while out.is_clear() {
            out.post(&Frame::Failed(Error::died(1, &"x".repeat(100_000)))).unwrap();
        }
        out.post(&Frame::Goodbye).unwrap();
        let reader = std::thread::spawn(move || while read(&two, |_| false).unwrap() != Frame::Goodbye {});
        while !out.is_clear() {
            out.post(&Frame::Alive(None)).unwrap();
        }
        reader.join().unwrap();

        let (one, _two) = pair();
        one.set_write_timeout(Some(Duration::from_millis(10))).unwrap();
        let mut out = Outgoing::new(one);
        let long = vec![0; 64 << 20];
        let given_up = |stalled: Duration| stalled > Duration::from_millis(50);
        assert!(!out.message(Operation::Send, &long, given_up).unwrap());
        assert!(out.message(Operation::Send, b"", given_up).is_err());
        assert!(out.post(&Frame::Goodbye).is_err());
    }
}
