//! Indices as Python writes them, `x[…, 0, 1:3]`, and the operations that they come to.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use smallvec::SmallVec;

use crate::ops::integers::up_to_six;
use crate::{DType, Shape, Tensor, arange};

/// One entry of an index: what Python writes between two commas of `x[…]`. Everything that can be one
/// converts into it.
///
/// | Python | here |
/// |---|---|
/// | `0`, `-1` | `0`, `-1` |
/// | `1:3`, `1:`, `:-1`, `:` | `1..3`, `1..`, `..-1`, `..` |
/// | `1:10:2`, `::2` | `step(1..10, 2)`, `step(.., 2)` |
/// | `None` | `NewAxis` |
/// | `...` | `Ellipsis` |
/// | a tensor of integers, a mask | `&tensor` |
#[derive(Clone, Debug)]
pub enum IndexItem {
    /// One position, without its axis.
    One(isize),
    /// Positions from one bound up to another, in steps.
    Range {
        /// The first; none for the axis's own.
        start: Option<isize>,
        /// The one after the last; none for the end of the axis.
        end: Option<isize>,
        /// How far neighbours are apart.
        step: usize,
    },
    /// A new axis of size 1.
    New,
    /// As many whole axes as there are left.
    Rest,
    /// The positions that a tensor of integers lists, or where a `Bool` is true.
    Pick(Tensor),
}

/// A new axis of size 1 in an index: Python's `None`.
#[derive(Clone, Copy, Debug)]
pub struct NewAxis;

/// As many whole axes as there are left, in an index: Python's `...`.
#[derive(Clone, Copy, Debug)]
pub struct Ellipsis;

/// Every `by`-th position of a range in an index: Python's `start:end:by`.
///
/// ```
/// use tensor::{arange, step};
/// assert_eq!(arange(0, 10, 1).i(step(1..8, 3)).to_vec::<i64>(), [1, 4, 7]);
/// ```
///
/// # Panics
/// If `range` is none, or `by` is 0.
#[track_caller]
pub fn step(range: impl Into<IndexItem>, by: usize) -> IndexItem {
    assert!(by > 0, "step: slice step must be positive");
    match range.into() {
        IndexItem::Range { start, end, .. } => IndexItem::Range { start, end, step: by },
        other => panic!("step: {other:?} is not a range"),
    }
}

/// An index: one entry, a tuple of them, or an array of positions, one for each axis.
pub trait Indices {
    /// The entries in order.
    fn entries(self) -> SmallVec<[IndexItem; 4]>;
}

fn range(start: Option<isize>, end: Option<isize>) -> IndexItem {
    IndexItem::Range { start, end, step: 1 }
}

/// What no axis is long enough for is a place beyond its end, not a negative one.
fn place(x: impl TryInto<isize>) -> isize {
    x.try_into().unwrap_or(isize::MAX)
}

/// One after `end`, which is the end of the axis for `-1`.
fn after(end: isize) -> Option<isize> {
    (end != -1).then(|| end.saturating_add(1))
}

/// Entries that are an index alone, too.
macro_rules! entries {
    ($($([$($generic:tt)*])? $t:ty: |$x:ident| $at:expr;)*) => {$(
        impl $(<$($generic)*>)? From<$t> for IndexItem {
            fn from($x: $t) -> IndexItem {
                $at
            }
        }

        impl $(<$($generic)*>)? Indices for $t {
            fn entries(self) -> SmallVec<[IndexItem; 4]> {
                SmallVec::from_iter([self.into()])
            }
        }
    )*};
}
entries! {
    RangeFull: |_x| range(None, None);
    NewAxis: |_x| IndexItem::New;
    Option<NewAxis>: |_x| IndexItem::New;
    Ellipsis: |_x| IndexItem::Rest;
    Tensor: |x| IndexItem::Pick(x);
    &Tensor: |x| IndexItem::Pick(x.clone());
}

macro_rules! positions {
    ($($t:ty),*) => {$(
        entries! {
            $t: |x| IndexItem::One(place(x));
            Range<$t>: |x| range(Some(place(x.start)), Some(place(x.end)));
            RangeFrom<$t>: |x| range(Some(place(x.start)), None);
            RangeTo<$t>: |x| range(None, Some(place(x.end)));
            RangeInclusive<$t>: |x| range(Some(place(*x.start())), after(place(*x.end())));
            RangeToInclusive<$t>: |x| range(None, after(place(x.end)));
        }

        impl<const N: usize> Indices for [$t; N] {
            fn entries(self) -> SmallVec<[IndexItem; 4]> {
                self.iter().map(|&x| x.into()).collect()
            }
        }

        impl<const N: usize> Indices for &[$t; N] {
            fn entries(self) -> SmallVec<[IndexItem; 4]> {
                self.iter().map(|&x| x.into()).collect()
            }
        }

        impl Indices for &[$t] {
            fn entries(self) -> SmallVec<[IndexItem; 4]> {
                self.iter().map(|&x| x.into()).collect()
            }
        }
    )*};
}
positions!(isize, i32, i64, usize);

impl Indices for IndexItem {
    fn entries(self) -> SmallVec<[IndexItem; 4]> {
        SmallVec::from_iter([self])
    }
}

impl Indices for () {
    fn entries(self) -> SmallVec<[IndexItem; 4]> {
        SmallVec::new()
    }
}

macro_rules! tuples {
    ($($($T:ident $i:tt)*;)*) => {$(
        impl<$($T: Into<IndexItem>),*> Indices for ($($T,)*) {
            fn entries(self) -> SmallVec<[IndexItem; 4]> {
                SmallVec::from_iter([$(self.$i.into()),*])
            }
        }
    )*};
}
up_to_six!(tuples);

/// An operation that an index comes to.
#[doc(hidden)]
#[derive(Debug)]
pub enum IndexStep {
    Select { dim: isize, index: isize },
    Slice { dim: isize, start: isize, end: isize, step: usize },
    Unsqueeze { dim: isize },
    Permute(Vec<isize>),
    Reshape(Shape),
    IndexSelect { dim: isize, index: Tensor },
}

/// What an index leaves of a tensor or a variable, whose methods are called alike.
#[doc(hidden)]
#[macro_export]
macro_rules! indexed {
    // No closure: it would hide the caller's line.
    ($x:expr, $index:expr) => {{
        let mut x = $x.clone();
        for step in &$index.steps {
            x = match step {
                $crate::IndexStep::Select { dim, index } => x.select(*dim, *index),
                $crate::IndexStep::Slice { dim, start, end, step } => x.slice(*dim, *start, *end, *step),
                $crate::IndexStep::Unsqueeze { dim } => x.unsqueeze(*dim),
                $crate::IndexStep::Permute(dims) => x.permute(dims),
                $crate::IndexStep::Reshape(shape) => x.reshape(shape),
                $crate::IndexStep::IndexSelect { dim, index } => x.index_select(*dim, index),
            };
        }
        x
    }};
}

/// An index for tensors of one shape: the operations that it comes to, and where its elements lie.
#[doc(hidden)]
pub struct Indexed {
    pub steps: Vec<IndexStep>,
    /// Of the indexed part.
    pub shape: Shape,
    axes: Vec<Axis>,
    /// Of the element at the chosen positions, in a tensor that lies row by row.
    offset: usize,
    /// How many of the axes that are whole or ranges come before those that tensors pick from.
    front: usize,
    /// What the tensors that pick are broadcast to.
    common: Shape,
}

/// An axis of what is left once positions, ranges and new axes have had their way.
struct Axis {
    size: usize,
    /// Between neighbours, in a tensor that lies row by row; 0 on a new axis.
    stride: usize,
    pick: Option<Tensor>,
}

impl Indexed {
    /// # Panics
    /// If the index does not fit `shape`.
    #[track_caller]
    pub fn new(shape: &[usize], index: impl Indices) -> Indexed {
        resolve(shape, index.entries())
    }

    /// The places of the part's elements in a tensor that lies row by row, `I64`, in the part's shape.
    pub fn places(&self) -> Tensor {
        let kept = self.axes.iter().filter(|axis| axis.pick.is_none()).count();
        let mut before = 0; // of the kept axes
        let mut sum = Tensor::from(self.offset as i64);
        for axis in &self.axes {
            // Along its own axis of the part: so many others are behind it.
            let (along, behind) = match &axis.pick {
                Some(pick) => (pick.clone(), kept - self.front),
                None => {
                    let picked = if before < self.front { self.common.len() } else { 0 };
                    before += 1;
                    (arange(0, axis.size as i64, 1), kept - before + picked)
                }
            };
            let place =
                (0..behind).fold(along.mul_scalar(axis.stride as i64), |place, _| place.unsqueeze(-1));
            sum = sum.add(&place);
        }
        sum.expand(&self.shape)
    }
}

#[track_caller]
fn resolve(shape: &[usize], entries: SmallVec<[IndexItem; 4]>) -> Indexed {
    let named: usize = entries.iter().map(axes_of).sum();
    assert!(
        named <= shape.len(),
        "index: too many indices for tensor of dimension {} ({named}), shape {shape:?}",
        shape.len()
    );
    let mut rest = shape.len() - named; // what the first ellipsis stands for, or the end
    let strides = Shape::from(shape).row_major_strides();
    let (mut steps, mut axes, mut offset) = (Vec::new(), Vec::new(), 0);
    let mut at = 0; // the axis of the tensor that the next entry is for
    for entry in entries.into_iter().chain([IndexItem::Rest]) {
        let dim = axes.len() as isize;
        match one_position(entry) {
            IndexItem::One(index) => {
                let n = shape[at] as isize;
                if !(-n..n).contains(&index) {
                    out_of_bounds(index, at, n);
                }
                let index = if index < 0 { index + n } else { index };
                steps.push(IndexStep::Select { dim, index });
                offset += index.unsigned_abs() * strides[at];
                at += 1;
            }
            IndexItem::Range { start, end, step } => {
                let n = shape[at] as isize;
                let (start, end) = (start.unwrap_or(0), end.unwrap_or(isize::MAX));
                let bound =
                    |at: isize| (if at < 0 { at.saturating_add(n) } else { at }).clamp(0, n).unsigned_abs();
                let size = bound(end).saturating_sub(bound(start)).div_ceil(step);
                if (size, step) != (shape[at], 1) {
                    steps.push(IndexStep::Slice { dim, start, end, step });
                }
                offset += bound(start) * strides[at];
                axes.push(Axis { size, stride: strides[at] * step, pick: None });
                at += 1;
            }
            IndexItem::New => {
                steps.push(IndexStep::Unsqueeze { dim });
                axes.push(Axis { size: 1, stride: 0, pick: None });
            }
            IndexItem::Rest => {
                let rest = std::mem::take(&mut rest);
                axes.extend((at..at + rest).map(|at| Axis {
                    size: shape[at],
                    stride: strides[at],
                    pick: None,
                }));
                at += rest;
            }
            IndexItem::Pick(pick) => {
                for pick in picks(&pick, shape, at) {
                    axes.push(Axis { size: shape[at], stride: strides[at], pick: Some(pick) });
                    at += 1;
                }
            }
        }
    }
    gather(axes, steps, offset)
}

/// How many axes of the tensor an entry is for.
fn axes_of(entry: &IndexItem) -> usize {
    match entry {
        IndexItem::One(_) | IndexItem::Range { .. } => 1,
        IndexItem::New | IndexItem::Rest => 0,
        IndexItem::Pick(pick) if pick.dtype() == DType::Bool => pick.ndim(),
        IndexItem::Pick(_) => 1,
    }
}

/// A tensor of one integer and no axes is a position, as in torch.
fn one_position(entry: IndexItem) -> IndexItem {
    match entry {
        IndexItem::Pick(pick) if pick.ndim() == 0 && is_index(&pick) => {
            IndexItem::One(pick.to_dtype(DType::I64).item() as isize)
        }
        entry => entry,
    }
}

fn is_index(pick: &Tensor) -> bool {
    !pick.dtype().is_float() && pick.dtype() != DType::Bool
}

/// The positions along each axis that a tensor stands for, none of them negative.
#[track_caller]
fn picks(pick: &Tensor, shape: &[usize], at: usize) -> Vec<Tensor> {
    if pick.dtype() == DType::Bool {
        assert!(
            shape[at..].starts_with(pick.shape()),
            "index: The shape of the mask {:?} at index {at} does not match the shape of the indexed tensor {shape:?}",
            pick.shape()
        );
        assert!(pick.ndim() > 0, "index: a mask without axes has nothing to choose from");
        return pick.nonzero().unbind(1);
    }
    assert!(
        is_index(pick),
        "index: tensors used as indices must be long, int, byte or bool tensors, got {}",
        pick.dtype()
    );
    let n = shape[at] as i64;
    let mut pick = pick.to_dtype(DType::I64);
    for index in pick.make_mut::<i64>() {
        if !(-n..n).contains(index) {
            out_of_bounds(*index as isize, at, n as isize);
        }
        *index += if *index < 0 { n } else { 0 };
    }
    vec![pick]
}

#[cold]
#[track_caller]
fn out_of_bounds(index: isize, axis: usize, n: isize) -> ! {
    panic!("index: index {index} is out of bounds for dimension {axis} with size {n}")
}

/// The last steps: those of the axes that tensors pick from, as torch takes them. They come to lie where the
/// first of them was, and in front if there are others between them.
#[track_caller]
fn gather(axes: Vec<Axis>, mut steps: Vec<IndexStep>, offset: usize) -> Indexed {
    let (picked, kept): (Vec<usize>, Vec<usize>) = (0..axes.len()).partition(|&i| axes[i].pick.is_some());
    let picks: Vec<&Tensor> = axes.iter().filter_map(|axis| axis.pick.as_ref()).collect();
    let common =
        picks.iter().try_fold(Shape::default(), |shape, pick| Shape::broadcast(&shape, pick.shape()).ok());
    let Some(common) = common else {
        let shapes: Vec<&[usize]> = picks.iter().map(|pick| pick.shape()).collect();
        panic!(
            "index: shape mismatch: indexing tensors could not be broadcast together with shapes {shapes:?}"
        );
    };
    let together = picked.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let front = picked.first().copied().filter(|_| together).unwrap_or(0);
    let sizes = |of: &[usize]| of.iter().map(|&i| axes[i].size).collect::<Vec<usize>>();
    let shape: Shape = [&sizes(&kept[..front])[..], &common, &sizes(&kept[front..])].concat().into();
    if let ([axis], [pick]) = (&picked[..], &picks[..]) {
        steps.push(IndexStep::IndexSelect { dim: *axis as isize, index: pick.flatten(0, -1) });
        steps.push(IndexStep::Reshape(shape.clone()));
    } else if !picked.is_empty() {
        // The picked axes are one axis in front, from which one index picks.
        let strides = Shape::from(sizes(&picked)).row_major_strides();
        let parts = picks.iter().zip(strides.iter()).map(|(pick, &stride)| pick.mul_scalar(stride as i64));
        let index = parts.fold(crate::zeros_dtype((), DType::I64), |sum, part| sum.add(&part));
        let size: usize = sizes(&picked).iter().product();
        steps.push(IndexStep::Permute(picked.iter().chain(&kept).map(|&i| i as isize).collect()));
        steps.push(IndexStep::Reshape([&[size], &sizes(&kept)[..]].concat().into()));
        steps.push(IndexStep::IndexSelect { dim: 0, index: index.expand(&common).flatten(0, -1) });
        steps.push(IndexStep::Reshape([&common[..], &sizes(&kept)].concat().into()));
        let (n, width) = (front as isize, common.len() as isize);
        let back = (width..width + n).chain(0..width).chain(width + n..shape.len() as isize);
        steps.push(IndexStep::Permute(back.collect()));
    }
    Indexed { steps, shape, axes, offset, front, common }
}
