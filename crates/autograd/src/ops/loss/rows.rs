//! The common part of the losses that compare the scores of one sample with each other.

use tensor::dispatch::by_float;
use tensor::{DType, Float, Num, Tensor, Value};

use super::Reduction;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable};

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
    fn times<T: Float>(self, mut dx: Vec<T>, dy: &Tensor, shape: &[usize]) -> Tensor {
        for (row, &dy) in dx.chunks_mut(self.classes).zip(dy.as_slice::<T>().iter().cycle()) {
            row.iter_mut().for_each(|dx| *dx *= dy);
        }
        Tensor::from_vec(dx, shape)
    }
}

/// A hinge loss between the scores of each sample, whose gradient has none itself.
pub(super) trait Margins: Send + Sync + 'static {
    const NAME: &'static str;
    /// Its name in a graph, and that of its gradient.
    const NODES: [&'static str; 2];

    /// What stands in a graph beside the name.
    fn saved(&self) -> Vec<(&'static str, Value)>;

    /// The loss of scores in rows.
    fn value<T: Float>(&self, x: &[T]) -> Tensor;

    /// How many scores there are in how many rows, and what each adds to `dx` for `dy = 1`.
    fn gradient<T: Float>(&self, x: &[T], dx: &mut [T]) -> Rows;
}

pub(super) struct MarginLoss<L>(pub L);

impl<L: Margins> Op for MarginLoss<L> {
    fn name(&self) -> &'static str {
        L::NODES[0]
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        self.0.saved()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        let x = x[0].contiguous();
        by_float!(L::NAME, &x, T => self.0.value::<T>(x.as_slice())).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let [x, dy] = [&saved[0], &dy.single()].map(|x| x.plain_only(L::NODES[1]).contiguous());
        let dx = by_float!(L::NAME, &x, T => {
            let mut dx = vec![T::ZERO; x.numel()];
            self.0.gradient::<T>(x.as_slice(), &mut dx).times(dx, &dy, x.shape())
        });
        V::constant(dx).into()
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
