//! One net, trained by all ranks at once.

mod agree;
mod batch;
mod buckets;
mod handles;
mod nodes;
mod options;
mod reducer;
mod samples;
mod shards;
mod step;
mod turns;
mod worker;

use std::ops::Range;
use std::sync::Arc;

use nn::{Module, Parameter};
use tensor::Tensor;

use agree::{agree, take_first};
use handles::Handles;
use reducer::Reducer;
use worker::Worker;

use crate::{Communicator, Error, Result, SyncBatchNorm, part};

pub use batch::{Batch, ShardLoss};
pub use options::DataParallelOptions;
pub use samples::Samples;

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
///                 let [x, y] = [&x, &y].map(|t| samples.of(t));
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
/// Gradients travel in [buckets](DataParallelOptions::bucket_bytes), the last layer's first, on a thread of
/// their own while the backward pass of the rank's last shard goes on: what the others wait for leaves as
/// soon as it is there. The gradients are views of the buckets: one that is changed in place is copied before. A
/// hook of yours on a finished gradient, `register_post_accumulate_grad_hook`, may see it when it is on its
/// way already; `register_hook` acts in time.
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
    /// The names of the parameters that are trained.
    names: Vec<String>,
    handles: Arc<Handles>,
    /// The rank that updates each, where that is divided.
    owners: Vec<usize>,
    /// Shards meet in a [`SyncBatchNorm`].
    meets: bool,
    reducer: Reducer,
    /// The gradients that [`no_sync`](DataParallel::no_sync) has left with each of this rank's shards.
    kept: Vec<Vec<Option<Tensor>>>,
    sync: bool,
    step: u64,
    /// A step has begun, and not come to its end.
    broken: bool,
    worker: Worker,
}

impl<N: Module> DataParallel<N> {
    /// Makes the nets of all ranks one: compares their options and their parameters, and gives rank 0's
    /// parameters, buffers and default generator to all, from which orders of samples are drawn. Which
    /// parameters are trained, those that require a gradient now, stays as it is.
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
        agree(&*comm, &options, &parameters, &net.named_buffers())?;
        take_first(&*comm, &net)?;
        parameters.retain(|(_, parameter)| parameter.requires_grad());
        for (name, parameter) in &parameters {
            let dtype = parameter.dtype();
            let summed = [tensor::DType::F32, tensor::DType::F64].contains(&dtype);
            assert!(summed, "DataParallel: sums are of float32 and float64, and {name} is {dtype}");
        }
        let (names, trained): (Vec<String>, Vec<Parameter>) = parameters.into_iter().unzip();
        let worker = Worker::new(comm.clone())?;
        let owners = owners(&trained, comm.size());
        let divided = options.zero.then_some((&owners[..], comm.size()));
        let reducer = Reducer::new(&trained, &options, divided, worker.jobs().clone());
        let handles = Arc::new(Handles::new(trained, &net));
        let meets = net.modules().iter().any(|module| module.is::<SyncBatchNorm>());
        let kept = vec![Vec::new(); part(options.shards, comm.size(), comm.rank()).len()];
        let (sync, step, broken) = (true, 0, false);
        Ok(DataParallel {
            net,
            comm,
            options,
            names,
            handles,
            owners,
            meets,
            reducer,
            kept,
            sync,
            step,
            broken,
            worker,
        })
    }

    /// The net.
    pub fn module(&self) -> &N {
        &self.net
    }

    /// The net, which is trained no more.
    pub fn into_module(self) -> N {
        self.net
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

    /// The rank that updates a parameter in a [`ZeroRedundancyOptimizer`]: parts of about as many elements for
    /// each, in the order in which gradients are finished. `None` if the net does not train it.
    pub(crate) fn owner(&self, parameter: &Parameter) -> Option<usize> {
        self.handles
            .parameters()
            .iter()
            .position(|known| known.ptr_eq(parameter))
            .map(|place| self.owners[place])
    }

    /// What this rank's shards are of a batch of so many samples, as a function for a loader that reads
    /// nothing else.
    ///
    /// ```
    /// use distributed::{DataParallel, DataParallelOptions, Threads};
    ///
    /// let own = Threads::run(3, |comm| {
    ///     let options = DataParallelOptions { shards: 8, ..Default::default() };
    ///     let net = DataParallel::new(nn::Linear::new(1, 1), comm, options)?;
    ///     Ok::<_, distributed::Error>(net.own()(64))
    /// })?;
    /// assert_eq!(own, [Ok(0..16), Ok(16..40), Ok(40..64)]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    pub fn own(&self) -> impl Fn(usize) -> Range<usize> + Clone + Send + Sync + 'static {
        let shards = self.options.shards;
        let own = part(shards, self.comm.size(), self.comm.rank());
        move |samples| part(samples, shards, own.start).start..part(samples, shards, own.end - 1).end
    }

    /// The loss of a batch of so many samples, and its gradients: they are added to those of the parameters,
    /// on every rank the same.
    ///
    /// `loss` gives the mean loss of some [`Samples`]; it is called for each of this rank's shards. The
    /// batch's loss is the mean over all samples, so shards count by the number of their samples. Shards
    /// without samples, in a batch smaller than the number of shards, count for nothing.
    ///
    /// Where each rank has only [`Batch::Own`] samples, they count those. Numbers that `loss` gives
    /// besides are summed over the shards, in their order:
    ///
    /// ```
    /// use autograd::Variable;
    /// use datasets::{DataLoader, TensorDataset};
    /// use distributed::{Batch, DataParallel, DataParallelOptions, Threads};
    /// use nn::{CrossEntropyLoss, Forward, Linear};
    ///
    /// let data = TensorDataset::new(tensor::eye(6), tensor::arange(0, 6, 1));
    /// let counts = Threads::run(2, |comm| {
    ///     let options = DataParallelOptions { shards: 3, ..Default::default() };
    ///     let mut net = DataParallel::new(Linear::new(6, 6), comm, options)?;
    ///     net.module().weight.set_data(tensor::eye(6));
    ///     let batches = DataLoader::new(&data).batch_size(6).part(net.own());
    ///     let (x, y) = batches.iter().next().expect("there is a batch");
    ///     let (_loss, [right]) = net.backward(Batch::Own(y.numel()), |net, samples| {
    ///         let [x, y] = [&x, &y].map(|t| samples.of(t));
    ///         let scores = net.forward(&Variable::new(x));
    ///         let right = scores.data().argmax(1, false).eq(&y).sum().item();
    ///         (CrossEntropyLoss::new().forward(&scores, &y), [right])
    ///     })?;
    ///     Ok::<_, distributed::Error>(right)
    /// })?;
    /// assert_eq!(counts, [Ok(6.0), Ok(6.0)]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the loss leaves parameters unused and [`find_unused`](DataParallelOptions::find_unused) is not set,
    /// if the ranks' own samples are no batch of which each has its part, and as every call of the
    /// [communicator](trait.Communicator.html#errors). The gradients are unspecified then.
    ///
    /// # Panics
    /// If there are no samples, or `loss` does, or its loss is more than one number.
    #[track_caller]
    pub fn backward<L: ShardLoss>(
        &mut self,
        batch: impl Into<Batch>,
        loss: impl Fn(&N, &Samples) -> L + Sync,
    ) -> Result<L::Total> {
        let (samples, own) = match batch.into() {
            Batch::Whole(samples) => (samples, 0..samples),
            Batch::Own(own) => self.whole(own)?,
        };
        assert!(samples > 0, "DataParallel::backward: a batch has samples");
        let sums = self.pass(samples, L::NUMBERS, &|net, range| {
            loss(net, &Samples::new(range.start - own.start..range.end - own.start, own.len())).split()
        })?;
        Ok(L::total(sums[0], &sums[1..]))
    }

    /// The size of a batch of which this rank has so many samples, and which ones those are.
    fn whole(&self, own_samples: usize) -> Result<(usize, Range<usize>)> {
        let counts = self.comm.all_gather(&vec![own_samples as u64])?.concat();
        let samples = counts.iter().sum::<u64>() as usize;
        let own = self.own()(samples);
        if own.len() != own_samples {
            let how = format_args!(
                "has {own_samples} samples of a batch of {samples}, where {} are its part",
                own.len()
            );
            return Err(self.comm.fail(Error::differs(self.comm.rank(), how)));
        }
        Ok((samples, own))
    }

    /// Gathers gradients without exchanging them: what [`backward`](DataParallel::backward) computes in `f`
    /// stays with its shards, and the next one after it sums all. For batches that do not fit into memory at
    /// once. As torch's context manager of this name.
    ///
    /// So that the number of ranks does not matter, each shard's gradients are gathered for themselves: a
    /// rank holds as many as it has shards. The parameters' `grad` shows nothing of them before they are
    /// summed. Losses and buffers are exchanged nevertheless. With one shard gradients simply add up in `grad`.
    ///
    /// ```
    /// use autograd::Variable;
    /// use distributed::{DataParallel, DataParallelOptions, Samples, Threads};
    /// use nn::{Forward, Linear};
    ///
    /// let gradients = Threads::run(2, |comm| {
    ///     let options = DataParallelOptions { shards: 2, ..Default::default() };
    ///     let mut net = DataParallel::new(Linear::new(1, 1), comm, options)?;
    ///     let loss = |net: &Linear, samples: &Samples| {
    ///         net.forward(&Variable::new(tensor::ones([samples.len(), 1]))).mean()
    ///     };
    ///     net.no_sync(|net| net.backward(4, loss))?;
    ///     net.backward(4, loss)?;
    ///     Ok::<_, distributed::Error>(net.module().weight.grad().expect("it is there").item())
    /// })?;
    /// assert_eq!(gradients, [Ok(2.0), Ok(2.0)]);
    /// # Ok::<(), distributed::Error>(())
    /// ```
    pub fn no_sync<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.sync, false);
        let result = f(self);
        self.sync = before;
        result
    }
}

/// Divides parameters among ranks, the last first, by their number of elements.
fn owners(parameters: &[Parameter], ranks: usize) -> Vec<usize> {
    let total = parameters.iter().map(|parameter| parameter.numel()).sum::<usize>().max(1);
    let mut owners = vec![0; parameters.len()];
    let mut before = 0;
    for (owner, parameter) in owners.iter_mut().zip(parameters).rev() {
        let middle = before as u128 * 2 + parameter.numel() as u128;
        *owner = (middle * ranks as u128 / (2 * total as u128)).min(ranks as u128 - 1) as usize;
        before += parameter.numel();
    }
    owners
}
