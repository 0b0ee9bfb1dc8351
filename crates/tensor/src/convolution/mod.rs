//! What a convolution is besides its tensors: how the kernel moves, and the checks of what it meets.

mod options;

pub use options::{ConvFuncOptions, ConvTransposeFuncOptions, Padding};

use crate::kernels::conv::Geometry;
use crate::{Shape, Tensor};

/// How a kernel goes over one, two or three axes: all of a convolution but its tensors.
///
/// [`ConvFuncOptions::convolution`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convolution {
    axes: usize,
    stride: [usize; 3],
    /// Zeros before and behind each axis.
    padding: [[usize; 2]; 3],
    dilation: [usize; 3],
    groups: usize,
    /// Whether `'same'` asked for the padding.
    same: bool,
}

impl Convolution {
    /// Fewer axes than three are the last ones.
    fn new<const D: usize>(
        stride: [usize; D],
        padding: [[usize; 2]; D],
        dilation: [usize; D],
        groups: usize,
        same: bool,
    ) -> Self {
        fn last<T: Copy, const D: usize>(sizes: [T; D], first: T) -> [T; 3] {
            std::array::from_fn(|axis| if axis + D >= 3 { sizes[axis + D - 3] } else { first })
        }
        const { assert!(0 < D && D <= 3, "a convolution has one, two or three axes") };
        let (stride, padding, dilation) = (last(stride, 1), last(padding, [0; 2]), last(dilation, 1));
        Convolution { axes: D, stride, padding, dilation, groups, same }
    }

    /// The number of axes that the kernel goes over.
    pub fn axes(&self) -> usize {
        self.axes
    }

    /// How far the kernel moves at a time, for each axis.
    pub fn stride(&self) -> &[usize] {
        &self.stride[3 - self.axes..]
    }

    /// Zeros before and behind each axis.
    pub fn padding(&self) -> &[[usize; 2]] {
        &self.padding[3 - self.axes..]
    }

    /// How far the taps are apart, for each axis.
    pub fn dilation(&self) -> &[usize] {
        &self.dilation[3 - self.axes..]
    }

    /// The number of groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Refuses numbers that mean nothing, and weights of a shape that does not fit the number of axes or
    /// groups.
    #[track_caller]
    pub(crate) fn check(&self, op: &str, w: &[usize]) {
        let groups = self.groups;
        assert!(w.len() == self.axes + 2, "{op}: expected a weight of {} axes, got {w:?}", self.axes + 2);
        assert!(groups > 0, "{op}: non-positive groups is not supported");
        assert!(!self.stride.contains(&0), "{op}: non-positive stride is not supported");
        let dilation = self.dilation();
        assert!(!dilation.contains(&0), "{op}: dilation should be greater than zero, but got {dilation:?}");
        assert!(
            !self.same || self.stride == [1; 3],
            "{op}: padding='same' is not supported for strided convolutions"
        );
        assert!(
            w[0] >= groups,
            "{op}: Given groups={groups}, expected weight to be at least {groups} at dimension 0, but got weight of size {w:?} instead"
        );
        assert!(
            w[0].is_multiple_of(groups),
            "{op}: Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size [{w:?}] instead"
        );
        let kernel = &w[2..];
        assert!(!kernel.contains(&0), "{op}: kernel size should be greater than zero, but got {kernel:?}");
    }

    /// Refuses a dtype other than the input's.
    #[track_caller]
    pub(crate) fn check_dtype(op: &str, x: &Tensor, other: &Tensor, what: &str) {
        let (x, other) = (x.dtype(), other.dtype());
        assert!(x == other, "{op}: Input type ({x}) and {what} type ({other}) should be the same");
    }

    /// `x` with a batch: without one, an image is a batch of 1.
    #[track_caller]
    pub(crate) fn batched(&self, op: &str, x: &Tensor) -> Tensor {
        let (axes, single, shape) = (self.axes + 2, self.axes + 1, x.shape());
        assert!(
            shape.len() == axes || shape.len() == single,
            "{op}: Expected {single}D (unbatched) or {axes}D (batched) input to {op}, but got input of size: {shape:?}"
        );
        let x = if shape.len() == axes { x.clone() } else { x.unsqueeze(0) };
        let shape = x.shape();
        assert!(
            !shape[2..].contains(&0),
            "{op}: Only zero batch or zero channel inputs are supported, but got input shape: {shape:?}"
        );
        x
    }

    /// The sizes of a convolution of `x` by `w`; both have all their axes.
    #[track_caller]
    pub(crate) fn geometry(&self, op: &str, x: &[usize], w: &[usize]) -> Geometry {
        let (input, kernel) = (self.spatial(x), self.spatial(w));
        let padded = [0, 1, 2].map(|axis| {
            let [before, behind] = self.padding[axis];
            input[axis].checked_add(before).and_then(|size| size.checked_add(behind))
        });
        let reach = [0, 1, 2].map(|axis| {
            (kernel[axis] - 1).checked_mul(self.dilation[axis]).and_then(|reach| reach.checked_add(1))
        });
        let output = [0, 1, 2].map(|axis| {
            let (padded, reach) = (padded[axis]?, reach[axis]?);
            Some(padded.checked_sub(reach)? / self.stride[axis] + 1)
        });
        let [Some(d), Some(h), Some(width)] = output else {
            let listed = |sizes: [Option<usize>; 3]| {
                let texts = sizes[3 - self.axes..].iter();
                let texts = texts.map(|size| size.map_or_else(|| "too many".into(), |size| size.to_string()));
                texts.collect::<Vec<_>>().join(" x ")
            };
            panic!(
                "{op}: Calculated padded input size per channel: ({}). Kernel size: ({}). Kernel size can't be greater than actual input size",
                listed(padded),
                listed(reach)
            )
        };
        // Kernels count the places of an image, the zeros around it included, in 32 bits.
        let fits = |channels: usize, size: &dyn Fn(usize) -> Option<usize>| {
            let places = (0..3).try_fold(channels, |places, axis| places.checked_mul(size(axis)?));
            places.is_some_and(|places| u32::try_from(places).is_ok())
        };
        let around = |axis: usize| Some(padded[axis]?.checked_add(reach[axis]?)? / self.stride[axis] + 2);
        assert!(
            fits(w[1], &|axis| padded[axis]) && fits(w[0] / self.groups, &around),
            "{op}: an image of {x:?} with its padding is too large for a weight of {w:?}"
        );
        Geometry {
            batch: x[0],
            groups: self.groups,
            inputs: w[1],
            outputs: w[0] / self.groups,
            input,
            kernel,
            output: [d, h, width],
            stride: self.stride,
            dilation: self.dilation,
            padding: self.padding.map(|[before, _]| before),
        }
    }

    /// [`Self::geometry`] for the gradient `dy` of the output, which may lack the last places of an axis.
    #[track_caller]
    pub(crate) fn geometry_of(&self, op: &str, x: &[usize], w: &[usize], dy: &Tensor) -> Geometry {
        let g = self.geometry(op, x, w);
        let (output, shape) = (self.spatial(dy.shape()), dy.shape());
        let channels = if g.inputs == 0 { 0 } else { w[0] };
        let fits = shape[..2] == [g.batch, channels] && (0..3).all(|axis| output[axis] <= g.output[axis]);
        let expected = self.shape(g.batch, channels, g.output);
        assert!(fits, "{op}: the output is {expected:?}, its gradient {shape:?}");
        Geometry { output, ..g }
    }

    /// The spatial sizes of a shape with all its axes, the missing ones 1.
    fn spatial(&self, shape: &[usize]) -> [usize; 3] {
        std::array::from_fn(|axis| if axis + self.axes >= 3 { shape[axis + self.axes - 1] } else { 1 })
    }

    /// A shape of these channels and spatial sizes.
    pub(crate) fn shape(&self, batch: usize, channels: usize, sizes: [usize; 3]) -> Shape {
        [batch, channels].into_iter().chain(sizes[3 - self.axes..].iter().copied()).collect()
    }
}
