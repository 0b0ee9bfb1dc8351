//! The passes of a rank's shards: one shard after the other, or in turns where they meet on the way.

use std::ops::{Add, Range};
use std::sync::Arc;

use autograd::Variable;
use nn::Module;
use tensor::{Generator, Tensor, use_generator};

use super::DataParallel;
use super::handles::State;
use super::nodes::{Nodes, add};
use super::step::{Loss, Sent, Told};
use super::turns::Turns;
use crate::meeting::Meeting;
use crate::{Error, ErrorKind, Result, part};

/// What a rank's shards have come to so far.
struct Sums {
    /// The loss, the numbers with it, and how many samples they are of.
    losses: Nodes<Vec<f64>>,
    numbers: usize,
    gradients: Vec<Nodes<Tensor>>,
    /// The buffers as the first shard left them.
    buffers: Option<Vec<Tensor>>,
    /// Whether any shard gives a parameter a gradient.
    used: Vec<u8>,
}

impl<N: Module> DataParallel<N> {
    #[track_caller]
    pub(super) fn shards(&mut self, samples: usize, numbers: usize, loss: Loss<'_, N>) -> Result<Sent> {
        let own = part(self.options.shards, self.comm.size(), self.comm.rank());
        let mut sums = Sums {
            losses: Nodes::new(self.options.shards),
            numbers,
            gradients: self.reducer.empty(),
            buffers: None,
            used: vec![0; self.handles.parameters().len()],
        };
        let told = if self.meets && self.options.shards > self.comm.size() {
            self.in_turns(own, samples, loss, &mut sums)?
        } else {
            self.one_by_one(own, samples, loss, &mut sums)?
        };
        let gradients =
            if self.sync { self.reducer.close().map_err(|at| self.too_early(at))? } else { Vec::new() };
        let used = (self.sync && self.options.find_unused)
            .then(|| self.worker.jobs().submit(move |comm| comm.all_gather(&sums.used)));
        Ok(Sent { told, used, gradients })
    }

    /// One shard after the other. What the other ranks wait for leaves as early as it can.
    #[track_caller]
    fn one_by_one(
        &mut self,
        own: Range<usize>,
        samples: usize,
        loss: Loss<'_, N>,
        sums: &mut Sums,
    ) -> Result<Told> {
        let start = self.handles.buffers();
        let meeting = self.meets.then(|| Meeting::new(self.turns(samples), 0));
        let mut told = None;
        for shard in own.clone() {
            let gradients = std::mem::take(&mut self.kept[shard - own.start]);
            self.handles.set_state(State { gradients, buffers: start.clone() });
            let mut generator = self.generator(shard);
            let range = part(samples, self.options.shards, shard);
            let forth = || self.part_of_loss(range.clone(), samples, loss);
            let part = (!range.is_empty()).then(|| drawn(&mut generator, &meeting, forth));
            let (part, numbers) = part.unzip();
            sums.forth(shard, range.len(), part.as_ref().zip(numbers), || self.handles.buffers());
            let last = shard + 1 == own.end;
            // What is unused on one rank alone would leave at another moment there than on the others.
            let early = !(self.meets && self.options.find_unused);
            if last && early {
                told = Some(self.turn_back(shard, sums, &start));
            }
            let full = part.is_some();
            if let Some(part) = part {
                drawn(&mut generator, &meeting, || part.backward());
            }
            self.note_used(shard, full, &mut sums.used)?;
            if last && !early {
                told = Some(self.turn_back(shard, sums, &start));
            }
            self.back(shard, &own, sums);
        }
        Ok(told.expect("a rank has a last shard"))
    }

    /// All shards at once, each in its turn. Nothing leaves before all have come back.
    #[track_caller]
    fn in_turns(
        &mut self,
        own: Range<usize>,
        samples: usize,
        loss: Loss<'_, N>,
        sums: &mut Sums,
    ) -> Result<Told> {
        let start = self.handles.buffers();
        let shards = self.options.shards;
        let range = |shard: usize| part(samples, shards, shard);
        let kept = std::mem::replace(&mut self.kept, vec![Vec::new(); own.len()]);
        let states = kept.into_iter().map(|gradients| State { gradients, buffers: start.clone() });
        let (full, empty): (Vec<_>, Vec<_>) =
            own.clone().zip(states).partition(|(shard, _)| !range(*shard).is_empty());
        let (numbers, begins): (Vec<usize>, Vec<State>) = full.into_iter().unzip();
        let ends = self.turns(samples).run(begins, |place| {
            use_generator(&mut self.generator(numbers[place]), || {
                let (part, numbers) = self.part_of_loss(range(numbers[place]), samples, loss);
                let buffers = self.handles.buffers();
                part.backward();
                (part, numbers, buffers)
            })
        });
        let mut ends = numbers.into_iter().zip(ends).peekable();
        let mut empty = empty.into_iter();
        let mut told = None;
        for shard in own.clone() {
            if let Some((_, ((part, numbers, buffers), state))) = ends.next_if(|(of, _)| *of == shard) {
                self.handles.set_gradients(state.gradients);
                sums.forth(shard, range(shard).len(), Some((&part, numbers)), || buffers);
                self.note_used(shard, true, &mut sums.used)?;
            } else {
                let (_, state) = empty.next().expect("it has samples or not");
                self.handles.set_gradients(state.gradients);
                sums.forth(shard, 0, None, || start.clone());
                self.note_used(shard, false, &mut sums.used)?;
            }
            if shard + 1 == own.end {
                told = Some(self.turn_back(shard, sums, &start));
            }
            self.back(shard, &own, sums);
        }
        Ok(told.expect("a rank has a last shard"))
    }

    /// The last shard has come forth: its rank tells the others what they need of that, and gradients leave
    /// from now on.
    fn turn_back(&self, shard: usize, sums: &mut Sums, start: &[Tensor]) -> Told {
        let losses = std::mem::replace(&mut sums.losses, Nodes::new(self.options.shards));
        let buffers = sums.buffers.take().unwrap_or_else(|| start.to_vec());
        let told = self.tell(losses.into_nodes(), buffers);
        if self.sync {
            self.reducer.open(shard, std::mem::take(&mut sums.gradients));
        }
        told
    }

    /// A shard has come back: its gradients are kept, or added to those of the shards before.
    fn back(&mut self, shard: usize, own: &Range<usize>, sums: &mut Sums) {
        if !self.sync {
            self.kept[shard - own.start] = self.handles.gradients();
        } else if shard + 1 < own.end {
            for (sum, bucket) in sums.gradients.iter_mut().zip(self.reducer.buckets()) {
                sum.push(shard, bucket.gather(), Add::add);
            }
        }
    }

    fn turns(&self, samples: usize) -> Arc<Turns> {
        let jobs = self.worker.jobs().clone();
        Turns::new(self.handles.clone(), jobs, &*self.comm, self.options.shards, samples)
    }

    /// What a shard's samples add to the batch's loss.
    #[track_caller]
    fn part_of_loss(&self, range: Range<usize>, samples: usize, loss: Loss<'_, N>) -> (Variable, Vec<f64>) {
        let weight = range.len() as f64 / samples as f64;
        let (loss, numbers) = loss(&self.net, range);
        (if weight == 1.0 { loss } else { loss * weight }, numbers)
    }

    /// Where a shard's random numbers come from.
    fn generator(&self, shard: usize) -> Generator {
        let seed = [self.step, shard as u64].into_iter().fold(mixed(self.options.seed), |x, y| mixed(x ^ y));
        Generator::new(seed)
    }

    /// Notes which parameters a shard has a gradient for: all, if it has samples.
    fn note_used(&self, shard: usize, full: bool, used: &mut [u8]) -> Result<()> {
        let mut unused = Vec::new();
        for ((name, parameter), used) in self.names.iter().zip(self.handles.parameters()).zip(used) {
            match parameter.grad() {
                Some(_) => *used = 1,
                None => unused.push(&name[..]),
            }
        }
        if unused.is_empty() || !full || self.options.find_unused {
            return Ok(());
        }
        let rank = self.comm.rank();
        let message = format!(
            "rank {rank}: the loss of shard {shard} does not depend on {}; find_unused lets parameters \
             be unused",
            unused.join(", ")
        );
        Err(self.comm.fail(Error::new(ErrorKind::Unused, rank, message)))
    }

    /// A gradient was sent before it was complete.
    fn too_early(&self, place: usize) -> Error {
        let how = format_args!(
            "has a backward pass that comes back to {} when its gradient is already on its way; with \
             `overlap: false` gradients leave at the end of the pass",
            self.names[place]
        );
        self.comm.fail(Error::differs(self.comm.rank(), how))
    }
}

impl Sums {
    /// A shard has come forth, with samples or without.
    fn forth(
        &mut self,
        shard: usize,
        samples: usize,
        part: Option<(&Variable, Vec<f64>)>,
        buffers: impl FnOnce() -> Vec<Tensor>,
    ) {
        let mut value = match part {
            Some((loss, numbers)) => [vec![loss.item()], numbers].concat(),
            None => vec![0.0; 1 + self.numbers],
        };
        value.push(samples as f64);
        self.losses.push(shard, value, add);
        if shard == 0 {
            self.buffers = Some(buffers());
        }
    }
}

/// Runs `f` with a shard's random numbers, where it meets others.
fn drawn<R>(generator: &mut Generator, meeting: &Option<Meeting>, f: impl FnOnce() -> R) -> R {
    use_generator(generator, || match meeting {
        Some(meeting) => meeting.clone().run(f),
        None => f(),
    })
}

/// Scatters the bits of a number (splitmix64, Steele et al., 2014): a generator takes but 32 of them.
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
