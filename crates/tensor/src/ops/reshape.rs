use crate::error::invalid_view;
use crate::{Shape, Sizes, Tensor};

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
    pub fn reshape(&self, shape: impl Sizes) -> Tensor {
        let shape = infer(self, &shape.sizes());
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
    pub fn view(&self, shape: impl Sizes) -> Tensor {
        let shape = infer(self, &shape.sizes());
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
    if let Some(&n) = sizes.iter().find(|&&n| n < -1) {
        panic!("reshape: invalid shape dimension {n}");
    }
    let known = sizes
        .iter()
        .filter(|&&n| n != -1)
        .try_fold(1usize, |product, &n| product.checked_mul(n as usize))
        .unwrap_or_else(|| panic!("shape '{sizes:?}' is invalid for input of size {numel}"));
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
