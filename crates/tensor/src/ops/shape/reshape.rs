use crate::error::invalid_view;
use crate::{Integers, Shape, Tensor};

impl Tensor {
    /// The same elements in the same order under another shape; one size may be `-1` and is worked out.
    /// Shares memory where the strides allow it, else copies.
    ///
    /// ```
    /// let x = tensor::arange(0, 6, 1);
    /// assert_eq!(x.reshape([2, 3]).shape(), [2, 3]);
    /// assert_eq!(x.reshape([3, -1]).shape(), [3, 2]);
    /// ```
    ///
    /// # Panics
    /// If the new shape does not hold exactly as many elements.
    #[track_caller]
    pub fn reshape(&self, shape: impl Integers) -> Tensor {
        let shape = infer(self, &shape.integers());
        match self.layout.reshape(&shape) {
            Some(layout) => self.with_layout(layout),
            None => {
                let mut copy = self.contiguous();
                copy.layout = copy.layout.reshape(&shape).expect("a contiguous tensor takes any shape");
                copy
            }
        }
    }

    /// As [`Tensor::reshape`], but never copies.
    ///
    /// # Panics
    /// If the new shape does not hold exactly as many elements, or the strides do not allow it.
    #[track_caller]
    pub fn view(&self, shape: impl Integers) -> Tensor {
        let shape = infer(self, &shape.integers());
        match self.layout.reshape(&shape) {
            Some(layout) => self.with_layout(layout),
            None => panic!(
                "view: view size {shape:?} is not compatible with input tensor's size {:?} and stride {:?} \
                 (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
                self.shape(),
                self.strides()
            ),
        }
    }

    /// Axes `start` to `end`, both included, as one.
    ///
    /// ```
    /// assert_eq!(tensor::zeros([64, 1, 28, 28]).flatten(1, -1).shape(), [64, 784]);
    /// ```
    ///
    /// # Panics
    /// If there is no such axis, or `start` comes after `end`.
    #[track_caller]
    pub fn flatten(&self, start: isize, end: isize) -> Tensor {
        let (start, end) = (self.axis("flatten", start), self.axis("flatten", end));
        assert!(start <= end, "flatten: flatten() has invalid args: start_dim cannot come after end_dim");
        if self.ndim() == 0 {
            return self.reshape(1);
        }
        let old = self.shape();
        let mut shape: Shape = old[..start].into();
        shape.push(old[start..=end].iter().product());
        old[end + 1..].iter().for_each(|&n| shape.push(n));
        self.reshape(shape)
    }
}

/// The shape that `sizes` asks for, its `-1` worked out.
#[track_caller]
fn infer(x: &Tensor, sizes: &[isize]) -> Shape {
    let numel = x.numel();
    let unknown = sizes.iter().position(|&n| n == -1);
    if let Some(at) = sizes.iter().position(|&n| n < -1) {
        panic!("reshape: invalid shape dimension {} at index {at} of shape {sizes:?}", sizes[at]);
    }
    let wanted: Shape = sizes.iter().filter(|&&n| n != -1).map(|&n| n as usize).collect();
    let Some(known) = wanted.checked_numel() else {
        panic!("shape '{sizes:?}' is invalid for input of size {numel}");
    };
    let mut shape: Shape = sizes.iter().map(|&n| n as usize).collect();
    match unknown {
        Some(at) => {
            assert!(
                !sizes[at + 1..].contains(&-1),
                "reshape: only one dimension can be inferred, got {sizes:?}"
            );
            assert!(
                known != 0,
                "reshape: cannot reshape tensor of {numel} elements into shape {sizes:?} because the unspecified \
                 dimension size -1 can be any value and is ambiguous"
            );
            if !numel.is_multiple_of(known) {
                panic!("shape '{sizes:?}' is invalid for input of size {numel}");
            }
            shape[at] = numel / known;
        }
        None if known != numel => invalid_view(&shape, numel),
        None => {}
    }
    shape
}

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn a_transposed_tensor_is_copied_only_where_it_has_to_be() {
        let t = arange(0, 6, 1).reshape([2, 3]).t();
        assert_eq!(t.reshape(-1).to_vec::<i64>(), [0, 3, 1, 4, 2, 5]);
        assert_eq!(t.reshape([3, 1, 2]).strides(), [1, 6, 3]);
        assert_eq!(t.view([3, 2, 1]).to_vec::<i64>(), t.to_vec::<i64>());
    }

    #[test]
    fn every_way_of_writing_sizes() {
        let x = zeros([2, 6]);
        assert_eq!(x.reshape([3, 4]).shape(), [3, 4]);
        assert_eq!(x.reshape([x.size(0), 3, 2]).shape(), [2, 3, 2]);
        assert_eq!(x.reshape(vec![-1isize, 4]).shape(), [3, 4]);
        assert_eq!(x.reshape(zeros([4, 3]).shape()).shape(), [4, 3]);
        assert_eq!(x.reshape(12).shape(), [12]);
        assert_eq!(zeros(1).reshape(()).ndim(), 0);
    }

    #[test]
    fn empty_tensors_and_single_elements() {
        assert_eq!(zeros([0, 3]).reshape([-1, 3]).shape(), [0, 3]);
        assert_eq!(zeros([0, 3]).reshape([0, 7]).shape(), [0, 7]);
        assert_eq!(zeros([0, 3]).t().view([0]).shape(), [0]);
        assert_eq!(zeros(()).reshape([1, 1]).shape(), [1, 1]);
        assert_eq!(zeros(()).flatten(0, -1).shape(), [1]);
    }

    #[test]
    fn flatten_keeps_the_other_axes() {
        let x = zeros([2, 3, 4, 5]);
        assert_eq!(x.flatten(1, 2).shape(), [2, 12, 5]);
        assert_eq!(x.flatten(2, 2).shape(), [2, 3, 4, 5]);
        assert_eq!(zeros([0, 1, 28, 28]).flatten(1, -1).shape(), [0, 784]);
    }

    #[test]
    #[should_panic(expected = "shape '[4]' is invalid for input of size 6")]
    fn a_shape_of_another_size() {
        zeros(6).reshape(4);
    }

    #[test]
    #[should_panic(expected = "shape '[-1, 4]' is invalid for input of size 6")]
    fn a_size_that_does_not_divide() {
        zeros(6).reshape([-1, 4]);
    }

    #[test]
    #[should_panic(expected = "only one dimension can be inferred")]
    fn two_unknown_sizes() {
        zeros(6).reshape([-1, -1]);
    }

    #[test]
    #[should_panic(expected = "cannot reshape tensor of 0 elements into shape [-1, 0]")]
    fn an_unknown_size_beside_none() {
        zeros(0).reshape([-1, 0]);
    }

    #[test]
    #[should_panic(
        expected = "view size [6] is not compatible with input tensor's size [3, 2] and stride [1, 3]"
    )]
    fn a_view_never_copies() {
        zeros([2, 3]).t().view(6);
    }
}
