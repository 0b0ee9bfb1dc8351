use crate::{Contents, Error, ErrorKind, Saving};
use nn::{Module, StateDict, Value};
use optim::Optimizer;
use optim::lr_scheduler::LRScheduler;
use std::path::Path;
use tensor::{Tensor, with_default_generator};

/// All that a training run depends on, saved by one call and taken up again by another: the
/// model, the optimizer, the schedule, the default generator, and whatever the program adds,
/// such as the loader's position.
///
/// A run that goes on from such a file equals one that never stopped, bit for bit, in the middle of an epoch
/// too:
///
/// ```
/// # use autograd::Variable;
/// # use nn::MSELoss;
/// use datasets::{DataLoader, LoaderState, TensorDataset};
/// use nn::{Dropout, Forward, Linear, Module, Sequential, sequential};
/// use optim::lr_scheduler::{LRScheduler, StepLR};
/// use optim::{Adam, Optimizer};
/// use serialize::Checkpoint;
/// # use tensor::Tensor;
///
/// fn start() -> (Sequential, Adam, StepLR) {
///     let net = sequential![Linear::new(3, 8), Dropout::new(0.5), Linear::new(8, 1)];
///     let mut optim = Adam::new(net.parameters(), 1e-2);
///     let scheduler = StepLR::new(&mut optim, 10);
///     (net, optim, scheduler)
/// }
/// # fn step(net: &Sequential, optim: &mut Adam, (x, y): (Tensor, Tensor)) {
/// #     let loss = MSELoss::new().forward(&net.forward(&Variable::new(x)), &Variable::new(y));
/// #     optim.zero_grad();
/// #     loss.backward();
/// #     optim.step();
/// # }
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("run.pth");
///
/// let data = TensorDataset::new(tensor::randn([20, 3]), tensor::randn([20, 1]));
/// let loader = DataLoader::new(&data).batch_size(4).shuffle(true);
/// let (net, mut optim, mut scheduler) = start();
/// let mut batches = loader.iter();
/// step(&net, &mut optim, batches.next().unwrap());
///
/// Checkpoint::new(&net, &mut optim)
///     .scheduler(&mut scheduler)
///     .with("loader", batches.state())
///     .with("epoch", 0)
///     .save(&path)?;
/// # for batch in batches { step(&net, &mut optim, batch); }
/// # let (expected, next) = (net[0].state_dict()["weight"].to_vec::<f32>(), tensor::rand([1]).item());
///
/// // In another process:
/// let (net, mut optim, mut scheduler) = start();
/// let saved = Checkpoint::new(&net, &mut optim).scheduler(&mut scheduler).resume(&path)?;
/// let position = LoaderState::try_from(saved.entry("loader")?)?;
/// for batch in loader.resume(&position)? {
///     step(&net, &mut optim, batch); // the rest of the epoch
/// }
/// # assert_eq!(net[0].state_dict()["weight"].to_vec::<f32>(), expected);
/// # assert_eq!(tensor::rand([1]).item(), next);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The file is a dictionary with the entries `model`, `optimizer`, `scheduler` and `generator`, the last
/// being torch's `torch.get_rng_state()`, and those that were added. As a `.pth` torch reads it.
pub struct Checkpoint<'a> {
    model: &'a dyn Module,
    optimizer: &'a mut dyn Optimizer,
    scheduler: Option<&'a mut dyn LRScheduler>,
    more: Vec<(String, Value)>,
}

impl<'a> Checkpoint<'a> {
    /// Of a model and its optimizer. The generator is always part of it.
    pub fn new(model: &'a dyn Module, optimizer: &'a mut dyn Optimizer) -> Self {
        Checkpoint { model, optimizer, scheduler: None, more: Vec::new() }
    }

    /// And of the schedule of the learning rates.
    pub fn scheduler(self, scheduler: &'a mut dyn LRScheduler) -> Self {
        Checkpoint { scheduler: Some(scheduler), ..self }
    }

    /// And of something more, which [`save`](Self::save) writes and [`resume`](Self::resume) gives back: the
    /// epoch reached, the loader's position, a second model's state.
    ///
    /// A loader draws the rest of its epoch's order when it is asked for its position; the generator
    /// is read after that, in `save`.
    ///
    /// # Panics
    /// If there is an entry of this name already.
    #[track_caller]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let taken = [MODEL, OPTIMIZER, SCHEDULER, GENERATOR].contains(&name)
            || self.more.iter().any(|(known, _)| known == name);
        assert!(!taken, "Checkpoint: there is an entry `{name}` already");
        self.more.push((name.to_owned(), value.into()));
        self
    }

    /// Writes the file, in the format that its name asks for.
    ///
    /// # Errors
    /// If it cannot be written; what was there before is then still there.
    /// `.safetensors` holds state dicts only.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        save_checkpoint(&self.value(), path)
    }

    /// [`save`](Self::save) on a thread of its own: the run goes on as soon as its state is taken, and what it
    /// changes meanwhile is not in the file. As `torch.distributed.checkpoint.async_save`.
    ///
    /// ```
    /// use nn::Linear;
    /// use optim::SGD;
    /// use serialize::Checkpoint;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("run.pth");
    ///
    /// let net = Linear::new(2, 1);
    /// let mut optim = SGD::new([net.weight.clone()], 0.1);
    /// let saving = Checkpoint::new(&net, &mut optim).save_async(&path);
    /// net.weight.set_data(tensor::zeros([1, 2])); // too late for the file
    /// saving.wait()?;
    /// Checkpoint::new(&net, &mut optim).resume(&path)?;
    /// assert!(net.weight.data().to_vec::<f32>().iter().all(|w| *w != 0.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save_async(&self, path: impl AsRef<Path>) -> Saving {
        let (value, path) = (self.value(), path.as_ref().to_owned());
        Saving::start(move || save_checkpoint(&value, path))
    }

    /// What the file holds.
    fn value(&self) -> Value {
        let State { model, scheduler, generator } = self.state();
        let optimizer = self.optimizer.state_dict();
        let parts = [(MODEL, model.into()), (OPTIMIZER, optimizer), (GENERATOR, generator.into())];
        let parts = parts.into_iter().chain(scheduler.map(|state| (SCHEDULER, state)));
        let more = self.more.iter().map(|(name, value)| (name.as_str(), value.clone()));
        Value::dict(parts.chain(more))
    }

    /// Takes up the run of a file that [`save`](Self::save) wrote, and gives all that the file holds. Entries
    /// named by [`with`](Self::with) have to be there.
    ///
    /// # Errors
    /// If the file cannot be read, an entry is missing or does not fit, or it has a schedule and this run has
    /// none. Nothing has changed then.
    pub fn resume(self, path: impl AsRef<Path>) -> Result<Value, Error> {
        let path = path.as_ref();
        let saved = load_checkpoint(path)?;
        self.take_up(&saved).map_err(|kind| kind.at(path))?;
        Ok(saved)
    }

    fn take_up(mut self, saved: &Value) -> Result<(), ErrorKind> {
        for (name, _) in &self.more {
            saved.entry(name)?;
        }
        let state = State {
            model: StateDict::try_from(saved.entry(MODEL)?)?,
            generator: Tensor::try_from(saved.entry(GENERATOR)?)?,
            scheduler: self.scheduler.as_ref().map(|_| saved.entry(SCHEDULER).cloned()).transpose()?,
        };
        if state.scheduler.is_none() && saved.get(SCHEDULER).is_some() {
            return Err(ErrorKind::contents("a run without a schedule", "one with a `scheduler`"));
        }
        let optimizer = saved.entry(OPTIMIZER)?;
        let before = self.state();
        // The optimizer is the last: it takes all or nothing, and need not say what it has now.
        let all = self.load(&state).and_then(|()| Ok(self.optimizer.load_state_dict(optimizer)?));
        all.inspect_err(|_| self.load(&before).expect("this run's own state fits it"))
    }

    fn state(&self) -> State {
        State {
            model: self.model.state_dict(),
            scheduler: self.scheduler.as_ref().map(|scheduler| scheduler.state_dict()),
            generator: with_default_generator(|g| g.get_state()),
        }
    }

    fn load(&mut self, state: &State) -> Result<(), ErrorKind> {
        self.model.load_state_dict(&state.model)?;
        if let (Some(scheduler), Some(state)) = (&mut self.scheduler, &state.scheduler) {
            scheduler.load_state_dict(state)?;
        }
        Ok(with_default_generator(|g| g.set_state(&state.generator))?)
    }
}

/// The parts of a run besides the optimizer.
struct State {
    model: StateDict,
    scheduler: Option<Value>,
    generator: Tensor,
}

const MODEL: &str = "model";
const OPTIMIZER: &str = "optimizer";
const SCHEDULER: &str = "scheduler";
const GENERATOR: &str = "generator";

/// Saves any value: dictionaries and lists of tensors, numbers and text, such as a model's and an
/// optimizer's state with the epoch reached. A `.pth` is what `torch.save` would write for the same value.
///
/// ```
/// use nn::{Linear, Module, StateDict, Value};
///
/// let net = Linear::new(2, 1);
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("checkpoint.pth");
/// let checkpoint = Value::dict([("model", net.state_dict().into()), ("epoch", Value::Int(3))]);
/// serialize::save_checkpoint(&checkpoint, &path)?;
///
/// let checkpoint = serialize::load_checkpoint(&path)?;
/// assert_eq!(checkpoint.get("epoch").and_then(Value::as_int), Some(3));
/// let model = StateDict::try_from(checkpoint.entry("model")?)?;
/// println!("{}", net.load_state_dict(&model)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the file cannot be written (what was there before is then still there), or the format cannot hold
/// the value: `.safetensors` holds state dicts only.
pub fn save_checkpoint(value: &Value, path: impl AsRef<Path>) -> Result<(), Error> {
    Contents::from(value.clone()).write(path)
}

/// Loads the value of a file of any format; of a whole model, its state dict.
///
/// Of what Python knows and [`Value`] does not: sets become lists, bytes and storages tensors of one axis,
/// dtypes, devices and layouts their names, integers of more than 64 bits their digits, a tensor on `meta`
/// the text that torch prints for it, `OrderedDict` a dictionary. [`LoadOptions`](crate::LoadOptions) reads a
/// file beside what has no counterpart.
///
/// # Errors
/// If the file cannot be read, is damaged, or holds what has no counterpart here.
pub fn load_checkpoint(path: impl AsRef<Path>) -> Result<Value, Error> {
    Ok(Contents::read(path)?.value)
}
