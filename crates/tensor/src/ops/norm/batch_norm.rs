use super::Parameters;
use crate::dispatch::by_float;
use crate::kernels::norm::{BatchBackward, BatchStatistics, Planes, normalize, normalize_by};
use crate::{Num, Tensor, zeros_dtype};

const OP: &str = "batch_norm";

impl Tensor {
    /// `y = (x − mean)/√(variance + eps)·weight + bias` for each channel of `[N, C, …]`, as
    /// `torch.nn.functional.batch_norm`: by the `running` mean and variance if they are given, as in
    /// evaluation, else by those of `x` over all axes but the second. The variance is the biased one. Without
    /// `weight` there is no scale, without `bias` no shift; these and the statistics are `[C]`.
    ///
    /// ```
    /// use tensor::Tensor;
    ///
    /// let x = Tensor::from([[1.0f32, 10.0], [3.0, 14.0]]);
    /// assert_eq!(x.batch_norm(None, None, None, 1e-9).to_vec::<f32>(), [-1.0, -1.0, 1.0, 1.0]);
    /// let (mean, var) = (Tensor::from([2.0f32, 0.0]), Tensor::from([1.0f32, 4.0]));
    /// assert_eq!(x.batch_norm(Some([&mean, &var]), None, None, 0.0).to_vec::<f32>(), [-1.0, 5.0, 1.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// If there is only one value per channel to take statistics of, `eps` is not positive for them or
    /// negative otherwise, the sizes do not fit, or the dtypes are not the same float.
    #[track_caller]
    pub fn batch_norm(
        &self,
        running: Option<[&Tensor; 2]>,
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
    ) -> Tensor {
        self.native_batch_norm(running, weight, bias, eps).0
    }

    /// [`Tensor::batch_norm`] with what it normalised by: the mean and `1/√(variance + eps)` of each channel;
    /// and, where these are those of `x`, `Σ(x − mean)²`.
    ///
    /// # Panics
    /// As [`Tensor::batch_norm`].
    #[track_caller]
    pub fn native_batch_norm(
        &self,
        running: Option<[&Tensor; 2]>,
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
    ) -> (Tensor, [Tensor; 2], Option<Tensor>) {
        let channels = channels(self);
        let parameters = channelwise(self, weight, bias);
        let x = self.contiguous();
        let new = || zeros_dtype([channels], x.dtype());
        let mut inverse = new();
        let Some(running) = running else {
            assert!(
                self.numel() != channels || channels == 0,
                "{OP}: Expected more than 1 value per channel when training, got input size torch.Size({:?})",
                self.shape()
            );
            assert!(eps > 0.0, "{OP}: batch_norm eps must be positive during training, but got {eps:?}");
            let [mut mean, mut squares] = [new(), new()];
            let y = by_float!(OP, &x, T => Tensor::build(x.shape(), x.dtype(), |y: &mut [T]| {
                if !y.is_empty() {
                    let statistics = BatchStatistics {
                        mean: mean.make_mut(),
                        inverse: inverse.make_mut(),
                        squares: squares.make_mut(),
                    };
                    normalize(Planes::of(x.shape()), x.as_slice(), parameters.affine(), eps, statistics, y);
                }
            }));
            return (y, [mean, inverse], Some(squares));
        };
        assert!(eps >= 0.0, "{OP}: batch_norm eps must be non-negative, but got {eps:?}");
        let [mean, variance] = in_pieces(self, running);
        let y = by_float!(OP, &x, T => Tensor::build(x.shape(), x.dtype(), |y: &mut [T]| {
            let statistics = [mean.as_slice(), variance.as_slice()];
            let inverse = inverse.make_mut();
            normalize_by(Planes::of(x.shape()), x.as_slice(), statistics, parameters.affine(), eps, inverse, y);
        }));
        (y, [mean, inverse], None)
    }

    /// The running mean and variance after a batch of which `mean` and `squares`, `Σ(x − mean)²` over `n`
    /// values a channel, are known: `(1 − momentum)·running + momentum·new` with the unbiased variance.
    ///
    /// # Panics
    /// If the sizes or dtypes differ.
    #[track_caller]
    pub fn native_batch_norm_update(
        running: [&Tensor; 2],
        [mean, squares]: [&Tensor; 2],
        n: usize,
        momentum: f64,
    ) -> [Tensor; 2] {
        let batch = mean.reshape([1, mean.numel()]);
        let [running_mean, running_variance] = in_pieces(&batch, running);
        by_float!(OP, mean, T => {
            let (m, degrees) = (T::from_f64(momentum), T::from_f64(n as f64 - 1.0));
            let rest = T::ONE - m;
            let updated = |running: &Tensor, batch: &Tensor, f: &dyn Fn(T, T) -> T| {
                let pairs = running.as_slice::<T>().iter().zip(batch.as_slice::<T>());
                Tensor::build(running.shape(), running.dtype(), |updated: &mut [T]| {
                    updated.iter_mut().zip(pairs).for_each(|(updated, (&running, &batch))| *updated = f(running, batch));
                })
            };
            // The variance is fused, the mean is not: so torch's compiler made them.
            [
                updated(&running_mean, mean, &|running, batch| m * batch + rest * running),
                updated(&running_variance, squares, &|running, batch| m.mul_add(batch / degrees, rest * running)),
            ]
        })
    }

    /// The gradients of the input, where `input` asks for it, of the weight and of the bias of
    /// [`Tensor::batch_norm`] from that of its output, this tensor. `statistics` are the mean and
    /// `1/√(variance + eps)` of each channel; `through` says whether they are those of `x`.
    ///
    /// # Panics
    /// If the shapes or dtypes do not fit.
    #[track_caller]
    pub fn native_batch_norm_backward(
        &self,
        x: &Tensor,
        statistics: [&Tensor; 2],
        weight: Option<&Tensor>,
        through: bool,
        input: bool,
    ) -> (Option<Tensor>, Tensor, Tensor) {
        assert!(self.shape() == x.shape() && self.dtype() == x.dtype(), "{OP}: a gradient of another shape");
        let [mean, inverse] = in_pieces(x, statistics);
        let weight = channelwise(x, weight, None).weight;
        let (x, dy) = (x.contiguous(), self.contiguous());
        let [mut dw, mut db] = [(); 2].map(|()| zeros_dtype(mean.shape(), x.dtype()));
        let mut dx = input.then(|| zeros_dtype(x.shape(), x.dtype()));
        if x.numel() > 0 {
            by_float!(OP, &x, T => {
                let backward = BatchBackward {
                    planes: Planes::of(x.shape()),
                    x: x.as_slice::<T>(),
                    dy: dy.as_slice(),
                    mean: mean.as_slice(),
                    inverse: inverse.as_slice(),
                    weight: weight.as_ref().map(Tensor::as_slice),
                    through_statistics: through,
                };
                backward.run(dx.as_mut().map(Tensor::make_mut), dw.make_mut(), db.make_mut());
            });
        }
        (dx, dw, db)
    }
}

/// How many channels `x` has.
#[track_caller]
fn channels(x: &Tensor) -> usize {
    assert!(x.ndim() >= 2, "{OP}: Expected at least 2 dimensions, got input size {:?}", x.shape());
    x.shape()[1]
}

/// The running statistics, each in one piece of memory.
#[track_caller]
fn in_pieces(x: &Tensor, running: [&Tensor; 2]) -> [Tensor; 2] {
    let [mean, variance] = running;
    for (name, tensor) in [("running_mean", mean), ("running_var", variance)] {
        elements(name, x, tensor);
    }
    let Parameters { weight: Some(mean), bias: Some(variance) } =
        Parameters::of(OP, x, Some(mean), Some(variance))
    else {
        unreachable!("both were given")
    };
    [mean, variance]
}

#[track_caller]
fn channelwise(x: &Tensor, weight: Option<&Tensor>, bias: Option<&Tensor>) -> Parameters {
    for (name, tensor) in [("weight", weight), ("bias", bias)] {
        if let Some(tensor) = tensor {
            elements(name, x, tensor);
        }
    }
    Parameters::of(OP, x, weight, bias)
}

/// Panics unless a tensor has an element for each channel of `x`.
#[track_caller]
fn elements(name: &str, x: &Tensor, tensor: &Tensor) {
    let (channels, n) = (channels(x), tensor.numel());
    assert!(n == channels, "{OP}: {name} should contain {channels} elements not {n}");
}
