//! What the losses that compare outputs with targets element by element have in common.

use tensor::kernels::parallel::{GRAIN, for_each_chunk_mut};
use tensor::kernels::simd::{Kernel, dispatch};
use tensor::{DType, Float, Map2, Tensor};

use super::Reduction;
use crate::{Backward, Grads, Variable};

/// A loss of an output `x` and a target `t`.
pub(super) trait PairLoss: Copy + Send + Sync + 'static {
    /// The function's name, for messages.
    const NAME: &'static str;
    /// The node's name, as torch prints it.
    const NODE: &'static str;
    fn f<T: Float>(self, x: T, t: T) -> T;
    /// `∂f/∂x`
    fn dx<T: Float>(self, x: T, t: T) -> T;
    /// `∂f/∂t`
    fn dt<T: Float>(self, x: T, t: T) -> T;
}

/// The reduced `weight·loss(x, t)` over tensors of one shape; no weight is weight 1.
#[track_caller]
pub(super) fn pair_loss<L: PairLoss>(
    loss: L,
    x: &Variable,
    t: &Variable,
    weight: Option<&Tensor>,
    reduction: Reduction,
) -> Variable {
    let (x, t) = paired(L::NAME, x, t);
    let rule = PairLossRule {
        loss,
        x: x.data(),
        t: t.data(),
        weight: weight.map(|w| fit(L::NAME, w, &x)),
        reduction,
    };
    let y = rule.forward();
    Variable::from_op(y, &[&x, &t], || rule)
}

struct PairLossRule<L> {
    loss: L,
    x: Tensor,
    t: Tensor,
    weight: Option<Tensor>,
    reduction: Reduction,
}

impl<L: PairLoss> PairLossRule<L> {
    fn forward(&self) -> Tensor {
        if self.weight.is_none() && self.reduction != Reduction::None {
            let sum = sum_of(self.loss, &self.x, &self.t);
            return tensor::full_dtype((), sum * self.reduction.share(self.x.numel()), self.x.dtype());
        }
        let losses = self.x.zip_map(&self.t, Value(self.loss));
        self.reduction.of(match &self.weight {
            Some(weight) => losses * weight,
            None => losses,
        })
    }

    /// `derivative·weight·dy`, where `derivative` multiplies by the factor it is given.
    fn chain(&self, dy: &Tensor, derivative: impl FnOnce(f64) -> Tensor) -> Tensor {
        let d = match self.reduction {
            Reduction::None => derivative(1.0) * dy,
            _ => derivative(dy.item() * self.reduction.share(self.x.numel())),
        };
        match &self.weight {
            Some(weight) => d * weight,
            None => d,
        }
    }
}

impl<L: PairLoss> Backward for PairLossRule<L> {
    fn name(&self) -> &'static str {
        L::NODE
    }

    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let loss = self.loss;
        let dx = || self.chain(&dy, |factor| self.x.zip_map(&self.t, Dx { loss, factor }));
        let dt = || self.chain(&dy, |factor| self.x.zip_map(&self.t, Dt { loss, factor }));
        [needs[0].then(dx), needs[1].then(dt)].into_iter().collect()
    }
}

#[derive(Clone, Copy)]
struct Value<L>(L);

impl<L: PairLoss> Map2 for Value<L> {
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        self.0.f(x, t)
    }
}

#[derive(Clone, Copy)]
struct Dx<L> {
    loss: L,
    factor: f64,
}

impl<L: PairLoss> Map2 for Dx<L> {
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        self.loss.dx(x, t) * T::from_f64(self.factor)
    }
}

#[derive(Clone, Copy)]
struct Dt<L> {
    loss: L,
    factor: f64,
}

impl<L: PairLoss> Map2 for Dt<L> {
    #[inline(always)]
    fn f<T: Float>(self, x: T, t: T) -> T {
        self.loss.dt(x, t) * T::from_f64(self.factor)
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

/// A weight spread over the shape of `x`.
#[track_caller]
pub(super) fn fit(op: &str, weight: &Tensor, x: &Variable) -> Tensor {
    let (shape, size) = (x.shape(), weight.shape());
    let fits = size.len() <= shape.len()
        && size.iter().rev().zip(shape.iter().rev()).all(|(&w, &x)| w == x || w == 1);
    assert!(fits, "{op}: a weight of size {size:?} cannot be broadcast to the input's size {shape:?}");
    weight.to_dtype(x.dtype()).expand(shape)
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
    match x.dtype() {
        DType::F32 => sum::<L, f32>(loss, x.as_slice(), t.as_slice()),
        _ => sum::<L, f64>(loss, x.as_slice(), t.as_slice()),
    }
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
