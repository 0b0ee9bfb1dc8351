//! How a tensor is padded or cut, and what stands beyond its ends.

use crate::dispatch::{by_float, by_size};
use crate::kernels::padding::{self, PadAxis, Run};
use crate::{Scalar, Shape, Tensor, zeros_dtype};

/// What stands beyond the ends of a padded axis.
///
/// ```
/// use tensor::{PadMode, Tensor};
///
/// let x = Tensor::from([[1i64, 2, 3]]);
/// let padded = |mode: PadMode| x.pad(&[2, 2], mode).to_vec::<i64>();
/// assert_eq!(padded(9.into()), [9, 9, 1, 2, 3, 9, 9]);
/// assert_eq!(padded(PadMode::Reflect), [3, 2, 1, 2, 3, 2, 1]);
/// assert_eq!(padded(PadMode::Replicate), [1, 1, 1, 2, 3, 3, 3]);
/// assert_eq!(padded(PadMode::Circular), [2, 3, 1, 2, 3, 1, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PadMode {
    /// A number.
    Constant(Scalar),
    /// The axis read backwards, without its last element.
    Reflect,
    /// The last element.
    Replicate,
    /// The axis from its other end.
    Circular,
}

impl<T: Into<Scalar>> From<T> for PadMode {
    fn from(value: T) -> Self {
        PadMode::Constant(value.into())
    }
}

/// A padding of a tensor of one shape: all that the ways forward and back need to know.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Padded {
    axes: Vec<PadAxis>,
    mode: PadMode,
}

impl Padded {
    /// The padding of a tensor of this shape.
    ///
    /// # Panics
    /// As [`Tensor::pad`].
    #[track_caller]
    pub fn new(shape: &[usize], padding: &[isize], mode: PadMode) -> Padded {
        match axes(shape, padding, mode) {
            Ok(axes) => Padded { axes, mode },
            Err(why) => panic!("pad: {why}"),
        }
    }

    /// The padded tensor.
    ///
    /// # Panics
    /// If the dtype cannot hold the constant.
    #[track_caller]
    pub fn forward(&self, x: &Tensor) -> Tensor {
        let shape: Shape = self.axes.iter().map(|axis| axis.output).collect();
        let value = match self.mode {
            PadMode::Constant(value) => value.to_stored("pad", x.dtype()),
            _ => zeros_dtype((), x.dtype()),
        };
        by_size!(x.dtype(), R => Tensor::build(shape, x.dtype(), |y: &mut [R]| {
            y.fill(value.dense()[0]);
            padding::copy(&x.dense(), &self.axes, y);
        }))
    }

    /// The same with zeros for a constant, as gradients are padded.
    pub fn gradient(&self) -> Padded {
        let mode = match self.mode {
            PadMode::Constant(_) => PadMode::Constant(Scalar::Int(0)),
            mode => mode,
        };
        Padded { axes: self.axes.clone(), mode }
    }

    /// The gradient of what was padded.
    #[track_caller]
    pub fn back(&self, dy: &Tensor) -> Tensor {
        if self.mode != PadMode::Circular {
            return added("pad", dy, &self.axes);
        }
        // torch goes back through one axis after the other, from the first.
        let whole =
            |n: usize| PadAxis { input: n, output: n, runs: vec![Run { output: 0, input: 0, len: n }] };
        let mut dy = dy.clone();
        for (i, axis) in self.axes.iter().enumerate() {
            let mut axes: Vec<PadAxis> = dy.shape().iter().map(|&n| whole(n)).collect();
            axes[i] = axis.clone();
            dy = added("pad", &dy, &axes);
        }
        dy
    }
}

#[track_caller]
fn added(op: &str, dy: &Tensor, axes: &[PadAxis]) -> Tensor {
    let shape: Shape = axes.iter().map(|axis| axis.input).collect();
    by_float!(op, dy, T => Tensor::build(shape, dy.dtype(), |dx: &mut [T]| {
        dx.fill(0.0);
        padding::add(&dy.dense(), axes, dx);
    }))
}

impl PadMode {
    /// An axis of `n` elements with so many more before and behind it.
    fn axis(self, n: usize, [before, behind]: [isize; 2]) -> PadAxis {
        let (cut, more) = (|by: isize| by.min(0).unsigned_abs(), |by: isize| by.max(0) as usize);
        let output = (n as isize + before + behind) as usize;
        let kept = Run { output: more(before), input: cut(before), len: n - cut(before) - cut(behind) };
        let last = kept.input + kept.len;
        let one = |at: usize, from: usize| Run { output: at, input: from, len: 1 };
        let end = kept.output + kept.len;
        let mut runs = Vec::new();
        match self {
            PadMode::Constant(_) => runs.push(kept),
            PadMode::Reflect => {
                runs.extend((0..more(before)).map(|i| one(i, more(before) - i)));
                runs.push(kept);
                runs.extend((0..more(behind)).map(|i| one(end + i, last - 2 - i)));
            }
            PadMode::Replicate => {
                runs.extend((0..more(before)).map(|i| one(i, 0)));
                runs.push(kept);
                runs.extend((0..more(behind)).map(|i| one(end + i, n - 1)));
            }
            // The order in which torch adds the gradients.
            PadMode::Circular => {
                let (from, len) = (last.wrapping_sub(more(before)), more(before));
                let behind = Run { output: end, input: kept.input, len: more(behind) };
                runs.extend([kept, behind, Run { output: 0, input: from, len }]);
            }
        }
        runs.retain(|run| run.len > 0);
        PadAxis { input: n, output, runs }
    }
}

/// The axes of the padding, or what is wrong with it, in torch's words.
fn axes(shape: &[usize], padding: &[isize], mode: PadMode) -> Result<Vec<PadAxis>, String> {
    let n = shape.len();
    if !padding.len().is_multiple_of(2) {
        return Err("Padding length must be divisible by 2".into());
    }
    if padding.len() > 2 * n {
        return Err(format!(
            "Padding length should be less than or equal to two times the input dimension but got padding length \
             {} and input of dimension {n}",
            padding.len()
        ));
    }
    let spatial = padding.len() / 2;
    if !matches!(mode, PadMode::Constant(_)) {
        if !((1..=3).contains(&spatial) && (n == spatial + 1 || n == spatial + 2)) {
            return Err(format!("Padding size {} is not supported for {n}D input tensor.", padding.len()));
        }
        if mode != PadMode::Circular && shape[n - spatial - 1..].contains(&0) {
            return Err(format!(
                "Expected {}D or {}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions \
                 for input, but got: {shape:?}",
                spatial + 1,
                spatial + 2
            ));
        }
    }
    let axis = |i: usize| {
        let size = shape[i];
        let Some(at) = (n - 1 - i < spatial).then_some(2 * (n - 1 - i)) else {
            return Ok(mode.axis(size, [0, 0]));
        };
        let ends = [padding[at], padding[at + 1]];
        let cut = ends.iter().map(|end| end.min(&0).unsigned_abs()).fold(0usize, usize::saturating_add);
        let longest = *ends.iter().max().expect("two ends");
        if cut > size {
            return Err("narrow(): length must be non-negative.".into());
        }
        if ends.iter().any(|&end| end > isize::MAX / 4) {
            return Err(format!("a padding of {longest} is more than there can be"));
        }
        match mode {
            PadMode::Reflect if longest >= size as isize => Err(format!(
                "Argument #{}: Padding size should be less than the corresponding input dimension, but got: padding \
                 ({}, {}) at dimension {i} of input {shape:?}",
                2 * (n - i) + 2,
                ends[0],
                ends[1]
            )),
            PadMode::Circular if longest > size as isize => {
                Err("Padding value causes wrapping around more than once.".into())
            }
            PadMode::Circular if longest > (size - cut) as isize => {
                Err("Negative padding value is resulting in an empty dimension".into())
            }
            PadMode::Reflect | PadMode::Replicate if size as isize + ends[0] + ends[1] < 1 => {
                Err(format!("input {shape:?} is too small for a padding of ({}, {})", ends[0], ends[1]))
            }
            _ => Ok(mode.axis(size, ends)),
        }
    };
    (0..n).map(axis).collect()
}
