use crate::error::numel_overflow;
use crate::layout::Layout;
use crate::{Shape, Tensor};

impl Tensor {
    /// The memory behind this tensor seen through other sizes, strides and offset, all counted in elements
    /// from the beginning of that memory, as `torch.as_strided`. Nothing is copied.
    ///
    /// ```
    /// let x = tensor::arange(0, 6, 1);
    /// let t = x.as_strided([3, 2], [1, 3], 0);
    /// assert_eq!(t.to_vec::<i64>(), [0, 3, 1, 4, 2, 5]);
    /// assert_eq!(x.as_strided([2, 2], [0, 1], 4).to_vec::<i64>(), [4, 5, 4, 5]);
    /// ```
    ///
    /// # Panics
    /// If an element lies outside the memory, or sizes and strides differ in number.
    #[track_caller]
    pub fn as_strided(&self, shape: impl Into<Shape>, strides: impl Into<Shape>, offset: usize) -> Tensor {
        let (shape, strides) = (shape.into(), strides.into());
        let held = self.storage.slice::<u8>().len() / self.dtype.size_in_bytes();
        let last = (shape.iter().zip(strides.iter())).try_fold(offset, |at, (&size, &stride)| {
            at.checked_add(size.saturating_sub(1).checked_mul(stride)?)
        });
        assert!(
            shape.len() == strides.len(),
            "as_strided: mismatch in length of strides and shape: {strides:?} and {shape:?}"
        );
        let Some(numel) = shape.checked_numel() else { numel_overflow("as_strided", &shape) };
        assert!(
            numel == 0 || last.is_some_and(|last| last < held),
            "as_strided: sizes {shape:?}, strides {strides:?} and offset {offset} reach outside the {held} elements"
        );
        self.with_layout(Layout { shape, strides, offset })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[should_panic(
        expected = "as_strided: sizes [2, 2], strides [3, 1] and offset 2 reach outside the 6 elements"
    )]
    fn as_strided_stays_inside_the_memory() {
        crate::arange(0, 6, 1).as_strided([2, 2], [3, 1], 2);
    }
}
