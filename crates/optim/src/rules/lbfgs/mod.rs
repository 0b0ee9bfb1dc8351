//! L-BFGS, whose step evaluates the loss several times.

mod line_search;
mod memory;
mod number;

use autograd::{Variable, enable_grad};
use nn::{Options, Parameter};
use serde::{Deserialize, Serialize};
use tensor::{Tensor, cat};

use crate::arithmetic::add_scaled;
use crate::{Core, Optimizer, Rule};
use line_search::Line;
pub use memory::LBFGSMemory;
use number::{Number, dot, largest};

/// L-BFGS (Nocedal, *Updating quasi-Newton matrices with limited storage*, 1980): `torch.optim.LBFGS`.
///
/// With `g` the gradient of all parameters as one vector, `sᵢ` the last steps, `yᵢ` what they changed of the
/// gradient, and `H` the inverse of the loss's second derivative as these show it:
///
/// `d ← −H·g`, `θ ← θ + t·d`
///
/// where `t` is `lr`, or what [`LineSearch::StrongWolfe`] finds. One [`step`](LBFGS::step) makes up to
/// `max_iter` of these, and evaluates the loss up to about `max_eval` times, through a closure. All
/// parameters are one group, and of one dtype.
///
/// Options: [`LBFGSOptions`]. State, of the first parameter, as in torch: [`LBFGSMemory`].
///
/// ```
/// use optim::LBFGS;
///
/// let w = nn::Parameter::new(tensor::Tensor::from([-1.5_f32, 2.0]));
/// let mut optim = LBFGS::new([w.clone()], 1.0);
/// for _ in 0..5 {
///     optim.step(|| {
///         let loss = (&*w - 1.0).powf(2.0).sum();
///         loss.backward();
///         loss
///     });
/// }
/// assert!((w.data().to_vec::<f32>()[0] - 1.0).abs() < 1e-5);
/// ```
pub type LBFGS = Core<LBFGSOptions>;

/// The options of [`LBFGS`], with torch's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct LBFGSOptions {
    /// Learning rate: 1.
    #[option(default = 1.0, int_if_whole, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    pub lr: f64,
    /// Iterations of a step at most: 20.
    #[option(default = 20)]
    pub max_iter: usize,
    /// Evaluations of the loss after which a step makes no further iteration: `max_iter·5/4`.
    pub max_eval: Option<usize>,
    /// The largest element of a gradient that counts as 0: 1e-7.
    #[option(default = 1e-7)]
    pub tolerance_grad: f64,
    /// A change of the loss, or of every parameter, that counts as none: 1e-9.
    #[option(default = 1e-9)]
    pub tolerance_change: f64,
    /// Steps that are remembered: 100.
    #[option(default = 100)]
    pub history_size: usize,
    /// How the length of a step is found: none, it is `lr`.
    pub line_search_fn: Option<LineSearch>,
    /// Climb instead of descend: no.
    pub maximize: bool,
}

/// How the length of a step of [`LBFGS`] is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineSearch {
    /// By cubic interpolation, until the loss has fallen enough and its slope along the step has become flat
    /// (Wolfe's strong conditions).
    StrongWolfe,
}
tensor::option_value!(LineSearch);

impl Rule for LBFGSOptions {
    const NAME: &'static str = "LBFGS";
    const COUNTS: bool = false;
    const ONE_GROUP: bool = true;
    type Memory = LBFGSMemory;

    fn complete(&mut self) {
        self.max_eval.get_or_insert(self.max_iter * 5 / 4);
    }

    fn step(_: &mut Core<Self>) {
        panic!("LBFGS.step() needs a closure that evaluates the loss: optim.step(|| …)")
    }

    #[track_caller]
    fn step_with(core: &mut Core<Self>, closure: &mut dyn FnMut() -> Variable) -> Variable {
        core.iterate(closure)
    }
}

impl LBFGS {
    /// Makes up to `max_iter` iterations, and returns the loss before them. `closure` computes the loss,
    /// calls `backward` on it and returns it.
    ///
    /// The gradients are cleared before each call: in torch the closure calls `optimizer.zero_grad()`, which
    /// here is at work itself meanwhile.
    ///
    /// # Panics
    /// If the parameters are not of one dtype, or a state was loaded that is of other ones.
    #[track_caller]
    pub fn step(&mut self, mut closure: impl FnMut() -> Variable) -> Variable {
        self.step_with(&mut closure)
    }

    #[track_caller]
    fn iterate(&mut self, closure: &mut dyn FnMut() -> Variable) -> Variable {
        let (group, memory) = self.whole();
        let (options, params) = (group.options, group.params());
        let dtype = params[0].dtype();
        assert!(params.iter().all(|p| p.dtype() == dtype), "LBFGS: the parameters are not of one dtype");
        let mut problem = Problem { params, maximize: options.maximize, closure };
        let (first, mut loss, mut grad) = problem.evaluate();
        memory.check(&grad);
        memory.func_evals += 1;
        if largest(&grad) <= options.tolerance_grad {
            return first;
        }
        let max_eval = options.max_eval.unwrap_or(options.max_iter * 5 / 4);
        let tolerance = options.tolerance_change;
        let mut evals = 1;
        for iteration in 1..=options.max_iter {
            memory.n_iter += 1;
            let d = memory.direction(&grad, options.history_size);
            memory.prev_flat_grad = Some(grad.clone());
            memory.prev_loss = Some(loss);
            let lr = Number::Float(options.lr);
            let mut t = match memory.n_iter {
                1 => Number::Float(1.0).smaller(Number::Float(1.0) / Number::of(&grad.abs().sum())) * lr,
                _ => lr,
            };
            let slope = dot(&grad, &d);
            memory.d = Some(d.clone());
            memory.t = Some(t);
            if slope > -tolerance {
                break;
            }
            let last = iteration == options.max_iter;
            let before = loss;
            let mut more = 0;
            if options.line_search_fn.is_some() {
                let line = Line { at: problem.values(), d: &d, tolerance };
                let start = (loss, grad.clone(), slope);
                (loss, grad, t, more) = line.search(&mut problem, t, start, max_eval.saturating_sub(evals));
                problem.add(t, &d);
                memory.t = Some(t);
            } else {
                problem.add(t, &d);
                if !last {
                    (_, loss, grad) = problem.evaluate();
                    more = 1;
                }
            }
            evals += more;
            memory.func_evals += more as i64;
            let change = Number::of(&t.times(&d).abs().max());
            if last
                || evals >= max_eval
                || largest(&grad) <= options.tolerance_grad
                || change <= tolerance
                || (loss - before).abs() < tolerance
            {
                break;
            }
        }
        first
    }
}

/// The loss as a function of all parameters.
struct Problem<'a> {
    params: &'a [Parameter],
    maximize: bool,
    closure: &'a mut dyn FnMut() -> Variable,
}

impl Problem<'_> {
    /// The loss, its value as it is to fall, and its gradient as one vector.
    #[track_caller]
    fn evaluate(&mut self) -> (Variable, f64, Tensor) {
        self.params.iter().for_each(|p| p.zero_grad());
        let loss = enable_grad(&mut self.closure);
        let sign = if self.maximize { -1.0 } else { 1.0 };
        let flat = |p: &Parameter| p.grad().unwrap_or_else(|| p.data().zeros_like()).reshape(-1);
        let grad = cat(&self.params.iter().map(flat).collect::<Vec<_>>(), 0);
        let (value, grad) = (sign * loss.item(), if self.maximize { -grad } else { grad });
        (loss, value, grad)
    }

    /// `θ ← θ + t·d`
    fn add(&self, t: Number, d: &Tensor) {
        let mut at = 0;
        for p in self.params {
            let n = p.numel();
            let part = d.narrow(0, at as isize, n).reshape(p.shape());
            p.update_data(|data| add_scaled(data, t.value(), &part));
            at += n;
        }
    }

    fn values(&self) -> Vec<Tensor> {
        self.params.iter().map(|p| p.data()).collect()
    }

    /// The loss and its gradient at `values + t·d`; the parameters stay at `values`.
    fn evaluate_along(&mut self, values: &[Tensor], t: Number, d: &Tensor) -> (f64, Tensor) {
        self.add(t, d);
        let (_, loss, grad) = self.evaluate();
        self.params.iter().zip(values).for_each(|(p, value)| p.set_data(value.clone()));
        (loss, grad)
    }
}
