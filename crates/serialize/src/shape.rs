use tensor::DType;

/// The number of bytes of a tensor; `None` where it, or any product of some of its sizes, is beyond what
/// memory can hold. A size of 0 does not hide the others: kernels multiply them in any order.
pub(crate) fn bytes_of(dtype: DType, shape: &[usize]) -> Option<usize> {
    let product = shape.iter().try_fold(1_usize, |n, &size| n.checked_mul(size.max(1)))?;
    if product > isize::MAX as usize / 16 {
        return None;
    }
    Some(if shape.contains(&0) { 0 } else { product * dtype.size_in_bytes() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_overflow_are_refused_even_beside_a_zero() {
        assert_eq!(bytes_of(DType::F32, &[2, 3]), Some(24));
        assert_eq!(bytes_of(DType::F64, &[]), Some(8));
        assert_eq!(bytes_of(DType::F32, &[3, 0]), Some(0));
        assert_eq!(bytes_of(DType::F32, &[usize::MAX, 2]), None);
        assert_eq!(bytes_of(DType::F32, &[0, 1 << 40, 1 << 40]), None);
    }
}
