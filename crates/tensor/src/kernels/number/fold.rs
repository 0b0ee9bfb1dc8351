use std::marker::PhantomData;

use bytemuck::Pod;

use super::Num;

/// A way to make one element of two. `combine` is associative up to rounding and `EMPTY` its neutral element;
/// mark `combine` `#[inline(always)]`.
pub(crate) trait Fold {
    type T: Pod + Send + Sync;
    const EMPTY: Self::T;
    /// Whether it multiplies, for which torch has another order than for sums.
    const PRODUCT: bool = false;
    fn combine(a: Self::T, b: Self::T) -> Self::T;
}

macro_rules! folds {
    ($($(#[$doc:meta])* $name:ident from $empty:ident, product $product:literal: |$a:ident, $b:ident| $combined:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name<T>(PhantomData<T>);

        impl<T: Num> Fold for $name<T> {
            type T = T;
            const EMPTY: T = T::$empty;
            const PRODUCT: bool = $product;

            #[inline(always)]
            fn combine($a: T, $b: T) -> T {
                $combined
            }
        }
    )*};
}

folds! {
    /// Addition.
    Sum from ZERO, product false: |a, b| a.add(b);
    /// Multiplication.
    Prod from ONE, product true: |a, b| a.mul(b);
    /// The larger; NaN if either is.
    Max from LOWEST, product false: |a, b| a.maximum(b);
    /// The smaller; NaN if either is.
    Min from HIGHEST, product false: |a, b| a.minimum(b);
}
