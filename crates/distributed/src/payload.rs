use std::borrow::Cow;

use tensor::{DType, Plain, Tensor};

/// What ranks give each other as it is: tensors of any dtype and shape, and lists of numbers.
///
/// A list travels as the bytes of its numbers, so every rank has to know their type; a tensor brings its
/// dtype and its shape.
pub trait Payload: Sized {
    /// The bytes to send.
    fn to_message(&self) -> Cow<'_, [u8]>;

    /// What was sent; `None` if these bytes are no such thing.
    fn from_message(message: &[u8]) -> Option<Self>;
}

impl<T: Plain> Payload for Vec<T> {
    fn to_message(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(bytemuck::cast_slice(self))
    }

    fn from_message(message: &[u8]) -> Option<Self> {
        // Not a cast: a message may lie at any address.
        message.len().is_multiple_of(size_of::<T>()).then(|| bytemuck::pod_collect_to_vec(message))
    }
}

/// The place of the dtype in [`DType::ALL`] and the number of axes, one byte each; the sizes, eight bytes
/// each; the elements.
impl Payload for Tensor {
    fn to_message(&self) -> Cow<'_, [u8]> {
        let dtype = DType::ALL.iter().position(|dtype| *dtype == self.dtype()).expect("all are there");
        let axes = u8::try_from(self.ndim()).expect("a tensor has a few axes");
        let mut message = vec![dtype as u8, axes];
        for size in self.shape() {
            message.extend((*size as u64).to_le_bytes());
        }
        message.extend_from_slice(&self.bytes());
        Cow::Owned(message)
    }

    fn from_message(message: &[u8]) -> Option<Self> {
        let ([dtype, axes], rest) = message.split_first_chunk()?;
        let dtype = *DType::ALL.get(usize::from(*dtype))?;
        let (sizes, elements) = rest.split_at_checked(usize::from(*axes) * 8)?;
        let size = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes")).try_into().ok();
        let shape: Vec<usize> = sizes.chunks_exact(8).map(size).collect::<Option<_>>()?;
        let numel = shape.iter().try_fold(1usize, |numel, size| numel.checked_mul(*size))?;
        let fits = numel.checked_mul(dtype.size_in_bytes()) == Some(elements.len());
        fits.then(|| Tensor::from_bytes(dtype, shape, elements))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_come_back_with_dtype_and_shape() {
        for dtype in DType::ALL {
            for x in [tensor::arange(0, 6, 1).reshape([2, 3]).t(), tensor::zeros([0, 2]), tensor::tensor(3)] {
                let x = x.to_dtype(dtype);
                let y = Tensor::from_message(&x.to_message()).expect("a tensor's message");
                assert_eq!((x.dtype(), x.shape(), x.bytes()), (y.dtype(), y.shape(), y.bytes()));
            }
        }
    }

    #[test]
    fn what_is_no_such_thing_is_refused() {
        let message = tensor::ones([2, 2]).to_message().into_owned();
        for end in 0..message.len() {
            assert!(Tensor::from_message(&message[..end]).is_none());
        }
        assert!(Tensor::from_message(&[0, 1, 255, 255, 255, 255, 255, 255, 255, 255]).is_none());
        assert!(Tensor::from_message(&[200, 0, 0, 0, 0, 0]).is_none());
        assert_eq!(Vec::<f32>::from_message(&[0; 7]), None);
        assert_eq!(Vec::<f32>::from_message(&1.5f32.to_ne_bytes()), Some(vec![1.5]));
    }
}
