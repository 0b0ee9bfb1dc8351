//! Activations as layers: functions of each element, and gates. Those that have numbers as settings, or none,
//! are rows of one table.

mod gelu;
mod glu;
mod hardtanh;
mod prelu;
mod rrelu;
mod threshold;

use autograd::Variable;
use tensor::Scalar;

use crate::{Forward, Module, Registry, Training, setting};

/// A row has the documentation, the settings with torch's defaults, the function, and the example: what it
/// makes of an input, as it prints. Before the rows stand those with a file of their own, and how torch's
/// recording makes the first of each.
macro_rules! activations {
    ($($file:ident: $own:ident $(, $companion:ident)* = $first:expr;)* $(
        $(#[$doc:meta])+
        $layer:ident($($setting:ident = $default:literal),*) |$x:ident| $y:expr, $input:literal => $output:literal;
    )*) => {
        $(pub use $file::{$own $(, $companion)*};)*

        $(
            #[derive(Module, Clone, Debug)]
            $(#[$doc])+
            ///
            /// ```
            /// use autograd::Variable;
            #[doc = concat!("use nn::{Forward, ", stringify!($layer), "};")]
            /// use tensor::Tensor;
            ///
            #[doc = concat!("let x = Variable::new(Tensor::from(", $input, "));")]
            #[doc = concat!("let y = ", stringify!($layer), "::default().forward(&x);")]
            #[doc = concat!("assert_eq!(y.data().to_string(), \"tensor(", $output, ")\");")]
            /// ```
            pub struct $layer {
                $(
                    #[module(config)]
                    $setting: Scalar,
                )*
                training: Training,
            }

            impl $layer {
                /// A new layer.
                $(#[doc = concat!("In torch, `", stringify!($setting), "` is ", stringify!($default), " by default.")])*
                pub fn new($($setting: impl Into<Scalar>),*) -> Self {
                    $layer { $($setting: $setting.into(),)* training: Training::default() }
                }
            }

            impl Default for $layer {
                fn default() -> Self {
                    $layer::new($($default),*)
                }
            }

            #[nn::hooks]
            impl Forward for $layer {
                #[track_caller]
                fn forward(&self, $x: &Variable) -> Variable {
                    $(let $setting = self.$setting.to_f64();)*
                    $y
                }
            }
        )*

        pub(crate) fn register(registry: &mut Registry) {
            $(registry.register::<$own>();)*
            $(registry.register::<$layer>();)*
        }

        /// Every activation with its defaults, where it has any.
        #[cfg(test)]
        fn all() -> Vec<Box<dyn crate::Layer>> {
            vec![$(Box::new($first),)* $(Box::new($layer::default()),)*]
        }
    };
}

activations! {
    gelu: GELU, Approximate = GELU::default();
    glu: GLU, GLUOptions = GLU::default();
    hardtanh: Hardtanh = Hardtanh::default();
    prelu: PReLU = PReLU::default();
    rrelu: RReLU = RReLU::default();
    threshold: Threshold = Threshold::new(-0.25, 20);

    /// Continuously differentiable exponential linear unit, elementwise: `y = x` where `x > 0`, else
    /// `α·(e^(x/α) − 1)` (Barron, *Continuously differentiable exponential linear units*, 2017), as
    /// `torch.nn.CELU`.
    CELU(alpha = 1.0) |x| x.celu(alpha), "[-1.0f32, 0.5]" => "[-0.6321,  0.5000]";

    /// Exponential linear unit, elementwise: `y = x` where `x > 0`, else `α·(eˣ − 1)` (Clevert et al., *Fast
    /// and accurate deep network learning by exponential linear units*, 2015), as `torch.nn.ELU`.
    ELU(alpha = 1.0) |x| x.elu(alpha), "[-100.0f32, 0.5]" => "[-1.0000,  0.5000]";

    /// What is near 0 becomes 0, elementwise: `y = x` where `|x| > lambd`, else 0, as `torch.nn.Hardshrink`.
    #[module(extra_repr = Self::describe)]
    Hardshrink(lambd = 0.5) |x| x.hardshrink(lambd), "[-1.0f32, 0.5]" => "[-1.,  0.]";

    /// The logistic function in straight lines, elementwise: `y = min(max(x + 3, 0), 6)/6`, as
    /// `torch.nn.Hardsigmoid`.
    Hardsigmoid() |x| x.hardsigmoid(), "[-1.0f32, 0.5]" => "[0.3333, 0.5833]";

    /// The sigmoid linear unit in straight lines, elementwise: `y = x·min(max(x + 3, 0), 6)/6` (Howard et
    /// al., *Searching for MobileNetV3*, 2019), as `torch.nn.Hardswish`.
    Hardswish() |x| x.hardswish(), "[-1.0f32, 0.5]" => "[-0.3333,  0.2917]";

    /// Leaky ReLU, elementwise: `y = x` where `x > 0`, else `negative_slope·x`, as `torch.nn.LeakyReLU`.
    LeakyReLU(negative_slope = 0.01) |x| x.leaky_relu(negative_slope), "[-2.0f32, 0.5]" => "[-0.0200,  0.5000]";

    /// Logarithm of the logistic function, elementwise: `y = ln(1 / (1 + e⁻ˣ))`, without overflow for any
    /// `x`, as `torch.nn.LogSigmoid`.
    LogSigmoid() |x| x.log_sigmoid(), "[-100.0f32, 0.0]" => "[-100.0000,   -0.6931]";

    /// Mish, elementwise: `y = x·tanh(ln(1 + eˣ))` (Misra, *Mish: a self regularized non-monotonic activation
    /// function*, 2019), as `torch.nn.Mish`.
    Mish() |x| x.mish(), "[-1.0f32, 0.5]" => "[-0.3034,  0.3752]";

    /// Rectified linear unit, elementwise: `y = max(x, 0)`, as `torch.nn.ReLU`.
    ReLU() |x| x.relu(), "[-1.0f32, 0.5]" => "[0.0000, 0.5000]";

    /// ReLU cut off at 6, elementwise: `y = min(max(x, 0), 6)`, as `torch.nn.ReLU6`.
    ReLU6() |x| x.hardtanh(0.0, 6.0), "[-1.0f32, 0.5, 8.0]" => "[0.0000, 0.5000, 6.0000]";

    /// Scaled exponential linear unit, elementwise: `y = λ·x` where `x > 0`, else `λα·(eˣ − 1)`, with
    /// λ ≈ 1.0507 and α ≈ 1.6733 (Klambauer et al., *Self-normalizing neural networks*, 2017), as
    /// `torch.nn.SELU`.
    SELU() |x| x.selu(), "[1.0f32, -1.0]" => "[ 1.0507, -1.1113]";

    /// Logistic function, elementwise: `y = 1 / (1 + e⁻ˣ)`, as `torch.nn.Sigmoid`.
    Sigmoid() |x| x.sigmoid(), "[0.0f32, 2.0]" => "[0.5000, 0.8808]";

    /// Sigmoid linear unit, elementwise: `y = x / (1 + e⁻ˣ)`, also called swish, as `torch.nn.SiLU`.
    SiLU() |x| x.silu(), "[1.0f32, -1.0]" => "[ 0.7311, -0.2689]";

    /// A smooth ReLU, elementwise: `y = ln(1 + e^(βx)) / β`, and `x` itself where `βx > threshold`, as
    /// `torch.nn.Softplus`.
    Softplus(beta = 1.0, threshold = 20.0) |x| x.softplus(beta, threshold), "[0.0f32, 30.0]" => "[ 0.6931, 30.0000]";

    /// What is near 0 becomes 0 and all else comes nearer to it, elementwise: `y = x ∓ lambd` where
    /// `|x| > lambd`, else 0, as `torch.nn.Softshrink`.
    #[module(extra_repr = Self::describe)]
    Softshrink(lambd = 0.5) |x| x.softshrink(lambd), "[-1.0f32, 0.5]" => "[-0.5000,  0.0000]";

    /// Softsign, elementwise: `y = x / (1 + |x|)`, as `torch.nn.Softsign`.
    Softsign() |x| x.softsign(), "[1.0f32, -3.0]" => "[ 0.5000, -0.7500]";

    /// Hyperbolic tangent, elementwise: `y = tanh(x)`, as `torch.nn.Tanh`.
    Tanh() |x| x.tanh(), "[0.5f32, -1.0]" => "[ 0.4621, -0.7616]";

    /// What the hyperbolic tangent takes away, elementwise: `y = x − tanh(x)`, as `torch.nn.Tanhshrink`.
    Tanhshrink() |x| x.tanhshrink(), "[-1.0f32, 2.0]" => "[-0.2384,  1.0360]";
}

/// Their one setting prints without its name, as in torch.
macro_rules! shrinks {
    ($($layer:ident)*) => {$(
        impl $layer {
            fn describe(&self) -> String {
                setting(&self.lambd).to_string()
            }
        }
    )*};
}
shrinks!(Hardshrink Softshrink);

#[cfg(test)]
mod tests {
    use testing::recording;

    /// As `tests/layers.rs` compares what they compute.
    #[test]
    fn every_activation_is_recorded_and_has_torchs_defaults() {
        let recording = recording!("layers");
        for layer in super::all() {
            // The first case of a layer is the one without settings.
            let cases = recording.named(layer.kind());
            let first = cases.first().unwrap_or_else(|| {
                panic!("{} is not in testing/record/nn/layers.py, or not recorded", layer.kind())
            });
            assert_eq!(layer.repr(), first.text("repr"));
        }
    }
}
