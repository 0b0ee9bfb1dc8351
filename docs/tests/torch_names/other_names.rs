//! What of torch's is here under another name.

#![allow(dead_code, reason = "the forms only have to compile")]

use autograd::Variable;
use autograd::linalg::{self, MatrixNorm, MatrixNormOptions};
use nn::functional;
use tensor::{DType, InterpolateMode, InterpolateOptions, SolveTriangularOptions, Tensor};

/// Rows of torch's name and the form to write, which compiles.
macro_rules! forms {
    ($list:ident($($argument:ident: $ty:ty),*) $($($torch:literal),+ => $form:expr;)+) => {
        pub(crate) const $list: &[(&[&str], &str)] = &[$((&[$($torch),+], stringify!($form))),+];
        const _: () = {
            fn compiles($($argument: $ty),*) {
                $(let _ = || drop($form);)+
            }
        };
    };
}

forms! { OPERATORS(x: &Tensor, y: &Tensor, v: &Variable)
    "T", "H", "t_copy" => x.t();
    "mT", "mH" => x.transpose(-2, -1);
    "__getitem__" => x.i((0, ..));
    "__radd__" => 2.0 + x;
    "__rdiv__", "true_divide" => x / y;
    "__rmul__" => 2.0 * x;
    "__rsub__", "rsub" => 2.0 - x;
    "__rand__" => x.bitwise_and(y);
    "__ror__" => x.bitwise_or(y);
    "__rxor__" => x.bitwise_xor(y);
    "__rmatmul__" => x.matmul(y);
    "__rmod__" => x.remainder(y);
    "__rpow__" => x.pow(y);
    "addbmm" => x + x.bmm(y).sum_dim(0, false);
    "bfloat16" => x.to_dtype(DType::BF16);
    "bool" => x.to_dtype(DType::Bool);
    "byte" => x.to_dtype(DType::U8);
    "char" => x.to_dtype(DType::I8);
    "double" => x.to_dtype(DType::F64);
    "float" => x.to_dtype(DType::F32);
    "half" => x.to_dtype(DType::F16);
    "int" => x.to_dtype(DType::I32);
    "long" => x.to_dtype(DType::I64);
    "short" => x.to_dtype(DType::I16);
    "to" => x.to_dtype(y.dtype());
    "chunk", "unsafe_chunk" => x.chunk(2, 0);
    "clone", "alias_copy" => x.clone();
    "cholesky_inverse" => linalg::inv(v);
    "cholesky_solve" => x.solve_triangular(y, SolveTriangularOptions::default());
    "empty", "new_empty", "new_zeros" => tensor::zeros([2, 3]);
    "empty_like" => x.zeros_like();
    "fill" => x.full_like(2.0);
    "float_power" => x.to_dtype(DType::F64).pow(y);
    "ldexp" => x * y.exp2();
    "linalg.solve_ex" => linalg::solve(v, v);
    "linalg.vecdot" => (x * y).sum_dim(-1, false);
    "msort" => x.sort(0, false);
    "new_full" => tensor::full([2, 3], 1.0);
    "new_ones" => tensor::ones([2, 3]);
    "nn.functional.upsample_bilinear" => x.interpolate(&InterpolateOptions { mode: InterpolateMode::Bilinear, ..Default::default() });
    "nn.functional.upsample_nearest" => x.interpolate(&InterpolateOptions::default());
    "norm/nuc" => linalg::matrix_norm_with(v, MatrixNormOptions { ord: MatrixNorm::Nuc, ..Default::default() });
    "put" => x.flatten(0, -1).index_put(y, x, false).reshape(x.shape());
    "ravel" => x.flatten(0, -1);
    "reshape_as", "view_as", "view_copy" => x.reshape(y.shape());
    "scalar_tensor" => Tensor::from(2.5f32);
    "split_with_sizes", "split_with_sizes_copy" => x.split_sizes(&[1, 2], 0);
    "unsafe_split" => x.split(2, 0);
    "mvlgamma/mvlgamma_p_1", "mvlgamma/mvlgamma_p_3", "mvlgamma/mvlgamma_p_5" => x.multigammaln(3);
    "trace" => x.diagonal(0, 0, 1).sum();
    "trapz" => x.trapezoid(1.0, -1);
}

forms! { FUNCTIONALS(v: &Variable)
    "celu_", "elu_", "hardtanh_", "leaky_relu_", "relu_", "rrelu_", "selu_", "threshold_" => v.relu();
    "native_channel_shuffle" => functional::channel_shuffle(v, 2);
    "upsample", "upsample_bilinear", "upsample_nearest" => v.interpolate(&InterpolateOptions::default());
}

forms! { CLASSES()
    "NLLLoss2d" => nn::NLLLoss::new();
}
