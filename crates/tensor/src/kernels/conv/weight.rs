use super::contract::{Contract, Places, Start};
use super::geometry::{Geometry, every, volume};
use super::{depthwise, order, turn};
use crate::kernels::gemm::{Multiply, transpose};
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::parallel::{Pieces, for_each_chunk_mut, run};
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
    if order::depthwise(g) {
        return depthwise::weight_gradient(isa, g, x, dy, dw, db);
    }
    let planes = g.padded_input();
    let steps = Places::new(g.corners(&planes));
    let (tiles, places, taps) = (T::tiles(isa), volume(g.output), g.taps());
    let blocks: Vec<_> = order::pieces(g.outputs, tiles.width(2)).collect();
    // A task has all images: the sum over them is one chain. Taps of one block are shared out too, as long
    // as packing the gradient costs little beside their sums.
    let share = taps.div_ceil(taps.div_ceil(TAPS));
    let shares = taps.div_ceil(share);
    let (chains, alone) = order::of_weight_gradient(isa, g);
    let (dw, db) = (Pieces::new(dw), db.map(Pieces::new));
    run(g.groups * blocks.len() * shares, |task| {
        let (group, block, first) =
            (task / shares / blocks.len(), task / shares % blocks.len(), task % shares * share);
        let channels = blocks[block].clone();
        let vectors = tiles.vectors(channels.len());
        let width = tiles.width(vectors);
        // The channels that the share's taps belong to, which alone are padded.
        let (share, kernel) = (first..taps.min(first + share), volume(g.kernel));
        let inputs = share.start / kernel..share.end.div_ceil(kernel);
        let at: Vec<_> = every(g.kernel).map(|at| g.tap(&planes, at)).collect();
        let rows = share.map(|tap| (tap / kernel - inputs.start) * planes.plane() + at[tap % kernel]);
        let rows = Places::new(rows);
        let rows = rows.part(0..rows.len());
        let planes_len = planes.room(inputs.len());
        with_scratch(planes_len + (places + rows.len() + 1) * width, |scratch| {
            let (room, scratch) = scratch.split_at_mut(planes_len);
            let (packed, sums) = scratch.split_at_mut(places * width);
            let (sums, bias) = sums.split_at_mut(rows.len() * width);
            packed.fill(T::ZERO);
            sums.fill(T::ZERO);
            bias.fill(T::ZERO);
            for image in (0..g.batch).map(|n| n * g.groups + group) {
                let x = &x[image * g.input_len()..][..g.input_len()];
                let plane = volume(g.input);
                let x = planes.pad(&x[inputs.start * plane..inputs.end * plane], room);
                let dy = &dy[image * g.output_len() + channels.start * places..][..channels.len() * places];
                turn(isa, dy, places, MatMut::strided(packed, [places, channels.len()], [width, 1]));
                for chain in &chains {
                    let (most, start) =
                        if alone { (usize::MAX, Start::Added) } else { (STEPS, Start::Onward) };
                    for part in order::pieces(chain.len(), most) {
                        let part = chain.start + part.start..chain.start + part.end;
                        let packed = &packed[part.start * width..part.end * width];
                        tiles.contract(vectors, (rows, steps.part(part)), x, packed, sums, start);
                        if first == 0 && db.is_some() {
                            add_up(packed, bias);
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

/// Adds steps to sums, one after the other.
pub(super) fn add_up<T: Contract>(steps: &[T], sums: &mut [T]) {
    for step in steps.chunks_exact(sums.len()) {
        sums.iter_mut().zip(step).for_each(|(sum, &step)| *sum += step);
    }
}

/// `db[c] = Σ dy[n, c, …]`, with `dy: [batch, channels, places]`; nothing is empty.
pub(crate) fn bias_gradient<T: Contract + Multiply>(isa: Isa, dy: &[T], places: usize, db: &mut [T]) {
    let (channels, width) = (db.len(), T::tiles(isa).width(2));
    let by_image = order::of_transposed_bias(isa, channels);
    for_each_chunk_mut(db, width, |first, db| {
        db.fill(T::ZERO);
        let mut before = vec![T::ZERO; if by_image { db.len() } else { 0 }];
        with_scratch(STEPS * db.len(), |packed| {
            for dy in dy.chunks_exact(channels * places) {
                if by_image {
                    before.copy_from_slice(db);
                    db.fill(T::ZERO);
                }
                let dy = &dy[first * places..][..db.len() * places];
                for part in order::pieces(places, STEPS) {
                    let packed = &mut packed[..part.len() * db.len()];
                    let steps = Mat::strided(&dy[part.start..], [db.len(), part.len()], [places, 1]);
                    transpose(isa, steps, MatMut::rows(packed, [part.len(), db.len()]));
                    add_up(packed, db);
                }
                db.iter_mut().zip(&before).for_each(|(sum, &before)| *sum += before);
            }
        });
    });
}

/// Taps that a task has at the most, unless there is just one more.
const TAPS: usize = 96;

/// Places whose packed gradients stay in the first-level cache while the taps go past them.
const STEPS: usize = 256;
