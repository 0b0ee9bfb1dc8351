//! From a dtype at run time to code generic over the element: one `match` at an operation's door, whose arms
//! come from the list of dtypes.

pub use crate::{by_element, by_float};

/// Names that the macros' expansions use in other crates.
#[doc(hidden)]
pub use {crate::error::not_computable, half::bf16, half::f16};

/// Runs the body with `T` the type of a dtype's elements, whichever dtype it is.
///
/// ```
/// use tensor::dispatch::by_element;
/// use tensor::{DType, Tensor};
///
/// fn texts(x: &Tensor) -> Vec<String> {
///     by_element!(x.dtype(), T => x.to_vec::<T>().iter().map(|x| format!("{x:?}")).collect())
/// }
/// assert_eq!(texts(&Tensor::from([1u8, 2]).to_dtype(DType::Bool)), ["true", "true"]);
/// ```
#[macro_export]
macro_rules! by_element {
    (
        (match $dtype:expr, $T:ident => $body:expr)
        $($kind:ident { $($D:ident: $t:ty = $name:literal),* })*
    ) => {
        match $dtype {$($(
            $crate::DType::$D => {
                type $T = $t;
                $body
            }
        )*)*}
    };
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::dtypes! { [$crate::by_element] (match $dtype, $T => $body) }
    };
}

/// Runs the body with `T` the float type that a dtype computes in, `f32` or `f64`. What happens otherwise
/// follows `else`; in the shorter form, which names an operation and its tensor, it is a panic.
///
/// ```
/// use tensor::dispatch::by_float;
/// use tensor::{Float, Tensor};
///
/// fn largest<T: Float>(x: &Tensor) -> f64 {
///     x.as_slice::<T>().iter().fold(T::LOWEST, |y, &x| y.maximum(x)).to_f64()
/// }
/// let x = Tensor::from([1.5f64, 2.5]);
/// assert_eq!(by_float!("largest", &x, T => largest::<T>(&x)), 2.5);
/// assert_eq!(by_float!(x.dtype(), T => size_of::<T>(), else 0), 8);
/// ```
///
/// # Panics
/// In the shorter form, if the tensor is neither `F32` nor `F64`.
#[macro_export]
macro_rules! by_float {
    ((match $($arguments:tt)*) Float $floats:tt $($others:tt)*) => {
        $crate::match_dtype! { $floats $($arguments)* }
    };
    ($op:expr, $tensor:expr, $T:ident => $body:expr) => {
        $crate::by_float!($tensor.dtype(), $T => $body, else $crate::dispatch::not_computable($op, $tensor))
    };
    ($dtype:expr, $T:ident => $body:expr, else $otherwise:expr) => {
        $crate::dtypes! { [$crate::by_float] (match $dtype, $T => $body, else $otherwise) }
    };
}

/// The `match` whose arms are a group of the list.
#[doc(hidden)]
#[macro_export]
macro_rules! match_dtype {
    (
        { $($D:ident: $t:ty = $name:literal),* }
        $dtype:expr, $T:ident => $body:expr, else $otherwise:expr
    ) => {
        match $dtype {
            $($crate::DType::$D => {
                type $T = $t;
                $body
            })*
            _ => $otherwise,
        }
    };
}

/// Runs `$body` with `$T` the integer type of a tensor that is computed with.
macro_rules! by_integer {
    ((match $($arguments:tt)*) Float $floats:tt Half $halves:tt Integer $integers:tt $($others:tt)*) => {
        $crate::match_dtype! { $integers $($arguments)* }
    };
    ($op:expr, $tensor:expr, $T:ident => $body:expr) => {
        $crate::dtypes! {
            [$crate::dispatch::by_integer]
            (match $tensor.dtype(), $T => $body, else $crate::dispatch::not_computable($op, $tensor))
        }
    };
}

/// Runs `$body` with `$T` the number type of a tensor that is computed with.
macro_rules! by_num {
    ($op:expr, $tensor:expr, $T:ident => $body:expr) => {
        match $tensor.dtype() {
            $crate::DType::Bool => {
                type $T = $crate::truth::Truth;
                $body
            }
            dtype => $crate::dispatch::by_float!(
                dtype,
                $T => $body,
                else $crate::dispatch::by_integer!($op, $tensor, $T => $body)
            ),
        }
    };
}

/// Runs `$body` with `$T` the number type of a tensor that is accumulated: a float, or `I64` for what is
/// none.
macro_rules! by_wide {
    ($op:expr, $tensor:expr, $T:ident => $body:expr) => {
        match $tensor.dtype() {
            $crate::DType::I64 => {
                type $T = i64;
                $body
            }
            _ => $crate::dispatch::by_float!($op, $tensor, $T => $body),
        }
    };
}

/// Runs `$body` with `$T` the type in memory of any `dtype`, for ops that only move elements.
macro_rules! by_size {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype.size_in_bytes() {
            1 => {
                type $T = u8;
                $body
            }
            2 => {
                type $T = u16;
                $body
            }
            4 => {
                type $T = u32;
                $body
            }
            _ => {
                type $T = u64;
                $body
            }
        }
    };
}

pub(crate) use {by_integer, by_num, by_size, by_wide};
