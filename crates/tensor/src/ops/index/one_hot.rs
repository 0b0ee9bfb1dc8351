use crate::{DType, Shape, Tensor};

impl Tensor {
    /// For every class number a row of zeros with a one in that place, `I64`, as
    /// `torch.nn.functional.one_hot`: `[…]` becomes `[…, num_classes]`. With `None` there are as
    /// many classes as the largest needs.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([2i64, 0]).one_hot(3).to_vec::<i64>(), [0, 0, 1, 1, 0, 0]);
    /// ```
    ///
    /// # Panics
    /// If the tensor is not `I64`, or a class is negative or not below `num_classes`.
    #[track_caller]
    pub fn one_hot(&self, num_classes: impl Into<Option<usize>>) -> Tensor {
        assert!(
            self.dtype() == DType::I64,
            "one_hot: one_hot is only applicable to index tensor of type LongTensor, got {}",
            self.dtype()
        );
        let classes = self.dense::<i64>();
        assert!(classes.iter().all(|&c| c >= 0), "one_hot: Class values must be non-negative.");
        let n = match (num_classes.into(), classes.iter().max()) {
            (Some(n), Some(_)) | (Some(n @ 1..), None) => n,
            (None, Some(&largest)) => largest as usize + 1,
            (_, None) => panic!("one_hot: Can not infer total number of classes from empty tensor."),
        };
        assert!(
            classes.iter().all(|&c| (c as usize) < n),
            "one_hot: Class values must be smaller than num_classes."
        );
        let mut shape: Shape = self.shape().into();
        shape.push(n);
        Tensor::build(shape, DType::I64, |out: &mut [i64]| {
            out.fill(0);
            for (row, &class) in classes.iter().enumerate() {
                out[row * n + class as usize] = 1;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange};

    #[test]
    fn the_number_of_classes_is_found() {
        assert_eq!(Tensor::from(2i64).one_hot(None).to_vec::<i64>(), [0, 0, 1]);
        assert_eq!(arange(0, 6, 1).reshape([2, 3]).one_hot(None).shape(), [2, 3, 6]);
        assert_eq!(arange(0, 0, 1).one_hot(4).shape(), [0, 4]);
    }

    #[test]
    #[should_panic(expected = "Can not infer total number of classes from empty tensor.")]
    fn nothing_needs_a_number_of_classes() {
        arange(0, 0, 1).one_hot(0);
    }

    #[test]
    #[should_panic(expected = "Class values must be smaller than num_classes.")]
    fn a_class_too_many() {
        arange(0, 4, 1).one_hot(3);
    }
}
