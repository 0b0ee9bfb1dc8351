//! Comparisons and logic; the results are `Bool`.

use crate::dispatch::{by_float, by_integer};
use crate::kernels::map::Map;
use crate::ops::zip::{broadcast_shape, promote, zip};
use crate::truth::Truth;
use crate::{DType, Operand, Tensor};

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident |$x:ident, $y:ident| $value:expr;)*) => {
        impl Tensor {$(
            $(#[$doc])*
            ///
            /// `y` is a tensor or a number; beside integers, one that their type does not hold wraps around,
            /// as in torch.
            ///
            /// # Panics
            /// If the shapes do not broadcast.
            #[track_caller]
            pub fn $name<'a>(&self, y: impl Into<Operand<'a, Tensor>>) -> Tensor {
                #[track_caller]
                fn compared(a: &Tensor, b: &Tensor) -> Tensor {
                    const NAME: &str = stringify!($name);
                    let shape = || broadcast_shape(NAME, a, b);
                    by_float!(
                        a.dtype,
                        T => zip(NAME, a, b, DType::Bool, |($x, $y): (T, T)| u8::from($value)),
                        else match a.dtype {
                            DType::Bool => {
                                a.zip_with(b, &shape(), DType::Bool, |$x: Truth, $y: Truth| u8::from($value))
                            }
                            _ => by_integer!(NAME, a, T => {
                                a.zip_with(b, &shape(), DType::Bool, |$x: T, $y: T| u8::from($value))
                            }),
                        }
                    )
                }
                let (a, b) = alike(self, y.into());
                compared(&a, &b)
            }
        )*}
    };
}

comparisons! {
    /// Where `x = y`.
    eq |x, y| x == y;
    /// Where `x ≠ y`.
    ne |x, y| x != y;
    /// Where `x < y`.
    lt |x, y| x < y;
    /// Where `x ≤ y`.
    le |x, y| x <= y;
    /// Where `x > y`.
    gt |x, y| x > y;
    /// Where `x ≥ y`.
    ge |x, y| x >= y;
}

/// Both in the dtype that they promote to.
fn alike(x: &Tensor, y: Operand<'_, Tensor>) -> (Tensor, Tensor) {
    match y {
        Operand::Array(y) => promote(x, y),
        Operand::Number(y) => {
            let dtype = y.promote_with(x.dtype);
            (x.to_dtype(dtype), y.to_tensor(dtype))
        }
    }
}

#[track_caller]
fn logic(op: &str, a: &Tensor, b: &Tensor, k: impl Map<(u8, u8), u8> + Copy) -> Tensor {
    zip::<u8, u8>(op, &a.to_dtype(DType::Bool), &b.to_dtype(DType::Bool), DType::Bool, k)
}

impl Tensor {
    /// Where neither is 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_and(&self, y: &Tensor) -> Tensor {
        logic("logical_and", self, y, |(x, y): (u8, u8)| x & y)
    }

    /// Where one of the two, or both, is not 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_or(&self, y: &Tensor) -> Tensor {
        logic("logical_or", self, y, |(x, y): (u8, u8)| x | y)
    }

    /// Where exactly one of the two is not 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_xor(&self, y: &Tensor) -> Tensor {
        logic("logical_xor", self, y, |(x, y): (u8, u8)| x ^ y)
    }

    /// Where `x` is 0.
    pub fn logical_not(&self) -> Tensor {
        self.to_dtype(DType::Bool).map_with::<u8, u8>(DType::Bool, |x| 1 - x)
    }
}
