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
