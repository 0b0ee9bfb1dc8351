use super::matmul::product_from;
use crate::dispatch::by_float;
use crate::error::shape_mismatch;
use crate::kernels::gemm::linear;
use crate::kernels::mat::{Mat, MatMut};
use crate::{Shape, Tensor};

impl Tensor {
    /// The affine map `y = x·Wᵀ + b`, as `torch.nn.functional.linear`: `x: […, in]`, `W: [out, in]`,
    /// `b: [out]`, `y: […, out]`. A 1-d `W: [in]` is one row whose axis is dropped: `y: […]`; beside it torch
    /// takes a bias only where neither that is 1-d nor `x` 2-d.
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
        if let Some(y) = self.fused_linear(weight, bias) {
            return y;
        }
        if let (1, Some(bias)) = (weight.ndim(), bias)
            && (self.ndim() == 2 || bias.ndim() == 1)
        {
            shape_mismatch("linear", "addmm: mat2 must be a matrix, got 1-D tensor", self, weight);
        }
        let turned = weight.t();
        let matrices = self.ndim() == 2 && turned.ndim() == 2;
        match bias.filter(|_| matrices).and_then(|bias| from_start(bias, self, &turned)) {
            Some(sum) => sum,
            None => plus(self.matmul(&turned), bias), // no closure: it would hide the caller's line
        }
    }

    /// [`Tensor::linear`] in one pass, for what the kernel takes: contiguous floats of fitting shapes. Rows
    /// that are no matrix where they lie, as those of a batch whose axes are swapped, are copied.
    fn fused_linear(&self, weight: &Tensor, bias: Option<&Tensor>) -> Option<Tensor> {
        let &[n, k] = weight.shape() else { return None };
        let (&width, batch) = self.shape().split_last()?;
        let fits = width == k && bias.is_none_or(|b| b.shape() == [n]);
        if !fits || [Some(weight), bias].into_iter().flatten().any(|x| x.dtype() != self.dtype()) {
            return None;
        }
        let mut shape: Shape = self.shape().into();
        shape[batch.len()] = n;
        let m = batch.iter().product();
        let copy;
        let rows = if batch.len() < 2 || self.layout.reshape(&[m, k].into()).is_some() {
            self
        } else {
            copy = self.contiguous();
            &copy
        };
        by_float!(
            self.dtype(),
            T => {
                let (x, w) = (rows.contiguous_slice::<T>()?, weight.contiguous_slice::<T>()?);
                let b = bias.map(Tensor::contiguous);
                let b = b.as_ref().and_then(Tensor::contiguous_slice::<T>);
                Some(Tensor::build(shape, self.dtype(), |y: &mut [T]| {
                    linear(Mat::rows(x, [m, k]), Mat::rows(w, [n, k]), b, MatMut::rows(y, [m, n]));
                }))
            },
            else None
        )
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
        from_start(self, a, b).unwrap_or_else(|| plus(a.matmul(b), Some(self)))
    }
}

/// `start + A·B` in one sum, for what the kernel takes: floats of one dtype and of fitting shapes.
#[track_caller]
pub(super) fn from_start(start: &Tensor, a: &Tensor, b: &Tensor) -> Option<Tensor> {
    let fits = a.size(-1) == b.size(-2) && a.dtype() == b.dtype() && a.dtype() == start.dtype();
    if !fits || !a.dtype().has_functions() {
        return None;
    }
    Some(product_from(start, a, b))
}

/// `y + b`, where `b` must not make `y` larger.
#[track_caller]
pub(super) fn plus(y: Tensor, b: Option<&Tensor>) -> Tensor {
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
    fn nothing_in_leaves_the_bias() {
        let bias = Tensor::from([1.0f32, 2.0]);
        assert_eq!(zeros([1, 0]).linear(&zeros([2, 0]), Some(&bias)).to_vec::<f32>(), [1.0, 2.0]);
        assert_eq!(zeros([0, 3]).linear(&zeros([2, 3]), Some(&bias)).shape(), [0, 2]);
    }

    #[test]
    fn one_row_without_its_axis() {
        let (w, one) = (ones(3), Tensor::from(2.0f32));
        assert_eq!(ones(3).linear(&w, Some(&one)).to_vec::<f32>(), [5.0]);
        assert_eq!(ones([2, 8, 3]).linear(&w, Some(&one)).shape(), [2, 8]);
        assert_eq!(ones([2, 8, 3]).linear(&w, Some(&ones([2, 8]))).to_vec::<f32>(), [4.0; 16]);
    }

    #[test]
    #[should_panic(expected = "addmm: mat2 must be a matrix, got 1-D tensor: [8, 3] and [3]")]
    fn a_matrix_with_one_row_takes_no_bias() {
        ones([8, 3]).linear(&ones(3), Some(&ones(8)));
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
