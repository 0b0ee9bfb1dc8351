//! One step: every shard of this rank forth and back, and the sums over all.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use autograd::Variable;
use nn::Module;
use tensor::Tensor;

use super::DataParallel;
use super::agree::broadcast;
use super::nodes::{Node, sum_of_lists};
use super::worker::Pending;
use crate::{Error, Result};

/// The mean loss of a range of samples, and numbers to be summed.
pub(super) type Loss<'a, N> = &'a (dyn Fn(&N, Range<usize>) -> (Variable, Vec<f64>) + Sync);

/// What is on its way to and from the other ranks.
pub(super) struct Sent {
    pub(super) told: Told,
    /// The sums by bucket; no buckets if this step only gathers gradients.
    pub(super) gradients: Vec<Pending<Tensor>>,
    /// Whether a rank's shards give a parameter a gradient; without it they all do.
    pub(super) used: Option<Pending<Vec<Vec<u8>>>>,
}

/// What does not come from the backward pass.
pub(super) struct Told {
    loss: Pending<Vec<f64>>,
    buffers: Pending<Vec<Tensor>>,
}

impl<N: Module> DataParallel<N> {
    /// The batch's loss, and so many sums.
    #[track_caller]
    pub(super) fn pass(&mut self, samples: usize, numbers: usize, loss: Loss<'_, N>) -> Result<Vec<f64>> {
        if self.options.shards == 1 {
            self.step += 1;
            let (loss, numbers) = loss(&self.net, 0..samples);
            loss.backward();
            return Ok([vec![loss.item()], numbers].concat());
        }
        self.check_trained()?;
        if std::mem::replace(&mut self.broken, true) {
            let how = "has not come to the end of its last step";
            return Err(self.comm.fail(Error::differs(self.comm.rank(), how)));
        }
        let before = self.handles.gradients();
        let sent =
            catch_unwind(AssertUnwindSafe(|| self.shards(samples, numbers, loss))).unwrap_or_else(|panic| {
                // The others wait for what will not come.
                match panic.downcast::<Error>() {
                    Ok(error) => Err(*error), // where shards meet
                    Err(panic) => {
                        self.comm.fail(Error::panicked(self.comm.rank(), &*panic));
                        resume_unwind(panic)
                    }
                }
            });
        self.reducer.give_up(); // it is over if all has gone well
        let mut sums = self.finish(sent?, before)?;
        if sums.pop() != Some(samples as f64) {
            let how = format_args!("has a batch of {samples} samples, and not all others have");
            return Err(self.comm.fail(Error::differs(self.comm.rank(), how)));
        }
        self.step += 1;
        self.broken = false;
        Ok(sums)
    }

    /// Sees to it that the parameters that are trained are those of the beginning.
    fn check_trained(&self) -> Result<()> {
        let now = self.net.named_parameters().into_iter().filter(|(_, parameter)| parameter.requires_grad());
        let now: Vec<String> = now.map(|(name, _)| name).collect();
        let differs =
            |one: &[String], other: &[String]| one.iter().find(|name| !other.contains(name)).cloned();
        let how = match (differs(&now, &self.names), differs(&self.names, &now)) {
            (Some(name), _) => format!("trains {name} now"),
            (None, Some(name)) => format!("does not train {name} any more"),
            (None, None) => return Ok(()),
        };
        let how = format_args!("{how}: which parameters require a gradient is settled by DataParallel::new");
        Err(self.comm.fail(Error::differs(self.comm.rank(), how)))
    }

    /// Gives the losses and the first shard's buffers to all.
    pub(super) fn tell(&self, losses: Vec<Node<Vec<f64>>>, buffers: Vec<Tensor>) -> Told {
        let (jobs, shards) = (self.worker.jobs(), self.options.shards);
        Told {
            loss: jobs.submit(move |comm| sum_of_lists(comm, shards, losses)),
            buffers: jobs.submit(move |comm| buffers.into_iter().map(|x| broadcast(comm, x)).collect()),
        }
    }

    /// Waits for the sums, and adds them to what the gradients were before.
    fn finish(&mut self, sent: Sent, before: Vec<Option<Tensor>>) -> Result<Vec<f64>> {
        let mut gradients: Vec<Option<Tensor>> = vec![None; before.len()];
        for (bucket, sum) in self.reducer.buckets().iter().zip(sent.gradients) {
            for (place, sum) in bucket.split(sum.wait()?, self.comm.rank()) {
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
        self.handles.set_gradients(before.into_iter().zip(gradients).map(sum).collect());
        self.handles.set_buffers(sent.told.buffers.wait()?);
        sent.told.loss.wait()
    }
}
