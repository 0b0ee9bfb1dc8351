use crate::{Shape, Sizes, Tensor};

impl Tensor {
    /// Repeated along axes of size 1 and along new axes in front, up to `shape`; `-1` keeps an axis as it is.
    /// Nothing is copied: all repeats are the same memory.
    ///
    /// ```
    /// let row = tensor::Tensor::from([1.0f32, 2.0]);
    /// assert_eq!(row.expand([3, 2]).to_vec::<f32>(), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If an axis neither has the size asked for nor size 1.
    #[track_caller]
    pub fn expand(&self, shape: impl Sizes) -> Tensor {
        let sizes = shape.sizes();
        let Some(new) = sizes.len().checked_sub(self.ndim()) else {
            panic!(
                "expand: the number of sizes provided ({}) must be greater or equal to the number of dimensions in \
                 the tensor ({}): {:?} to {sizes:?}",
                sizes.len(),
                self.ndim(),
                self.shape()
            );
        };
        let target: Shape = (sizes.iter().enumerate())
            .map(|(axis, &size)| match size {
                -1 if axis >= new => self.shape()[axis - new],
                -1 => panic!(
                    "expand: the expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension \
                     {axis}"
                ),
                _ => size as usize,
            })
            .collect();
        match self.layout.broadcast_to(&target) {
            Some(layout) => self.with_layout(layout),
            None => {
                let axis = (new..target.len())
                    .rev()
                    .find(|&axis| self.shape()[axis - new] != 1 && self.shape()[axis - new] != target[axis])
                    .expect("some axis did not fit");
                panic!(
                    "expand: the expanded size of the tensor ({}) must match the existing size ({}) at non-singleton \
                     dimension {axis}. Target sizes: {target:?}. Tensor sizes: {:?}",
                    target[axis],
                    self.shape()[axis - new],
                    self.shape()
                );
            }
        }
    }

    /// As [`Tensor::expand`], under torch's other name.
    ///
    /// # Panics
    /// As [`Tensor::expand`].
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Sizes) -> Tensor {
        self.expand(shape)
    }

    /// [`Tensor::expand`] to the shape of `other`.
    ///
    /// # Panics
    /// As [`Tensor::expand`].
    #[track_caller]
    pub fn expand_as(&self, other: &Tensor) -> Tensor {
        self.expand(other.shape())
    }
}
