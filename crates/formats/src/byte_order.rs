//! Numbers as their bytes.

/// Reverses the bytes of each element of this size.
pub fn swap(bytes: &mut [u8], size: usize) {
    bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
}

/// Negates each little-endian float of this size: its sign bit.
pub fn negate_floats(bytes: &mut [u8], size: usize) {
    bytes.iter_mut().skip(size - 1).step_by(size).for_each(|top| *top ^= 0x80);
}

/// Negates each little-endian integer of this size, in two's complement, wrapping.
pub fn negate_integers(bytes: &mut [u8], size: usize) {
    for integer in bytes.chunks_exact_mut(size) {
        let mut carry = true;
        for byte in integer {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negatives_are_those_of_the_arithmetic() {
        for x in [0.0_f32, -0.0, 1.5, f32::INFINITY, f32::MIN_POSITIVE] {
            let mut bytes = x.to_le_bytes();
            negate_floats(&mut bytes, 4);
            assert_eq!(f32::from_le_bytes(bytes).to_bits(), (-x).to_bits());
        }
        for x in [0_i64, 1, -1, 256, -65536, i64::MIN, i64::MAX] {
            let mut bytes = x.to_le_bytes();
            negate_integers(&mut bytes, 8);
            assert_eq!(i64::from_le_bytes(bytes), x.wrapping_neg());
        }
    }
}
