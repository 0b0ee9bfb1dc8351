use autograd::Variable;
use tensor::Scalar;

use super::number::Number;
use crate::{Forward, Module};

/// `x` kept between `min_val` and `max_val`, elementwise, as `torch.nn.Hardtanh`. The gradient at the bounds
/// is 0.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Hardtanh};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([-2.0f32, 0.5, 3.0]));
/// let y = Hardtanh::default().forward(&x);
/// assert_eq!(y.data().to_vec::<f32>(), [-1.0, 0.5, 1.0]);
/// ```
#[derive(Module, Clone, Copy, Debug)]
#[module(check = Self::check)]
pub struct Hardtanh {
    #[module(config)]
    min_val: Number,
    #[module(config)]
    max_val: Number,
}

impl Hardtanh {
    /// The layer with the bounds given; torch's defaults are −1 and 1, as are [`Hardtanh::default`]'s.
    ///
    /// # Panics
    /// If `min_val` is not below `max_val`.
    #[track_caller]
    pub fn new(min_val: impl Into<Scalar>, max_val: impl Into<Scalar>) -> Self {
        let layer = Hardtanh { min_val: Number::of(min_val), max_val: Number::of(max_val) };
        if let Err(problem) = layer.check() {
            panic!("Hardtanh: {problem}");
        }
        layer
    }

    fn check(&self) -> Result<(), String> {
        let [min_val, max_val] = [self.min_val.get(), self.max_val.get()];
        if min_val < max_val {
            Ok(())
        } else {
            Err(format!("min_val ({min_val}) must be below max_val ({max_val})"))
        }
    }
}

impl Default for Hardtanh {
    fn default() -> Self {
        Hardtanh::new(-1.0, 1.0)
    }
}

impl Forward for Hardtanh {
    fn forward(&self, x: &Variable) -> Variable {
        x.hardtanh(self.min_val.get(), self.max_val.get())
    }
}
