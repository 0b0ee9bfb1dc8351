use std::sync::Arc;

use autograd::Variable;
use clap::{Args, ValueEnum};
use datasets::{DataLoader, Dataset};
use distributed::{Batch, Communicator, DataParallel, DataParallelOptions, ErrorKind, Tcp, Threads};
use nn::Layer;
use tensor::Tensor;

use crate::{Failure, Result, Run, at_least_one};

/// The options of programs that can train on several ranks.
#[derive(Args, Clone, Debug)]
pub struct RankOptions {
    /// Ranks that train together, as threads. With another engine whoever starts the program says how many
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    pub ranks: usize,

    /// Parts of each batch, whose gradients are added. The results are the same for any number of ranks up to
    /// this one. Default: as many as ranks
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub shards: Option<usize>,

    /// What carries the ranks' messages
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Engine::Threads)]
    pub engine: Engine,
}

/// The engines of `distributed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Threads of this process.
    Threads,
    /// Processes that find each other as torch's do; `cargo xtask launch` starts them.
    Tcp,
    /// Processes that mpirun starts; the program is built with `--features mpi`.
    Mpi,
}

/// The ranks of this process.
pub enum Ranks {
    /// So many threads, which are yet to start.
    Threads(usize),
    /// The process itself is one.
    Process(Arc<dyn Communicator>),
}

impl RankOptions {
    /// Finds the other ranks.
    ///
    /// # Errors
    /// If they are not to be found, or more than the shards.
    pub fn connect(&self) -> Result<Ranks> {
        let ranks = match self.engine {
            Engine::Threads => Ranks::Threads(self.ranks),
            Engine::Tcp => Ranks::Process(Tcp::from_env()?),
            Engine::Mpi => Ranks::Process(world()?),
        };
        if self.engine != Engine::Threads && self.ranks != 1 && self.ranks != ranks.len() {
            let (given, there) = (self.ranks, ranks.len());
            return Err(Failure::new(format!("--ranks {given}: {there} were started")));
        }
        match self.shards {
            Some(shards) if shards < ranks.len() => {
                Err(Failure::new(format!("--shards {shards}: fewer than the {} ranks", ranks.len())))
            }
            _ => Ok(ranks),
        }
    }

    /// For a net that these ranks train.
    pub fn parallel(&self, comm: &dyn Communicator) -> DataParallelOptions {
        DataParallelOptions { shards: self.shards.unwrap_or(comm.size()), ..Default::default() }
    }
}

#[cfg(feature = "mpi")]
fn world() -> Result<Arc<dyn Communicator>> {
    Ok(distributed::Mpi::world()?)
}

#[cfg(not(feature = "mpi"))]
fn world() -> Result<Arc<dyn Communicator>> {
    Err(Failure::new("--engine mpi: the program is built without it; `cargo build --features mpi` has it"))
}

impl Ranks {
    /// How many there are, in all processes.
    #[expect(clippy::len_without_is_empty, reason = "there is one")]
    pub fn len(&self) -> usize {
        match self {
            Ranks::Threads(ranks) => *ranks,
            Ranks::Process(comm) => comm.size(),
        }
    }

    /// Whether rank 0 is here: the one that prints, draws and saves.
    pub fn has_first(&self) -> bool {
        match self {
            Ranks::Threads(_) => true,
            Ranks::Process(comm) => comm.rank() == 0,
        }
    }

    /// Calls `rank` for each of them, and gives what rank 0's gives, if that one is here. Ranks that are
    /// threads of one process have its processors' threads divided among them.
    ///
    /// # Errors
    /// The first rank's that fails.
    pub fn run<R: Send>(self, rank: impl Fn(Arc<dyn Communicator>) -> Result<R> + Sync) -> Result<Option<R>> {
        match self {
            Ranks::Threads(ranks) => {
                if ranks > 1 {
                    tensor::set_num_threads((tensor::num_threads() / ranks).max(1));
                }
                let mut results = Threads::run(ranks, rank)?;
                // The reason of the first, not that others wait for one that is gone.
                let gone = |failure: &Failure| {
                    let error = failure.downcast_ref::<distributed::Error>();
                    error.is_some_and(|error| error.kind() == ErrorKind::Left)
                };
                results.sort_by_key(|result| match result {
                    Ok(_) => 2,
                    Err(failure) => u8::from(gone(failure)),
                });
                results.into_iter().next().transpose()
            }
            Ranks::Process(comm) => {
                let first = comm.rank() == 0;
                let result = rank(comm)?;
                Ok(first.then_some(result))
            }
        }
    }
}

impl Run {
    /// [`Run::train`] on all ranks at once: `train_data` gives each its part of the batches.
    ///
    /// # Errors
    /// If the ranks cannot go on together.
    pub fn train_parallel<N: Layer, D: Dataset>(
        &mut self,
        net: &mut DataParallel<N>,
        train_data: &DataLoader<D, (Tensor, Tensor)>,
        criterion: impl Fn(&Variable, &Tensor) -> Variable + Sync,
        mut step: impl FnMut(),
    ) -> Result {
        net.module().train();
        for (images, label) in train_data {
            net.module().zero_grad();
            let (loss, [right, samples]) = net.backward(Batch::Own(label.numel()), |net, samples| {
                let (images, label) = (samples.of(&images), samples.of(&label));
                let out = net.forward(&Variable::new(images));
                (criterion(&out, &label), [crate::run::right(&out, &label), samples.len() as f64])
            })?;
            step();
            self.count(loss, right / samples);
        }
        Ok(())
    }
}
