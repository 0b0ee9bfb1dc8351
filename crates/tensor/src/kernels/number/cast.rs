use half::{bf16, f16};

use crate::dtypes;

/// The conversion from one element to another, for every pair.
pub(crate) trait Cast<T> {
    fn cast(self) -> T;
}

/// Every pair but those of a float and an integer, and of two that are neither.
macro_rules! casts {
    (
        ()
        Float { $($F:ident: $float:ty = $float_name:literal),* }
        Half $halves:tt
        Integer { $($I:ident: $integer:ty = $integer_name:literal),* }
        Unsigned { $($U:ident: $unsigned:ty = $unsigned_name:literal),* }
        Bool $bool:tt
    ) => {
        plainly! { [$($float,)* $($integer,)* $($unsigned,)*] => [$($float,)*] }
        plainly! { [$($integer,)* $($unsigned,)*] => [$($integer,)* $($unsigned,)*] }
        by_way! { $($float,)* $($integer,)* $($unsigned,)* }
    };
}

/// As Rust's `as` converts.
macro_rules! plainly {
    ([$($a:ty,)*] => $to:tt) => {$(
        plainly! { $a => $to }
    )*};
    ($a:ty => [$($b:ty,)*]) => {$(
        impl Cast<$b> for $a {
            #[inline(always)]
            fn cast(self) -> $b {
                self as $b
            }
        }
    )*};
}

/// A number from and to `bool`, and by way of `f32` from and to what has half its size.
macro_rules! by_way {
    ($($a:ty,)*) => {$(
        through! { $a => bool: |x| x != (0 as $a) }
        through! { $a => f16: |x| f16::from_f32(x as f32) }
        through! { $a => bf16: |x| bf16::from_f32(x as f32) }
        through! { bool => $a: |x| u8::from(x) as $a }
        through! { f16 => $a: |x| x.to_f32().cast() }
        through! { bf16 => $a: |x| x.to_f32().cast() }
    )*};
}

macro_rules! through {
    ($($a:ty => $b:ty: |$x:ident| $value:expr),* $(,)?) => {$(
        impl Cast<$b> for $a {
            #[inline(always)]
            fn cast(self) -> $b {
                let $x = self;
                $value
            }
        }
    )*};
}

dtypes! { [casts] () }

through! {
    bool => bool: |x| x,
    f16 => f16: |x| x,
    bf16 => bf16: |x| x,
    f16 => bf16: |x| bf16::from_f32(x.to_f32()),
    bf16 => f16: |x| f16::from_f32(x.to_f32()),
    bool => f16: |x| if x { f16::ONE } else { f16::ZERO },
    bool => bf16: |x| if x { bf16::ONE } else { bf16::ZERO },
    f16 => bool: |x| x.to_f32() != 0.0,
    bf16 => bool: |x| x.to_f32() != 0.0,
}

/// Floats to integers, cut towards zero. What the integer type cannot hold becomes what torch makes of it on
/// x86-64: the least `i64` or `i32`, 0 in anything narrower.
macro_rules! cut {
    ($($a:ty),*) => {$(
        through! {
            $a => i64: |x| if (-TWO_63..TWO_63).contains(&f64::from(x)) { x as i64 } else { i64::MIN },
            $a => i32: |x| {
                let x = f64::from(x);
                if -2_147_483_649.0 < x && x < 2_147_483_648.0 { x as i32 } else { i32::MIN }
            },
            $a => i16: |x| Cast::<i32>::cast(x) as i16,
            $a => i8: |x| Cast::<i32>::cast(x) as i8,
            $a => u64: |x| {
                let x = f64::from(x);
                let above = x >= TWO_63;
                let low: i64 = (if above { x - TWO_63 } else { x }).cast();
                low as u64 ^ (u64::from(above) << 63)
            },
            $a => u32: |x| Cast::<i64>::cast(x) as u32,
            $a => u16: |x| Cast::<i32>::cast(x) as u16,
            $a => u8: |x| Cast::<i32>::cast(x) as u8,
        }
    )*};
}
/// 2⁶³, the first number above every `i64`.
const TWO_63: f64 = 9_223_372_036_854_775_808.0;
cut!(f32, f64);
