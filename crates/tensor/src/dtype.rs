use std::fmt;

/// The type of a tensor's elements, chosen at run time.
///
/// Arithmetic is defined on `F32`, `F64`, `I64`, `I32`, `I16`, `I8`, `U8` and `Bool`. The other types are for
/// files and conversion: they can be created, moved, viewed, printed, saved and converted with
/// [`Tensor::to_dtype`](crate::Tensor::to_dtype).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names are the documentation
pub enum DType {
    F32,
    F64,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
    Bool,
}

impl DType {
    /// Every dtype.
    pub const ALL: [DType; 13] = [
        DType::F32,
        DType::F64,
        DType::F16,
        DType::BF16,
        DType::I64,
        DType::I32,
        DType::I16,
        DType::I8,
        DType::U64,
        DType::U32,
        DType::U16,
        DType::U8,
        DType::Bool,
    ];

    /// Bytes one element takes.
    pub fn size_in_bytes(self) -> usize {
        match self {
            DType::F64 | DType::I64 | DType::U64 => 8,
            DType::F32 | DType::I32 | DType::U32 => 4,
            DType::F16 | DType::BF16 | DType::I16 | DType::U16 => 2,
            DType::I8 | DType::U8 | DType::Bool => 1,
        }
    }

    /// Whether the type is a floating-point one.
    pub fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64 | DType::F16 | DType::BF16)
    }

    /// Whether the type is an integer (`Bool` is not).
    pub fn is_integer(self) -> bool {
        !self.is_float() && self != DType::Bool
    }

    /// Whether arithmetic is defined on the type; the others are for files and conversion.
    pub(crate) fn is_computed(self) -> bool {
        use DType::*;
        matches!(self, F32 | F64 | I64 | I32 | I16 | I8 | U8 | Bool)
    }

    /// The type itself if it is a float, else `F32`: what a function without an integer form computes in.
    pub(crate) fn or_float(self) -> DType {
        if self.is_float() { self } else { DType::F32 }
    }

    /// The least and the largest integer such that all between them are exact in the type.
    pub(crate) fn exact_integers(self) -> (i128, i128) {
        let symmetric = |digits: u32| (-(1 << digits), 1 << digits);
        match self {
            DType::F64 => symmetric(53),
            DType::F32 => symmetric(24),
            DType::F16 => symmetric(11),
            DType::BF16 => symmetric(8),
            DType::I64 => (i64::MIN.into(), i64::MAX.into()),
            DType::I32 => (i32::MIN.into(), i32::MAX.into()),
            DType::I16 => (i16::MIN.into(), i16::MAX.into()),
            DType::I8 => (i8::MIN.into(), i8::MAX.into()),
            DType::U64 => (0, u64::MAX.into()),
            DType::U32 => (0, u32::MAX.into()),
            DType::U16 => (0, u16::MAX.into()),
            DType::U8 => (0, u8::MAX.into()),
            DType::Bool => (0, 1),
        }
    }

    /// torch's name without its `torch.` prefix: `"float32"`, `"int64"`, …
    pub fn name(self) -> &'static str {
        match self {
            DType::F32 => "float32",
            DType::F64 => "float64",
            DType::F16 => "float16",
            DType::BF16 => "bfloat16",
            DType::I64 => "int64",
            DType::I32 => "int32",
            DType::I16 => "int16",
            DType::I8 => "int8",
            DType::U64 => "uint64",
            DType::U32 => "uint32",
            DType::U16 => "uint16",
            DType::U8 => "uint8",
            DType::Bool => "bool",
        }
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
                let signed = |t| matches!(t, I8 | I16 | I32 | I64);
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
