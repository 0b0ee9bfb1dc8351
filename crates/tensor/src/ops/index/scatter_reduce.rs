use super::scatter::prepare;
use crate::dispatch::by_num;
use crate::{DType, Num, Tensor};

/// What [`Tensor::scatter_reduce`] makes of all that goes to one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ScatterReduction {
    Sum,
    Prod,
    Mean,
    Amax,
    Amin,
}

impl Tensor {
    /// As [`Tensor::scatter_add`], with another reduction in place of the sum, as `torch.scatter_reduce`:
    /// what `source` has for a place is put together with what is there, or without `include_self` put in its
    /// place. torch's default is `include_self = true`. A mean of integers is rounded down.
    ///
    /// ```
    /// use tensor::{ScatterReduction, Tensor};
    /// let (x, index) = (Tensor::from([1.0f32, 2.0, 3.0]), Tensor::from([0i64, 0, 2]));
    /// let source = Tensor::from([4.0f32, 6.0, 0.5]);
    /// let y = x.scatter_reduce(0, &index, &source, ScatterReduction::Amax, true);
    /// assert_eq!(y.to_vec::<f32>(), [6.0, 2.0, 3.0]);
    /// let y = x.scatter_reduce(0, &index, &source, ScatterReduction::Mean, false);
    /// assert_eq!(y.to_vec::<f32>(), [5.0, 2.0, 0.5]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::scatter`], or on the mean of a `Bool`.
    #[track_caller]
    pub fn scatter_reduce(
        &self,
        dim: isize,
        index: &Tensor,
        source: &Tensor,
        reduce: ScatterReduction,
        include_self: bool,
    ) -> Tensor {
        use ScatterReduction::*;
        const OP: &str = "scatter_reduce";
        let dtype = self.dtype();
        let (at, source) = prepare(OP, self, dim, index, source);
        assert!(reduce != Mean || dtype != DType::Bool, "scatter_reduce: no mean of {dtype}");
        let mut y = self.clone();
        by_num!(OP, self, T => {
            let (y, source) = (y.slice_mut::<T>(), source.dense::<T>());
            let (empty, combine): (T, fn(T, T) -> T) = match reduce {
                Sum | Mean => (T::ZERO, Num::add),
                Prod => (T::ONE, Num::mul),
                Amax => (T::LOWEST, Num::maximum),
                Amin => (T::HIGHEST, Num::minimum),
            };
            if !include_self {
                at.for_each(|_, to| y[to] = empty);
            }
            // Of two zeros the one that was there stays.
            at.for_each(|i, to| y[to] = combine(source[i], y[to]));
        });
        if reduce != Mean {
            return y;
        }
        let mut counts = vec![i64::from(include_self); self.numel()];
        at.for_each(|_, to| counts[to] += 1);
        counts.iter_mut().for_each(|n| *n = (*n).max(1));
        let counts = Tensor::from_slice(&counts, self.shape());
        if dtype.is_float() { y / counts.to_dtype(dtype) } else { y.div_floor(&counts).to_dtype(dtype) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reduction_with_and_without_what_is_there() {
        let (x, source) = (Tensor::from([7i64, 5, -3]), Tensor::from([2i64, -3, 4]));
        let index = Tensor::from([0i64, 0, 2]);
        let expected = [
            (ScatterReduction::Sum, [6, 5, 1], [-1, 5, 4]),
            (ScatterReduction::Prod, [-42, 5, -12], [-6, 5, 4]),
            (ScatterReduction::Mean, [2, 5, 0], [-1, 5, 4]),
            (ScatterReduction::Amax, [7, 5, 4], [2, 5, 4]),
            (ScatterReduction::Amin, [-3, 5, -3], [-3, 5, 4]),
        ];
        for (reduce, with, without) in expected {
            for (include_self, expected) in [(true, with), (false, without)] {
                let y = x.scatter_reduce(0, &index, &source, reduce, include_self);
                assert_eq!(y.to_vec::<i64>(), expected, "{reduce:?} {include_self}");
            }
        }
    }

    #[test]
    fn nan_is_the_largest_and_the_smallest() {
        let (x, source) = (Tensor::from([f32::NAN, 1.0]), Tensor::from([1.0f32, f32::NAN]));
        let index = Tensor::from([0i64, 1]);
        for reduce in [ScatterReduction::Amax, ScatterReduction::Amin] {
            let y = x.scatter_reduce(0, &index, &source, reduce, true);
            assert!(y.to_vec::<f32>().iter().all(|y| y.is_nan()));
        }
    }
}
