//! What goes over a connection once the group stands: frames, each a kind, an operation and a length in 16
//! bytes, and so many bytes.

use std::io::{self, IoSlice};
use std::time::{Duration, Instant};

use super::stream::Stream;
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
}

/// What reading came to.
#[derive(Debug)]
pub(super) enum Read {
    Frame(Frame),
    /// A message, which lies where it was awaited.
    Placed,
    /// There is no more to read now.
    Nothing,
}

/// The receiving end of a connection, and how far it has come in a frame.
pub(super) struct Incoming {
    stream: Stream,
    head: [u8; HEAD],
    /// So much of the head has come.
    headed: usize,
    /// The bytes of the frame, as far as there is memory for them.
    body: Vec<u8>,
    /// So many of its bytes have come.
    come: usize,
    /// The message comes where it is awaited, not in `body`.
    placed: bool,
}

impl Incoming {
    pub(super) fn new(stream: Stream) -> Incoming {
        Incoming { stream, head: [0; HEAD], headed: 0, body: Vec::new(), come: 0, placed: false }
    }

    /// Reads on, without waiting. If the frame is a message of this operation and of this length, it is put
    /// there. When nothing has come, what is there already stays there for the next call, which has to be of
    /// the same place, unless [`take_back`](Incoming::take_back) is called.
    pub(super) fn read(&mut self, mut place: Option<(Operation, &mut [u8])>) -> Result<Read, End> {
        while self.headed < HEAD {
            match fill(&self.stream, &mut self.head[self.headed..], self.headed > 0)? {
                0 => return Ok(Read::Nothing),
                n => self.headed += n,
            }
        }
        let [kind, operation, ..] = self.head;
        let length = u64::from_le_bytes(self.head[8..].try_into().expect("eight bytes"));
        let length = usize::try_from(length).map_err(|_| End::Nonsense)?;
        if !Frame::may_be(kind, operation, length) {
            return Err(End::Nonsense);
        }
        if self.come == 0 && self.body.is_empty() {
            let awaited = |(o, place): &(Operation, &mut [u8])| {
                place.len() == length && Operation::ALL[usize::from(operation)] == *o
            };
            self.placed = kind == Frame::MESSAGE && place.as_ref().is_some_and(awaited);
        }
        while self.come < length {
            let rest = match &mut place {
                Some((_, place)) if self.placed => &mut place[self.come..],
                _ => {
                    if self.come == self.body.len() {
                        let piece = PIECE.min(length - self.come);
                        self.body.try_reserve(piece).map_err(|_| End::Nonsense)?;
                        self.body.resize(self.come + piece, 0);
                    }
                    &mut self.body[self.come..]
                }
            };
            match fill(&self.stream, rest, true)? {
                0 => return Ok(Read::Nothing),
                n => self.come += n,
            }
        }
        (self.headed, self.come) = (0, 0);
        if std::mem::take(&mut self.placed) {
            return Ok(Read::Placed);
        }
        let body = std::mem::take(&mut self.body);
        Frame::from_parts(kind, operation, body).map(Read::Frame).ok_or(End::Nonsense)
    }

    /// Takes what has come of a message away from where it was awaited.
    pub(super) fn take_back(&mut self, place: &[u8]) {
        if std::mem::take(&mut self.placed) {
            self.body = place[..self.come].to_vec();
        }
    }
}

/// Reads some bytes, 0 if none have come.
fn fill(stream: &Stream, bytes: &mut [u8], inside: bool) -> Result<usize, End> {
    match stream.read(bytes) {
        Ok(Some(0)) => Err(End::Closed { inside, why: None }),
        Ok(n) => Ok(n.unwrap_or(0)),
        Err(why) => Err(End::Closed { inside, why: Some(why) }),
    }
}

/// How long a write waits in the system.
const WRITE: Duration = Duration::from_millis(50);

/// The sending end of a connection. Nobody waits in the system for long, but here, where it is seen whether
/// there is still a point in waiting.
pub(super) struct Outgoing {
    stream: Stream,
    /// What is left of a frame that the other end did not take at once.
    rest: Vec<u8>,
    /// A message was given up in its middle, and nothing more can be sent.
    torn: bool,
}

impl Outgoing {
    pub(super) fn new(stream: Stream) -> Outgoing {
        Outgoing { stream, rest: Vec::new(), torn: false }
    }

    /// Sends a message. When the other end takes nothing, `give_up` is asked, at once and then every moment,
    /// with how long that has been. `false` if it was given up.
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
        let written = self.write(&mut [IoSlice::new(&rest)], &|stalled| !stalled.is_zero())?;
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
        let mut since: Option<Instant> = None;
        IoSlice::advance_slices(&mut parts, 0); // without what is empty
        while !parts.is_empty() {
            match self.stream.write(parts)? {
                Some(0) => return Err(io::ErrorKind::WriteZero.into()),
                Some(n) => {
                    written += n;
                    IoSlice::advance_slices(&mut parts, n);
                    since = None;
                }
                None => {
                    let stalled = since.map_or(Duration::ZERO, |since| since.elapsed());
                    since.get_or_insert_with(Instant::now);
                    if give_up(stalled) {
                        break;
                    }
                    self.stream.writable(WRITE)?;
                }
            }
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Reads the next frame. Whenever nothing has come for 5 ms `quiet` is asked, with the number of times in
    /// a row, whether to stop.
    fn read(stream: &TcpStream, quiet: impl Fn(u32) -> bool) -> Result<Frame, Option<End>> {
        let stream = Stream::from(stream.try_clone().unwrap());
        let mut incoming = Incoming::new(stream.clone());
        let mut pauses = 0;
        loop {
            match incoming.read(None).map_err(Some)? {
                Read::Frame(frame) => return Ok(frame),
                Read::Placed => panic!("no place was given"),
                Read::Nothing if stream.readable(Duration::from_millis(5)).unwrap() => pauses = 0,
                Read::Nothing => {
                    pauses += 1;
                    if quiet(pauses) {
                        return Err(None);
                    }
                }
            }
        }
    }

    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let one = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (one, listener.accept().unwrap().0)
    }

    #[test]
    fn frames_come_as_they_were_sent() {
        let (one, two) = pair();
        let mut out = Outgoing::new(one.into());
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
        assert!(matches!(next().unwrap_err(), Some(End::Closed { inside: false, why: None })));
    }

    #[test]
    fn half_a_message_and_nonsense_are_noticed() {
        let (mut one, two) = pair();
        one.write_all(&head(Frame::MESSAGE, 1, 100)).unwrap();
        one.write_all(&[1; 50]).unwrap();
        assert!(read(&two, |pauses| pauses == 3).unwrap_err().is_none());
        for nonsense in [[255; HEAD], head(9, 0, 0), head(Frame::MESSAGE, 99, 0), head(3, 0, 1)] {
            let (mut one, two) = pair();
            one.write_all(&nonsense).unwrap();
            one.write_all(&[0]).unwrap();
            assert!(matches!(read(&two, |_| false).unwrap_err(), Some(End::Nonsense)));
        }
        let (mut one, two) = pair();
        one.write_all(&head(Frame::MESSAGE, 1, 100)).unwrap();
        drop(one);
        assert!(matches!(read(&two, |_| false).unwrap_err(), Some(End::Closed { inside: true, .. })));
    }

    #[test]
    fn a_message_comes_where_it_is_awaited_or_is_taken_back() {
        let (mut one, two) = pair();
        let two = Stream::from(two);
        let mut incoming = Incoming::new(two.clone());
        let mut place = [0; 6];
        let read = |incoming: &mut Incoming, place: &mut [u8]| {
            two.readable(Duration::from_secs(20)).unwrap();
            incoming.read(Some((Operation::Gather, place))).unwrap()
        };
        let gather = Operation::ALL.iter().position(|o| *o == Operation::Gather).unwrap() as u8;
        one.write_all(&head(Frame::MESSAGE, gather, 6)).unwrap();
        assert!(matches!(read(&mut incoming, &mut place), Read::Nothing));
        one.write_all(b"abc").unwrap();
        assert!(matches!(read(&mut incoming, &mut place), Read::Nothing));
        one.write_all(b"def").unwrap();
        assert!(matches!(read(&mut incoming, &mut place), Read::Placed));
        assert_eq!(&place, b"abcdef");

        // Of another operation, and of another length.
        for (operation, length) in [(gather - 1, 6), (gather, 5)] {
            one.write_all(&head(Frame::MESSAGE, operation, length)).unwrap();
            one.write_all(&[7; 6][..length]).unwrap();
            let message = Frame::Message(Operation::ALL[usize::from(operation)], vec![7; length]);
            assert!(matches!(read(&mut incoming, &mut place), Read::Frame(frame) if frame == message));
        }

        one.write_all(&head(Frame::MESSAGE, gather, 6)).unwrap();
        one.write_all(b"gh").unwrap();
        assert!(matches!(read(&mut incoming, &mut place), Read::Nothing));
        incoming.take_back(&place);
        one.write_all(b"ijkl").unwrap();
        let message = Frame::Message(Operation::Gather, b"ghijkl".to_vec());
        assert!(matches!(read(&mut incoming, &mut place), Read::Frame(frame) if frame == message));
    }

    #[test]
    fn what_the_other_end_does_not_take_is_given_up_or_kept() {
        let (one, two) = pair();
        let mut out = Outgoing::new(one.into());
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
        let mut out = Outgoing::new(one.into());
        let long = vec![0; 64 << 20];
        let given_up = |stalled: Duration| stalled > Duration::from_millis(50);
        assert!(!out.message(Operation::Send, &long, given_up).unwrap());
        assert!(out.message(Operation::Send, b"", given_up).is_err());
        assert!(out.post(&Frame::Goodbye).is_err());
    }
}
