use autograd::Variable;

use crate::layers::check_shapes;
use crate::{Forward, Module, Parameter, Training};

/// Leaky ReLU whose slope is learned: `y = x` where `x > 0`, else `weight·x` (He et al., *Delving deep into
/// rectifiers*, 2015), as `torch.nn.PReLU`.
///
/// # Shapes
/// - `x`: any, with as many channels along axis 1 as there are weights, unless that is one
/// - output: that of `x`
/// - `weight`: `[num_parameters]`
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, PReLU};
/// use tensor::Tensor;
///
/// let x = Variable::new(Tensor::from([[-2.0f32, 3.0]]));
/// let layer = PReLU::new(1);
/// assert_eq!(layer.forward(&x).data().to_vec::<f32>(), [-0.5, 3.0]);
/// assert_eq!(layer.to_string(), "PReLU(num_parameters=1)");
/// ```
#[derive(Module, Debug)]
#[module(extra_repr = Self::describe, check = Self::check)]
pub struct PReLU {
    /// The slopes below 0.
    pub weight: Parameter,
    #[module(config)]
    num_parameters: usize,
    training: Training,
}

impl PReLU {
    /// With one slope for all, or one for each channel, which all start at 0.25; torch's default is one, as
    /// is [`PReLU::default`]'s.
    #[track_caller]
    pub fn new(num_parameters: usize) -> Self {
        PReLU::with(num_parameters, 0.25)
    }

    /// With slopes that start at `init`.
    #[track_caller]
    pub fn with(num_parameters: usize, init: f64) -> Self {
        let weight = Parameter::new(tensor::full([num_parameters], init));
        PReLU { weight, num_parameters, training: Training::default() }
    }

    fn describe(&self) -> String {
        format!("num_parameters={}", self.num_parameters)
    }

    fn check(&self) -> Result<(), String> {
        check_shapes(self, |_| vec![self.num_parameters])
    }
}

impl Default for PReLU {
    fn default() -> Self {
        PReLU::new(1)
    }
}

#[nn::hooks]
impl Forward for PReLU {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        x.prelu(&self.weight)
    }
}
