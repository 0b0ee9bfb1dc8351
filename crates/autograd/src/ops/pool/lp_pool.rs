use tensor::PerAxis;

use super::{AvgPoolOptions, MaxPoolOptions};
use crate::{Options, Variable};

/// The options of [`Variable::lp_pool2d`], of those over other axes, and of `nn::LPPool`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor)]
pub struct LPPoolOptions<const D: usize> {
    /// The distance from one window to the next. Default the window's size.
    pub stride: Option<PerAxis<D>>,
    /// Whether windows that reach beyond the end count. Default no.
    pub ceil_mode: bool,
}

/// The methods for each number of axes.
macro_rules! lp_pools {
    ($($name:ident | $D:literal of $avg:ident and $max:ident over $axes:literal;)*) => {$(
        impl Variable {
            #[doc = concat!("`(Σ xᵖ)^(1/p)` of each window that slides over ", $axes, ", as `torch.nn.functional.", stringify!($name), "`;")]
            /// for an infinite `p` the largest or, below 0, the smallest magnitude. Where
            /// a sum is 0, so is its gradient.
            ///
            /// ```
            /// use autograd::{LPPoolOptions, Variable};
            /// use tensor::Tensor;
            ///
            /// let x = Variable::new(Tensor::from([[3.0f32, 4.0, 6.0, 8.0]]));
            /// let y = x.lp_pool1d(2.0, 2, LPPoolOptions::default());
            /// assert_eq!(y.data().to_vec::<f32>(), [5.0, 10.0]);
            /// ```
            ///
            /// # Panics
            /// If `p` is 0, the axes are others, or no window fits.
            #[track_caller]
            pub fn $name(
                &self,
                p: f64,
                kernel_size: impl Into<PerAxis<$D>>,
                options: LPPoolOptions<$D>,
            ) -> Variable {
                let (kernel_size, LPPoolOptions { stride, ceil_mode }) = (kernel_size.into(), options);
                assert!(p != 0.0, "{}: norm_type must be a non-zero value, but got {p}", stringify!($name));
                let largest = MaxPoolOptions { stride, ceil_mode, ..Default::default() };
                if p == f64::INFINITY {
                    return self.abs().$max(kernel_size, largest);
                }
                if p == f64::NEG_INFINITY {
                    return -(-self.abs()).$max(kernel_size, largest);
                }
                let options = AvgPoolOptions { stride, ceil_mode, ..Default::default() };
                let means = self.powf(p).$avg(kernel_size, options);
                // As torch writes it: the gradient of 0 is 0, whatever the power's is.
                let sums = means.sign() * means.abs().relu();
                sums.mul_scalar(kernel_size.axes().iter().product::<usize>() as f64).powf(1.0 / p)
            }
        }
    )*};
}

lp_pools! {
    lp_pool1d | 1 of avg_pool1d and max_pool1d over "the last axis";
    lp_pool2d | 2 of avg_pool2d and max_pool2d over "the last two axes";
    lp_pool3d | 3 of avg_pool3d and max_pool3d over "the last three axes";
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::LPPoolOptions;
    use crate::gradcheck::gradchecks;

    #[test]
    fn lp_pool_gradient_matches_finite_differences() {
        let x = Tensor::from([[[0.5, 1.0, 2.0], [3.5, 2.1, 0.1]]]);
        gradchecks(|x| x[0].lp_pool2d(2.0, [1, 2], LPPoolOptions::default()), &[x.clone()]);
        gradchecks(
            |x| x[0].lp_pool2d(3.0, 2, LPPoolOptions { stride: Some(1.into()), ceil_mode: true }),
            &[x.clone()],
        );
        gradchecks(|x| x[0].lp_pool2d(f64::NEG_INFINITY, 2, LPPoolOptions::default()), &[x]);
    }
}
