//! The common part of the losses that compare outputs with targets element by element.

use tensor::{DType, Float, Map, Number, Tensor, Value};

use super::Reduction;
use crate::{Differentiable, Dy, Grads, Op, Options, Outputs, Saved, Saver, Variable, apply};

/// The formula of a loss of an output `x` and a target `t`, and its options but the weight.
pub(super) trait PairLoss: Options + Copy {
    /// The function's name, for messages.
    const NAME: &'static str;
    /// The node's name, as torch prints it.
    const NODE: &'static str;
    /// The use made of the single losses.
    fn reduction(self) -> Reduction;
    fn f<T: Float>(self, x: T, t: T) -> T;
    /// `∂f/∂x`
    fn dx<N: Number>(self, x: N, t: N) -> N;
    /// `∂f/∂t`. Default: that of a loss whose two sides can change places.
    #[inline(always)]
    fn dt<N: Number>(self, x: N, t: N) -> N {
        self.dx(t, x)
    }
    /// Whether the gradients of a mean are divided by the number of losses in the end, rather than
    /// multiplied by each one's share.
    const DIVIDES: bool = false;
    /// Whether [`PairLoss::dx_alone`] is another function.
    const SPLITS: bool = false;
    /// [`PairLoss::dx`] where an element fills no vector with others; see [`Map::alone`].
    #[inline(always)]
    fn dx_alone<N: Number>(self, x: N, t: N) -> N {
        self.dx(x, t)
    }
    /// The gradient of `x` where each loss has its own.
    fn each<V: Differentiable>(self, x: &V, t: &V, dy: &V) -> V {
        x.zip(t, Dx(self)) * dy
    }
}

/// The reduced `weight·loss(x, t)` over tensors of one shape; no weight is weight 1.
#[track_caller]
pub(super) fn pair_loss<L: PairLoss>(
    loss: L,
    weight: Option<&Tensor>,
    x: &Variable,
    t: &Variable,
) -> Variable {
    let (x, t) = paired(L::NAME, x, t);
    let weight = fit(L::NAME, weight, &x);
    apply(PairLossOp { loss, weight }, &[&x, &t]).single()
}

struct PairLossOp<L> {
    loss: L,
    /// Of the shape of the input.
    weight: Option<Tensor>,
}

impl<L: PairLoss> Op for PairLossOp<L> {
    fn name(&self) -> &'static str {
        L::NODE
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let weight = self.weight.iter().map(|weight| ("weight", weight.clone().into()));
        weight.chain(self.loss.saved()).collect()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.input(1);
        let [x, t] = [&x[0], &x[1]];
        let losses = x.zip_map(t, Formula(self.loss));
        self.loss.reduction().of(weighted(losses, self.weight.as_ref())).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dy, x, t) = (dy.single(), &saved[0], &saved[1]);
        let each = self.loss.reduction() == Reduction::None;
        let weighted = |d| weighted(d, self.weight.as_ref());
        let dx =
            || if each { weighted(self.loss.each(x, t, &dy)) } else { self.chain(&dy, x, t, Dx(self.loss)) };
        let dt = || {
            if each { weighted(x.zip(t, Dt(self.loss)) * &dy) } else { self.chain(&dy, x, t, Dt(self.loss)) }
        };
        [needs[0].then(dx), needs[1].then(dt)].into()
    }
}

impl<L: PairLoss> PairLossOp<L> {
    /// `derivative·weight·dy` of a reduced loss.
    fn chain<V: Differentiable>(
        &self,
        dy: &V,
        x: &V,
        t: &V,
        derivative: impl Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>,
    ) -> V {
        let (reduction, n) = (self.loss.reduction(), x.value().numel());
        // torch divides in the end, behind the weight.
        let [share, divisor] = match reduction {
            Reduction::Mean if L::DIVIDES => [1.0, n as f64],
            reduction => [reduction.share(n), 1.0],
        };
        let weight = self.weight.as_ref();
        match dy.plain() {
            // One loop, with the number.
            Some(dy) if weight.is_none() => {
                x.zip(t, Scaled { derivative, factor: dy.item() * share, divisor })
            }
            Some(dy) => {
                let d = x.zip(t, Scaled { derivative, factor: dy.item() * share, divisor: 1.0 });
                divided(weighted(d, weight), divisor)
            }
            None => divided(weighted(x.zip(t, derivative) * &(dy.clone() * share), weight), divisor),
        }
    }
}

/// `x/n`
pub(super) fn divided<V: Differentiable>(x: V, n: f64) -> V {
    if n == 1.0 { x } else { x / n }
}

/// `x·weight`; no weight is weight 1.
pub(super) fn weighted<V: Differentiable>(x: V, weight: Option<&Tensor>) -> V {
    match weight {
        Some(weight) => x * &V::constant(weight.clone()),
        None => x,
    }
}

#[derive(Clone, Copy)]
struct Formula<L>(L);

impl<L: PairLoss, T: Float> Map<(T, T), T> for Formula<L> {
    #[inline(always)]
    fn f(&self, (x, t): (T, T)) -> T {
        self.0.f(x, t)
    }
}

#[derive(Clone, Copy)]
struct Dx<L>(L);

impl<L: PairLoss, N: Number> Map<(N, N), N> for Dx<L> {
    const SPLITS: bool = L::SPLITS;

    #[inline(always)]
    fn f(&self, (x, t): (N, N)) -> N {
        self.0.dx(x, t)
    }

    #[inline(always)]
    fn alone(&self, (x, t): (N, N)) -> N {
        self.0.dx_alone(x, t)
    }
}

#[derive(Clone, Copy)]
struct Dt<L>(L);

impl<L: PairLoss, N: Number> Map<(N, N), N> for Dt<L> {
    #[inline(always)]
    fn f(&self, (x, t): (N, N)) -> N {
        self.0.dt(x, t)
    }
}

#[derive(Clone, Copy)]
struct Scaled<D> {
    derivative: D,
    factor: f64,
    divisor: f64,
}

impl<D> Scaled<D> {
    #[inline(always)]
    fn of<N: Number>(&self, d: N) -> N {
        let factor = d.like(self.factor);
        if self.divisor == 1.0 {
            return d * factor;
        }
        let divisor = d.like(self.divisor);
        d * factor / divisor
    }
}

impl<N: Number, D: Map<(N, N), N>> Map<(N, N), N> for Scaled<D> {
    const SPLITS: bool = D::SPLITS;

    #[inline(always)]
    fn f(&self, pair: (N, N)) -> N {
        self.of(self.derivative.f(pair))
    }

    #[inline(always)]
    fn alone(&self, pair: (N, N)) -> N {
        self.of(self.derivative.alone(pair))
    }
}

/// Outputs and targets with the same shape, in the dtype both promote to, which is a float.
#[track_caller]
pub(super) fn paired(op: &str, x: &Variable, t: &Variable) -> (Variable, Variable) {
    let (x_data, t_data) = (x.data(), t.data());
    let (xs, ts) = (x_data.shape(), t_data.shape());
    assert!(xs == ts, "{op}: the target's size {ts:?} must be the same as the input's size {xs:?}");
    let dtype = x_data.dtype().promote(t_data.dtype());
    assert!(matches!(dtype, DType::F32 | DType::F64), "{op}: not defined for {dtype} (shape {xs:?})");
    (x.to_dtype(dtype), t.to_dtype(dtype))
}

/// A weight, if there is one, spread over the shape of `x`.
#[track_caller]
pub(super) fn fit(op: &str, weight: Option<&Tensor>, x: &Variable) -> Option<Tensor> {
    let weight = weight?;
    let (shape, size) = (x.shape(), weight.shape());
    let fits = size.len() <= shape.len()
        && size.iter().rev().zip(shape.iter().rev()).all(|(&w, &x)| w == x || w == 1);
    assert!(fits, "{op}: a weight of size {size:?} cannot be broadcast to the input's size {shape:?}");
    Some(weight.to_dtype(x.dtype()).expand(shape))
}
