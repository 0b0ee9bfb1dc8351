use crate::dispatch::by_float;
use crate::generator::with_default_generator;
use crate::{DType, Float, Shape, Tensor};

impl Tensor {
    /// Places along the last axis drawn with the probabilities that the elements give, which need not add up
    /// to 1, `I64`: `torch.multinomial(input, num_samples, replacement)`. Each row draws for itself.
    ///
    /// ```
    /// use tensor::Tensor;
    /// tensor::manual_seed(0);
    /// let p = Tensor::from([0.0f32, 10.0, 3.0, 0.0]);
    /// assert_eq!(p.multinomial(2, false).to_vec::<i64>(), [1, 2]);
    /// assert_eq!(p.multinomial(4, true).to_vec::<i64>(), [1, 2, 1, 1]);
    /// ```
    ///
    /// Draws without replacement take what is impossible only after all the rest, the first place first,
    /// where torch's order is not settled.
    ///
    /// # Panics
    /// If the tensor is neither `F32` nor `F64` or has no or more than two axes; if an element is negative or
    /// not finite, or all elements of a row are 0; without samples, or without replacement more than places.
    #[track_caller]
    pub fn multinomial(&self, num_samples: usize, replacement: bool) -> Tensor {
        assert!(
            (1..=2).contains(&self.ndim()),
            "multinomial: prob_dist must be 1 or 2 dim, got {:?}",
            self.shape()
        );
        assert!(
            matches!(self.dtype(), DType::F32 | DType::F64),
            "multinomial: expects float32 or float64 probabilities, got {}",
            self.dtype()
        );
        assert!(num_samples > 0, "multinomial: cannot sample n_sample <= 0 samples");
        assert!(
            replacement || num_samples <= self.size(-1),
            "multinomial: cannot sample n_sample > prob_dist.size(-1) samples without replacement: {num_samples} \
             of {:?}",
            self.shape()
        );
        if self.numel() == 0 {
            let mut shape: Shape = self.shape().into();
            shape[self.ndim() - 1] = num_samples;
            return crate::zeros_dtype(shape, DType::I64);
        }
        assert!(
            self.ge(0).all().item() == 1.0 && self.lt(f64::INFINITY).all().item() == 1.0,
            "multinomial: probability tensor contains either `inf`, `nan` or element < 0"
        );
        assert!(
            self.sum_dim(-1, false).gt(0).all().item() == 1.0,
            "multinomial: invalid multinomial distribution (sum of probabilities <= 0)"
        );
        if replacement && num_samples > 1 {
            return by_float!("multinomial", self, T => self.with_replacement::<T>(num_samples));
        }
        // The one whose time comes first, when each waits for an exponential time at its rate.
        let mut times = self.clone();
        times.exponential_(1.0);
        let rates = self / &times;
        if num_samples == 1 { rates.argmax(-1, true) } else { rates.topk(num_samples, -1, true).1 }
    }

    /// Looks uniform numbers up among the sums of a row's first elements, which torch rounds at each step.
    #[track_caller]
    fn with_replacement<T: Float>(&self, num_samples: usize) -> Tensor {
        let (p, n) = (self.dense::<T>(), self.size(-1));
        let mut shape: Shape = self.shape().into();
        shape[self.ndim() - 1] = num_samples;
        Tensor::build(shape, DType::I64, |out: &mut [i64]| {
            for (p, out) in p.chunks_exact(n).zip(out.chunks_exact_mut(num_samples)) {
                let mut sum = T::ZERO;
                let sums: Vec<T> = p
                    .iter()
                    .map(|&p| {
                        sum += p;
                        sum
                    })
                    .collect();
                let mut sums: Vec<f64> = sums.into_iter().map(|part| (part / sum).to_f64()).collect();
                sums[n - 1] = 1.0;
                with_default_generator(|g| {
                    out.fill_with(|| {
                        let u = g.uniform_f64();
                        sums.partition_point(|&part| part < u) as i64
                    });
                });
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor, ones, zeros};

    #[test]
    #[should_panic(expected = "multinomial: prob_dist must be 1 or 2 dim, got [2, 3, 4]")]
    fn rows_or_one_row() {
        ones([2, 3, 4]).multinomial(1, false);
    }

    #[test]
    #[should_panic(
        expected = "cannot sample n_sample > prob_dist.size(-1) samples without replacement: 4 of [3]"
    )]
    fn not_more_than_there_are() {
        ones(3).multinomial(4, false);
    }

    #[test]
    #[should_panic(expected = "probability tensor contains either `inf`, `nan` or element < 0")]
    fn probabilities_are_numbers() {
        Tensor::from([1.0f32, f32::NAN]).multinomial(1, true);
    }

    #[test]
    #[should_panic(expected = "invalid multinomial distribution (sum of probabilities <= 0)")]
    fn something_is_possible_in_every_row() {
        Tensor::from([[1.0f32, 2.0], [0.0, 0.0]]).multinomial(2, true);
    }

    #[test]
    #[should_panic(expected = "multinomial: expects float32 or float64 probabilities, got torch.int64")]
    fn probabilities_are_floats() {
        ones(3).to_dtype(DType::I64).multinomial(1, false);
    }

    #[test]
    fn no_rows_have_no_samples() {
        assert_eq!(zeros([0, 3]).multinomial(2, true).shape(), [0, 2]);
    }
}
