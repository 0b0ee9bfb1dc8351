//! What has no gradient: comparisons, checks, and the places of elements. It is a tensor that comes out.

use tensor::{Integers, Operand, Tensor};

use crate::Variable;

macro_rules! compared {
    ($($name:ident;)*) => {
        impl Variable {$(
            #[doc = concat!("[`Tensor::", stringify!($name), "`] of the values; there is no gradient.")]
            ///
            /// # Panics
            /// If the shapes do not broadcast.
            #[track_caller]
            pub fn $name<'a>(&self, y: impl Into<Operand<'a, Variable>>) -> Tensor {
                match y.into() {
                    Operand::Array(y) => self.data().$name(&y.data()),
                    Operand::Number(y) => self.data().$name(y),
                }
            }
        )*}
    };
}
compared! {
    eq;
    ne;
    lt;
    le;
    gt;
    ge;
}

macro_rules! combined {
    ($($name:ident;)*) => {
        impl Variable {$(
            #[doc = concat!("[`Tensor::", stringify!($name), "`] of the values; there is no gradient.")]
            ///
            /// # Panics
            /// If the shapes do not broadcast.
            #[track_caller]
            pub fn $name(&self, y: &Variable) -> Tensor {
                self.data().$name(&y.data())
            }
        )*}
    };
}
combined! {
    logical_and;
    logical_or;
    logical_xor;
}

macro_rules! examined {
    ($($name:ident;)*) => {
        impl Variable {$(
            #[doc = concat!("[`Tensor::", stringify!($name), "`] of the values; there is no gradient.")]
            #[track_caller]
            pub fn $name(&self) -> Tensor {
                self.data().$name()
            }
        )*}
    };
}
examined! {
    logical_not;
    isnan;
    isfinite;
    isinf;
    isposinf;
    isneginf;
    signbit;
    any;
    all;
    nonzero;
    argwhere;
}

impl Variable {
    /// Whether all elements agree, as [`Tensor::allclose`].
    ///
    /// # Panics
    /// As [`Tensor::allclose`].
    #[track_caller]
    pub fn allclose(&self, other: &Variable, rtol: f64, atol: f64) -> bool {
        self.data().allclose(&other.data(), rtol, atol)
    }

    /// Where two elements agree, as [`Tensor::isclose`].
    ///
    /// # Panics
    /// As [`Tensor::isclose`].
    #[track_caller]
    pub fn isclose(&self, other: &Variable, rtol: f64, atol: f64, equal_nan: bool) -> Tensor {
        self.data().isclose(&other.data(), rtol, atol, equal_nan)
    }

    /// Whether any element is not 0 over the axes `dims`, as [`Tensor::any_dim`].
    ///
    /// # Panics
    /// As [`Tensor::any_dim`].
    #[track_caller]
    pub fn any_dim(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.data().any_dim(dims, keepdim)
    }

    /// Whether no element is 0 over the axes `dims`, as [`Tensor::all_dim`].
    ///
    /// # Panics
    /// As [`Tensor::all_dim`].
    #[track_caller]
    pub fn all_dim(&self, dims: impl Integers, keepdim: bool) -> Tensor {
        self.data().all_dim(dims, keepdim)
    }

    /// The position of the largest element along `dim`, or of all for `None`, as [`Tensor::argmax`].
    ///
    /// ```
    /// use autograd::Variable;
    /// let scores = Variable::new([[0.1f32, 0.7, 0.2], [0.8, 0.1, 0.1]]).requires_grad_(true);
    /// assert_eq!(scores.argmax(1, false).to_vec::<i64>(), [1, 0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::argmax`].
    #[track_caller]
    pub fn argmax(&self, dim: impl Into<Option<isize>>, keepdim: bool) -> Tensor {
        self.data().argmax(dim, keepdim)
    }

    /// The position of the smallest element along `dim`, or of all for `None`, as [`Tensor::argmin`].
    ///
    /// # Panics
    /// As [`Tensor::argmin`].
    #[track_caller]
    pub fn argmin(&self, dim: impl Into<Option<isize>>, keepdim: bool) -> Tensor {
        self.data().argmin(dim, keepdim)
    }
}
