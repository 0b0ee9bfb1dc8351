use crate::dispatch::{by_float, by_wide};
use crate::error::not_computable;
use crate::kernels::pooling::{self, Axes, Axis, Divisor, Place};
use crate::{DType, OutputSize, Shape, Tensor};

/// Runs `$body` with `$P` the type of places.
macro_rules! by_place {
    ($places:ident, $P:ident => $body:expr) => {
        if $places.dtype() == DType::U8 {
            type $P = u8;
            $body
        } else {
            type $P = i64;
            $body
        }
    };
}

/// The windows over the planes of a tensor, whose last axes they move along: all that the ways forward and
/// back of a pool need to know.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Planes {
    axes: Axes,
    /// The number of axes that the windows move along.
    spatial: usize,
    /// The shape of the tensor.
    pub input: Shape,
    /// The shape of what has an element for each window.
    pub output: Shape,
}

impl Planes {
    /// Refuses shapes whose last `spatial` axes are not those of images, with channels and perhaps a batch
    /// before them, in torch's words.
    #[track_caller]
    pub(super) fn checked(op: &str, spatial: usize, shape: &[usize]) {
        let fits = shape.len() == spatial + 1 || shape.len() == spatial + 2;
        assert!(
            fits && !shape[shape.len() - spatial - 1..].contains(&0),
            "{op}: Expected {}D or {}D (batch mode) tensor with optional 0 dim batch size for input, but got:{shape:?}",
            spatial + 1,
            spatial + 2
        );
    }

    /// As many windows along each of the last axes of a tensor as `output_size` says, of sizes as equal as
    /// can be. `op` is the operation, for messages.
    ///
    /// # Panics
    /// In torch's words, if the axes are others.
    #[track_caller]
    pub fn adaptive<const D: usize>(op: &str, shape: &[usize], output_size: OutputSize<D>) -> Planes {
        Planes::checked(op, D, shape);
        let (input, sizes) = (&shape[shape.len() - D..], output_size.axes());
        Planes::new::<D>(
            shape,
            std::array::from_fn(|axis| Axis::adaptive(input[axis], sizes[axis].unwrap_or(input[axis]))),
        )
    }

    /// The windows along each of the last axes of a tensor of this shape.
    pub(super) fn new<const D: usize>(shape: &[usize], windows: [Axis; D]) -> Planes {
        let mut output = shape.to_vec();
        for (size, axis) in output[shape.len() - D..].iter_mut().zip(&windows) {
            *size = axis.output();
        }
        let mut axes = std::array::from_fn(|_| Axis::single());
        axes[3 - D..].clone_from_slice(&windows);
        Planes { axes, spatial: D, input: shape.into(), output: output.into() }
    }

    /// The largest element of each window.
    #[track_caller]
    pub fn max(&self, op: &str, x: &Tensor) -> Tensor {
        self.max_of::<()>(op, x).0
    }

    /// The largest element of each window, and its place in a form that takes little memory: a byte where
    /// that is enough.
    #[track_caller]
    pub fn max_with_places(&self, op: &str, x: &Tensor) -> (Tensor, Tensor) {
        if pooling::fits_a_byte(&self.axes) {
            let (y, places) = self.max_of::<u8>(op, x);
            (y, Tensor::from_vec(places, &self.output))
        } else {
            let (y, places) = self.max_of::<i64>(op, x);
            (y, Tensor::from_vec(places, &self.output))
        }
    }

    #[track_caller]
    fn max_of<P: Place + Default>(&self, op: &str, x: &Tensor) -> (Tensor, Vec<P>) {
        let computed = match x.dtype() {
            DType::I32 | DType::I16 | DType::I8 | DType::U8 => &x.to_dtype(DType::I64),
            _ => x,
        };
        let mut places = vec![P::default(); self.output.numel()];
        let y = by_wide!(op, computed, T => Tensor::build(&self.output, computed.dtype(), |y: &mut [T]| {
            pooling::maximum(&computed.dense(), &self.axes, y, &mut places);
        }));
        (y.to_dtype(x.dtype()), places)
    }

    /// The places as torch has them: positions in the planes, `I64`.
    pub fn indices(&self, places: &Tensor) -> Tensor {
        if places.dtype() == DType::I64 {
            return places.clone();
        }
        Tensor::build(&self.output, DType::I64, |y| pooling::indices(places.as_slice::<u8>(), &self.axes, y))
    }

    /// Zeros, with each window's `dy` added at its place.
    #[track_caller]
    pub fn scatter(&self, dy: &Tensor, places: &Tensor) -> Tensor {
        by_float!("max_pool", dy, T => Tensor::build(&self.input, dy.dtype(), |dx: &mut [T]| {
            by_place!(places, P => pooling::scatter(&dy.dense(), places.as_slice::<P>(), &self.axes, dx));
        }))
    }

    /// The elements at the places.
    #[track_caller]
    pub fn gather(&self, x: &Tensor, places: &Tensor) -> Tensor {
        by_float!("max_pool", x, T => Tensor::build(&self.output, x.dtype(), |y: &mut [T]| {
            by_place!(places, P => pooling::gather(&x.dense(), places.as_slice::<P>(), &self.axes, y));
        }))
    }

    /// The mean of each window.
    #[track_caller]
    pub fn average(&self, op: &str, x: &Tensor, divisor: Divisor) -> Tensor {
        if divisor == Divisor::Axes && !x.dtype().is_float() {
            not_computable(op, x);
        }
        if self.is_mean(divisor) {
            return x.mean_dim(&[-1, -2, -3][..self.spatial], true);
        }
        by_wide!(op, x, T => Tensor::build(&self.output, x.dtype(), |y: &mut [T]| {
            pooling::average(&x.dense(), &self.axes, divisor, y);
        }))
    }

    /// Zeros, with each window's share of `dy` added at its elements.
    #[track_caller]
    pub fn spread(&self, op: &str, dy: &Tensor, divisor: Divisor) -> Tensor {
        let divisor = if self.is_mean(divisor) { Divisor::Inside } else { divisor };
        by_float!(op, dy, T => Tensor::build(&self.input, dy.dtype(), |dx: &mut [T]| {
            pooling::spread(&dy.dense(), &self.axes, divisor, dx);
        }))
    }

    /// Whether torch takes the mean over whole planes as such, in its own order of sums: where a plane has
    /// one window of no size of its own.
    fn is_mean(&self, divisor: Divisor) -> bool {
        divisor == Divisor::Axes && self.axes.iter().all(|axis| axis.output() == 1)
    }
}
