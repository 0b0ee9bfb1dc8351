//! Activations and dropouts.

use autograd::Variable;
use tensor::Scalar;

use super::functions;
use crate::Approximate;

functions! {
    /// [`Variable::celu`].
    celu / celu_with(input: &Variable; alpha: f64 = 1.0) = input.celu(alpha);
    /// [`Variable::elu`].
    elu / elu_with(input: &Variable; alpha: f64 = 1.0) = input.elu(alpha);
    /// [`Variable::gelu`], or [`Variable::gelu_tanh`].
    gelu / gelu_with(input: &Variable; approximate: Approximate = Approximate::None) = match approximate {
        Approximate::None => input.gelu(),
        Approximate::Tanh => input.gelu_tanh(),
    };
    /// [`Variable::glu`].
    glu / glu_with(input: &Variable; dim: isize = -1) = input.glu(dim);
    /// [`Variable::hardshrink`].
    hardshrink / hardshrink_with(input: &Variable; lambd: f64 = 0.5) = input.hardshrink(lambd);
    /// [`Variable::hardsigmoid`].
    hardsigmoid(input: &Variable) = input.hardsigmoid();
    /// [`Variable::hardswish`].
    hardswish(input: &Variable) = input.hardswish();
    /// [`Variable::hardtanh`].
    hardtanh / hardtanh_with(input: &Variable; min_val: f64 = -1.0, max_val: f64 = 1.0) =
        input.hardtanh(min_val, max_val);
    /// [`Variable::leaky_relu`].
    leaky_relu / leaky_relu_with(input: &Variable; negative_slope: f64 = 0.01) =
        input.leaky_relu(negative_slope);
    /// [`Variable::log_softmax`].
    log_softmax(input: &Variable, dim: isize) = input.log_softmax(dim);
    /// [`Variable::log_sigmoid`].
    logsigmoid(input: &Variable) = input.log_sigmoid();
    /// [`Variable::mish`].
    mish(input: &Variable) = input.mish();
    /// [`Variable::prelu`].
    prelu(input: &Variable, weight: &Variable) = input.prelu(weight);
    /// [`Variable::relu`].
    relu(input: &Variable) = input.relu();
    /// [`Variable::hardtanh`] between 0 and 6.
    relu6(input: &Variable) = input.hardtanh(0.0, 6.0);
    /// [`Variable::selu`].
    selu(input: &Variable) = input.selu();
    /// [`Variable::sigmoid`].
    sigmoid(input: &Variable) = input.sigmoid();
    /// [`Variable::silu`].
    silu(input: &Variable) = input.silu();
    /// [`Variable::softmax`].
    softmax(input: &Variable, dim: isize) = input.softmax(dim);
    /// [`Variable::softmax`] of the input with the other sign.
    softmin(input: &Variable, dim: isize) = (-input).softmax(dim);
    /// [`Variable::softplus`].
    softplus / softplus_with(input: &Variable; beta: f64 = 1.0, threshold: f64 = 20.0) =
        input.softplus(beta, threshold);
    /// [`Variable::softshrink`].
    softshrink / softshrink_with(input: &Variable; lambd: f64 = 0.5) = input.softshrink(lambd);
    /// [`Variable::softsign`].
    softsign(input: &Variable) = input.softsign();
    /// [`Variable::tanh`].
    tanh(input: &Variable) = input.tanh();
    /// [`Variable::tanhshrink`].
    tanhshrink(input: &Variable) = input.tanhshrink();
    /// [`Variable::threshold`].
    threshold(input: &Variable, threshold: impl Into<Scalar>, value: impl Into<Scalar>) =
        input.threshold(threshold, value);
}

/// Dropouts: torch's default for `training` differs among them.
macro_rules! dropouts {
    ($($name:ident / $with:ident = $training:literal;)+) => {
        functions! {$(
            #[doc = concat!("[`autograd::", stringify!($name), "`] while training, else the input.")]
            $name / $with(input: &Variable; p: f64 = 0.5, training: bool = $training) = match training {
                true => autograd::$name(input, p),
                false => input.clone(),
            };
        )+}
    };
}

dropouts! {
    alpha_dropout / alpha_dropout_with = false;
    dropout / dropout_with = true;
    dropout1d / dropout1d_with = true;
    dropout2d / dropout2d_with = true;
    dropout3d / dropout3d_with = true;
    feature_alpha_dropout / feature_alpha_dropout_with = false;
}
