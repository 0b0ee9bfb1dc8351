//! What of torch's is here under another name: rows of torch's names, an expression in torch, which the
//! recording evaluates, and the form to write here, which has the same value.

#![allow(clippy::needless_borrow, reason = "the forms are written for readers of the page")]

use autograd::Variable;
use autograd::linalg::{self, MatrixNorm, MatrixNormOptions};
use nn::functional;
use tensor::{DType, InterpolateMode, InterpolateOptions, SolveTriangularOptions, Tensor};
use testing::Recording;

/// Torch's names, the expression in torch, and the form.
pub(crate) type Row = (&'static [&'static str], &'static str, &'static str);

/// What the expressions are about.
pub(crate) struct Inputs {
    x: Tensor,
    y: Tensor,
    l: Tensor,
    b: Tensor,
    n: Tensor,
    m: Tensor,
    i: Tensor,
    v: Variable,
}

impl Inputs {
    pub(crate) fn of(recording: &Recording) -> Inputs {
        let [x, y, l, b, n, m, i] =
            ["x", "y", "l", "b", "n", "m", "i"].map(|name| recording.case("inputs").tensor(name));
        Inputs { v: Variable::new(&x), x, y, l, b, n, m, i }
    }
}

/// A form's value as one tensor.
pub(crate) trait Value {
    fn tensor(self) -> Tensor;
}

impl Value for Tensor {
    fn tensor(self) -> Tensor {
        self
    }
}

impl Value for Variable {
    fn tensor(self) -> Tensor {
        self.data()
    }
}

impl Value for Vec<Tensor> {
    fn tensor(self) -> Tensor {
        tensor::cat(&self, 0)
    }
}

macro_rules! forms {
    ($list:ident $values:ident |$($input:ident)+| { $([$($torch:literal)+] $python:literal => $form:expr;)+ }) => {
        pub(crate) const $list: &[Row] = &[$((&[$($torch),+], $python, stringify!($form))),+];

        /// The value of each form.
        #[allow(unused_variables)]
        pub(crate) fn $values(inputs: &Inputs) -> Vec<Tensor> {
            let Inputs { $($input),+ } = inputs;
            vec![$(Value::tensor($form)),+]
        }
    };
}

forms! { OPERATORS operators |x y l b n m i v| {
    ["H" "T"] "x.T" => x.t();
    ["mH" "mT"] "b.mT" => b.transpose(-2, -1);
    ["__getitem__"] "x[..., 0]" => x.i((.., 0));
    ["__radd__"] "2.0 + x" => 2.0 + x;
    ["__rand__"] "n.__rand__(m)" => m.bitwise_and(n);
    ["__rdiv__"] "2.0 / x" => 2.0 / x;
    ["__rmatmul__"] "x.__rmatmul__(y)" => y.matmul(x);
    ["__rmod__"] "torch.remainder(y, x)" => y.remainder(x);
    ["__rmul__"] "2.0 * x" => 2.0 * x;
    ["__ror__"] "n.__ror__(m)" => m.bitwise_or(n);
    ["__rpow__"] "x.__rpow__(y)" => y.pow(x);
    ["__rsub__"] "2.0 - x" => 2.0 - x;
    ["__rxor__"] "n.__rxor__(m)" => m.bitwise_xor(n);
    ["addbmm"] "torch.addbmm(x, b, b)" => x + b.bmm(b).sum_dim(0, false);
    ["alias_copy" "clone"] "x.clone()" => x.clone();
    ["bfloat16"] "x.bfloat16()" => x.to_dtype(DType::BF16);
    ["bool"] "x.bool()" => x.to_dtype(DType::Bool);
    ["byte"] "n.byte()" => n.to_dtype(DType::U8);
    ["char"] "n.char()" => n.to_dtype(DType::I8);
    ["cholesky_inverse"] "torch.cholesky_inverse(l)" => linalg::inv(&l.matmul(&l.t()));
    ["cholesky_solve"] "torch.cholesky_solve(x, l)" => linalg::solve(&l.matmul(&l.t()), x);
    ["div/floor_rounding"] "torch.div(x, y, rounding_mode='floor')" => x.div_floor(y);
    ["div/trunc_rounding"] "torch.div(x, y, rounding_mode='trunc')" => x.div_trunc(y);
    ["double"] "x.double()" => x.to_dtype(DType::F64);
    ["empty"] "torch.empty(2, 3).fill_(0)" => tensor::zeros([2, 3]);
    ["empty_like"] "torch.empty_like(x).fill_(0)" => x.zeros_like();
    ["equal"] "torch.tensor(torch.equal(x, y))" => x.eq(y).all();
    ["float"] "n.float()" => n.to_dtype(DType::F32);
    ["float_power"] "torch.float_power(x, y)" => x.to_dtype(DType::F64).pow(y);
    ["half"] "x.half()" => x.to_dtype(DType::F16);
    ["igamma"] "torch.igamma(x.abs(), y)" => x.abs().gammainc(y);
    ["igammac"] "torch.igammac(x.abs(), y)" => 1.0 - x.abs().gammainc(y);
    ["int"] "x.int()" => x.to_dtype(DType::I32);
    ["ldexp"] "torch.ldexp(x, y)" => x * y.exp2();
    ["linalg.solve_ex"] "torch.linalg.solve_ex(x, y)[0]" => linalg::solve(x, y);
    ["linalg.vecdot"] "torch.linalg.vecdot(x, y)" => (x * y).sum_dim(-1, false);
    ["linspace/tensor_overload"] "torch.linspace(x[0, 0], x[1, 1], 5)" => tensor::linspace(x.i((0, 0)).item(), x.i((1, 1)).item(), 5);
    ["log_softmax/with_dtype"] "torch.log_softmax(x, 0, dtype=torch.float64)" => x.to_dtype(DType::F64).log_softmax(0);
    ["logspace/tensor_overload"] "torch.logspace(x[0, 0], x[1, 1], 5)" => tensor::logspace(x.i((0, 0)).item(), x.i((1, 1)).item(), 5, 10.0);
    ["long"] "x.long()" => x.to_dtype(DType::I64);
    ["max/binary"] "torch.max(x, y)" => x.maximum(y);
    ["min/binary"] "torch.min(x, y)" => x.minimum(y);
    ["msort"] "torch.msort(x)" => x.sort(0, false).0;
    ["mvlgamma/mvlgamma_p_1" "mvlgamma/mvlgamma_p_3" "mvlgamma/mvlgamma_p_5"] "torch.mvlgamma(x + 2, 3)" => (x + 2.0).multigammaln(3);
    ["new_empty" "new_zeros"] "n.new_zeros(2, 3)" => tensor::zeros_dtype([2, 3], n.dtype());
    ["new_full"] "n.new_full((2, 3), 5)" => tensor::full_dtype([2, 3], 5, n.dtype());
    ["new_ones"] "n.new_ones(2, 3)" => tensor::ones_dtype([2, 3], n.dtype());
    ["nn.functional.softmin/with_dtype"] "F.softmin(x, 0, dtype=torch.float64)" => (-x).to_dtype(DType::F64).softmax(0);
    ["nn.functional.upsample_bilinear"] "F.upsample_bilinear(b[None], scale_factor=2)" => b.unsqueeze(0).interpolate(&InterpolateOptions { scale_factor: Some(2.0.into()), mode: InterpolateMode::Bilinear, align_corners: Some(true), ..Default::default() });
    ["nn.functional.upsample_nearest"] "F.upsample_nearest(b[None], scale_factor=2)" => b.unsqueeze(0).interpolate(&InterpolateOptions { scale_factor: Some(2.0.into()), ..Default::default() });
    ["norm/nuc"] "torch.norm(x, 'nuc')" => linalg::matrix_norm_with(x, MatrixNormOptions { ord: MatrixNorm::Nuc, ..Default::default() });
    ["put"] "torch.put(x, i, y[0])" => x.flatten(0, -1).index_put(i, &y.i(0), false).reshape(x.shape());
    ["ravel"] "torch.ravel(x)" => x.flatten(0, -1);
    ["reshape_as" "view_as"] "x.reshape_as(y)" => x.reshape(y.shape());
    ["round/decimals_0" "round/decimals_3" "round/decimals_neg_3"] "torch.round(x, decimals=3)" => (x * 1000.0).round() / 1000.0;
    ["rsub"] "torch.rsub(x, y)" => y - x;
    ["scalar_tensor"] "torch.scalar_tensor(2.5)" => Tensor::from(2.5f32);
    ["sgn"] "torch.sgn(x)" => x.sign();
    ["short"] "x.short()" => x.to_dtype(DType::I16);
    ["softmax/with_dtype"] "torch.softmax(x, 0, dtype=torch.float64)" => x.to_dtype(DType::F64).softmax(0);
    ["special.modified_bessel_i0"] "torch.special.modified_bessel_i0(x)" => x.i0();
    ["special.modified_bessel_i1"] "torch.special.modified_bessel_i1(x)" => x.i1();
    ["split/list_args" "split_with_sizes" "split_with_sizes_copy"] "x.split([1, 2])" => x.split_sizes(&[1, 2], 0);
    ["svd"] "torch.svd(x).S" => linalg::svd(x, false).s;
    ["to"] "x.to(n)" => x.to_dtype(n.dtype());
    ["trace"] "torch.trace(x)" => x.diagonal(0, 0, 1).sum();
    ["trapz"] "torch.trapz(x)" => x.trapezoid(1.0, -1);
    ["triangular_solve"] "torch.triangular_solve(y, l, upper=False)[0]" => l.solve_triangular(y, SolveTriangularOptions::default());
    ["true_divide"] "torch.true_divide(x, y)" => x / y;
    ["unsafe_chunk"] "x.unsafe_chunk(2)" => x.chunk(2, 0);
    ["unsafe_split"] "x.unsafe_split(2)" => x.split(2, 0);
} }

forms! { FUNCTIONALS functionals |x y l b n m i v| {
    ["celu_"] "F.celu_(x.clone())" => functional::celu(v);
    ["elu_"] "F.elu_(x.clone())" => functional::elu(v);
    ["hardtanh_"] "F.hardtanh_(x.clone())" => functional::hardtanh(v);
    ["leaky_relu_"] "F.leaky_relu_(x.clone())" => functional::leaky_relu(v);
    ["relu_"] "F.relu_(x.clone())" => functional::relu(v);
    ["rrelu_"] "F.rrelu_(x.clone())" => functional::rrelu(v);
    ["selu_"] "F.selu_(x.clone())" => functional::selu(v);
    ["threshold_"] "F.threshold_(x.clone(), 0.5, 9.0)" => functional::threshold(v, 0.5, 9.0);
    ["native_channel_shuffle"] "F.native_channel_shuffle(b[None], 2)" => functional::channel_shuffle(&Variable::new(b.unsqueeze(0)), 2);
    ["upsample" "upsample_nearest"] "F.upsample(b[None], scale_factor=2)" => b.unsqueeze(0).interpolate(&InterpolateOptions { scale_factor: Some(2.0.into()), ..Default::default() });
    ["upsample_bilinear"] "F.upsample_bilinear(b[None], scale_factor=2)" => b.unsqueeze(0).interpolate(&InterpolateOptions { scale_factor: Some(2.0.into()), mode: InterpolateMode::Bilinear, align_corners: Some(true), ..Default::default() });
} }

pub(crate) const CLASSES: &[Row] = &[(&["NLLLoss2d"], "", "NLLLoss::new()")];
