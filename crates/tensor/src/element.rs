use std::fmt::Debug;

use bytemuck::Pod;

use crate::{DType, dtypes};

/// Keeps the list of elements closed: a foreign one could claim a dtype whose memory it does not respect.
pub trait Sealed {}

/// A Rust type that a tensor can hold: `f32`, `f64`, `f16`, `bf16`, the integers of 8 to 64 bits, and `bool`.
pub trait Element: Sealed + Copy + Debug + PartialEq + Send + Sync + 'static {
    /// The dtype of a tensor of these.
    const DTYPE: DType;
    /// The type as it lies in memory: itself, but a byte of 0 or 1 for `bool`.
    type Repr: Pod + Send + Sync;
    /// Reads an element from memory.
    fn from_repr(x: Self::Repr) -> Self;
    /// Writes an element to memory.
    fn into_repr(self) -> Self::Repr;
}

macro_rules! elements {
    (() $($kind:ident { $($D:ident: $t:ty = $name:literal),* })*) => {$($(
        impl Sealed for $t {}
        impl Element for $t {
            const DTYPE: DType = DType::$D;
            memory!($kind $t);
        }
    )*)*};
}

/// How the type lies in memory: as itself, or as a byte if it is `bool`.
macro_rules! memory {
    (Bool $t:ty) => {
        type Repr = u8;
        #[inline(always)]
        fn from_repr(x: u8) -> bool {
            x != 0
        }
        #[inline(always)]
        fn into_repr(self) -> u8 {
            u8::from(self)
        }
    };
    ($number:ident $t:ty) => {
        type Repr = $t;
        #[inline(always)]
        fn from_repr(x: $t) -> $t {
            x
        }
        #[inline(always)]
        fn into_repr(self) -> $t {
            self
        }
    };
}

dtypes! { [elements] () }

/// An element whose slices can be lent as they lie in memory: every [`Element`] but `bool`.
pub trait Plain: Element<Repr = Self> + Pod {}
impl<T: Element<Repr = T> + Pod> Plain for T {}
