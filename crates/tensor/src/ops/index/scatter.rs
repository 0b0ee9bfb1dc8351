use super::gather::Lookup;
use crate::dispatch::{by_num, by_size};
use crate::error::{dtype_mismatch, shape_mismatch};
use crate::{Num, Tensor};

impl Tensor {
    /// A copy with one element of `source` per element of `index` written to where it names along
    /// `dim`, as `torch.scatter`: `y[i, index[i, j]] = source[i, j]` for `dim = 1`. Of several that
    /// name one place, the last stays.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let y = zeros([2, 3]).scatter(1, &Tensor::from([[2i64], [0]]), &Tensor::from([[7.0f32], [8.0]]));
    /// assert_eq!(y.to_vec::<f32>(), [0.0, 0.0, 7.0, 8.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If `index` is neither `I64` nor `I32`, is longer than `source` along any axis or than `self` along
    /// another than `dim`, or reaches outside the axis; or if the dtypes differ.
    #[track_caller]
    pub fn scatter(&self, dim: isize, index: &Tensor, source: &Tensor) -> Tensor {
        let (at, source) = prepare("scatter", self, dim, index, source);
        let mut y = self.clone();
        by_size!(self.dtype(), R => {
            let (y, source) = (y.slice_mut::<R>(), source.dense::<R>());
            at.for_each(|i, to| y[to] = source[i]);
        });
        y
    }

    /// As [`Tensor::scatter`], but adding to what is there, in the order of `index`.
    ///
    /// ```
    /// use tensor::{Tensor, ones, zeros};
    /// let counts = zeros([3]).scatter_add(0, &Tensor::from([0i64, 2, 2]), &ones([3]));
    /// assert_eq!(counts.to_vec::<f32>(), [1.0, 0.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::scatter`].
    #[track_caller]
    pub fn scatter_add(&self, dim: isize, index: &Tensor, source: &Tensor) -> Tensor {
        let (at, source) = prepare("scatter_add", self, dim, index, source);
        let mut y = self.clone();
        by_num!("scatter_add", self, T => {
            let (y, source) = (y.slice_mut::<T>(), source.dense::<T>());
            at.for_each(|i, to| y[to] = Num::add(y[to], source[i]));
        });
        y
    }
}

/// The places `index` names in `x`, and of `source` the part of `index`'s shape.
#[track_caller]
pub(super) fn prepare(op: &str, x: &Tensor, dim: isize, index: &Tensor, source: &Tensor) -> (Lookup, Tensor) {
    let axis = x.axis(op, dim);
    if x.dtype() != source.dtype() {
        dtype_mismatch(op, x, source);
    }
    let at = Lookup::new(op, x, axis, index);
    let mut part = source.clone();
    if index.numel() > 0 && index.shape() != source.shape() {
        // As in `Lookup`, a tensor without axes goes for one of a single element.
        let fits =
            index.ndim() == source.ndim() && index.shape().iter().zip(source.shape()).all(|(i, s)| i <= s);
        let single = index.numel() == 1 && source.numel() == 1;
        if !(fits || single) {
            shape_mismatch(op, "index has to be no larger than source along every axis", index, source);
        }
        if fits {
            for (dim, &n) in index.shape().iter().enumerate() {
                part = part.narrow(dim as isize, 0, n);
            }
        }
    }
    (at, part)
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, ones, zeros};

    #[test]
    fn a_larger_source_is_read_from_its_corner() {
        let source = arange(0, 12, 1).reshape([3, 4]);
        let y = source.zeros_like().scatter(0, &Tensor::from([[2i64, 0]]), &source);
        assert_eq!(y.to_vec::<i64>(), [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(y.select(0, 2).to_vec::<i64>(), [0; 4]);
    }

    #[test]
    fn adding_leaves_the_original_alone() {
        let x = ones([2, 2]);
        let y = x.scatter_add(1, &Tensor::from([[0i64, 0], [1, 1]]), &x.t());
        assert_eq!(y.to_vec::<f32>(), [3.0, 1.0, 1.0, 3.0]);
        assert_eq!(x.to_vec::<f32>(), [1.0; 4]);
    }

    #[test]
    fn scatter_add_undoes_gather_of_distinct_places() {
        let x = arange(0, 24, 1).reshape([2, 3, 4]).transpose(0, 2);
        let index = Tensor::from([[[2i64], [0], [1]]]);
        let y = x.zeros_like().scatter_add(0, &index, &x.gather(0, &index));
        assert_eq!(y.sum().item(), x.gather(0, &index).sum().item());
    }

    #[test]
    #[should_panic(expected = "scatter: index 5 is out of bounds for dimension 1 with size 3")]
    fn places_outside_are_named() {
        zeros([2, 3]).scatter(1, &Tensor::from([[0i64, 5]]), &zeros([2, 3]));
    }

    #[test]
    #[should_panic(
        expected = "scatter_add: size of index does not fit in self apart from dimension 0: [1, 4] and [2, 3]"
    )]
    fn an_index_larger_than_self_is_refused() {
        zeros([2, 3]).scatter_add(0, &Tensor::from([[0i64, 0, 0, 0]]), &zeros([2, 4]));
    }
}
