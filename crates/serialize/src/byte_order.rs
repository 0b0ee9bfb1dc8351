use std::borrow::Cow;
use tensor::{DType, Tensor};

/// A tensor's elements as files hold them: row by row, little-endian.
pub(crate) fn little_endian(tensor: &Tensor) -> Cow<'_, [u8]> {
    let mut bytes = tensor.bytes();
    if cfg!(target_endian = "big") {
        swap(bytes.to_mut(), tensor.dtype());
    }
    bytes
}

/// The tensor whose little-endian elements these are. The caller has checked their number.
pub(crate) fn from_little_endian(dtype: DType, shape: &[usize], bytes: &[u8]) -> Tensor {
    let mut bytes = Cow::from(bytes);
    if cfg!(target_endian = "big") {
        swap(bytes.to_mut(), dtype);
    }
    Tensor::from_bytes(dtype, shape, &bytes)
}

/// Reverses the bytes of each element.
pub(crate) fn swap(bytes: &mut [u8], dtype: DType) {
    bytes.chunks_exact_mut(dtype.size_in_bytes()).for_each(<[u8]>::reverse);
}

/// Negates each element, given little-endian: of a float the sign, of an integer all of it, wrapping.
pub(crate) fn negate(bytes: &mut [u8], dtype: DType) {
    let size = dtype.size_in_bytes();
    if dtype.is_float() {
        bytes.iter_mut().skip(size - 1).step_by(size).for_each(|top| *top ^= 0x80);
    } else {
        bytes.chunks_exact_mut(size).for_each(negate_integer);
    }
}

/// Two's complement, little-endian.
pub(crate) fn negate_integer(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negatives_are_those_of_the_arithmetic() {
        for x in [0.0_f32, -0.0, 1.5, f32::INFINITY, f32::MIN_POSITIVE] {
            let mut bytes = x.to_le_bytes();
            negate(&mut bytes, DType::F32);
            assert_eq!(f32::from_le_bytes(bytes).to_bits(), (-x).to_bits());
        }
        for x in [0_i64, 1, -1, 256, -65536, i64::MIN, i64::MAX] {
            let mut bytes = x.to_le_bytes();
            negate(&mut bytes, DType::I64);
            assert_eq!(i64::from_le_bytes(bytes), x.wrapping_neg());
        }
    }
}
