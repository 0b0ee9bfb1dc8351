//! `Tensor::zeros` beside `zeros`, for every function that makes a tensor of nothing but its settings, and
//! `zeros_like(&x)` beside `x.zeros_like()` for those that make one after another.

use crate::{DType, Integers, Scalar, Shape, Tensor};

macro_rules! constructors {
    ($($name:ident($($arg:ident: $t:ty),*);)*) => {
        impl Tensor {$(
            #[doc = concat!("[`", stringify!($name), "`](crate::", stringify!($name), "()) as a function of the type.")]
            #[track_caller]
            pub fn $name($($arg: $t),*) -> Tensor {
                crate::$name($($arg),*)
            }
        )*}
    };
}

constructors! {
    zeros(shape: impl Into<Shape>);
    zeros_dtype(shape: impl Into<Shape>, dtype: DType);
    ones(shape: impl Into<Shape>);
    ones_dtype(shape: impl Into<Shape>, dtype: DType);
    full(shape: impl Into<Shape>, value: impl Into<Scalar>);
    full_dtype(shape: impl Into<Shape>, value: impl Into<Scalar>, dtype: DType);
    eye(n: impl Integers);
    eye_dtype(n: impl Integers, dtype: DType);
    arange(start: impl Into<Scalar>, end: impl Into<Scalar>, step: impl Into<Scalar>);
    linspace(start: f64, end: f64, n: usize);
    linspace_dtype(start: f64, end: f64, n: usize, dtype: DType);
    logspace(start: f64, end: f64, n: usize, base: f64);
    logspace_dtype(start: f64, end: f64, n: usize, base: f64, dtype: DType);
    rand(shape: impl Into<Shape>);
    rand_dtype(shape: impl Into<Shape>, dtype: DType);
    randn(shape: impl Into<Shape>);
    randn_dtype(shape: impl Into<Shape>, dtype: DType);
    randint(low: i64, high: i64, shape: impl Into<Shape>);
    randint_dtype(low: i64, high: i64, shape: impl Into<Shape>, dtype: DType);
    randperm(n: usize);
    normal_shape(mean: f64, std: f64, shape: impl Into<Shape>);
    tril_indices(row: usize, col: usize, offset: isize);
    triu_indices(row: usize, col: usize, offset: isize);
}

/// Functions that make a tensor after another one, which are methods of that one as well.
macro_rules! likes {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $t:ty),*);)*) => {$(
        $(#[$doc])*
        #[track_caller]
        pub fn $name(like: &Tensor $(, $arg: $t)*) -> Tensor {
            like.$name($($arg),*)
        }
    )*};
}
likes! {
    /// [`Tensor::zeros_like`] as a function.
    zeros_like();
    /// [`Tensor::ones_like`] as a function.
    ones_like();
    /// [`Tensor::full_like`] as a function.
    full_like(value: impl Into<Scalar>);
    /// [`Tensor::rand_like`] as a function.
    rand_like();
    /// [`Tensor::randn_like`] as a function.
    randn_like();
    /// [`Tensor::randint_like`] as a function.
    randint_like(low: i64, high: i64);
    /// [`Tensor::bernoulli`] as a function.
    bernoulli();
    /// [`Tensor::multinomial`] as a function.
    multinomial(num_samples: usize, replacement: bool);
    /// [`Tensor::poisson`] as a function.
    poisson();
}

impl Default for Tensor {
    /// A tensor of no elements, `[0]`, `F32`, as `torch.Tensor()`.
    fn default() -> Tensor {
        crate::zeros(0)
    }
}
