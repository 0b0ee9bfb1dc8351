use std::marker::PhantomData;

use bytemuck::Pod;

use super::Num;

/// A way to make one element of two. `combine` is associative up to rounding and `EMPTY` its neutral element;
/// mark `combine` `#[inline(always)]`.
pub(crate) trait Fold {
    type T: Pod + Send + Sync;
    const EMPTY: Self::T;
    fn combine(a: Self::T, b: Self::T) -> Self::T;
}

macro_rules! folds {
    ($($(#[$doc:meta])* $name:ident from $empty:ident: |$a:ident, $b:ident| $combined:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name<T>(PhantomData<T>);

        impl<T: Num> Fold for $name<T> {
            type T = T;
            const EMPTY: T = T::$empty;

            #[inline(always)]
            fn combine($a: T, $b: T) -> T {
                $combined
            }
        }
    )*};
}

folds! {
    /// Addition.
    Sum from ZERO: |a, b| a.add(b);
    /// Multiplication.
    Prod from ONE: |a, b| a.mul(b);
    /// The larger; NaN if either is.
    Max from LOWEST: |a, b| a.maximum(b);
    /// The smaller; NaN if either is.
    Min from HIGHEST: |a, b| a.minimum(b);
}
