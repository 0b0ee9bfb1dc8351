use crate::ops::positions::wrapped;
use crate::{DType, Tensor};

/// The places that an index of [`Tensor::take`] names among `n` elements, none of them negative.
#[doc(hidden)]
#[track_caller]
pub fn taken_places(index: &Tensor, n: usize) -> Tensor {
    let dtype = index.dtype();
    assert!(dtype == DType::I64, "take: take(): Expected a long tensor for index, but got {dtype}");
    assert!(n > 0 || index.numel() == 0, "take: take(): tried to take from an empty tensor");
    let at: Vec<i64> = wrapped("take", index, 0, n).iter().map(|&i| i as i64).collect();
    Tensor::from_slice(&at, at.len())
}

/// The places of [`Tensor::combinations`] of `r` among `n` elements, row by row.
#[doc(hidden)]
#[track_caller]
pub fn combined_places(n: usize, r: usize, with_replacement: bool) -> Tensor {
    let step = usize::from(!with_replacement);
    let mut row: Vec<usize> = (0..r).map(|i| i * step).collect();
    let mut places = Vec::new();
    // The largest place that leaves room for those behind it.
    let most = |i: usize| n.checked_sub(1 + (r - 1 - i) * step);
    while r > 0 && most(0).is_some_and(|most| row[0] <= most) {
        places.extend(row.iter().map(|&at| at as i64));
        // The last place that can still move does, and those behind it follow.
        let Some(i) = (0..r).rev().find(|&i| most(i).is_some_and(|most| row[i] < most)) else { break };
        row[i] += 1;
        for j in i + 1..r {
            row[j] = row[j - 1] + step;
        }
    }
    Tensor::from_slice(&places, places.len())
}

/// The methods of a type that are made of its other methods; `|x| value` is the tensor behind one.
#[doc(hidden)]
#[macro_export]
macro_rules! composed_takes {
    ($T:ident, |$x:ident| $value:expr) => {
        impl $T {
            /// The elements at the places `index` of the flattened array, in the shape of `index`, as
            /// `torch.take`; negative places count from the end.
            ///
            /// ```
            /// use tensor::Tensor;
            /// let x = Tensor::from([[4i64, 3], [5, 9]]);
            /// assert_eq!(x.take(&Tensor::from([0i64, -2])).to_vec::<i64>(), [4, 5]);
            /// ```
            ///
            /// # Panics
            /// If `index` is not `I64`, or reaches outside.
            #[track_caller]
            pub fn take(&self, index: &$crate::Tensor) -> $T {
                let n = self.numel();
                let places = $crate::taken_places(index, n);
                self.reshape(n).index_select(0, &places).reshape(index.shape())
            }

            /// One element per element of `index`, picked along `dim`, as `torch.take_along_dim`: a
            /// [`gather`](Self::gather) in which the other axes are broadcast, and negative places count from
            /// the end; torch lets those beyond the end go round, here they are refused. Without a `dim` both
            /// are flattened, and places count from the front.
            ///
            /// ```
            /// use tensor::Tensor;
            /// let x = Tensor::from([[10i64, 30, 20], [60, 40, 50]]);
            /// assert_eq!(x.take_along_dim(&x.argmax(1, true), 1).to_vec::<i64>(), [30, 60]);
            /// let ends = x.take_along_dim(&Tensor::from([[0i64, -1]]), 1);
            /// assert_eq!(ends.to_vec::<i64>(), [10, 20, 60, 50]);
            /// assert_eq!(x.take_along_dim(&Tensor::from([[0i64]]), 0).to_vec::<i64>(), [10, 30, 20]);
            /// ```
            ///
            /// # Panics
            /// If `index` is not `I64`, has another number of axes or does not broadcast, or reaches outside.
            #[track_caller]
            pub fn take_along_dim(
                &self,
                index: &$crate::Tensor,
                dim: impl Into<Option<isize>>,
            ) -> $T {
                let Some(dim) = dim.into() else {
                    return self.flatten(0, -1).gather(0, &index.flatten(0, -1));
                };
                let (dtype, $x) = (index.dtype(), self);
                let x = $value;
                assert!(
                    dtype == $crate::DType::I64,
                    "take_along_dim: torch.take_along_dim(): dtype of indices should be Long but got {dtype}"
                );
                assert!(
                    x.ndim() == index.ndim(),
                    "take_along_dim: torch.take_along_dim(): input and indices should have the same number of \
                     dimensions, but got {} dimensions for input, and {} dimensions for indices",
                    x.ndim(),
                    index.ndim()
                );
                assert!(
                    x.ndim() > 0,
                    "take_along_dim: Dimension specified as {dim} but tensor has no dimensions"
                );
                let axis = $crate::axis_of("take_along_dim", dim, x.ndim()) as isize;
                // Both with one size along the axis broadcast to the others.
                let one = |x: &$crate::Tensor| {
                    let mut shape = x.shape().to_vec();
                    shape[axis as usize] = 1;
                    $crate::zeros_dtype((), $crate::DType::Bool).expand(shape)
                };
                let mut shape = $crate::broadcast_tensors(&[one(&x), one(index)])[0].shape().to_vec();
                shape[axis as usize] = x.size(axis);
                let wide = self.expand(&shape);
                shape[axis as usize] = index.size(axis);
                let index = index.expand(&shape);
                let from_end = index.add_scalar(x.size(axis) as i64);
                wide.gather(axis, &index.lt(0).where_(&from_end, &index))
            }

            /// Every combination of `r` elements of a list, each at most once or `with_replacement`, as
            /// `torch.combinations`, whose defaults are `r = 2` and `with_replacement = false`: a row for
            /// each.
            ///
            /// ```
            /// let x = tensor::Tensor::from([1i64, 2, 3]);
            /// assert_eq!(x.combinations(2, false).to_vec::<i64>(), [1, 2, 1, 3, 2, 3]);
            /// assert_eq!(x.combinations(2, true).shape(), [6, 2]);
            /// ```
            ///
            /// # Panics
            /// If there is not exactly one axis.
            #[track_caller]
            pub fn combinations(&self, r: usize, with_replacement: bool) -> $T {
                let $x = self;
                let x = $value;
                assert!(
                    x.ndim() == 1,
                    "combinations: Expect a 1D vector, but got shape {:?}",
                    x.shape()
                );
                if r == 0 {
                    return $T::from($crate::zeros_dtype(0, x.dtype()));
                }
                let places = $crate::combined_places(x.numel(), r, with_replacement);
                self.index_select(0, &places).reshape([places.numel() / r, r])
            }
        }
    };
}

composed_takes!(Tensor, |x| x.clone());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{arange, zeros};

    #[test]
    fn combinations_are_in_order() {
        assert_eq!(combined_places(3, 2, true).to_vec::<i64>(), [0, 0, 0, 1, 0, 2, 1, 1, 1, 2, 2, 2]);
        assert_eq!(arange(0, 5, 1).combinations(3, false).shape(), [10, 3]);
        assert_eq!(arange(0, 3, 1).combinations(3, false).to_vec::<i64>(), [0, 1, 2]);
        assert_eq!(arange(0, 3, 1).combinations(4, false).shape(), [0, 4]);
        assert_eq!(arange(0, 2, 1).combinations(3, true).shape(), [4, 3]);
        assert_eq!(zeros(0).combinations(1, true).shape(), [0, 1]);
    }

    #[test]
    fn both_broadcast_beside_the_axis() {
        let x = arange(0, 6, 1).reshape([2, 3]);
        let y = x.take_along_dim(&Tensor::from([[0i64, -1]]), 1);
        assert_eq!(y.to_vec::<i64>(), [0, 2, 3, 5]);
        let y = x.narrow(0, 0, 1).take_along_dim(&Tensor::from([[0i64], [1]]), 1);
        assert_eq!(y.to_vec::<i64>(), [0, 1]);
        assert_eq!(x.take_along_dim(&Tensor::from([[5i64], [0]]), None).to_vec::<i64>(), [5, 0]);
    }

    #[test]
    #[should_panic(expected = "take: index 6 is out of bounds for dimension 0 with size 6")]
    fn places_outside_are_named() {
        zeros([2, 3]).take(&Tensor::from([6i64]));
    }
}
