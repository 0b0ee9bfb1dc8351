use crate::{DType, Tensor, arange, cat, ones_dtype};

/// The different elements of a tensor, with what else can be known of them.
#[derive(Clone, Debug)]
pub struct Unique {
    /// Each once.
    pub output: Tensor,
    /// Which of them each element is, `I64` of the tensor's shape; along an axis, `I64` of its size.
    pub inverse_indices: Tensor,
    /// How often each occurs, `I64`.
    pub counts: Tensor,
}

impl Tensor {
    /// The different elements in order, as `torch.unique`. Each NaN differs from the others.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([[3i64, 1], [3, 2]]).unique().to_vec::<i64>(), [1, 2, 3]);
    /// ```
    #[track_caller]
    pub fn unique(&self) -> Tensor {
        self.unique_all(None).output
    }

    /// The different elements in order, or for an axis its different slices, which of them each is, and how
    /// often each occurs, as `torch.unique(…, return_inverse=True, return_counts=True, dim=dim)`.
    ///
    /// ```
    /// let unique = tensor::Tensor::from([3i64, 1, 3]).unique_all(None);
    /// assert_eq!(unique.output.to_vec::<i64>(), [1, 3]);
    /// assert_eq!(unique.inverse_indices.to_vec::<i64>(), [1, 0, 1]);
    /// assert_eq!(unique.counts.to_vec::<i64>(), [1, 2]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or another one has no elements.
    #[track_caller]
    pub fn unique_all(&self, dim: impl Into<Option<isize>>) -> Unique {
        let slices = Slices::of("unique", self, dim.into());
        // By the last column first: an order that is stable keeps what earlier ones said.
        let mut order = arange(0, slices.rows.size(0) as i64, 1);
        for column in (0..slices.rows.size(1) as isize).rev() {
            let keys = slices.rows.select(1, column).index_select(0, &order);
            order = order.index_select(0, &keys.argsort(0, false));
        }
        slices.grouped(Some(order))
    }

    /// The elements without those that equal the one before them, as `torch.unique_consecutive`.
    ///
    /// ```
    /// assert_eq!(tensor::Tensor::from([1i64, 1, 2, 1]).unique_consecutive().to_vec::<i64>(), [1, 2, 1]);
    /// ```
    #[track_caller]
    pub fn unique_consecutive(&self) -> Tensor {
        self.unique_consecutive_all(None).output
    }

    /// The elements, or for an axis its slices, without those that equal the one before them, which of them
    /// each is, and how many there are of each, as
    /// `torch.unique_consecutive(…, return_inverse=True, return_counts=True, dim=dim)`.
    ///
    /// # Panics
    /// If there is no such axis, or another one has no elements.
    #[track_caller]
    pub fn unique_consecutive_all(&self, dim: impl Into<Option<isize>>) -> Unique {
        Slices::of("unique_consecutive", self, dim.into()).grouped(None)
    }
}

/// What is compared: rows, one for each element or for each slice along an axis.
struct Slices {
    rows: Tensor,
    /// The axis, and the shape of what has it in front.
    axis: Option<(usize, Vec<usize>)>,
    /// The shape of the inverse indices.
    shape: Vec<usize>,
}

impl Slices {
    #[track_caller]
    fn of(op: &str, x: &Tensor, dim: Option<isize>) -> Slices {
        let Some(dim) = dim else {
            return Slices { rows: x.reshape([-1, 1]), axis: None, shape: x.shape().to_vec() };
        };
        assert!(x.ndim() > 0, "{op}: Dimension specified as {dim} but tensor has no dimensions");
        let axis = x.axis(op, dim);
        let front = x.transpose(0, axis as isize);
        assert!(
            front.shape()[1..].iter().all(|&n| n > 0),
            "{op}: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied: shape {:?}",
            x.shape()
        );
        let n = front.size(0);
        let rows = front.reshape([n, front.shape()[1..].iter().product()]);
        Slices { rows, axis: Some((axis, front.shape().to_vec())), shape: vec![n] }
    }

    /// One of each group of equal neighbours, in the order given.
    fn grouped(self, order: Option<Tensor>) -> Unique {
        let rows = order.as_ref().map_or_else(|| self.rows.clone(), |order| self.rows.index_select(0, order));
        let n = rows.size(0) as isize;
        let first = ones_dtype([n.min(1) as usize], DType::Bool);
        let steps =
            rows.narrow(0, n.min(1), (n - 1).max(0) as usize).ne(&rows.narrow(0, 0, (n - 1).max(0) as usize));
        let starts = cat(&[first, steps.any_dim(1, false)], 0);
        let groups = starts.cumsum(0).sub_scalar(1);
        let inverse = match &order {
            Some(order) => groups.zeros_like().scatter(0, order, &groups),
            None => groups,
        };
        let at = starts.nonzero().reshape([-1]);
        let ends = cat(&[at.narrow(0, n.min(1), at.numel().saturating_sub(1)), Tensor::from([n as i64])], 0);
        let counts = ends.narrow(0, 0, at.numel()).sub(&at);
        let kept = rows.index_select(0, &at);
        let output = match self.axis {
            None => kept.reshape([-1]),
            Some((axis, mut shape)) => {
                shape[0] = at.numel();
                kept.reshape(shape).transpose(0, axis as isize).contiguous()
            }
        };
        Unique { output, inverse_indices: inverse.reshape(self.shape), counts }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, zeros};

    #[test]
    fn slices_along_an_axis() {
        let x = Tensor::from([[3i64, 1, 3], [3, 1, 3], [1, 9, 1]]);
        let rows = x.unique_all(0);
        assert_eq!(rows.output.to_vec::<i64>(), [1, 9, 1, 3, 1, 3]);
        assert_eq!(
            (rows.inverse_indices.to_vec::<i64>(), rows.counts.to_vec::<i64>()),
            (vec![1, 1, 0], vec![1, 2])
        );
        let columns = x.unique_all(-1);
        assert_eq!(
            (columns.output.shape(), columns.output.to_vec::<i64>()),
            (&[3, 2][..], vec![1, 3, 1, 3, 9, 1])
        );
        let runs = x.unique_consecutive_all(0);
        assert_eq!((runs.output.size(0), runs.counts.to_vec::<i64>()), (2, vec![2, 1]));
    }

    #[test]
    fn nan_and_nothing() {
        let x = Tensor::from([f32::NAN, 1.0, f32::NAN]).unique_all(None);
        assert_eq!(x.counts.to_vec::<i64>(), [1, 1, 1]);
        let none = zeros([0, 2]).unique_all(None);
        assert_eq!(
            (none.output.shape(), none.inverse_indices.shape(), none.counts.shape()),
            (&[0][..], &[0, 2][..], &[0][..])
        );
        assert_eq!(zeros([0, 3]).unique_all(0).output.shape(), [0, 3]);
        assert_eq!(Tensor::from(3.0f32).unique_consecutive_all(None).inverse_indices.ndim(), 0);
    }
}
