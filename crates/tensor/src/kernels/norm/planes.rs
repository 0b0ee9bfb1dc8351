use std::ops::Range;

use crate::kernels::parallel::{GRAIN, for_each_range};

/// How a tensor lies in memory: images of channels of so many elements each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Planes {
    pub images: usize,
    pub channels: usize,
    pub size: usize,
}

impl Planes {
    /// That of the shape `[images, channels, …]`.
    pub fn of(shape: &[usize]) -> Planes {
        Planes { images: shape[0], channels: shape[1], size: shape[2..].iter().product() }
    }

    /// How many elements a channel has.
    pub fn count(self) -> usize {
        self.images * self.size
    }

    #[inline(always)]
    pub(super) fn plane(self, image: usize, channel: usize) -> Range<usize> {
        self.row(image, channel..channel + 1)
    }

    /// The elements of neighbouring channels in one image.
    #[inline(always)]
    pub(super) fn row(self, image: usize, channels: Range<usize>) -> Range<usize> {
        let start = image * self.channels;
        (start + channels.start) * self.size..(start + channels.end) * self.size
    }

    /// Calls `f` on ranges of channels, in parallel. The arithmetic of a channel does not depend on the
    /// others.
    pub(super) fn in_parallel(self, f: impl Fn(Range<usize>) + Sync) {
        for_each_range(self.channels, (GRAIN / self.count().max(1)).max(1), f);
    }
}
