use crate::{Tensor, cat};

impl Tensor {
    /// The bilinear map `yₖ = xᵀ·Wₖ·z + bₖ` of the rows of this tensor and of `other`, as
    /// `torch.nn.functional.bilinear`: `x: […, in1]`, `z: […, in2]`, `W: [out, in1, in2]`, `b: [out]`,
    /// `y: […, out]`.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let (x, z) = (Tensor::from([[1.0f32, 2.0]]), Tensor::from([[3.0f32, 5.0, 7.0]]));
    /// let w = Tensor::from([[[1.0f32, 0.0, 0.0], [0.0, 0.0, 1.0]]]);
    /// let b = Tensor::from([0.5f32]);
    /// assert_eq!(x.bilinear(&z, &w, Some(&b)).to_vec::<f32>(), [1.0 * 3.0 + 2.0 * 7.0 + 0.5]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit or the dtypes differ.
    #[track_caller]
    pub fn bilinear(&self, other: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        check(self, other, weight, bias);
        let (out, batch) = (weight.size(0), &self.shape()[..self.ndim() - 1]);
        let rows = |x: &Tensor| x.reshape([batch.iter().product(), x.size(-1)]);
        let (x, z) = (rows(self), rows(other).unsqueeze(2));
        // One output after the other, as torch has it, which settles the order of the sums.
        let column = |k: usize| x.matmul(&weight.select(0, k as isize)).unsqueeze(1).matmul(&z).squeeze(2);
        let columns: Vec<Tensor> = (0..out).map(column).collect();
        let shape = [batch, &[out]].concat();
        let y = match columns.is_empty() {
            true => crate::zeros_dtype(shape, self.dtype),
            false => cat(&columns, 1).reshape(shape),
        };
        match bias {
            Some(bias) => y.into_add(bias),
            None => y,
        }
    }
}

/// Refuses what does not fit, in torch's words.
#[track_caller]
fn check(x: &Tensor, z: &Tensor, weight: &Tensor, bias: Option<&Tensor>) {
    assert!(
        [Some(z), Some(weight), bias].into_iter().flatten().all(|other| other.dtype == x.dtype),
        "bilinear: All tensors must have the same dtype, got input1: {}, input2: {}, weight: {}{}",
        x.dtype,
        z.dtype,
        weight.dtype,
        bias.map_or(String::new(), |bias| format!(", bias: {}", bias.dtype))
    );
    let (shape, [n, m]) = (weight.shape(), [x.ndim(), z.ndim()]);
    assert!(n == m, "bilinear: input dimensions do not match: got {n} and {m}");
    assert!(
        n > 0 && shape.len() == 3,
        "bilinear: expected rows and a weight of 3 axes, got {n} and {shape:?}"
    );
    for axis in 0..n - 1 {
        let [n, m] = [x, z].map(|x| x.shape()[axis]);
        assert!(n == m, "bilinear: input batch dimensions do not match at dim {axis}: got {n} and {m}");
    }
    for (input, x, expected) in [(1, x, shape[1]), (2, z, shape[2])] {
        assert!(
            x.size(-1) == expected,
            "bilinear: input{input} size does not match weight size: got {} but expected {expected}",
            x.size(-1)
        );
    }
    if let Some(bias) = bias {
        assert!(
            bias.shape() == [shape[0]],
            "bilinear: bias size does not match weight size: got {:?} but expected {}",
            bias.shape(),
            shape[0]
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{ones, zeros};

    #[test]
    fn leading_axes_are_kept_and_nothing_leaves_the_bias() {
        let (w, b) = (ones([5, 3, 4]), ones([5]));
        assert_eq!(ones([3]).bilinear(&ones([4]), &w, Some(&b)).to_vec::<f32>(), [13.0; 5]);
        assert_eq!(ones([2, 6, 3]).bilinear(&ones([2, 6, 4]), &w, None).shape(), [2, 6, 5]);
        assert_eq!(ones([0, 3]).bilinear(&ones([0, 4]), &w, Some(&b)).shape(), [0, 5]);
        assert_eq!(ones([2, 3]).bilinear(&ones([2, 4]), &zeros([0, 3, 4]), None).shape(), [2, 0]);
    }

    #[test]
    #[should_panic(
        expected = "input1: torch.float32, input2: torch.float32, weight: torch.float32, bias: torch.float64"
    )]
    fn a_bias_of_another_dtype() {
        ones([3]).bilinear(&ones([4]), &ones([5, 3, 4]), Some(&ones([5]).to_dtype(crate::DType::F64)));
    }

    #[test]
    #[should_panic(expected = "bilinear: input batch dimensions do not match at dim 0: got 2 and 3")]
    fn both_have_the_same_batch() {
        ones([2, 3]).bilinear(&ones([3, 4]), &ones([5, 3, 4]), None);
    }

    #[test]
    #[should_panic(expected = "bilinear: input2 size does not match weight size: got 5 but expected 4")]
    fn rows_are_as_long_as_the_weight_says() {
        ones([2, 3]).bilinear(&ones([2, 5]), &ones([5, 3, 4]), None);
    }
}
