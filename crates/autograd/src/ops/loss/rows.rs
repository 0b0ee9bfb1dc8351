//! The common part of the losses that compare the scores of one sample with each other.

use tensor::{DType, Float, Tensor};

use super::Reduction;
use crate::Variable;

/// How many samples there are, and how many scores each has.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub samples: usize,
    pub classes: usize,
}

impl Rows {
    /// Of scores of shape (N, C), (C) or ().
    #[track_caller]
    pub(super) fn of(op: &str, x: &Variable) -> Rows {
        let (shape, dtype) = (x.shape(), x.dtype());
        let rows = match *shape {
            [] => Rows { samples: 1, classes: 1 },
            [classes] if classes > 0 => Rows { samples: 1, classes },
            [samples, classes] if classes > 0 => Rows { samples, classes },
            _ => panic!(
                "{op}: Expected non-empty vector or matrix with optional 0-dim batch size, but got: {shape:?}"
            ),
        };
        assert!(dtype.is_float(), "{op}: not defined for {dtype} (shape {shape:?})");
        rows
    }

    /// The share of one score's part in the gradient of the reduced loss.
    pub(super) fn share<T: Float>(self, reduction: Reduction) -> T {
        T::from_f64(match reduction {
            Reduction::Mean => 1.0 / (self.samples * self.classes) as f64,
            Reduction::None | Reduction::Sum => 1.0 / self.classes as f64,
        })
    }

    /// The gradients of scores of this shape from those for `dy = 1`: each row times its `dy`, or times the
    /// only one.
    pub(super) fn times<T: Float>(self, mut dx: Vec<T>, dy: &Tensor, shape: &[usize]) -> Tensor {
        let dy = dy.contiguous();
        for (row, &dy) in dx.chunks_mut(self.classes).zip(dy.as_slice::<T>().iter().cycle()) {
            row.iter_mut().for_each(|dx| *dx *= dy);
        }
        Tensor::from_vec(dx, shape)
    }
}

/// The sum of the samples' losses, which torch adds in f64, one after another.
pub(super) fn total<T: Float>(losses: &[T]) -> f64 {
    losses.iter().fold(0.0, |sum, x| sum + x.to_f64())
}

/// A tensor without axes.
pub(super) fn scalar<T: Float>(x: f64) -> Tensor {
    Tensor::from_vec(vec![T::from_f64(x)], ())
}

/// The elements of a target, which has to be `I64`.
#[track_caller]
pub(super) fn classes_of(op: &str, target: &Variable) -> Vec<i64> {
    let (shape, dtype) = (target.shape(), target.dtype());
    assert!(
        dtype == DType::I64,
        "{op}: expected scalar type torch.int64 but found {dtype} for the target of shape {shape:?}"
    );
    target.data().to_vec()
}
