//! One net, trained by all ranks at once.

mod buckets;
mod nodes;

use std::ops::Range;
use std::sync::Arc;

use autograd::Variable;
use nn::{Module, Parameter};
use tensor::{Generator, Tensor, use_generator};

use buckets::{Bucket, Flat};
use nodes::{Nodes, sum_over_ranks};

use crate::{Communicator, Error, ErrorKind, Result, part};

/// Training of one net by all ranks, with the same bits whatever their number.
///
/// Every rank has a copy of the net, and every batch is cut into [`shards`](DataParallelOptions::shards)
/// contiguous parts, which belong to the definition of the run like the batch size. A rank computes the
/// gradients of some of them, each for itself, and the gradients of all shards are added along one tree over
/// the shards: the one of [`tree_sum`](crate::tree_sum). So parameters and losses after any number of steps
/// are the same for 1, 2, 3 or 8 ranks, on [`Threads`](crate::Threads) or over [`Tcp`](crate::Tcp), to the
/// last bit. torch's `DistributedDataParallel` differs from the second step.
///
/// ```
/// use autograd::Variable;
/// use distributed::{DataParallel, DataParallelOptions, Threads};
/// use nn::{Dropout, Forward, Linear, MSELoss, Module, sequential};
/// use optim::{Optimizer, SGD};
///
/// let train = |ranks: usize| {
///     let weights = Threads::run(ranks, |comm| {
///         tensor::manual_seed(0);
///         let net = sequential![Linear::new(3, 8), Dropout::new(0.5), Linear::new(8, 1)];
///         let mut optim = SGD::new(net.parameters(), 0.1);
///         let options = DataParallelOptions { shards: 4, ..Default::default() };
///         let mut net = DataParallel::new(net, comm, options)?;
///         for _ in 0..5 {
///             // The whole batch, on every rank.
///             let (x, y) = (tensor::randn([10, 3]), tensor::randn([10, 1]));
///             optim.zero_grad();
///             let _loss = net.backward(10, |net, samples| {
///                 let [x, y] = [&x, &y].map(|t| t.narrow(0, samples.start as isize, samples.len()));
///                 MSELoss::new().forward(&net.forward(&Variable::new(x)), &Variable::new(y))
///             })?;
///             optim.step();
///         }
///         Ok::<_, distributed::Error>(net.module()[0].state_dict()["weight"].to_vec::<f32>())
///     });
///     weights.unwrap().pop().expect("one from each rank").unwrap()
/// };
/// assert_eq!(train(1), train(2));
/// assert_eq!(train(1), train(3));
/// ```
///
/// # What it costs
///
/// A rank holds the gradients of at most ⌈log₂ shards⌉ + 1 blocks of shards at once, not of all. Ranks whose
/// number divides that of the shards into powers of two exchange each gradient once, as one gradient of the
/// rank; others, such as 3 ranks for 8 shards, send several blocks. As many shards as ranks, or a few times
/// as many, compute in parts of a useful size.
///
/// # Random numbers
///
/// Dropout and whatever else the loss draws, it draws from a generator of its own for each shard, made of
/// [`seed`](DataParallelOptions::seed), the number of the step and that of the shard, so that masks do not
/// depend on the number of ranks. With one shard it draws from the default generator: that is a single
/// process's training without any of this, bit for bit.
///
/// # Buffers
///
/// Each shard starts from the buffers that the step found, batch norm normalises within a shard, and what the
/// first shard made of the buffers, such as running statistics, is what all ranks go on with. That is the
/// effect of torch's `DistributedDataParallel`, with shards for ranks.
pub struct DataParallel<N> {
    net: N,
    comm: Arc<dyn Communicator>,
    options: DataParallelOptions,
    /// Those that are trained.
    parameters: Vec<(String, Parameter)>,
    buckets: Vec<Bucket>,
    step: u64,
}

/// What defines a [`DataParallel`] run besides its net and its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataParallelOptions {
    /// The number of parts of a batch, at least as many as ranks. Default 1.
    pub shards: usize,
    /// Where each shard's random numbers come from. Default 0.
    pub seed: u64,
    /// About so many bytes of gradients travel in one message. Default 25 MiB, as torch's
    /// `bucket_cap_mb=25`. Results do not depend on it.
    pub bucket_bytes: usize,
    /// Whether a loss may leave parameters without a gradient: one that no shard gives a gradient keeps none,
    /// and a shard that gives none counts as 0. Default no: then it is an error that names them.
    pub find_unused: bool,
}

impl Default for DataParallelOptions {
    fn default() -> Self {
        DataParallelOptions { shards: 1, seed: 0, bucket_bytes: 25 << 20, find_unused: false }
    }
}

impl<N: Module> DataParallel<N> {
    /// Makes the nets of all ranks one: compares their options and their parameters, and gives rank 0's
    /// parameters and buffers to all. Which parameters are trained, those that require a gradient now, stays
    /// as it is.
    ///
    /// # Errors
    /// If the ranks differ, or are more than the shards.
    ///
    /// # Panics
    /// If there are no shards, or parameters of another dtype than `F32` and `F64`.
    #[track_caller]
    pub fn new(net: N, comm: Arc<dyn Communicator>, options: DataParallelOptions) -> Result<DataParallel<N>> {
        assert!(options.shards > 0, "DataParallel: at least one shard is needed");
        let mut parameters = net.named_parameters();
        agree(&*comm, &options, &parameters)?;
        if options.shards < comm.size() {
            let message =
                format!("{} ranks need at least as many shards, not {}", comm.size(), options.shards);
            return Err(comm.fail(Error::new(ErrorKind::Setup, comm.rank(), message)));
        }
        for (_, parameter) in &parameters {
            parameter.set_data(broadcast(&*comm, parameter.data())?);
        }
        for buffer in net.buffers() {
            buffer.set_data(broadcast(&*comm, buffer.data())?);
        }
        parameters.retain(|(_, parameter)| parameter.requires_grad());
        for (name, parameter) in &parameters {
            let dtype = parameter.dtype();
            let summed = [tensor::DType::F32, tensor::DType::F64].contains(&dtype);
            assert!(summed, "DataParallel: sums are of float32 and float64, and {name} is {dtype}");
        }
        let trained: Vec<Parameter> = parameters.iter().map(|(_, parameter)| parameter.clone()).collect();
        let buckets = Bucket::fill(&trained, options.bucket_bytes);
        Ok(DataParallel { net, comm, options, parameters, buckets, step: 0 })
    }

    /// The net.
    pub fn module(&self) -> &N {
        &self.net
    }

    /// The ranks.
    pub fn comm(&self) -> &Arc<dyn Communicator> {
        &self.comm
    }

    /// How many times [`backward`](DataParallel::backward) was called.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Goes on from a step, in a run that is resumed.
    pub fn set_step(&mut self, step: u64) {
        self.step = step;
    }

    /// The loss of a batch of so many samples, and its gradients: they are added to those of the parameters,
    /// on every rank the same.
    ///
    /// `loss` gives the mean loss of a range of samples; it is called for each of this rank's shards. The
    /// batch's loss is the mean over all samples, so shards count by the number of their samples. Shards
    /// without samples, in a batch smaller than the number of shards, count for nothing.
    ///
    /// # Errors
    /// If the loss leaves parameters unused and [`find_unused`](DataParallelOptions::find_unused) is not set,
    /// and as every call of the [communicator](trait.Communicator.html#errors). The gradients are unspecified
    /// then.
    ///
    /// # Panics
    /// If there are no samples, or `loss` does, or gives more than one number.
    #[track_caller]
    pub fn backward(&mut self, samples: usize, loss: impl Fn(&N, Range<usize>) -> Variable) -> Result<f64> {
        assert!(samples > 0, "DataParallel::backward: a batch has samples");
        let shards = self.options.shards;
        let own = part(shards, self.comm.size(), self.comm.rank());
        let before: Vec<Option<Tensor>> = self.parameters.iter().map(|(_, p)| p.grad()).collect();
        let buffers = self.net.buffers();
        let start: Vec<Tensor> = buffers.iter().map(|buffer| buffer.data()).collect();
        let mut end = None;
        let mut losses = Nodes::new(shards);
        let mut sums: Vec<Nodes<Flat>> = self.buckets.iter().map(|_| Nodes::new(shards)).collect();
        let mut used = vec![0u8; self.parameters.len()];
        for shard in own {
            self.parameters.iter().for_each(|(_, parameter)| parameter.zero_grad());
            for (buffer, data) in buffers.iter().zip(&start) {
                buffer.set_data(data.clone());
            }
            let range = part(samples, shards, shard);
            let mut value = 0.0;
            if !range.is_empty() {
                let weight = range.len() as f64 / samples as f64;
                value = self.shard(shard, || {
                    let loss = loss(&self.net, range);
                    let weighted = if weight == 1.0 { loss } else { loss * weight };
                    weighted.backward();
                    weighted.item()
                });
                self.note_used(shard, &mut used)?;
            }
            if shard == 0 {
                end = Some(buffers.iter().map(|buffer| buffer.data()).collect::<Vec<_>>());
            }
            losses.push(shard, vec![value], nodes::add);
            for (sum, bucket) in sums.iter_mut().zip(&self.buckets) {
                sum.push(shard, bucket.gather(), Flat::add);
            }
        }
        self.step += 1;
        let comm = &*self.comm;
        for (buffer, data) in buffers.iter().zip(end.unwrap_or(start)) {
            buffer.set_data(broadcast(comm, data)?);
        }
        for ((_, parameter), grad) in self.parameters.iter().zip(before) {
            parameter.set_grad(grad);
        }
        if self.options.find_unused {
            for others in comm.all_gather(&used)? {
                used.iter_mut().zip(others).for_each(|(used, other)| *used |= other);
            }
        } else {
            used.fill(1);
        }
        let used: Vec<bool> = used.into_iter().map(|used| used == 1).collect();
        for (bucket, sum) in self.buckets.iter().zip(sums) {
            bucket.scatter(&Flat::sum(comm, shards, sum.into_nodes())?, &used);
        }
        let total = sum_over_ranks(comm, shards, losses.into_nodes())?;
        Ok(total[0])
    }

    /// Runs `f` with the generator of a shard.
    fn shard<R>(&self, shard: usize, f: impl FnOnce() -> R) -> R {
        if self.options.shards == 1 {
            return f();
        }
        let seed = [self.step, shard as u64].into_iter().fold(mixed(self.options.seed), |x, y| mixed(x ^ y));
        use_generator(&mut Generator::new(seed), f)
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
}

/// Scatters the bits of a number (splitmix64, Steele et al., 2014): a generator takes but 32 of them.
fn mixed(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Rank 0's tensor.
fn broadcast(comm: &dyn Communicator, mut x: Tensor) -> Result<Tensor> {
    comm.broadcast(0, &mut x)?;
    Ok(x)
}

/// Sees to it that all ranks are about the same run.
fn agree(
    comm: &dyn Communicator,
    options: &DataParallelOptions,
    parameters: &[(String, Parameter)],
) -> Result<()> {
    let mut lines = vec![format!("{options:?}")];
    lines.extend(parameters.iter().map(|(name, p)| {
        let trained = if p.requires_grad() { "trained" } else { "not trained" };
        format!("{name} of {:?}, {}, {trained}", p.shape(), p.dtype())
    }));
    let mut first = lines.join("\n").into_bytes();
    comm.broadcast(0, &mut first)?;
    let first = String::from_utf8_lossy(&first);
    let mut theirs = first.lines();
    let mut mine = lines.iter().map(|line| &line[..]);
    loop {
        match (mine.next(), theirs.next()) {
            (None, None) => return Ok(()),
            (mine, theirs) if mine == theirs => {}
            (mine, theirs) => {
                let [mine, theirs] = [mine, theirs].map(|line| line.unwrap_or("no more parameters"));
                let how = format_args!("has {mine}, and rank 0 has {theirs}");
                return Err(comm.fail(Error::differs(comm.rank(), how)));
            }
        }
    }
}
