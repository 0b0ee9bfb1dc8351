use super::contract::{Contract, Places, Start};
use super::geometry::{Geometry, every, volume};
use super::{order, turn};
use crate::kernels::gemm::Multiply;
use crate::kernels::mat::MatMut;
use crate::kernels::parallel::{Pieces, run};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;

/// `dw` of `y = x ∗ w` from `x` and `dy`, and `db` if there is room for it, with shapes as for
/// [`output`](super::output); nothing is empty.
pub(crate) fn weight_gradient<T: Contract + Multiply>(
    isa: Isa,
    g: &Geometry,
    x: &[T],
    dy: &[T],
    dw: &mut [T],
    db: Option<&mut [T]>,
) {
    let planes = g.padded_input();
    let taps = (0..g.inputs).flat_map(|c| every(g.kernel).map(move |at| (c, at)));
    let rows = Places::new(taps.map(|(c, at)| c * planes.plane() + g.tap(&planes, at)));
    let steps = Places::new(g.corners(&planes));
    let (tiles, places, taps) = (T::tiles(isa), volume(g.output), g.taps());
    let blocks: Vec<_> = order::pieces(g.outputs, tiles.width(2)).collect();
    // A task has all images: the sum over them is one chain. Taps of one block are shared out too, as long
    // as packing the gradient costs little beside their sums.
    let share = taps.div_ceil(taps.div_ceil(TAPS));
    let shares = taps.div_ceil(share);
    let (dw, db) = (Pieces::new(dw), db.map(Pieces::new));
    run(g.groups * blocks.len() * shares, |task| {
        let (group, block, first) =
            (task / shares / blocks.len(), task / shares % blocks.len(), task % shares * share);
        let channels = blocks[block].clone();
        let vectors = tiles.vectors(channels.len());
        let width = tiles.width(vectors);
        let rows = rows.part(first..taps.min(first + share));
        let planes_len = planes.room(g.inputs);
        with_scratch(planes_len + (places + rows.len() + 1) * width, |scratch| {
            let (room, scratch) = scratch.split_at_mut(planes_len);
            let (packed, sums) = scratch.split_at_mut(places * width);
            let (sums, bias) = sums.split_at_mut(rows.len() * width);
            packed.fill(T::ZERO);
            sums.fill(T::ZERO);
            bias.fill(T::ZERO);
            for image in (0..g.batch).map(|n| n * g.groups + group) {
                let x = planes.pad(&x[image * g.input_len()..][..g.input_len()], room);
                let dy = &dy[image * g.output_len() + channels.start * places..][..channels.len() * places];
                turn(isa, dy, places, MatMut::strided(packed, [places, channels.len()], [width, 1]));
                for start in (0..places).step_by(STEPS) {
                    let part = start..places.min(start + STEPS);
                    let packed = &packed[start * width..part.end * width];
                    tiles.contract(vectors, (rows, steps.part(part)), x, packed, sums, Start::Onward);
                    if first == 0 && db.is_some() {
                        for dy in packed.chunks_exact(width) {
                            bias.iter_mut().zip(dy).for_each(|(sum, &dy)| *sum += dy);
                        }
                    }
                }
            }
            for (i, o) in channels.clone().map(|o| group * g.outputs + o).enumerate() {
                // SAFETY: a share of the taps of a channel belongs to one task.
                let dw = unsafe { dw.get(o * taps + first..o * taps + first + rows.len()) };
                dw.iter_mut().zip(sums.iter().skip(i).step_by(width)).for_each(|(dw, &sum)| *dw = sum);
                if let (0, Some(db)) = (first, &db) {
                    // SAFETY: a channel's first share belongs to one task.
                    let db = unsafe { db.get(o..o + 1) };
                    db[0] = bias[i];
                }
            }
        });
    });
}

/// Taps that a task has at the most, unless there is just one more.
const TAPS: usize = 96;

/// Places whose packed gradients stay in the first-level cache while the taps go past them.
const STEPS: usize = 256;
