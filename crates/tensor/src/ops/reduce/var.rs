use crate::dispatch::by_float;
use crate::error::not_computable;
use crate::kernels::rounding::row_sum;
use crate::ops::axes::{Visit, count, drop_axes, each, reduced_axes};
use crate::{DType, Float, Integers, Tensor};

impl Tensor {
    /// The unbiased variance of all elements: [`Tensor::var_dim`] over every axis with correction 1.
    ///
    /// # Panics
    /// If the dtype is not a float.
    #[track_caller]
    pub fn var(&self) -> Tensor {
        self.var_over(&[], 1, false)
    }

    /// The variance over the axes `dims`, all of them if it is empty: `Σ(x − mean)² / (n − correction)`, so
    /// correction 1 is the unbiased one and torch's default, 0 the mean square. Of no more elements than
    /// `correction` it is NaN, or infinite if they differ.
    ///
    /// The squares are added up in `F64`, to torch's bits.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 3.0], [5.0, 5.0]]);
    /// assert_eq!(x.var_dim(1, 1, false).to_vec::<f32>(), [2.0, 0.0]);
    /// assert_eq!(x.var_dim(1, 0, true).to_vec::<f32>(), [1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, or `dims` are not axes.
    #[track_caller]
    pub fn var_dim(&self, dims: impl Integers, correction: usize, keepdim: bool) -> Tensor {
        self.var_over(&dims.integers(), correction, keepdim)
    }

    #[track_caller]
    fn var_over(&self, dims: &[isize], correction: usize, keepdim: bool) -> Tensor {
        variance("var", self, dims, correction, keepdim).to_dtype(self.dtype())
    }

    /// The standard deviation of all elements: the root of [`Tensor::var`].
    ///
    /// # Panics
    /// If the dtype is not a float.
    #[track_caller]
    pub fn std(&self) -> Tensor {
        self.std_over(&[], 1, false)
    }

    /// The standard deviation over the axes `dims`: the root of [`Tensor::var_dim`].
    ///
    /// # Panics
    /// If the dtype is not a float, or `dims` are not axes.
    #[track_caller]
    pub fn std_dim(&self, dims: impl Integers, correction: usize, keepdim: bool) -> Tensor {
        self.std_over(&dims.integers(), correction, keepdim)
    }

    #[track_caller]
    fn std_over(&self, dims: &[isize], correction: usize, keepdim: bool) -> Tensor {
        let mut var = variance("std", self, dims, correction, keepdim);
        var.slice_mut::<f64>().iter_mut().for_each(|x| *x = x.sqrt());
        var.to_dtype(self.dtype())
    }

    /// The variance and the mean of all elements, as `torch.var_mean`.
    ///
    /// # Panics
    /// If the dtype is not a float.
    #[track_caller]
    pub fn var_mean(&self) -> (Tensor, Tensor) {
        self.var_mean_dim((), 1, false)
    }

    /// The variance and the mean over the axes `dims`, in one pass, as [`Tensor::var_dim`].
    ///
    /// ```
    /// let (var, mean) = tensor::Tensor::from([[1.0f32, 3.0], [5.0, 5.0]]).var_mean_dim(&[1], 1, false);
    /// assert_eq!((var.to_vec::<f32>(), mean.to_vec::<f32>()), (vec![2.0, 0.0], vec![2.0, 5.0]));
    /// ```
    ///
    /// # Panics
    /// If the dtype is not a float, or `dims` are not axes.
    #[track_caller]
    pub fn var_mean_dim(&self, dims: impl Integers, correction: usize, keepdim: bool) -> (Tensor, Tensor) {
        let dims = &dims.integers()[..];
        let (var, mean) = moments("var_mean", self, dims, correction, keepdim, false);
        (var.to_dtype(self.dtype), mean.to_dtype(self.dtype))
    }

    /// The standard deviation and the mean of all elements, as `torch.std_mean`.
    ///
    /// # Panics
    /// If the dtype is not a float.
    #[track_caller]
    pub fn std_mean(&self) -> (Tensor, Tensor) {
        self.std_mean_dim((), 1, false)
    }

    /// The standard deviation and the mean over the axes `dims`, in one pass, as [`Tensor::std_dim`].
    ///
    /// # Panics
    /// If the dtype is not a float, or `dims` are not axes.
    #[track_caller]
    pub fn std_mean_dim(&self, dims: impl Integers, correction: usize, keepdim: bool) -> (Tensor, Tensor) {
        let dims = &dims.integers()[..];
        let (var, mean) = moments("std_mean", self, dims, correction, keepdim, false);
        (var.sqrt().to_dtype(self.dtype), mean.to_dtype(self.dtype))
    }
}

/// The variance in `F64`, its sums added up in torch's order.
#[track_caller]
fn variance(op: &str, x: &Tensor, dims: &[isize], correction: usize, keepdim: bool) -> Tensor {
    moments(op, x, dims, correction, keepdim, true).0
}

/// The variance and the mean in `F64`; with `two_passes` one sum has its mean first, as in `torch.var`.
#[track_caller]
fn moments(
    op: &str,
    x: &Tensor,
    dims: &[isize],
    correction: usize,
    keepdim: bool,
    two_passes: bool,
) -> (Tensor, Tensor) {
    let reduced = reduced_axes(op, dims, x.ndim());
    let n = count(x, &reduced);
    if !x.dtype.has_functions() {
        not_computable(op, x);
    }
    // The elements are visited in the order of the memory.
    let Visit { x, flags, kept, back } = Visit::new(x, &reduced);
    let mut all = vec![Welford::default(); kept.iter().product()];
    by_float!(op, &x, T => gather::<T>(&x.dense(), x.shape(), &flags, two_passes, &mut all));
    let divisor = (n as f64 - correction as f64).max(0.0);
    let of = |number: &dyn Fn(&Welford) -> f64| {
        let y = Tensor::build(kept.clone(), DType::F64, |y: &mut [f64]| {
            y.iter_mut().zip(&all).for_each(|(y, state)| *y = number(state));
        });
        drop_axes(y.permute(&back), &reduced, keepdim)
    };
    (of(&|state| state.m2 / divisor), of(&|state| if n == 0 { f64::NAN } else { state.mean }))
}

/// Mean and `Σ(x − mean)²` over the flagged axes of row-major `x`.
fn gather<T: Float>(x: &[T], shape: &[usize], flags: &[usize], two_passes: bool, all: &mut [Welford]) {
    if let ([state], true) = (&mut *all, two_passes) {
        // torch takes two passes if there is one sum, the mean of which it makes in the tensor's own type.
        state.mean = (row_sum(x) / T::from_f64(x.len() as f64)).to_f64();
        state.m2 = x.iter().fold(0.0, |sum, x| sum + (x.to_f64() - state.mean) * (x.to_f64() - state.mean));
        return;
    }
    each(x, shape, flags, all, |state, x| state.push(x.to_f64()));
}

/// Mean and squares about it of what has come so far (Welford, *Note on a method for calculating corrected
/// sums of squares and products*, 1962).
#[derive(Clone, Default)]
struct Welford {
    n: f64,
    mean: f64,
    m2: f64,
}

impl Welford {
    fn push(&mut self, x: f64) {
        self.n += 1.0;
        let delta = x - self.mean;
        self.mean += delta / self.n;
        self.m2 += delta * (x - self.mean);
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Generator, Tensor, arange, zeros};

    #[test]
    fn too_few_elements_give_nan() {
        assert!(zeros([1]).var().item().is_nan());
        assert!(zeros([0]).std().item().is_nan());
        assert!(zeros(()).var().item().is_nan());
    }

    #[test]
    fn a_square_past_f32_overflows_in_the_variance_alone() {
        let x = Tensor::from([[1e30f32, -1e30], [1.0, 2.0]]);
        assert_eq!(x.std_dim(1, 1, false).to_vec::<f32>(), [1.4142135e30, 0.70710677]);
        assert_eq!(x.var_dim(1, 1, false).to_vec::<f32>(), [f32::INFINITY, 0.5]);
        assert_eq!(x.select(0, 0).std().to_vec::<f32>(), [1.4142135e30]);
        // One sum is about a mean in the tensor's own type, which overflows; several are not, as in torch.
        let x = Tensor::from([[3e38f32, 3e38, 3e38], [1.0, 2.0, 3.0]]);
        assert_eq!(x.std_dim(1, 1, false).to_vec::<f32>(), [0.0, 1.0]);
        assert_eq!(x.select(0, 0).std().item(), f64::INFINITY);
    }

    #[test]
    fn no_freedom_left_is_infinite_or_nan() {
        let x = Tensor::from([1.0f32, 2.0, 3.0]);
        assert_eq!(x.var_dim(0, 3, false).item(), f64::INFINITY);
        assert_eq!(x.std_dim(0, 5, false).item(), f64::INFINITY);
        assert!(zeros([3]).var_dim(0, 4, false).item().is_nan());
        assert!(zeros([2, 0]).var_dim(1, 1, false).to_vec::<f32>().iter().all(|x| x.is_nan()));
        assert_eq!(zeros([0, 3]).var_dim(1, 1, true).shape(), [0, 1]);
    }

    /// torch 2.15 after `torch.manual_seed(0)`: `x = torch.rand(3, 1234)·10 + 1000`,
    /// `y = torch.rand(4, 5, 6)`.
    #[test]
    fn bits_are_torchs() {
        let mut g = Generator::new(0);
        let x = g.rand([3, 1234], DType::F32).mul_scalar(10.0).add_scalar(1000.0);
        let y = g.rand([4, 5, 6], DType::F32);
        let bits = |x: Tensor| x.to_vec::<f32>().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(x.var()), [0x4103cd66]);
        assert_eq!(bits(x.std()), [0x4037b036]);
        assert_eq!(bits(x.var_dim(1, 1, false)), [0x41096ac4, 0x4101a342, 0x4100421f]);
        assert_eq!(bits(x.std_dim(0, 0, false).narrow(0, 0, 3)), [0x4011e1ab, 0x405857e3, 0x4042567a]);
        assert_eq!(bits(x.t().std_dim(0, 1, false)), [0x403b8f5f, 0x40362c78, 0x403533af]);
        let two = [0x3d6c24b2, 0x3de7b66c, 0x3d86c10d, 0x3dd1dcf6, 0x3da6c468];
        assert_eq!(bits(y.var_dim([0, 2], 1, false)), two);
        let swapped = [0x3e75df0e, 0x3eac37ef, 0x3e83556a, 0x3ea3e5d5, 0x3e921a78];
        assert_eq!(bits(y.transpose(0, 2).std_dim([0, 2], 1, false)), swapped);
        let mut g = Generator::new(0);
        let x = g.rand([3, 1234], DType::F64).mul_scalar(10.0).add_scalar(1000.0);
        let y = g.rand([4, 5, 6], DType::F64);
        let bits = |x: Tensor| x.to_vec::<f64>().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(x.var()), [0x40209af7bf7a1dc0]);
        assert_eq!(bits(y.var_dim([0, 2], 1, false))[0], 0x3fb4305472f83d7f);
        assert_eq!(bits(y.select(0, 0).select(0, 0).narrow(0, 0, 5).var()), [0x3fc11253a7ff55d7]);
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        let x = Tensor::from([10001.0f32, 10002.0, 10003.0]);
        assert_eq!((x.var().item(), x.std().item()), (1.0, 1.0));
    }

    #[test]
    #[should_panic(expected = "var: not defined for torch.int64")]
    fn integers_have_no_variance() {
        arange(0, 3, 1).var();
    }
}
