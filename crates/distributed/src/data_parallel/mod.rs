//! One net, trained by all ranks at once.

mod agree;
mod buckets;
mod handles;
mod nodes;
mod options;
mod reducer;
mod shards;
mod step;
mod turns;
mod worker;

use std::ops::Range;
use std::sync::Arc;

use autograd::Variable;
use nn::{Module, Parameter};
use tensor::Tensor;

use agree::{agree, take_first};
use handles::Handles;
use reducer::Reducer;
use worker::Worker;

use crate::{Communicator, Error, Result, SyncBatchNorm, part};

pub use options::DataParallelOptions;

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
/// Gradients travel in [buckets](DataParallelOptions::bucket_bytes), the last layer's first, on a thread of
/// their own while the backward pass of the rank's last shard goes on: what the others wait for leaves as
/// soon as it is there.
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
        take_first(&*comm, &net)?;
        parameters.retain(|(_, parameter)| parameter.requires_grad());
        for (name, parameter) in &parameters {
            let dtype = parameter.dtype();
            let summed = [tensor::DType::F32, tensor::DType::F64].contains(&dtype);
            assert!(summed, "DataParallel: sums are of float32 and float64, and {name} is {dtype}");
        }
        let (names, trained): (Vec<String>, Vec<Parameter>) = parameters.into_iter().unzip();
        let worker = Worker::new(comm.clone())?;
        let reducer = Reducer::new(&trained, &options, worker.jobs().clone());
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
    pub fn backward(
        &mut self,
        samples: usize,
        loss: impl Fn(&N, Range<usize>) -> Variable + Sync,
    ) -> Result<f64> {
        assert!(samples > 0, "DataParallel::backward: a batch has samples");
        self.pass(samples, &loss)
    }

    /// [`backward`](DataParallel::backward) where each rank has only its own samples of the batch, those that
    /// [`own`](DataParallel::own) says: `own_samples` of them, which `loss` counts from 0. Same bits.
    ///
    /// # Errors
    /// As [`backward`](DataParallel::backward), and if the ranks' samples are no batch of which each has its
    /// part.
    ///
    /// # Panics
    /// If `loss` does, or gives more than one number.
    #[track_caller]
    pub fn backward_own(
        &mut self,
        own_samples: usize,
        loss: impl Fn(&N, Range<usize>) -> Variable + Sync,
    ) -> Result<f64> {
        let counts = self.comm.all_gather(&vec![own_samples as u64])?.concat();
        let samples = counts.iter().sum::<u64>() as usize;
        let own = self.own()(samples);
        if own.len() != own_samples || samples == 0 {
            let how = format_args!(
                "has {own_samples} samples of a batch of {samples}, where {} are its part",
                own.len()
            );
            return Err(self.comm.fail(Error::differs(self.comm.rank(), how)));
        }
        self.pass(samples, &|net, range| loss(net, range.start - own.start..range.end - own.start))
    }

    /// Gathers gradients without exchanging them: what [`backward`](DataParallel::backward) computes in `f`
    /// stays with its shards, and the next one after it sums all. For batches that do not fit into memory at
    /// once. As torch's context manager of this name.
    ///
    /// So that the number of ranks does not matter, each shard's gradients are gathered for themselves: a
    /// rank holds as many as it has shards. The parameters' `grad` shows nothing of them before they are
    /// summed. Losses and buffers are exchanged nevertheless.
    ///
    /// ```
    /// use autograd::Variable;
    /// use distributed::{DataParallel, DataParallelOptions, Threads};
    /// use nn::{Forward, Linear};
    ///
    /// let gradients = Threads::run(2, |comm| {
    ///     let options = DataParallelOptions { shards: 2, ..Default::default() };
    ///     let mut net = DataParallel::new(Linear::new(1, 1), comm, options)?;
    ///     let loss = |net: &Linear, samples: std::ops::Range<usize>| {
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
