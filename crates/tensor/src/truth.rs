//! How arithmetic computes on `Bool`.

use bytemuck::{Pod, Zeroable};

use crate::element::Sealed;
use crate::{DType, Element, Num};

/// An element of a `Bool` tensor as a number: `x + y` is or, `x · y` is and, and false
/// is less than true, as in torch.
///
/// Its byte is 0 or 1 and private to this file, so that no operation generic over [`Num`] can leave
/// another byte in a `Bool` tensor.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Pod, Zeroable)]
#[repr(transparent)]
pub(crate) struct Truth(u8);

impl From<bool> for Truth {
    #[inline(always)]
    fn from(x: bool) -> Truth {
        Truth(u8::from(x))
    }
}

impl Sealed for Truth {}

impl Element for Truth {
    const DTYPE: DType = DType::Bool;
    type Repr = Truth;
    #[inline(always)]
    fn from_repr(x: Truth) -> Truth {
        x
    }
    #[inline(always)]
    fn into_repr(self) -> Truth {
        self
    }
}

impl Num for Truth {
    const ZERO: Truth = Truth(0);
    const ONE: Truth = Truth(1);
    const LOWEST: Truth = Truth(0);
    const HIGHEST: Truth = Truth(1);
    #[inline(always)]
    fn add(self, y: Truth) -> Truth {
        Truth(self.0 | y.0)
    }
    /// Whether they differ; tensors refuse it, as torch's do.
    #[inline(always)]
    fn sub(self, y: Truth) -> Truth {
        Truth(self.0 ^ y.0)
    }
    #[inline(always)]
    fn mul(self, y: Truth) -> Truth {
        Truth(self.0 & y.0)
    }
    #[inline(always)]
    fn div(self, y: Truth) -> Truth {
        Truth(self.0 & y.0)
    }
    #[inline(always)]
    fn neg(self) -> Truth {
        self
    }
    #[inline(always)]
    fn abs(self) -> Truth {
        self
    }
    #[inline(always)]
    fn from_f64(x: f64) -> Truth {
        Truth::from(x != 0.0)
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self.0)
    }
    #[inline(always)]
    fn from_i64(x: i64) -> Truth {
        Truth::from(x != 0)
    }
    #[inline(always)]
    fn is_nan(self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::{DType, Tensor};

    /// Every operation that adds, multiplies or compares booleans leaves bytes of 0 and 1.
    #[test]
    fn no_operation_leaves_another_byte_than_0_and_1() {
        let (t, f) = (Tensor::from([true, false, true]), Tensor::from([false, false, true]));
        let index = Tensor::from([0i64, 0, 0]);
        let mut filled = t.clone();
        filled.fill_(300);
        let results = [
            (&t + &t, [true, false, true]),
            (&t + &f, [true, false, true]),
            (&t + true, [true, true, true]),
            (&t * &f, [false, false, true]),
            (t.maximum(&f), [true, false, true]),
            (t.minimum(&f), [false, false, true]),
            (t.sign(), [true, false, true]),
            (t.scatter_add(0, &index, &t), [true, false, true]),
            (f.index_add(0, &index, &t), [true, false, true]),
            (filled, [true, true, true]),
            (f.full_like(-2), [true, true, true]),
            (f.masked_fill(&t, 0.5), [true, false, true]),
            (t.sort(0, true).0, [true, true, false]),
            (t.amax(0, true).repeated(&3.into()), [true; 3]),
            (t.logical_not(), [false, true, false]),
            (Tensor::from([2u8, 0, 255]).to_dtype(DType::Bool), [true, false, true]),
            (Tensor::from_bytes(DType::Bool, 3, &[2, 0, 255]), [true, false, true]),
        ];
        for (i, (y, expected)) in results.iter().enumerate() {
            assert_eq!(y.bytes().as_ref(), expected.map(u8::from), "result {i}");
            assert_eq!(y.eq(true).to_vec::<bool>(), expected, "result {i}");
        }
    }
}
