//! Long messages. MPI cannot call back a message whose other end does not move, and until it is done it
//! needs the memory. So nothing is begun before both ends want it: the sender announces the message, and for
//! each piece the receiver says that it has begun to receive it.

use std::sync::{MutexGuard, PoisonError};
use std::thread::{sleep, yield_now};
use std::time::{Duration, Instant};

use mpi::request::{LocalScope, Request, scope};
use mpi::traits::*;

use super::tag::Tag;
use super::wire::{State, Wire, post, world};
use crate::{Error, Operation, Result, Within};

/// Longer messages are announced. Every MPI library sends so much at once, without waiting for the receiver.
pub(super) const SHORT: usize = 2 << 10;

/// The size of a piece: far below 2³¹ bytes, which MPI's lengths end at, and long enough to cost nothing.
const PIECE: usize = 16 << 20;

/// How long whoever has asked for a piece of a message waits to be asked for one, before it receives.
const CROSSING: Duration = Duration::from_micros(50);

/// How long a piece is watched without a pause.
const WATCH: Duration = Duration::from_millis(20);

/// The pauses after that; each lets the processor go, and MPI moves nothing meanwhile.
const PAUSE: Duration = Duration::from_micros(50);

/// A wait for something that cannot be called back.
struct Watch {
    peer: usize,
    within: Within,
    begin: Instant,
}

impl Watch {
    fn new(wire: &Wire, peer: usize, Within { operation, limit }: Within) -> Watch {
        let within = Within { operation, limit: limit.max(wire.timeout) };
        Watch { peer, within, begin: Instant::now() }
    }

    /// Ends all ranks when it has taken too long.
    fn check(&self) {
        let Within { operation, limit } = self.within;
        if self.begin.elapsed() > limit {
            let error = Error::timed_out(limit, operation, self.peer, None);
            eprintln!("{error}, in the middle of a message, which MPI cannot call back: all ranks end");
            world().abort(1)
        }
    }

    fn pause(&self) {
        self.check();
        if self.begin.elapsed() < WATCH { yield_now() } else { sleep(PAUSE) }
    }
}

/// A long message on its way to another rank.
pub(super) struct Outgoing<'s, 'a> {
    to: usize,
    rest: &'a [u8],
    scope: &'s LocalScope<'a>,
    within: Within,
    /// The piece that MPI has.
    piece: Option<(Request<'a, [u8], &'s LocalScope<'a>>, Watch)>,
    /// Until it is sent: the other end knows of one at a time.
    alone: Option<MutexGuard<'s, ()>>,
}

impl Wire {
    /// Sends a message of at most [`SHORT`] bytes, and returns when MPI needs its memory no more, which is at
    /// once unless the receiver has left very many lying.
    pub(super) fn send_short(&self, to: usize, tag: Tag, message: &[u8], within: Within) {
        scope(|scope| {
            let world = world();
            let receiver = world.process_at_rank(to as i32);
            let lock = self.lock();
            let mut sent = receiver.immediate_send_with_tag(scope, message, tag.number()).test();
            drop(lock);
            let watch = Watch::new(self, to, within);
            while let Err(request) = sent {
                self.listen();
                watch.pause();
                let _lock = self.lock();
                sent = request.test();
            }
        });
    }

    /// Receives the long message that a rank has announced, while another one may be on its way to it.
    ///
    /// Within one machine MPI copies the piece in whatever call finds that it has been sent, and does nothing
    /// else meanwhile. Two that exchange would take turns, if one had not sent its own piece by then. So the
    /// receive begins after that, or when it is clear that the other one does not ask for it now.
    ///
    /// # Errors
    /// If the sender has given it up because of a failure.
    pub(super) fn receive_long(
        &self,
        from: usize,
        message: &mut [u8],
        within: Within,
        mut outgoing: Option<&mut Outgoing>,
    ) -> Result<()> {
        for piece in message.chunks_mut(PIECE) {
            scope(|scope| {
                let world = world();
                let sender = world.process_at_rank(from as i32);
                let mut state = self.lock();
                post(from, Tag::Clear, &[]);
                if let Some(outgoing) = outgoing.as_deref_mut().filter(|outgoing| outgoing.to == from) {
                    let begin = Instant::now();
                    while !outgoing.advance(self, &mut state) && begin.elapsed() < CROSSING {
                        // No other message is looked for: the piece is not to be taken for one.
                        let clear = sender.immediate_matched_probe_with_tag(Tag::Clear.number());
                        if let Some((clear, _)) = clear {
                            clear.matched_receive_into(&mut [0u8; 0][..]);
                            state.peers[from].clear = true;
                        }
                    }
                }
                let mut request = sender.immediate_receive_into_with_tag(scope, piece, Tag::Piece.number());
                drop(state);
                let watch = Watch::new(self, from, within);
                let mut given_up = false;
                loop {
                    let state = self.lock();
                    // Once the sender has told of a failure, it has either begun to send before, or never
                    // will.
                    if state.peers[from].failed && !given_up {
                        request.cancel();
                        given_up = true;
                    }
                    request = match request.test() {
                        Ok(_) => break,
                        Err(request) => request,
                    };
                    drop(state);
                    self.listen();
                    if let Some(outgoing) = &mut outgoing {
                        outgoing.advance(self, &mut self.lock());
                    }
                    watch.pause();
                }
            });
            if let Some(failure) = self.inbox.failure().filter(|_| self.lock().peers[from].failed) {
                return Err(failure);
            }
        }
        Ok(())
    }

    /// The operation and the length of the long message that a rank has announced, which is to be received
    /// now.
    pub(super) fn announced(&self, from: usize) -> Option<(Operation, usize)> {
        self.lock().peers[from].announced.take()
    }

    /// Takes the long message that another rank waits with, if there is one, until it is asked for: its
    /// sender goes on.
    pub(super) fn store_long(&self, within: Within, outgoing: Option<&mut Outgoing>) -> Result<bool> {
        let size = self.lock().peers.len();
        let first = |from: usize| Some((from, self.announced(from)?));
        let Some((from, (operation, length))) = (0..size).find_map(first) else {
            return Ok(false);
        };
        let mut message = vec![0; length];
        // The sender goes on as soon as it is taken, and what it sends then may be here first.
        self.lock().peers[from].after = Some(Vec::new());
        self.receive_long(from, &mut message, within, outgoing)?;
        let mut state = self.lock();
        let after = state.peers[from].after.take().into_iter().flatten();
        [(operation, message)]
            .into_iter()
            .chain(after)
            .for_each(|(o, message)| self.inbox.put(from, o, message));
        Ok(true)
    }
}

impl<'s, 'a> Outgoing<'s, 'a> {
    /// Announces it.
    pub(super) fn new(
        wire: &'s Wire,
        to: usize,
        message: &'a [u8],
        within: Within,
        scope: &'s LocalScope<'a>,
    ) -> Outgoing<'s, 'a> {
        let alone = Some(wire.sending.lock().unwrap_or_else(PoisonError::into_inner));
        let length = (message.len() as u64).to_le_bytes();
        wire.send_short(to, Tag::Announced(within.operation), &length, within);
        Outgoing { to, rest: message, scope, within, piece: None, alone }
    }

    /// Sends what the receiver waits for. Gives whether MPI has a piece, or all of it.
    pub(super) fn advance(&mut self, wire: &Wire, state: &mut State) -> bool {
        if let Some((request, watch)) = self.piece.take() {
            watch.check();
            if let Err(request) = request.test() {
                self.piece = Some((request, watch));
                return true;
            }
        }
        let State { peers, failed } = state;
        if !*failed && !self.rest.is_empty() && std::mem::take(&mut peers[self.to].clear) {
            let (piece, rest) = self.rest.split_at(PIECE.min(self.rest.len()));
            let world = world();
            let to = world.process_at_rank(self.to as i32);
            let request = to.immediate_send_with_tag(self.scope, piece, Tag::Piece.number());
            self.piece = Some((request, Watch::new(wire, self.to, self.within)));
            self.rest = rest;
        }
        self.alone.take_if(|_| self.rest.is_empty() && self.piece.is_none());
        self.piece.is_some() || self.rest.is_empty()
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty() && self.piece.is_none()
    }

    /// Waits for a moment, if MPI has a piece of it, so that it cannot be given up.
    pub(super) fn pause(&self) -> bool {
        self.piece.as_ref().map(|(_, watch)| watch.pause()).is_some()
    }
}
