use crate::Tensor;

/// The methods of a type that are made of its other methods; `|x| value` is the tensor behind one.
#[doc(hidden)]
#[macro_export]
macro_rules! composed_functions {
    ($T:ident, |$x:ident| $value:expr) => {
        impl $T {
            /// The logarithm of the multivariate gamma function of dimension `p`, as
            /// `torch.special.multigammaln`: `p(p − 1)/4·ln π + Σ ln |Γ(x − i/2)|` over `i = 0 … p − 1`.
            ///
            /// ```
            /// let x = tensor::Tensor::from([1.5f32, 4.0]);
            /// assert_eq!(x.multigammaln(2).to_string(), "tensor([0.4516, 3.5651])");
            /// ```
            ///
            /// # Panics
            /// If `p` is 0, or on a `Bool`.
            #[doc(alias = "mvlgamma")]
            #[track_caller]
            pub fn multigammaln(&self, p: usize) -> $T {
                assert!(p >= 1, "multigammaln: p has to be greater than or equal to 1");
                let $x = self;
                let dtype = $value.dtype();
                assert!(dtype != $crate::DType::Bool, "multigammaln: not defined for {dtype}");
                let steps: Vec<f64> = (0..p).map(|i| 0.5 * (i as f64 + 1.0 - p as f64)).collect();
                let steps = $crate::Tensor::from_vec(steps, p);
                let steps = steps.to_dtype(if dtype.is_float() { dtype } else { $crate::DType::F32 });
                let sum = (self.unsqueeze(-1) + $T::from(steps)).lgamma().sum_dim(-1, false);
                sum + (p * (p - 1)) as f64 * std::f64::consts::PI.ln() * 0.25
            }
        }
    };
}

composed_functions!(Tensor, |x| x.clone());
