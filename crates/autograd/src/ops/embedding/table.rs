//! What is looked up in a table, and the gradient that it leaves there.

use std::sync::Arc;

use tensor::dispatch::by_float;
use tensor::{DType, Float, Tensor};

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable};

/// The rows of a table that integers name, checked.
#[derive(Clone)]
pub(super) struct Lookup {
    /// The name of each row, `I64` along one axis.
    pub(super) index: Tensor,
    /// The rows of the table.
    pub(super) rows: usize,
    /// The row whose gradient stays 0.
    pub(super) padding_idx: Option<usize>,
    /// Whether the gradient of a row that is not looked up is −0.0.
    pub(super) sparse: bool,
    /// How many places name each row, where gradients are divided by that.
    counts: Option<Arc<[u32]>>,
}

impl Lookup {
    /// # Panics
    /// In torch's words, if the table is no matrix, `x` holds no `I64` or `I32`, or a number is no row of the
    /// table.
    #[track_caller]
    pub(super) fn new(op: &str, x: &Tensor, table: &Variable, padding_idx: Option<usize>) -> Lookup {
        let shape = table.shape();
        let &[rows, _] = &shape[..] else { panic!("{op}: 'weight' must be 2-D, got {shape:?}") };
        assert!(
            matches!(x.dtype(), DType::I64 | DType::I32),
            "{op}: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, \
             Int; but got {} {:?} instead",
            x.dtype(),
            x.shape()
        );
        let index = x.to_dtype(DType::I64).contiguous().reshape([x.numel()]);
        let row = |&i: &i64| (0..rows as i64).contains(&i);
        if let Some(at) = index.as_slice::<i64>().iter().position(|i| !row(i)) {
            let i = index.as_slice::<i64>()[at];
            panic!(
                "{op}: index out of range in self: {i} at position {:?} is no row of a table of {rows} ({shape:?})",
                position(at, x.shape())
            )
        }
        Lookup { index, rows, padding_idx, sparse: false, counts: None }
    }

    /// The number of the row at each place.
    pub(super) fn names(&self) -> impl Iterator<Item = usize> {
        self.index.as_slice::<i64>().iter().map(|&i| i as usize)
    }

    /// The gradients of a row by the number of places that name it.
    pub(super) fn by_frequency(self) -> Lookup {
        let mut counts = vec![0u32; self.rows];
        self.names().for_each(|row| counts[row] += 1);
        Lookup { counts: Some(counts.into()), ..self }
    }

    /// Whether gradients are divided.
    pub(super) fn is_shared(&self) -> bool {
        self.counts.is_some()
    }

    /// What is left of a factor of a row's gradient.
    pub(super) fn share(&self, factor: f64, row: usize) -> f64 {
        self.counts.as_ref().map_or(factor, |counts| factor / f64::from(counts[row]))
    }

    /// The places of padding, `[places, 1]`, if there is any.
    pub(super) fn hidden(&self) -> Option<Tensor> {
        let row = self.padding_idx? as i64;
        Some(self.index.eq(row).reshape([self.index.numel(), 1]))
    }

    /// Zeros with the rows of `dy` added where they come from, one after the other as in torch.
    fn added<T: Float>(&self, dy: &Tensor) -> Tensor {
        let width = dy.size(1);
        let (mut dx, dy) = (tensor::zeros_dtype([self.rows, width], dy.dtype()), dy.contiguous());
        let (out, dy) = (dx.make_mut::<T>(), dy.as_slice::<T>());
        let places = || self.names().enumerate().filter(|&(_, row)| Some(row) != self.padding_idx);
        if self.sparse {
            out.fill(-T::ZERO);
            places().for_each(|(_, row)| out[row * width..][..width].fill(T::ZERO));
        }
        for (place, row) in places() {
            let (out, dy) = (&mut out[row * width..][..width], &dy[place * width..][..width]);
            match &self.counts {
                None => out.iter_mut().zip(dy).for_each(|(y, &x)| *y += x),
                Some(_) => {
                    let factor = T::from_f64(self.share(1.0, row));
                    out.iter_mut().zip(dy).for_each(|(y, &x)| *y = x.mul_add(factor, *y));
                }
            }
        }
        dx
    }

    /// The gradient of [`Lookup::added`]: rows of `d`, times their factors, and zeros for padding.
    fn taken<V: Differentiable>(&self, d: &V) -> V {
        let mut rows = d.index_select(0, &self.index);
        if self.is_shared() {
            let factors = self.names().map(|row| self.share(1.0, row)).collect();
            let factors = Tensor::from_vec(factors, [self.index.numel(), 1]).to_dtype(d.value().dtype());
            rows = rows * &V::constant(factors);
        }
        self.hidden().map_or_else(|| rows.clone(), |hidden| rows.masked_fill(&hidden, 0.0))
    }
}

/// The padding row of a table with so many rows, counted from the front.
#[track_caller]
pub(super) fn padding_row(whose: &str, padding_idx: Option<isize>, rows: usize) -> Option<usize> {
    let (at, n) = (padding_idx?, rows as isize);
    assert!((-n..n).contains(&at), "{whose}: Padding_idx must be within num_embeddings: {at} of {rows}");
    Some(at.rem_euclid(n) as usize)
}

/// The coordinates of place `at`, counted row by row.
fn position(mut at: usize, shape: &[usize]) -> Vec<usize> {
    let mut position = vec![0; shape.len()];
    for (i, &n) in position.iter_mut().zip(shape).rev() {
        (*i, at) = (at % n, at / n);
    }
    position
}

/// The rows of a table, as an array of this shape.
pub(super) struct Rows {
    pub(super) lookup: Lookup,
    pub(super) shape: Vec<usize>,
}

impl Op for Rows {
    fn name(&self) -> &'static str {
        "EmbeddingBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, tensor::Value)> {
        self.lookup.attributes()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].index_select(0, &self.lookup.index).reshape(&self.shape[..]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let rows = dy.single().reshape(&[self.lookup.index.numel(), saved.shape(0)[1]]);
        rows.through(Added(self.lookup.clone())).into()
    }
}

/// The gradient that goes to a table.
struct Added(Lookup);

impl Op for Added {
    fn name(&self) -> &'static str {
        "EmbeddingDenseBackwardBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, tensor::Value)> {
        self.0.attributes()
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        by_float!("embedding", &x[0], T => self.0.added::<T>(&x[0])).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        self.0.taken(&dy.single()).into()
    }
}

impl Lookup {
    attributes!(indices: index, padding_idx);
}
