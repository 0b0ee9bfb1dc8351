//! The gradient of the weights where every channel stands alone: channels in the lanes of both factors.

use super::contract::{Contract, Places, Start, Tiles};
use super::geometry::{Geometry, every, volume};
use super::weight::add_up;
use super::{order, turn};
use crate::kernels::gemm::Multiply;
use crate::kernels::mat::MatMut;
use crate::kernels::number::Float;
use crate::kernels::parallel::{Pieces, run};
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;
use crate::kernels::vector::Vector;

/// `dw` and `db` as [`weight_gradient`](super::weight_gradient), of groups with one channel of input and
/// output each.
pub(super) fn weight_gradient<T: Contract + Multiply>(
    isa: Isa,
    g: &Geometry,
    x: &[T],
    dy: &[T],
    dw: &mut [T],
    db: Option<&mut [T]>,
) {
    let (tiles, planes) = (T::tiles(isa), g.padded_input());
    let (lanes, taps, places) = (tiles.lanes, g.taps(), volume(g.output));
    let (from, plane) = (volume(g.input), planes.plane());
    let rows = Places::new(every(g.kernel).map(|at| g.tap(&planes, at)));
    let steps = Places::new(g.corners(&planes));
    let (chains, alone) = order::of_weight_gradient(isa, g);
    let (dw, db) = (Pieces::new(dw), db.map(Pieces::new));
    run(g.groups.div_ceil(lanes), |task| {
        let channels = task * lanes..g.groups.min((task + 1) * lanes);
        let room = planes.room(channels.len());
        with_scratch(room + (plane + places + taps + 1) * lanes, |scratch| {
            let (room, scratch) = scratch.split_at_mut(room);
            let (xs, scratch) = scratch.split_at_mut(plane * lanes);
            let (dys, scratch) = scratch.split_at_mut(places * lanes);
            let (sums, bias) = scratch.split_at_mut(taps * lanes);
            [&mut *xs, dys, sums, bias].into_iter().for_each(|part| part.fill(T::ZERO));
            for image in 0..g.batch {
                let first = image * g.groups + channels.start;
                let x = planes.pad(isa, &x[first * from..][..channels.len() * from], room);
                let dy = &dy[first * places..][..channels.len() * places];
                turn(isa, x, plane, MatMut::strided(xs, [plane, channels.len()], [lanes, 1]));
                turn(isa, dy, places, MatMut::strided(dys, [places, channels.len()], [lanes, 1]));
                let start = if alone { Start::Added } else { Start::Onward };
                for chain in &chains {
                    tiles.taps(&rows, (&steps, chain.clone()), xs, dys, sums, start);
                }
                if db.is_some() {
                    add_up(dys, bias);
                }
            }
            for (i, channel) in channels.clone().enumerate() {
                // SAFETY: a channel belongs to one task.
                let dw = unsafe { dw.get(channel * taps..(channel + 1) * taps) };
                dw.iter_mut().zip(sums.iter().skip(i).step_by(lanes)).for_each(|(dw, &sum)| *dw = sum);
            }
            if let Some(db) = &db {
                // SAFETY: as above.
                unsafe { db.get(channels.clone()) }.copy_from_slice(&bias[..channels.len()]);
            }
        });
    });
}

/// What a tile of taps reads; it writes `out`.
pub(super) struct Taps<'a, T> {
    rows: *const u32,
    steps: &'a [u32],
    x: *const T,
    dy: *const T,
    out: *mut T,
    start: Start,
}

/// Computes the sums of as many taps as it was compiled for.
///
/// # Safety
///
/// With `r` taps: `x` has a vector for the sum of each row and each step, `dy` for each step, `out` for each
/// of the `r`; the processor has the instruction set.
pub(super) type TapsFn<T> = unsafe fn(&Taps<'_, T>);

/// The most taps of a tile: those of a kernel of 3×3.
pub(super) const TAPS: usize = 9;

impl<T: Float> Tiles<T> {
    /// `out[r, l] ← Σₖ x[rows[r] + steps[k], l] · dy[k, l]` over the steps of a chain.
    ///
    /// # Panics
    /// If a slice is too short.
    fn taps(
        &self,
        rows: &Places,
        (steps, chain): (&Places, std::ops::Range<usize>),
        x: &[T],
        dy: &[T],
        out: &mut [T],
        start: Start,
    ) {
        let (dy, (rows, last)) = (&dy[chain.start * self.lanes..], rows.part(0..rows.len()).places());
        let (steps, end) = steps.part(chain).places();
        let reaches = rows.is_empty() || steps.is_empty() || (last + end - 1) * self.lanes <= x.len();
        assert!(reaches && dy.len() >= steps.len() * self.lanes && out.len() >= rows.len() * self.lanes);
        for (rows, out) in rows.chunks(TAPS).zip(out.chunks_mut(TAPS * self.lanes)) {
            let taps = Taps {
                rows: rows.as_ptr(),
                steps,
                x: x.as_ptr(),
                dy: dy.as_ptr(),
                out: out.as_mut_ptr(),
                start,
            };
            // SAFETY: by the assertion all of it lies inside; `taps` has those of a set that the processor
            // has.
            unsafe { self.taps[rows.len() - 1](&taps) };
        }
    }
}

/// # Safety
///
/// As [`TapsFn`].
#[inline(always)]
#[allow(clippy::needless_range_loop)] // counted loops over registers are what the compiler unrolls
pub(super) unsafe fn taps<T: Float, V: Vector<T>, const R: usize>(t: &Taps<'_, T>) {
    // SAFETY: the caller's promise.
    unsafe {
        let x: [*const T; R] = std::array::from_fn(|r| t.x.add(*t.rows.add(r) as usize * V::LANES));
        let before: [V; R] = std::array::from_fn(|r| V::load(t.out.add(r * V::LANES)));
        let mut sums = if t.start == Start::Onward { before } else { [V::splat(T::ZERO); R] };
        let mut dy = t.dy;
        for &step in t.steps {
            let factor = V::load(dy);
            for r in 0..R {
                sums[r] = V::load(x[r].add(step as usize * V::LANES)).mul_add(factor, sums[r]);
            }
            dy = dy.add(V::LANES);
        }
        for r in 0..R {
            let sum = if t.start == Start::Added { sums[r].add(before[r]) } else { sums[r] };
            sum.store(t.out.add(r * V::LANES));
        }
    }
}
