use crate::Tensor;
use crate::dispatch::by_size;

impl Tensor {
    /// The lower triangle of the last two axes, zeros elsewhere, as `torch.tril`: what lies on or below
    /// `diagonal`, counted upwards from the main one.
    ///
    /// ```
    /// assert_eq!(tensor::ones([2, 2]).tril(0).to_vec::<f32>(), [1.0, 0.0, 1.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn tril(&self, diagonal: isize) -> Tensor {
        keep("tril", self, |i, j| j - i <= diagonal)
    }

    /// The upper triangle of the last two axes, zeros elsewhere, as `torch.triu`: what lies on or above
    /// `diagonal`, counted upwards from the main one.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn triu(&self, diagonal: isize) -> Tensor {
        keep("triu", self, |i, j| j - i >= diagonal)
    }
}

#[track_caller]
fn keep(op: &str, x: &Tensor, kept: impl Fn(isize, isize) -> bool) -> Tensor {
    assert!(x.ndim() >= 2, "{op}: input tensor must have at least 2 dimensions, got {:?}", x.shape());
    let (m, n) = (x.size(-2), x.size(-1));
    let mut y = x.clone();
    by_size!(x.dtype(), R => {
        for (at, y) in y.slice_mut::<R>().iter_mut().enumerate() {
            if !kept((at / n % m) as isize, (at % n) as isize) {
                *y = 0; // the bits of 0 in every dtype
            }
        }
    });
    y
}

#[cfg(test)]
mod tests {
    use crate::arange;

    #[test]
    fn diagonals_shift_and_batches_repeat() {
        let x = arange(1, 13, 1).reshape([2, 2, 3]);
        assert_eq!(x.tril(-1).to_vec::<i64>(), [0, 0, 0, 4, 0, 0, 0, 0, 0, 10, 0, 0]);
        assert_eq!(x.triu(1).to_vec::<i64>(), [0, 2, 3, 0, 0, 6, 0, 8, 9, 0, 0, 12]);
        let t = x.select(0, 0).t();
        assert_eq!(t.tril(0).to_vec::<i64>(), [1, 0, 2, 5, 3, 6]);
    }
}
