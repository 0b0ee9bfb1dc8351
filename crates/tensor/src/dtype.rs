use std::fmt;

/// The one list of dtypes. By what can be done with them, each with its name here, the Rust type of an
/// element and torch's name; all else about a dtype follows from its row.
///
/// `dtypes! { [then] arguments }` expands to `then! { arguments Float { … } Half { … } … }`.
#[doc(hidden)]
#[macro_export]
macro_rules! dtypes {
    ([$($then:tt)*] $arguments:tt) => {
        $($then)*! {
            $arguments
            Float { F32: f32 = "float32", F64: f64 = "float64" }
            Half { F16: $crate::dispatch::f16 = "float16", BF16: $crate::dispatch::bf16 = "bfloat16" }
            Integer {
                I64: i64 = "int64", I32: i32 = "int32", I16: i16 = "int16", I8: i8 = "int8", U8: u8 = "uint8"
            }
            Unsigned { U64: u64 = "uint64", U32: u32 = "uint32", U16: u16 = "uint16" }
            Bool { Bool: bool = "bool" }
        }
    };
}

/// The use of a dtype: the groups of the list.
enum Kind {
    /// Arithmetic and functions.
    Float,
    /// Files and conversion; the numbers are floats.
    Half,
    /// Arithmetic, which wraps around.
    Integer,
    /// Files and conversion; the numbers are integers.
    Unsigned,
    /// Arithmetic, in which a sum is or and a product and.
    Bool,
}

/// The enumeration, and what each dtype's row says of it.
macro_rules! define {
    (() $($kind:ident { $($D:ident: $t:ty = $name:literal),* })*) => {
        /// The type of a tensor's elements, chosen at run time.
        ///
        /// Arithmetic is defined on `F32`, `F64`, `I64`, `I32`, `I16`, `I8`, `U8` and `Bool`. The other types
        /// are for files and conversion: they can be created, moved, viewed, printed, saved and converted
        /// with [`Tensor::to_dtype`](crate::Tensor::to_dtype).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // the names are the documentation
        pub enum DType {
            $($($D,)*)*
        }

        impl DType {
            /// Every dtype.
            pub const ALL: [DType; [$($(DType::$D),*),*].len()] = [$($(DType::$D),*),*];

            /// Bytes one element takes.
            pub fn size_in_bytes(self) -> usize {
                match self {
                    $($(DType::$D => size_of::<$t>(),)*)*
                }
            }

            /// torch's name without its `torch.` prefix: `"float32"`, `"int64"`, …
            pub fn name(self) -> &'static str {
                match self {
                    $($(DType::$D => $name,)*)*
                }
            }

            fn kind(self) -> Kind {
                match self {
                    $($(DType::$D => Kind::$kind,)*)*
                }
            }

            /// The least and the largest integer such that all between them are exact in the type.
            pub(crate) fn exact_integers(self) -> (i128, i128) {
                match self {
                    $($(DType::$D => exact_integers!($kind $t),)*)*
                }
            }
        }
    };
}

macro_rules! exact_integers {
    (Bool $t:ty) => {
        (0, 1)
    };
    (Integer $t:ty) => {
        (<$t>::MIN.into(), <$t>::MAX.into())
    };
    (Unsigned $t:ty) => {
        (<$t>::MIN.into(), <$t>::MAX.into())
    };
    ($float:ident $t:ty) => {
        (-1 << <$t>::MANTISSA_DIGITS, 1 << <$t>::MANTISSA_DIGITS)
    };
}

dtypes! { [define] () }

impl DType {
    /// Whether the type is a floating-point one.
    pub fn is_float(self) -> bool {
        matches!(self.kind(), Kind::Float | Kind::Half)
    }

    /// Whether the type is an integer (`Bool` is not).
    pub fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Integer | Kind::Unsigned)
    }

    /// Whether arithmetic is defined on the type; the others are for files and conversion.
    pub(crate) fn is_computed(self) -> bool {
        matches!(self.kind(), Kind::Float | Kind::Integer | Kind::Bool)
    }

    /// Whether functions of floats are computed in the type: `F32` and `F64`.
    pub(crate) fn has_functions(self) -> bool {
        matches!(self.kind(), Kind::Float)
    }

    /// The kind as torch ranks it where types meet: 0 of `Bool`, 1 of integers, 2 of floats.
    pub(crate) fn rank(self) -> u8 {
        if self.is_float() { 2 } else { u8::from(self.is_integer()) }
    }

    /// The type itself if it is a float, else `F32`: what a function without an integer form computes in.
    pub(crate) fn or_float(self) -> DType {
        if self.is_float() { self } else { DType::F32 }
    }

    /// The dtype that an operation between `self` and `other` computes in, as `torch.promote_types`: a float
    /// wins over an integer, an integer over `Bool`, and the wider of two of a kind over the narrower.
    ///
    /// ```
    /// use tensor::DType;
    /// assert_eq!(DType::I64.promote(DType::F32), DType::F32);
    /// assert_eq!(DType::U8.promote(DType::I8), DType::I16);
    /// ```
    pub fn promote(self, other: DType) -> DType {
        use DType::*;
        if self == other {
            return self;
        }
        match (self, other) {
            (Bool, t) | (t, Bool) => t,
            (F16, BF16) | (BF16, F16) => F32,
            (a, b) if a.is_float() && b.is_float() => {
                if a.size_in_bytes() >= b.size_in_bytes() {
                    a
                } else {
                    b
                }
            }
            (a, b) if a.is_float() || b.is_float() => {
                if a.is_float() {
                    a
                } else {
                    b
                }
            }
            (U8, I8) | (I8, U8) => I16,
            (a, b) => {
                let (small, large) = if a.size_in_bytes() <= b.size_in_bytes() { (a, b) } else { (b, a) };
                let signed = |t: DType| t.exact_integers().0 < 0;
                match (signed(small), signed(large)) {
                    _ if small.size_in_bytes() < large.size_in_bytes() && signed(large) => large,
                    (s, l) if s == l => large,
                    // A wide unsigned and a signed type have no common integer here but the widest signed
                    // one.
                    _ => I64,
                }
            }
        }
    }
}

impl fmt::Display for DType {
    /// `torch.float32`, as torch prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "torch.{}", self.name())
    }
}
