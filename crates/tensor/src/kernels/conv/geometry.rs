//! Sizes of a convolution, and the places that its sums read.

use std::ops::Range;

use crate::kernels::gemm::{Multiply, copy};
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::simd::Isa;

/// Sizes of a convolution over three spatial axes; where there are fewer, the first have size 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the sizes of the axes
pub struct Geometry {
    pub batch: usize,
    pub groups: usize,
    /// Channels of the input in a group.
    pub inputs: usize,
    /// Channels of the output in a group.
    pub outputs: usize,
    pub input: [usize; 3],
    pub kernel: [usize; 3],
    pub output: [usize; 3],
    pub stride: [usize; 3],
    pub dilation: [usize; 3],
    /// Zeros before the first place of each axis; how many stand behind the last follows from the sizes.
    pub padding: [usize; 3],
}

impl Geometry {
    /// The numbers of one image's group: input, output, and the taps of all its channels.
    pub(super) fn input_len(&self) -> usize {
        self.inputs * volume(self.input)
    }

    pub(super) fn output_len(&self) -> usize {
        self.outputs * volume(self.output)
    }

    pub(super) fn taps(&self) -> usize {
        self.inputs * volume(self.kernel)
    }

    /// The same, as one row where every place has a sum of its own.
    pub(super) fn flat(&self) -> Geometry {
        let alone = self.kernel == [1; 3] && self.stride == [1; 3] && self.input == self.output;
        let row = |size| if alone { [1, 1, volume(size)] } else { size };
        Geometry { input: row(self.input), output: row(self.output), ..self.clone() }
    }

    /// The input with the zeros around it that the output reads.
    pub(super) fn padded_input(&self) -> Planes {
        let extent = |axis: usize| {
            let last = (self.output[axis] - 1) * self.stride[axis];
            last + (self.kernel[axis] - 1) * self.dilation[axis] + 1
        };
        Planes::new(self.input, self.padding, [0, 1, 2].map(extent))
    }

    /// Where the sums of the output begin in the padded input, place by place.
    pub(super) fn corners(&self, planes: &Planes) -> impl Iterator<Item = usize> {
        let (stride, planes) = (self.stride, *planes);
        every(self.output).map(move |at| planes.at([0, 1, 2].map(|axis| at[axis] * stride[axis])))
    }

    /// Where a tap lies, from the beginning of a sum in the padded input.
    pub(super) fn tap(&self, planes: &Planes, at: [usize; 3]) -> usize {
        planes.at([0, 1, 2].map(|axis| at[axis] * self.dilation[axis]))
    }
}

/// The number of places in a box.
pub(super) fn volume([d, h, w]: [usize; 3]) -> usize {
    d * h * w
}

/// Every place of a box, row by row.
pub(super) fn every([d, h, w]: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    (0..d).flat_map(move |i| (0..h).flat_map(move |j| (0..w).map(move |k| [i, j, k])))
}

/// The planes of an image's channels, with zeros around them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planes {
    size: [usize; 3],
    before: [usize; 3],
    extent: [usize; 3],
    /// The numbers behind the last channel that are read, too, and not used.
    slack: usize,
}

impl Planes {
    /// Planes of `size` with `before` zeros in front of each axis, which are read up to `extent`.
    pub(super) fn new(size: [usize; 3], before: [usize; 3], extent: [usize; 3]) -> Self {
        let bare = before == [0; 3] && (0..3).all(|axis| extent[axis] <= size[axis]);
        Planes { size, before, extent: if bare { size } else { extent }, slack: 0 }
    }

    /// The same planes, of which vectors of `lanes` are read whose first numbers alone lie inside.
    pub(super) fn with_slack(self, lanes: usize) -> Self {
        Planes { slack: lanes, ..self }
    }

    /// The numbers of a channel without the zeros.
    pub(super) fn unpadded(&self) -> usize {
        volume(self.size)
    }

    /// The numbers of a channel.
    pub(super) fn plane(&self) -> usize {
        volume(self.extent)
    }

    /// Where a place of a plane lies.
    pub(super) fn at(&self, [d, h, w]: [usize; 3]) -> usize {
        (d * self.extent[1] + h) * self.extent[2] + w
    }

    /// The taps that lie inside for each place of a result's axis, where a place is read `apart` from the one
    /// before; `taps` are where each tap reads for the first, upwards or downwards.
    pub(super) fn taps_inside(
        &self,
        axis: usize,
        places: usize,
        apart: usize,
        taps: &[usize],
    ) -> impl Iterator<Item = Range<usize>> {
        let inside = self.before[axis]..(self.before[axis] + self.size[axis]).min(self.extent[axis]);
        (0..places).map(move |i| {
            let reads = |&tap: &usize| inside.contains(&(tap + i * apart));
            let first = taps.iter().position(reads);
            first.map_or(0..0, |first| first..taps.iter().rposition(reads).map_or(0, |last| last + 1))
        })
    }

    /// Whether the planes are read as they lie.
    fn is_bare(&self) -> bool {
        self.before == [0; 3] && self.extent == self.size && self.slack == 0
    }

    /// The room that [`Self::pad`] needs for so many channels: none where nothing is padded.
    pub(super) fn room(&self, channels: usize) -> usize {
        if self.is_bare() { 0 } else { channels * self.plane() + self.slack }
    }

    /// The channels `x` with the zeros around them, in `room` unless there are none.
    pub(super) fn pad<'a, T: Multiply>(&self, isa: Isa, x: &'a [T], room: &'a mut [T]) -> &'a [T] {
        if self.is_bare() {
            return x;
        }
        room.fill(T::ZERO);
        // What of each axis is read.
        let [depth, height, width] =
            [0, 1, 2].map(|axis| self.size[axis].min(self.extent[axis].saturating_sub(self.before[axis])));
        if [depth, height, width].contains(&0) {
            return room;
        }
        let [_, h, w] = self.size;
        for (plane, x) in room.chunks_exact_mut(self.plane()).zip(x.chunks_exact(volume(self.size))) {
            for d in 0..depth {
                let at = self.at([d + self.before[0], self.before[1], self.before[2]]);
                let y = MatMut::strided(&mut plane[at..], [height, width], [self.extent[2], 1]);
                copy(isa, Mat::strided(&x[d * h * w..], [height, width], [w, 1]), y);
            }
        }
        room
    }
}

/// One residue of an input axis by its stride: the places `first`, `first + stride`, … and the taps of the
/// kernel that reach them.
pub(super) struct Residue {
    pub(super) first: usize,
    pub(super) places: usize,
    /// Each tap, and which place of the output lies under it for the first place, counted from
    /// [`Reach::before`] zeros in front of the axis.
    pub(super) taps: Vec<(usize, usize)>,
}

/// How the gradient of the output is read along an axis.
pub(super) struct Reach {
    /// Zeros in front.
    pub(super) before: usize,
    /// How far is read, the zeros included.
    pub(super) extent: usize,
    pub(super) phases: Vec<Residue>,
}

impl Geometry {
    /// Which places of the output each place of the input's axis was read for.
    pub(super) fn reach(&self, axis: usize) -> Reach {
        let (size, kernel) = (self.input[axis], self.kernel[axis]);
        let (stride, dilation, padding) = (self.stride[axis], self.dilation[axis], self.padding[axis]);
        // Place h is read by output i through tap k where h + padding = i·stride + k·dilation.
        let farthest = (kernel - 1) * dilation;
        let before = farthest.saturating_sub(padding).div_ceil(stride);
        let extent = before + (size - 1 + padding) / stride + 1;
        let phases = (0..stride.min(size)).map(|first| {
            let taps = (0..kernel).filter_map(|tap| {
                let from = (first + padding) as i128 - (tap * dilation) as i128;
                let place = before as i128 + from / stride as i128;
                (from % stride as i128 == 0).then_some((tap, place as usize))
            });
            Residue { first, places: (size - first).div_ceil(stride), taps: taps.collect() }
        });
        Reach { before, extent, phases: phases.collect() }
    }
}
