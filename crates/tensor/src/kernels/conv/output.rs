use super::contract::{Contract, Places};
use super::geometry::{Geometry, every, volume};
use super::{ROWS, Sums, order, turn};
use crate::kernels::gemm::Multiply;
use crate::kernels::mat::MatMut;
use crate::kernels::parallel::{Pieces, run};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;

/// `y ← x ∗ w + b`, with `x: [batch, groups·inputs, …]`, `w: [groups·outputs, inputs, …]`,
/// `y: [batch, groups·outputs, …]`, none of which is empty.
pub(crate) fn output<T: Contract + Multiply>(
    isa: Isa,
    g: &Geometry,
    x: &[T],
    w: &[T],
    bias: Option<&[T]>,
    y: &mut [T],
) {
    let planes = g.padded_input();
    let rows = Places::new(g.corners(&planes));
    let (mut steps, mut weights, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    let (chain, starts) = order::of_output(isa, g, bias.is_some());
    for chained in order::pieces(g.inputs, chain) {
        for block in order::pieces(chained.len(), order::block(isa)) {
            for (tap, at) in every(g.kernel).enumerate() {
                for c in block.clone().map(|c| chained.start + c) {
                    steps.push(c * planes.plane() + g.tap(&planes, at));
                    weights.push(c * volume(g.kernel) + tap);
                }
            }
        }
        ends.push(steps.len());
    }
    let steps = Places::new(steps);
    let groups: Vec<_> = w
        .chunks_exact(g.outputs * g.taps())
        .map(|w| {
            let (steps, ends, weights) = (steps.clone(), ends.clone(), weights.clone());
            let sums = Sums {
                tiles: T::tiles(isa),
                steps,
                ends,
                weights,
                apart: g.taps(),
                channels: g.outputs,
                w,
                starts,
            };
            let blocks = sums.blocks();
            (sums, blocks)
        })
        .collect();
    let blocks = groups[0].1.len();
    // Images are enough work for the threads, or else blocks of channels are.
    let together = if g.batch * g.groups >= ENOUGH { blocks } else { 1 };
    let parts = blocks.div_ceil(together);
    let (places, pieces) = (volume(g.output), Pieces::new(y));
    run(g.batch * g.groups * parts, |task| {
        let (image, part) = (task / parts, task % parts);
        let (sums, blocks) = &groups[image % g.groups];
        with_scratch(planes.room(g.inputs) + ROWS * sums.tiles.width(2), |scratch| {
            let (room, out) = scratch.split_at_mut(planes.room(g.inputs));
            let x = planes.pad(&x[image * g.input_len()..][..g.input_len()], room);
            for block in blocks.iter().skip(part * together).take(together) {
                let width = sums.tiles.width(block.vectors);
                let first = image * g.output_len() + block.channels.start * places;
                // SAFETY: the channels of an image's group belong to one block, and the block to one task.
                let y = unsafe { pieces.get(first..first + block.channels.len() * places) };
                let bias = bias.map(|b| &b[image % g.groups * g.outputs..][block.channels.clone()]);
                for start in (0..places).step_by(ROWS) {
                    let part = start..places.min(start + ROWS);
                    let out = &mut out[..part.len() * width];
                    out.fill(T::ZERO); // the lanes beside the channels, too: denormal numbers there cost time
                    if let Some(bias) = bias {
                        out.chunks_exact_mut(width).for_each(|out| out[..bias.len()].copy_from_slice(bias));
                    }
                    sums.run(block, rows.part(part.clone()), x, out);
                    let y = &mut y[start..];
                    turn(
                        isa,
                        out,
                        width,
                        MatMut::strided(y, [block.channels.len(), part.len()], [places, 1]),
                    );
                }
            }
        });
    });
}

/// From so many images on, each is one task.
const ENOUGH: usize = 16;
