use crate::Tensor;

impl Tensor {
    /// The affine map `y = x·Wᵀ + b`, as `torch.nn.functional.linear`: `x: […, in]`, `W: [out, in]`, `b: [out]`,
    /// `y: […, out]`.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let x = Tensor::from([[1.0f32, 2.0]]);
    /// let w = Tensor::from([[1.0f32, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    /// let b = Tensor::from([0.0f32, 0.0, 10.0]);
    /// assert_eq!(x.linear(&w, Some(&b)).to_vec::<f32>(), [1.0, 2.0, 13.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit or the dtypes differ.
    #[track_caller]
    pub fn linear(&self, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        plus(self.matmul(&weight.t()), bias)
    }

    /// `self + A·B`, as `torch.addmm`: `A: [m, k]`, `B: [k, n]`, and this tensor broadcast to `[m, n]`.
    ///
    /// ```
    /// use tensor::{Tensor, ones};
    /// let y = Tensor::from([1.0f32, 2.0]).addmm(&ones([3, 4]), &ones([4, 2]));
    /// assert_eq!(y.to_vec::<f32>(), [5.0, 6.0, 5.0, 6.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit or the dtypes differ.
    #[track_caller]
    pub fn addmm(&self, a: &Tensor, b: &Tensor) -> Tensor {
        assert!(
            a.ndim() == 2 && b.ndim() == 2,
            "addmm: mat1 and mat2 must be matrices, got {:?} and {:?}",
            a.shape(),
            b.shape()
        );
        plus(a.matmul(b), Some(self))
    }
}

/// `y + b`, where `b` must not make `y` larger.
#[track_caller]
fn plus(y: Tensor, b: Option<&Tensor>) -> Tensor {
    let Some(b) = b else { return y };
    assert!(
        b.dtype() == y.dtype(),
        "linear: self and mat2 must have the same dtype, but got {} and {}",
        b.dtype(),
        y.dtype()
    );
    b.expand_as(&y);
    y.into_add(b)
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, arange, ones, zeros};

    #[test]
    fn leading_axes_are_kept() {
        let x = arange(0.0, 12.0, 1.0).reshape([2, 2, 3]);
        let y = x.linear(&ones([1, 3]), Some(&Tensor::from([0.5f32])));
        assert_eq!((y.shape(), y.to_vec::<f32>()), (&[2, 2, 1][..], vec![3.5, 12.5, 21.5, 30.5]));
        assert_eq!(x.transpose(0, 1).linear(&ones([1, 3]), None).to_vec::<f32>(), [3.0, 21.0, 12.0, 30.0]);
        assert_eq!(ones(3).linear(&ones([2, 3]), None).to_vec::<f32>(), [3.0, 3.0]);
        assert_eq!(ones([4, 3]).linear(&ones(3), None).to_vec::<f32>(), [3.0; 4]);
    }

    #[test]
    #[should_panic(expected = "mat1 and mat2 shapes cannot be multiplied (2x5 and 3x4)")]
    fn a_wrong_width_is_torchs_error() {
        zeros([2, 5]).linear(&zeros([4, 3]), None);
    }

    #[test]
    #[should_panic(expected = "expanded size of the tensor (4) must match the existing size (3)")]
    fn a_bias_of_the_wrong_length() {
        zeros([2, 5]).linear(&zeros([4, 5]), Some(&zeros(3)));
    }
}
