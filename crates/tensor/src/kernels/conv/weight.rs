use super::contract::{Contract, Places, Rows, Start};
use super::geometry::{Geometry, every, volume};
use super::steps::Needed;
use super::{depthwise, order, turn};
use crate::kernels::gemm::{Multiply, transpose};
use crate::kernels::mat::{Mat, MatMut};
use crate::kernels::parallel::{Pieces, for_each_chunk_mut, num_threads, run};
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
    // A task has all images: the sum over them is one chain. Taps of one block are shared out if there are
    // fewer blocks than threads, or very many of them; each share packs the gradient for itself.
    let shares = num_threads().div_ceil(g.groups * blocks.len()).max(taps.div_ceil(TAPS));
    let share = taps.div_ceil(shares);
    let shares = taps.div_ceil(share);
    let (chains, alone) = order::of_weight_gradient(isa, g);
    let (most, start) = if alone { (usize::MAX, Start::Added) } else { (STEPS, Start::Onward) };
    let ends =
        chains.iter().flat_map(|chain| order::pieces(chain.len(), most).map(|part| chain.start + part.end));
    let needed = [Needed::whole(ends, [start; 2])];
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
        let mut rows = Rows::new(rows.enumerate().map(|(i, place)| [place, i]));
        rows.cut(tiles, vectors, 0..rows.len(), 0);
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
                let x = planes.pad(isa, &x[inputs.start * plane..inputs.end * plane], room);
                let dy = &dy[image * g.output_len() + channels.start * places..][..channels.len() * places];
                turn(isa, dy, places, MatMut::strided(packed, [places, channels.len()], [width, 1]));
                tiles.tile(vectors, &rows, (&steps, &needed), x, packed, sums);
                if first == 0 && db.is_some() {
                    add_up(packed, bias);
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
    let width = sums.len();
    let (whole, rest) = sums.as_chunks_mut::<SIDE>();
    for (i, sums) in whole.iter_mut().enumerate() {
        // In registers.
        let mut local = *sums;
        for step in steps.chunks_exact(width) {
            let step: &[T; SIDE] = step[i * SIDE..][..SIDE].try_into().expect("a chunk");
            (0..SIDE).for_each(|lane| local[lane] += step[lane]);
        }
        *sums = local;
    }
    let first = width - rest.len();
    for step in steps.chunks_exact(width) {
        rest.iter_mut().zip(&step[first..]).for_each(|(sum, &step)| *sum += step);
    }
}

/// Sums that are added up side by side.
const SIDE: usize = 16;

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

/// Taps that a task has at the most.
const TAPS: usize = 288;

/// Places whose packed gradients stay in the first-level cache while the taps go past them.
const STEPS: usize = 256;
