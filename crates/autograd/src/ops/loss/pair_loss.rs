//! The common part of the losses that compare outputs with targets element by element.

use tensor::dispatch::by_float;
use tensor::kernels::parallel::{GRAIN, for_each_chunk_mut};
use tensor::kernels::simd::{Kernel, dispatch};
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
        if self.weight.is_none() && self.loss.reduction() != Reduction::None {
            let sum = sum_of(self.loss, x, t);
            return tensor::full_dtype((), sum * self.loss.reduction().share(x.numel()), x.dtype()).into();
        }
        let losses = x.zip_map(t, Formula(self.loss));
        self.loss.reduction().of(weighted(losses, self.weight.as_ref())).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dy, x, t) = (dy.single(), &saved[0], &saved[1]);
        let dx = needs[0].then(|| self.chain(&dy, x, t, Dx(self.loss)));
        let dt = needs[1].then(|| self.chain(&dy, x, t, Dt(self.loss)));
        [dx, dt].into()
    }
}

impl<L: PairLoss> PairLossOp<L> {
    /// `derivative·weight·dy`.
    fn chain<V: Differentiable>(
        &self,
        dy: &V,
        x: &V,
        t: &V,
        derivative: impl Map<(f32, f32), f32> + Map<(f64, f64), f64> + Map<(Variable, Variable), Variable>,
    ) -> V {
        let share = self.loss.reduction().share(x.value().numel());
        let d = match (self.loss.reduction(), dy.plain()) {
            (Reduction::None, _) => x.zip(t, derivative) * dy,
            // One loop, with the number.
            (_, Some(dy)) => x.zip(t, Scaled { derivative, factor: dy.item() * share }),
            (_, None) => x.zip(t, derivative) * &(dy.clone() * share),
        };
        weighted(d, self.weight.as_ref())
    }
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
    #[inline(always)]
    fn f(&self, (x, t): (N, N)) -> N {
        self.0.dx(x, t)
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
}

impl<N: Number, D: Map<(N, N), N>> Map<(N, N), N> for Scaled<D> {
    #[inline(always)]
    fn f(&self, (x, t): (N, N)) -> N {
        let factor = x.like(self.factor);
        self.derivative.f((x, t)) * factor
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

/// The sum of all losses, in one pass. The order of the sums depends on the number of elements alone.
fn sum_of<L: PairLoss>(loss: L, x: &Tensor, t: &Tensor) -> f64 {
    fn sum<L: PairLoss, T: Float>(loss: L, x: &[T], t: &[T]) -> f64 {
        let mut sums = vec![0.0; x.len().div_ceil(GRAIN)];
        for_each_chunk_mut(&mut sums, 1, |i, sum| {
            let range = i * GRAIN..x.len().min((i + 1) * GRAIN);
            sum[0] = dispatch(SumLoop { loss, x: &x[range.clone()], t: &t[range] });
        });
        sums.iter().fold(0.0, |sum, x| sum + x) // from +0, also where there are none
    }
    let (x, t) = (x.contiguous(), t.contiguous());
    by_float!(L::NAME, &x, T => sum::<L, T>(loss, x.as_slice(), t.as_slice()))
}

struct SumLoop<'a, L, T> {
    loss: L,
    x: &'a [T],
    t: &'a [T],
}

impl<L: PairLoss, T: Float> Kernel for SumLoop<'_, L, T> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        // Sixteen sums at a time fill the vector registers; short stretches keep f32's error down.
        const LANES: usize = 16;
        let mut total = 0.0;
        for (x, t) in self.x.chunks(64 * LANES).zip(self.t.chunks(64 * LANES)) {
            let mut sums = [T::ZERO; LANES];
            let (x, x_rest) = x.as_chunks::<LANES>();
            let (t, t_rest) = t.as_chunks::<LANES>();
            for (x, t) in x.iter().zip(t) {
                for i in 0..LANES {
                    sums[i] += self.loss.f(x[i], t[i]);
                }
            }
            for (i, (&x, &t)) in x_rest.iter().zip(t_rest).enumerate() {
                sums[i] += self.loss.f(x, t);
            }
            for sum in sums {
                total += sum.to_f64();
            }
        }
        total
    }
}
