use super::item::{Indexed, Indices};
use crate::dispatch::by_size;
use crate::{Operand, Tensor};

impl Tensor {
    /// The part that an index names, as Python's `x[…]`: see [`IndexItem`](crate::IndexItem) for its
    /// entries. What tensors pick is copied, everything else a view.
    ///
    /// ```
    /// use tensor::{Ellipsis, NewAxis, Tensor, arange, step};
    /// let x = arange(0, 24, 1).reshape([2, 3, 4]);
    /// assert_eq!(x.i(1).shape(), [3, 4]); // x[1]
    /// assert_eq!(x.i((.., 0, 1..3)).to_vec::<i64>(), [1, 2, 13, 14]); // x[:, 0, 1:3]
    /// assert_eq!(x.i((Ellipsis, -1)).shape(), [2, 3]); // x[..., -1]
    /// assert_eq!(x.i((NewAxis, 0, .., step(.., 2))).shape(), [1, 3, 2]); // x[None, 0, :, ::2]
    /// assert_eq!(x.i((0, &Tensor::from([2i64, 0]))).shape(), [2, 4]); // x[0, [2, 0]]
    /// assert_eq!(x.i(&x.gt(20)).to_vec::<i64>(), [21, 22, 23]); // x[x > 20]
    /// ```
    ///
    /// # Panics
    /// If there are more entries than axes, a position is outside, a mask has another shape than the axes it
    /// is for, or tensors that pick do not broadcast.
    #[doc(alias = "index")]
    #[track_caller]
    pub fn i(&self, index: impl Indices) -> Tensor {
        crate::indexed!(self, Indexed::new(self.shape(), index))
    }

    /// Writes to the part that an index names, as Python's `x[…] = value`: a number, or a tensor that
    /// broadcasts to the part and is converted to this dtype. Where an element is named twice, the last value
    /// stays. In place if the memory is not shared.
    ///
    /// ```
    /// use tensor::{Tensor, zeros};
    /// let mut x = zeros([2, 3]);
    /// x.set((0, ..), &Tensor::from([1.0f32, 2.0, 3.0])); // x[0, :] = …
    /// x.set((1, -1), 5); // x[1, -1] = 5
    /// x.set(&x.eq(0), -1.0); // x[x == 0] = -1
    /// assert_eq!(x.to_vec::<f32>(), [1.0, 2.0, 3.0, -1.0, -1.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::i`], or if the value does not broadcast to the part.
    #[doc(alias = "setitem")]
    #[track_caller]
    pub fn set<'a>(&mut self, index: impl Indices, value: impl Into<Operand<'a, Tensor>>) {
        let index = Indexed::new(self.shape(), index);
        let value = value.into().stored("set", self.dtype());
        let value = value.reshape(assigned_shape(value.shape()));
        self.put(&index.places(), &value, false);
    }

    /// A copy with `values` at the part that an index names, added to what is there if `accumulate`, as
    /// `torch.index_put`. Elements that are named several times take part in the sum each time.
    ///
    /// ```
    /// use tensor::{Tensor, ones, zeros};
    /// let counts = zeros(3).index_put(&Tensor::from([2i64, 0, 2]), &ones(3), true);
    /// assert_eq!(counts.to_vec::<f32>(), [1.0, 0.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::i`], or if the values are of another dtype or do not broadcast to the part.
    #[track_caller]
    pub fn index_put(&self, index: impl Indices, values: &Tensor, accumulate: bool) -> Tensor {
        self.put_at(&Indexed::new(self.shape(), index).places(), values, accumulate)
    }

    /// [`Tensor::index_put`] at places in the order of rows.
    #[doc(hidden)]
    #[track_caller]
    pub fn put_at(&self, places: &Tensor, values: &Tensor, accumulate: bool) -> Tensor {
        assert!(
            values.dtype() == self.dtype(),
            "index_put: Index put requires the source and destination dtypes match, got {} for the destination and {} \
             for the source.",
            self.dtype(),
            values.dtype()
        );
        let mut y = self.clone();
        y.put(places, values, accumulate);
        y
    }

    #[track_caller]
    fn put(&mut self, places: &Tensor, values: &Tensor, accumulate: bool) {
        let Some(layout) = values.layout.broadcast_to(&places.layout.shape) else {
            panic!(
                "index_put: shape mismatch: value tensor of shape {:?} cannot be broadcast to indexing result of shape {:?}",
                values.shape(),
                places.shape()
            );
        };
        let values = values.with_layout(layout);
        if accumulate {
            let all = self.numel();
            let flat = std::mem::take(self);
            let shape = flat.shape().to_vec();
            *self = flat
                .reshape(all)
                .index_add(0, &places.flatten(0, -1), &values.reshape(values.numel()))
                .reshape(shape);
            return;
        }
        let places = places.dense::<i64>();
        by_size!(self.dtype(), R => {
            let values = values.dense::<R>();
            let out = self.slice_mut::<R>();
            places.iter().zip(values.iter()).for_each(|(&at, &x)| out[at as usize] = x);
        });
    }
}

/// Without the axes of size 1 in front, which an assigned value may have beside those of the part, as in
/// torch.
#[doc(hidden)]
pub fn assigned_shape(shape: &[usize]) -> &[usize] {
    &shape[shape.iter().take_while(|&&n| n == 1).count()..]
}

#[cfg(test)]
mod tests {
    use crate::{Ellipsis, NewAxis, Tensor, arange, step, zeros};

    /// What [`Tensor::i`] reads, [`Tensor::set`] writes.
    #[test]
    fn every_kind_of_index_reads_and_writes_the_same_places() {
        let x = arange(1, 121, 1).reshape([2, 3, 4, 5]);
        let (rows, columns) = (Tensor::from([[1i64, -1], [0, 0]]), Tensor::from([3i64, 2]));
        let (row, mask) = (rows.select(0, 0), x.select(0, 0).gt(30));
        macro_rules! check {
            ($($index:expr),* $(,)?) => {$(
                let part = x.i($index);
                let mut y = x.zeros_like();
                y.set($index, &part);
                assert_eq!(y.i($index).to_vec::<i64>(), part.to_vec::<i64>(), "{}", stringify!($index));
                let mut pairs = y.to_vec::<i64>().into_iter().zip(x.to_vec::<i64>());
                assert!(pairs.all(|(y, x)| y == 0 || y == x), "{}", stringify!($index));
            )*};
        }
        check!(
            (),
            0,
            -1,
            ..,
            1..,
            (.., 1),
            (1, 2, 3, 4),
            (Ellipsis, 0),
            (0, Ellipsis, -1),
            (NewAxis, 1, None, 2..),
            (.., step(.., 2), step(1.., 3)),
            (.., ..=1, ..=-2),
            &row,
            (0, &rows),
            (.., &rows, &columns),
            (&rows, .., &columns),
            (0, &mask),
            (.., &rows, 0, &columns),
            (Ellipsis, &columns, ..),
            (.., &mask),
            (NewAxis, &row, .., &columns, 1..3),
            [1, 2],
            (.., 3..3),
        );
    }

    #[test]
    fn a_value_may_have_axes_of_one_in_front() {
        let mut x = zeros([2, 3]);
        x.set((0, 1), &Tensor::from([5.0f32]));
        x.set(1, &Tensor::from([[1.0f32, 2.0, 3.0]]));
        assert_eq!(x.to_vec::<f32>(), [0.0, 5.0, 0.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    #[should_panic(expected = "index: index 3 is out of bounds for dimension 1 with size 3")]
    fn a_position_outside() {
        zeros([2, 3]).i((0, 3));
    }

    #[test]
    #[should_panic(expected = "is out of bounds for dimension 0 with size 2")]
    fn what_wrapped_around_is_not_the_last_position() {
        zeros(2).i(0usize.wrapping_sub(1));
    }

    #[test]
    #[should_panic(expected = "index: too many indices for tensor of dimension 1")]
    fn more_entries_than_axes() {
        zeros(2).i((0, 0));
    }

    #[test]
    #[should_panic(
        expected = "value tensor of shape [2] cannot be broadcast to indexing result of shape [3]"
    )]
    fn a_value_of_another_size() {
        zeros([2, 3]).set(0, &zeros(2));
    }

    #[test]
    #[should_panic(expected = "could not be broadcast together with shapes [[2], [3]]")]
    fn indices_of_different_lengths() {
        zeros([4, 4]).i((&Tensor::from([0i64, 1]), &Tensor::from([0i64, 1, 2])));
    }
}
