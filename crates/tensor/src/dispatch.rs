//! One `match` at an op's door: from the run-time dtype to code generic over the element.

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

/// Runs `$body` with `$T` an element type of any `dtype`, `bool` included.
macro_rules! by_element {
    ($dtype:expr, $T:ident => $body:expr) => {{
        use $crate::DType::*;
        macro_rules! with {
            ($E:ty) => {{
                type $T = $E;
                $body
            }};
        }
        match $dtype {
            F32 => with!(f32),
            F64 => with!(f64),
            F16 => with!(half::f16),
            BF16 => with!(half::bf16),
            I64 => with!(i64),
            I32 => with!(i32),
            I16 => with!(i16),
            I8 => with!(i8),
            U64 => with!(u64),
            U32 => with!(u32),
            U16 => with!(u16),
            U8 => with!(u8),
            Bool => with!(bool),
        }
    }};
}

/// Runs `$body` with `$T` the number type of a tensor that is computed with.
macro_rules! by_num {
    ($op:expr, $tensor:expr, $T:ident => $body:expr) => {
        match $tensor.dtype() {
            $crate::DType::Bool => {
                type $T = $crate::truth::Truth;
                $body
            }
            $crate::DType::F32 | $crate::DType::F64 => $crate::dispatch::by_float!($op, $tensor, $T => $body),
            _ => $crate::dispatch::by_integer!($op, $tensor, $T => $body),
        }
    };
}

/// Runs `$body` with `$T` the integer type of a tensor that is computed with.
macro_rules! by_integer {
    ($op:expr, $tensor:expr, $T:ident => $body:expr) => {{
        macro_rules! with {
            ($E:ty) => {{
                type $T = $E;
                $body
            }};
        }
        match $tensor.dtype() {
            $crate::DType::I64 => with!(i64),
            $crate::DType::I32 => with!(i32),
            $crate::DType::I16 => with!(i16),
            $crate::DType::I8 => with!(i8),
            $crate::DType::U8 => with!(u8),
            _ => $crate::error::not_computable($op, $tensor),
        }
    }};
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

/// Runs `$body` with `$T` the float type of a tensor.
macro_rules! by_float {
    ($op:expr, $tensor:expr, $T:ident => $body:expr) => {
        match $tensor.dtype() {
            $crate::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::DType::F64 => {
                type $T = f64;
                $body
            }
            _ => $crate::error::not_computable($op, $tensor),
        }
    };
}

pub(crate) use {by_element, by_float, by_integer, by_num, by_size, by_wide};
