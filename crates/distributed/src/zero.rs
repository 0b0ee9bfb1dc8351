use std::fmt;
use std::sync::Arc;

use autograd::Variable;
use nn::{Module, Parameter, Value};
use optim::{AnyGroup, Optimizer, ParamGroup, StepHooks};
use serialize::{Contents, Format};
use tensor::Tensor;

use crate::{Communicator, DataParallel, Error, Result};

/// An optimizer whose state is divided among the ranks: each keeps and updates its part of the parameters, and
/// gives the others what they have become. Stage 1 of Rajbhandari et al., *ZeRO: memory optimizations toward
/// training trillion parameter models*, 2020, as `torch.distributed.optim.ZeroRedundancyOptimizer`; the
/// bits are those of the optimizer alone.
///
/// It takes any optimizer that updates each parameter for itself, all but `LBFGS`, made with all parameters;
/// state comes into being with a parameter's first step, so a rank has none of the others'. Who updates what
/// goes by the number of elements, whole parameters each. With [`zero`](crate::DataParallelOptions::zero) set,
/// gradients go to the rank that needs them, and only there.
///
/// ```
/// use autograd::Variable;
/// use distributed::{DataParallel, DataParallelOptions, Threads, ZeroRedundancyOptimizer};
/// use nn::{Forward, Linear, Module, sequential};
/// use optim::{Adam, Optimizer};
///
/// let weights = Threads::run(2, |comm| {
///     tensor::manual_seed(0);
///     let net = sequential![Linear::new(3, 8), Linear::new(8, 1)];
///     let optim = Adam::new(net.parameters(), 1e-2);
///     let options = DataParallelOptions { shards: 2, zero: true, ..Default::default() };
///     let mut net = DataParallel::new(net, comm.clone(), options)?;
///     let mut optim = ZeroRedundancyOptimizer::new(optim, &net);
///     for _ in 0..3 {
///         optim.zero_grad();
///         net.backward(4, |net, samples| {
///             net.forward(&Variable::new(tensor::ones([samples.len(), 3]))).square().mean()
///         })?;
///         optim.try_step()?;
///     }
///     optim.consolidate_state_dict(0)?; // for a file that rank 0 writes
///     if comm.rank() == 0 {
///         assert_eq!(optim.state_dict().get("state").and_then(|state| state.as_dict()).unwrap().len(), 4);
///     }
///     Ok::<_, distributed::Error>(net.module().state_dict()["0.weight"].to_vec::<f32>())
/// })?;
/// assert_eq!(weights[0], weights[1]);
/// # Ok::<(), distributed::Error>(())
/// ```
pub struct ZeroRedundancyOptimizer<O> {
    optim: O,
    comm: Arc<dyn Communicator>,
    /// The parameters that each rank updates.
    parts: Vec<Vec<Parameter>>,
    /// The whole state, where it is known; options are the optimizer's.
    whole: Option<Vec<(Value, Value)>>,
    hooks: StepHooks,
}

impl<O: Optimizer> ZeroRedundancyOptimizer<O> {
    /// Divides an optimizer of the net's parameters.
    ///
    /// # Panics
    /// If it has a parameter that the net does not train.
    #[track_caller]
    pub fn new(optim: O, net: &DataParallel<impl Module>) -> ZeroRedundancyOptimizer<O> {
        let mut parts = vec![Vec::new(); net.comm().size()];
        for group in optim.param_groups() {
            for parameter in group.params() {
                match net.owner(parameter) {
                    Some(owner) => parts[owner].push(parameter.clone()),
                    None => assert!(
                        !parameter.requires_grad(),
                        "ZeroRedundancyOptimizer: a parameter of {:?} is none of the net's",
                        parameter.shape()
                    ),
                }
            }
        }
        let whole = Some(take_states(&mut optim.state_dict()));
        ZeroRedundancyOptimizer { optim, comm: net.comm().clone(), parts, whole, hooks: StepHooks::default() }
    }

    /// The optimizer that updates this rank's part.
    pub fn local(&self) -> &O {
        &self.optim
    }

    /// [`step`](Optimizer::step) with what can go wrong between ranks as an error.
    ///
    /// # Errors
    /// As every call of the [communicator](trait.Communicator.html#errors).
    ///
    /// # Panics
    /// As the optimizer does.
    #[track_caller]
    pub fn try_step(&mut self) -> Result<()> {
        let before = self.hooks.before();
        before.iter().for_each(|hook| hook(self));
        self.alone(|optim| optim.step());
        self.share()?;
        let after = self.hooks.after();
        after.iter().for_each(|hook| hook(self));
        Ok(())
    }

    /// Gathers the whole state on the rank `to`: what [`state_dict`](Optimizer::state_dict) gives there from
    /// then on, until the next step. All ranks have to call it.
    ///
    /// # Errors
    /// As every call of the [communicator](trait.Communicator.html#errors).
    pub fn consolidate_state_dict(&mut self, to: usize) -> Result<()> {
        let mine = Contents::from(self.optim.state_dict()).to_bytes(Format::Native);
        let mine = mine.expect("a state dict is plain data");
        let Some(all) = self.comm.gather(to, &mine)? else { return Ok(()) };
        let mut whole = take_states(&mut self.optim.state_dict());
        for (rank, theirs) in all.iter().enumerate().filter(|(rank, _)| *rank != to) {
            let theirs = Contents::from_bytes(theirs).ok();
            let theirs = theirs.as_ref().and_then(|theirs| theirs.value.get("state")?.as_dict());
            let theirs = theirs
                .ok_or_else(|| self.comm.fail(Error::differs(rank, "gives what is no optimizer's state")))?;
            whole.extend(theirs.iter().cloned());
        }
        whole.sort_by_key(|(place, _)| place.as_int());
        self.whole = Some(whole);
        Ok(())
    }

    /// Lets `f` see the gradients of this rank's part only.
    #[track_caller]
    fn alone<R>(&mut self, f: impl FnOnce(&mut O) -> R) -> R {
        self.whole = None;
        let mut others = Vec::new();
        for (_, part) in self.parts.iter().enumerate().filter(|(rank, _)| *rank != self.comm.rank()) {
            others.extend(part.iter().map(|parameter| (parameter, parameter.grad())));
        }
        others.iter().for_each(|(parameter, _)| parameter.zero_grad());
        let result = f(&mut self.optim);
        others.into_iter().for_each(|(parameter, gradient)| parameter.set_grad(gradient));
        result
    }

    /// Gives this rank's part to the others, and takes theirs.
    fn share(&self) -> Result<()> {
        let mine: Vec<u8> = self.parts[self.comm.rank()]
            .iter()
            .flat_map(|parameter| parameter.data().bytes().into_owned())
            .collect();
        for (rank, bytes) in self.comm.all_gather(&mine)?.into_iter().enumerate() {
            if rank == self.comm.rank() {
                continue;
            }
            let mut rest = &bytes[..];
            for parameter in &self.parts[rank] {
                let dtype = parameter.dtype();
                let len = parameter.numel() * dtype.size_in_bytes();
                let Some((data, after)) = rest.split_at_checked(len) else {
                    return Err(self
                        .comm
                        .fail(Error::differs(rank, "updates another part of the parameters")));
                };
                parameter.set_data(Tensor::from_bytes(dtype, parameter.shape(), data));
                rest = after;
            }
        }
        Ok(())
    }
}

/// The entries of a state dict's `state`, which has none then.
fn take_states(state_dict: &mut Value) -> Vec<(Value, Value)> {
    std::mem::take(states(state_dict))
}

/// The entries of a state dict's `state`.
fn states(state_dict: &mut Value) -> &mut Vec<(Value, Value)> {
    let Value::Dict(entries) = state_dict else { unreachable!("a state dict is a dict") };
    let state = entries.iter_mut().find(|(key, _)| key.as_str() == Some("state"));
    match state {
        Some((_, Value::Dict(states))) => states,
        _ => unreachable!("a state dict has a dict `state`"),
    }
}

impl<O: Optimizer> Optimizer for ZeroRedundancyOptimizer<O> {
    /// # Panics
    /// As the optimizer does, and where [`try_step`](ZeroRedundancyOptimizer::try_step) gives an error.
    #[track_caller]
    fn step(&mut self) {
        self.try_step().unwrap_or_else(|error| panic!("{error}"));
    }

    #[track_caller]
    fn step_with(&mut self, closure: &mut dyn FnMut() -> Variable) -> Variable {
        let loss = closure();
        self.step();
        loss
    }

    fn step_hooks(&self) -> &StepHooks {
        &self.hooks
    }

    fn zero_grad(&mut self) {
        self.optim.zero_grad();
    }

    fn param_groups(&self) -> Vec<&dyn AnyGroup> {
        self.optim.param_groups()
    }

    fn param_groups_mut(&mut self) -> Vec<&mut dyn AnyGroup> {
        self.optim.param_groups_mut()
    }

    /// # Panics
    /// Always: the net's parameters are divided once.
    #[track_caller]
    fn add_param_group(&mut self, _: ParamGroup) {
        panic!("ZeroRedundancyOptimizer: add the group to the optimizer before it is divided");
    }

    /// The whole state, where the rank knows it: after
    /// [`consolidate_state_dict`](ZeroRedundancyOptimizer::consolidate_state_dict), and before the first step.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    fn state_dict(&self) -> Value {
        match &self.whole {
            Some(whole) => {
                let mut state_dict = self.optim.state_dict();
                *states(&mut state_dict) = whole.clone();
                state_dict
            }
            None if self.parts.len() == 1 => self.optim.state_dict(),
            None => panic!(
                "Optimizer state has not been consolidated on this rank. \
                 Please call `consolidate_state_dict(to)` on all ranks beforehand if you meant to save the \
                 global state."
            ),
        }
    }

    /// Takes the whole state, on every rank, and keeps this rank's part.
    fn load_state_dict(&mut self, state_dict: &Value) -> Result<(), optim::Error> {
        let own = &self.parts[self.comm.rank()];
        let mut others = Vec::new(); // the numbers that the file has for them
        let saved = state_dict.get("param_groups").and_then(Value::as_list).unwrap_or_default();
        for (group, saved) in self.optim.param_groups().iter().zip(saved) {
            let ids = saved.get("params").and_then(Value::as_list).unwrap_or_default();
            let pairs = group.params().iter().zip(ids);
            others.extend(
                pairs.filter(|(p, _)| !own.iter().any(|own| own.ptr_eq(p))).map(|(_, id)| id.clone()),
            );
        }
        let mut part = state_dict.clone();
        if part.get("state").is_some_and(|state| state.as_dict().is_some()) {
            states(&mut part).retain(|(id, _)| !others.contains(id));
        }
        self.optim.load_state_dict(&part)?;
        self.whole = Some(take_states(&mut state_dict.clone()));
        Ok(())
    }
}

impl<O: Optimizer> fmt::Display for ZeroRedundancyOptimizer<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ZeroRedundancyOptimizer: rank {} of {}, {}",
            self.comm.rank(),
            self.comm.size(),
            self.optim
        )
    }
}
