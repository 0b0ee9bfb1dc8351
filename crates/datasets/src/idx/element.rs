use byteorder::{BigEndian, ByteOrder};
use tensor::Plain;

/// An element that IDX can hold: how it is turned from and into big-endian bytes.
pub(super) trait Element: Plain {
    fn decode(from: &[u8], to: &mut [Self]);
    fn encode(from: &[Self], to: &mut [u8]);
}

impl Element for u8 {
    fn decode(from: &[u8], to: &mut [u8]) {
        to.copy_from_slice(from);
    }
    fn encode(from: &[u8], to: &mut [u8]) {
        to.copy_from_slice(from);
    }
}

impl Element for i8 {
    fn decode(from: &[u8], to: &mut [i8]) {
        to.iter_mut().zip(from).for_each(|(to, &from)| *to = from as i8);
    }
    fn encode(from: &[i8], to: &mut [u8]) {
        to.iter_mut().zip(from).for_each(|(to, &from)| *to = from as u8);
    }
}

macro_rules! element {
    ($($t:ty: $read:ident, $write:ident;)*) => {$(
        impl Element for $t {
            fn decode(from: &[u8], to: &mut [$t]) {
                BigEndian::$read(from, to);
            }
            fn encode(from: &[$t], to: &mut [u8]) {
                BigEndian::$write(from, to);
            }
        }
    )*};
}
element! {
    i16: read_i16_into, write_i16_into;
    i32: read_i32_into, write_i32_into;
    f32: read_f32_into, write_f32_into;
    f64: read_f64_into, write_f64_into;
}

/// Runs the body with `T` standing for the Rust type of a dtype that IDX can hold.
macro_rules! by_element {
    ($dtype:expr, $T:ident => $body:expr, else $otherwise:expr) => {
        match $dtype {
            tensor::DType::U8 => {
                type $T = u8;
                $body
            }
            tensor::DType::I8 => {
                type $T = i8;
                $body
            }
            tensor::DType::I16 => {
                type $T = i16;
                $body
            }
            tensor::DType::I32 => {
                type $T = i32;
                $body
            }
            tensor::DType::F32 => {
                type $T = f32;
                $body
            }
            tensor::DType::F64 => {
                type $T = f64;
                $body
            }
            _ => $otherwise,
        }
    };
}
pub(super) use by_element;
