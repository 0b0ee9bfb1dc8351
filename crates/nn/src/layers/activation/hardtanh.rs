use autograd::Variable;
use tensor::Scalar;

use crate::{Forward, Module, Training};

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
#[derive(Module, Clone, Debug)]
#[module(check = Self::check)]
pub struct Hardtanh {
    #[module(config)]
    min_val: Scalar,
    #[module(config)]
    max_val: Scalar,
    training: Training,
}

impl Hardtanh {
    /// The layer with the bounds given; torch's defaults are −1 and 1, as are [`Hardtanh::default`]'s.
    ///
    /// # Panics
    /// If `min_val` is not below `max_val`.
    #[track_caller]
    pub fn new(min_val: impl Into<Scalar>, max_val: impl Into<Scalar>) -> Self {
        let (min_val, max_val) = (min_val.into(), max_val.into());
        let layer = Hardtanh { min_val, max_val, training: Training::default() };
        if let Err(problem) = layer.check() {
            panic!("Hardtanh: {problem}");
        }
        layer
    }

    fn check(&self) -> Result<(), String> {
        let [min_val, max_val] = [self.min_val.to_f64(), self.max_val.to_f64()];
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

#[nn::hooks]
impl Forward for Hardtanh {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.hardtanh(self.min_val.to_f64(), self.max_val.to_f64())
    }
}
