//! A pass that makes planes of planes, an image at a time: the output of a convolution, and the gradient of
//! its input.

use super::contract::{Contract, Rows, Start, Tiles};
use super::geometry::{Planes, volume};
use super::phase::{Block, Lanes, Phase, ROWS, Work};
use super::{order, turn};
use crate::kernels::gemm::Multiply;
use crate::kernels::mat::MatMut;
use crate::kernels::parallel::{Pieces, for_each_chunk_mut, run};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;

/// Sizes of what is read and made, and the sums between them.
pub(super) struct Pass {
    pub(super) batch: usize,
    pub(super) groups: usize,
    /// What is read: its channels in a group, and their planes.
    pub(super) from: (usize, Planes),
    /// What is made: its channels in a group, and their size.
    pub(super) to: (usize, [usize; 3]),
    /// How far the weights of a group's neighbouring channels of the result are apart.
    pub(super) apart: usize,
    pub(super) phases: Vec<Phase>,
}

/// A pass at work.
struct Run<'a, T> {
    pass: &'a Pass,
    isa: Isa,
    blocks: Vec<Block>,
    works: Vec<Work<'a>>,
    x: &'a [T],
    w: &'a [T],
    bias: Option<&'a [T]>,
    y: Pieces<'a, T>,
}

/// Gives a block its part of the result.
type Parts<'a, 'y, T> = &'a dyn Fn(&Block) -> &'y mut [T];

/// From so many images on, each is a task; of fewer, blocks of channels are.
const ENOUGH: usize = 16;

impl Pass {
    /// Makes `y` of `x` and the weights `w`; a channel's sum begins with its `bias`, or 0.
    pub(super) fn run<T: Contract + Multiply>(
        mut self,
        isa: Isa,
        x: &[T],
        w: &[T],
        bias: Option<&[T]>,
        y: &mut [T],
    ) {
        let tiles = T::tiles(isa);
        let in_rows = self.in_rows(tiles.lanes);
        if in_rows && self.phases.iter().any(|phase| phase.places[2] < tiles.lanes) {
            self.from.1 = self.from.1.with_slack(tiles.lanes);
        }
        let blocks = self.blocks(tiles, in_rows);
        let works =
            self.phases.iter().map(|phase| Work::new(&self, tiles, phase, &blocks, in_rows)).collect();
        let run = Run { pass: &self, isa, blocks, works, x, w, bias, y: Pieces::new(y) };
        if self.batch * self.groups < ENOUGH { run.by_blocks() } else { run.by_images() }
    }

    /// Whether places lie in the lanes: where that takes fewer steps of vectors than channels do.
    fn in_rows(&self, lanes: usize) -> bool {
        let steps = self.phases[0].steps.weights.len() as f64;
        let cost = |n: usize| n.next_multiple_of(lanes) as f64 / n as f64 * steps;
        let fits = |phase: &Phase| phase.stride == [1; 3] && phase.apart[2] == 1;
        self.phases.iter().all(fits) && cost(self.phases[0].places[2]) <= cost(self.to.0) + TURNING
    }

    /// The channels of a group in blocks: of two vectors, the last of them narrower if that is enough, or as
    /// many as a strip has.
    fn blocks<T>(&self, tiles: &Tiles<T>, in_rows: bool) -> Vec<Block> {
        let outputs = self.to.0;
        if in_rows {
            let count = outputs.div_ceil(tiles.strips.len());
            let cut = |i: usize| outputs * i / count;
            return (0..count)
                .map(|i| Block { channels: cut(i)..cut(i + 1), width: cut(i + 1) - cut(i) })
                .collect();
        }
        let blocks = order::pieces(outputs, tiles.width(2));
        blocks.map(|channels| Block { width: tiles.width(tiles.vectors(channels.len())), channels }).collect()
    }
}

/// The steps that turning a sum round costs as much as, which is made with channels in the lanes.
const TURNING: f64 = 15.0;

impl<T: Contract + Multiply> Run<'_, T> {
    /// A task has one image, for which all weights are packed.
    fn by_images(&self) {
        let (Pass { batch, groups, .. }, room, one) = (self.pass, self.room(), self.padded_len());
        let mut packed: Vec<Vec<Vec<T>>> = Vec::new();
        packed.resize_with(groups * self.blocks.len(), Vec::new);
        for_each_chunk_mut(&mut packed, 1, |i, packed| {
            let (group, block) = (i / self.blocks.len(), &self.blocks[i % self.blocks.len()]);
            packed[0] = self.works.iter().map(|work| self.packed(work, group, block)).collect();
        });
        run(batch * groups, |image| {
            let group = image % groups;
            let packed = &packed[group * self.blocks.len()..][..self.blocks.len()];
            with_scratch(one + room, |scratch| {
                let (padded, room) = scratch.split_at_mut(one);
                let x = self.padded(image, padded);
                for (i, work) in self.works.iter().enumerate() {
                    let blocks = self.blocks.iter().zip(packed.iter().map(|packed| &packed[i][..]));
                    self.add_up(work, image, &blocks.collect::<Vec<_>>(), x, room);
                }
            });
        });
    }

    /// A task has one block of channels, whose weights it packs, and its group's part of every image.
    fn by_blocks(&self) {
        let (Pass { batch, groups, .. }, room, one) = (self.pass, self.room(), self.padded_len());
        let mut padded = vec![T::ZERO; batch * groups * one];
        for_each_chunk_mut(&mut padded, one.max(1), |at, padded| {
            self.padded(at / one, padded);
        });
        run(groups * self.blocks.len(), |task| {
            let (group, block) = (task / self.blocks.len(), &self.blocks[task % self.blocks.len()]);
            let packed: Vec<_> = self.works.iter().map(|work| self.packed(work, group, block)).collect();
            with_scratch(room, |room| {
                for image in (0..*batch).map(|image| image * groups + group) {
                    let x =
                        if one == 0 { self.padded(image, &mut []) } else { &padded[image * one..][..one] };
                    for (work, packed) in self.works.iter().zip(&packed) {
                        self.add_up(work, image, &[(block, packed)], x, room);
                    }
                }
            });
        });
    }

    /// The numbers that [`Self::padded`] has room for.
    fn padded_len(&self) -> usize {
        let (inputs, planes) = &self.pass.from;
        planes.room(*inputs)
    }

    /// An image's group with the zeros around it, in `room` unless there are none.
    fn padded<'a>(&'a self, image: usize, room: &'a mut [T]) -> &'a [T] {
        let (inputs, planes) = &self.pass.from;
        let source = inputs * planes.unpadded();
        planes.pad(self.isa, &self.x[image * source..][..source], room)
    }

    /// The weights of a phase's steps for a block, as they are read: `[steps, width]`.
    fn packed(&self, work: &Work<'_>, group: usize, block: &Block) -> Vec<T> {
        let (steps, apart) = (&work.phase.steps.weights, self.pass.apart);
        let of_group = self.w.len() / self.pass.groups;
        let w = &self.w[group * of_group + block.channels.start * apart..];
        let mut packed = vec![T::ZERO; steps.len() * block.width];
        // A few steps at a time, so that the lines stay near which all channels write to.
        for (steps, packed) in steps.chunks(64).zip(packed.chunks_mut(64 * block.width)) {
            for channel in 0..block.channels.len() {
                let to = packed[channel..].iter_mut().step_by(block.width);
                to.zip(steps).for_each(|(to, &step)| *to = w[channel * apart + step]);
            }
        }
        packed
    }

    /// The numbers that [`Self::add_up`] has room for: what a group's channels begin with, and sums.
    fn room(&self) -> usize {
        self.pass.to.0 + ROWS * T::tiles(self.isa).width(2)
    }

    /// Adds up a phase of an image's group, `x`, for blocks with their packed weights.
    fn add_up(&self, work: &Work<'_>, image: usize, blocks: &[(&Block, &[T])], x: &[T], room: &mut [T]) {
        let (outputs, size) = self.pass.to;
        let (before, sums) = room.split_at_mut(outputs);
        match self.bias {
            Some(bias) => before.copy_from_slice(&bias[image % self.pass.groups * outputs..][..outputs]),
            None => before.fill(T::ZERO),
        }
        let y = |block: &Block| {
            let (first, channels) = (image * outputs + block.channels.start, block.channels.len());
            // SAFETY: the channels of an image belong to one block, and the block to one task, which has no
            // more than one piece at a time.
            unsafe { self.y.get(first * volume(size)..(first + channels) * volume(size)) }
        };
        work.run(self.isa, blocks, x, before, sums, (&y, volume(size)));
    }
}

impl Work<'_> {
    /// Adds up the sums of blocks with their packed weights in their parts of `y`, whose channels are
    /// `apart`. Each sum begins with its channel's `before`; there is room for [`ROWS`] of them in `sums`.
    fn run<'y, T: Contract + Multiply>(
        &self,
        isa: Isa,
        blocks: &[(&Block, &[T])],
        x: &[T],
        before: &[T],
        sums: &mut [T],
        (y, apart): (Parts<'_, 'y, T>, usize),
    ) {
        let (tiles, Phase { steps, .. }) = (T::tiles(isa), self.phase);
        match &self.lanes {
            Lanes::Places(vectors) => {
                // What a few vectors read stays in the first-level cache for all channels.
                for part in vectors.strips() {
                    let needed = &self.needs.kinds[part.kind];
                    for (n, &(block, w)) in blocks.iter().enumerate() {
                        let steps = &steps.places;
                        let ahead = n * steps.len() / blocks.len()..(n + 1) * steps.len() / blocks.len();
                        let w = (w, &before[block.channels.clone()]);
                        tiles.strip(part, (steps, needed, ahead), x, w, (y(block), apart));
                    }
                }
            }
            Lanes::Channels { parts, to } => {
                for &(block, w) in blocks {
                    let w = (w, &before[block.channels.clone()]);
                    self.turned(isa, block.width, (parts, to), x, w, sums, (y(block), apart));
                }
            }
        }
    }

    /// Adds up the sums of a block, with its channels in the lanes, and turns them round.
    #[allow(clippy::too_many_arguments)] // two operands, room, and where it goes
    fn turned<T: Contract + Multiply>(
        &self,
        isa: Isa,
        width: usize,
        (parts, to): (&[Rows], &[usize]),
        x: &[T],
        (w, before): (&[T], &[T]),
        sums: &mut [T],
        (y, apart): (&mut [T], usize),
    ) {
        let (Phase { steps, stride, .. }, tiles) = (self.phase, T::tiles(isa));
        let mut start = 0;
        for rows in parts {
            let part = start..start + rows.len();
            let sums = &mut sums[..part.len() * width];
            if steps.starts[0] != Start::Fresh {
                // The lanes beside the channels, too: denormal numbers there cost time.
                sums.fill(T::ZERO);
                sums.chunks_exact_mut(width).for_each(|sums| sums[..before.len()].copy_from_slice(before));
            }
            tiles.tile(tiles.vectors(width), rows, (&steps.places, &self.needs.kinds), x, w, sums);
            if *stride == [1; 3] {
                let shape = [before.len(), part.len()];
                turn(isa, sums, width, MatMut::strided(&mut y[start..], shape, [apart, 1]));
            } else {
                for (c, y) in y.chunks_exact_mut(apart).enumerate() {
                    for (&to, sums) in to[part.clone()].iter().zip(sums.chunks_exact(width)) {
                        y[to] = sums[c];
                    }
                }
            }
            start = part.end;
        }
    }
}
