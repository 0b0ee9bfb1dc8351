//! One step: every shard of this rank forth and back, and the sums over all.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use autograd::Variable;
use nn::Module;
use tensor::{Generator, Tensor, use_generator};

use super::DataParallel;
use super::agree::broadcast;
use super::buckets::Flat;
use super::nodes::{Node, Nodes, add, sum_over_ranks};
use super::worker::Pending;
use crate::{Error, ErrorKind, Result, part};

/// The mean loss of a range of samples.
pub(super) type Loss<'a, N> = &'a (dyn Fn(&N, Range<usize>) -> Variable + Sync);

/// What is on its way to and from the other ranks.
struct Sent {
    loss: Pending<Vec<f64>>,
    buffers: Pending<Vec<Tensor>>,
    /// Whether any shard gives a parameter a gradient; without it they all have one.
    used: Option<Pending<Vec<Vec<u8>>>>,
    /// None if this step only gathers gradients.
    sums: Vec<Pending<Flat>>,
}

impl<N: Module> DataParallel<N> {
    #[track_caller]
    pub(super) fn pass(&mut self, samples: usize, loss: Loss<'_, N>) -> Result<f64> {
        if self.options.shards == 1 {
            self.step += 1;
            let loss = loss(&self.net, 0..samples);
            loss.backward();
            return Ok(loss.item());
        }
        if std::mem::replace(&mut self.broken, true) {
            let how = "has not come to the end of its last step";
            return Err(self.comm.fail(Error::differs(self.comm.rank(), how)));
        }
        let before = self.gradients();
        let sent = catch_unwind(AssertUnwindSafe(|| self.shards(samples, loss))).unwrap_or_else(|panic| {
            // The others wait for what will not come.
            self.comm.fail(Error::panicked(self.comm.rank(), &*panic));
            resume_unwind(panic)
        });
        self.reducer.give_up(); // it is over if all has gone well
        let total = self.finish(sent?, before)?;
        self.step += 1;
        self.broken = false;
        Ok(total)
    }

    /// The passes of this rank's shards. What the other ranks wait for leaves as early as it can.
    #[track_caller]
    fn shards(&mut self, samples: usize, loss: Loss<'_, N>) -> Result<Sent> {
        let shards = self.options.shards;
        let own = part(shards, self.comm.size(), self.comm.rank());
        let start = self.buffers();
        let mut first = None; // the buffers as the first shard leaves them
        let mut losses = Nodes::new(shards);
        let mut sums = self.reducer.empty();
        let mut used = vec![0u8; self.parameters.len()];
        let mut told = None;
        for shard in own.clone() {
            let last = shard + 1 == own.end;
            let place = shard - own.start;
            let kept = std::mem::take(&mut self.kept[place]);
            self.set_gradients(kept);
            self.set_buffers(&start);
            let range = part(samples, shards, shard);
            let mut generator = self.generator(shard);
            let part = (!range.is_empty())
                .then(|| use_generator(&mut generator, || self.weighted(loss, range, samples)));
            if shard == 0 {
                first = Some(self.buffers());
            }
            losses.push(shard, vec![part.as_ref().map_or(0.0, Variable::item)], add);
            if last {
                let losses = std::mem::replace(&mut losses, Nodes::new(shards)).into_nodes();
                let buffers = first.take().unwrap_or_else(|| start.clone());
                told = Some(self.tell(losses, buffers));
                if self.sync {
                    self.reducer.open(shard, std::mem::take(&mut sums));
                }
            }
            if let Some(part) = part {
                use_generator(&mut generator, || part.backward());
                self.note_used(shard, &mut used)?;
            }
            if !self.sync {
                self.kept[place] = self.gradients();
            } else if !last {
                for (sum, bucket) in sums.iter_mut().zip(self.reducer.buckets()) {
                    sum.push(shard, bucket.gather(), Flat::add);
                }
            }
        }
        let (loss, buffers) = told.expect("a rank has a last shard");
        let sums =
            if self.sync { self.reducer.close().map_err(|place| self.too_early(place))? } else { Vec::new() };
        let used = (self.sync && self.options.find_unused)
            .then(|| self.worker.jobs().submit(move |comm| comm.all_gather(&used)));
        Ok(Sent { loss, buffers, used, sums })
    }

    /// Gives the losses and the first shard's buffers to all.
    fn tell(
        &self,
        losses: Vec<Node<Vec<f64>>>,
        buffers: Vec<Tensor>,
    ) -> (Pending<Vec<f64>>, Pending<Vec<Tensor>>) {
        let (jobs, shards) = (self.worker.jobs(), self.options.shards);
        (
            jobs.submit(move |comm| sum_over_ranks(comm, shards, losses)),
            jobs.submit(move |comm| buffers.into_iter().map(|x| broadcast(comm, x)).collect()),
        )
    }

    /// Waits for the sums, and adds them to what the gradients were before.
    fn finish(&mut self, sent: Sent, before: Vec<Option<Tensor>>) -> Result<f64> {
        let mut gradients: Vec<Option<Tensor>> = vec![None; before.len()];
        for (bucket, sum) in self.reducer.buckets().iter().zip(sent.sums) {
            for (place, sum) in bucket.split(sum.wait()?) {
                gradients[place] = Some(sum);
            }
        }
        if let Some(used) = sent.used {
            let used = used.wait()?;
            for (place, gradient) in gradients.iter_mut().enumerate() {
                gradient.take_if(|_| used.iter().all(|used| used[place] == 0));
            }
        }
        let sum = |(before, gradient)| match (before, gradient) {
            (Some(before), Some(gradient)) => Some(before + gradient),
            (before, gradient) => gradient.or(before),
        };
        self.set_gradients(before.into_iter().zip(gradients).map(sum).collect());
        self.set_buffers(&sent.buffers.wait()?);
        Ok(sent.loss.wait()?[0])
    }

    /// A shard's part of the batch's loss.
    #[track_caller]
    fn weighted(&self, loss: Loss<'_, N>, range: Range<usize>, samples: usize) -> Variable {
        let weight = range.len() as f64 / samples as f64;
        let loss = loss(&self.net, range);
        if weight == 1.0 { loss } else { loss * weight }
    }

    /// Where a shard's random numbers come from.
    fn generator(&self, shard: usize) -> Generator {
        let seed = [self.step, shard as u64].into_iter().fold(mixed(self.options.seed), |x, y| mixed(x ^ y));
        Generator::new(seed)
    }

    fn gradients(&self) -> Vec<Option<Tensor>> {
        self.parameters.iter().map(|(_, parameter)| parameter.grad()).collect()
    }

    /// Sets the gradients; those that are not in the list to none.
    fn set_gradients(&self, gradients: Vec<Option<Tensor>>) {
        let gradients = gradients.into_iter().chain(std::iter::repeat(None));
        self.parameters
            .iter()
            .zip(gradients)
            .for_each(|((_, parameter), gradient)| parameter.set_grad(gradient));
    }

    fn buffers(&self) -> Vec<Tensor> {
        self.net.buffers().iter().map(|buffer| buffer.data()).collect()
    }

    fn set_buffers(&self, buffers: &[Tensor]) {
        self.net.buffers().iter().zip(buffers).for_each(|(buffer, data)| buffer.set_data(data.clone()));
    }

    /// Notes which parameters a shard gave a gradient.
    fn note_used(&self, shard: usize, used: &mut [u8]) -> Result<()> {
        let mut unused = Vec::new();
        for ((name, parameter), used) in self.parameters.iter().zip(used) {
            match parameter.grad() {
                Some(_) => *used = 1,
                None => unused.push(&name[..]),
            }
        }
        if unused.is_empty() || self.options.find_unused {
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
            "has a backward pass that comes back to {} when its gradient is already on its way, as with a \
             checkpoint; `overlap: false` waits for the end of the pass",
            self.parameters[place].0
        );
        self.comm.fail(Error::differs(self.comm.rank(), how))
    }
}

/// Scatters the bits of a number (splitmix64, Steele et al., 2014): a generator takes but 32 of them.
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
