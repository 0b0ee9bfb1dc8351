use super::contract::{Contract, Places, Start};
use super::geometry::{Geometry, Phase, Planes, every, volume};
use super::{ROWS, Sums, order, turn};
use crate::kernels::gemm::Multiply;
use crate::kernels::mat::MatMut;
use crate::kernels::parallel::for_each_chunk_mut;
use crate::kernels::scratch::with_scratch;
use crate::kernels::simd::Isa;

/// `dx` of `y = x ∗ w` from `dy`, with shapes as for [`output`](super::output); nothing is empty. Also what a
/// transposed convolution computes.
pub(crate) fn input_gradient<T: Contract + Multiply>(
    isa: Isa,
    g: &Geometry,
    dy: &[T],
    w: &[T],
    dx: &mut [T],
) {
    let reach = [0, 1, 2].map(|axis| g.reach(axis));
    let planes =
        Planes::new(g.output, reach.each_ref().map(|r| r.before), reach.each_ref().map(|r| r.extent));
    let phases = every(reach.each_ref().map(|r| r.phases.len()));
    let phases: Vec<_> = phases.map(|at| [0, 1, 2].map(|axis| &reach[axis].phases[at[axis]])).collect();
    let chain = order::of_input_gradient(isa, g);
    let strided = g.stride != [1; 3];
    let places = volume(g.input);

    /// The places of one phase, in `dx` and in the padded `dy`, and what is summed for them.
    struct Work<'a, T: Contract> {
        rows: Places,
        to: Vec<usize>,
        groups: Vec<(Sums<'a, T>, Vec<super::Block<T>>)>,
    }
    let works: Vec<Work<'_, T>> = phases
        .iter()
        .map(|phase| {
            let counts = phase.map(|p| p.places);
            let rows = Places::new(every(counts).map(|at| planes.at(at)));
            let input = |at: [usize; 3]| {
                let [d, h, w] = [0, 1, 2].map(|axis| phase[axis].first + at[axis] * g.stride[axis]);
                (d * g.input[1] + h) * g.input[2] + w
            };
            let to = every(counts).map(input).collect();
            let (mut steps, mut weights, mut ends) = (Vec::new(), Vec::new(), Vec::new());
            let apart = strided && !order::depthwise(g);
            for columns in columns(g, apart, phase[2], reach[2].before) {
                let taps = |axis: usize| if axis == 2 { &columns[..] } else { &phase[axis].taps[..] };
                let taps: Vec<_> = every([0, 1, 2].map(|axis| taps(axis).len()))
                    .map(|at| {
                        let tap = [0, 1, 2].map(|axis| taps(axis)[at[axis]]);
                        let [d, h, w] = tap.map(|(tap, _)| tap);
                        ((d * g.kernel[1] + h) * g.kernel[2] + w, planes.at(tap.map(|(_, place)| place)))
                    })
                    .collect();
                for chained in order::pieces(g.outputs, chain) {
                    let block = if strided { chained.len() } else { order::block(isa) };
                    for block in order::pieces(chained.len(), block) {
                        for &(tap, place) in &taps {
                            for o in block.clone().map(|o| chained.start + o) {
                                steps.push(o * planes.plane() + place);
                                weights.push(o * g.taps() + tap);
                            }
                        }
                    }
                    ends.push(steps.len());
                }
            }
            let steps = Places::new(steps);
            let groups = w.chunks_exact(g.outputs * g.taps()).map(|w| {
                let (steps, ends, weights) = (steps.clone(), ends.clone(), weights.clone());
                let (apart, channels, starts) = (volume(g.kernel), g.inputs, [Start::Fresh, Start::Added]);
                let sums = Sums { tiles: T::tiles(isa), steps, ends, weights, apart, channels, w, starts };
                let blocks = sums.blocks();
                (sums, blocks)
            });
            Work { rows, to, groups: groups.collect() }
        })
        .collect();
    for_each_chunk_mut(dx, g.input_len(), |start, dx| {
        let image = start / g.input_len();
        let width = T::tiles(isa).width(2);
        with_scratch(planes.room(g.outputs) + ROWS * width, |scratch| {
            let (room, out) = scratch.split_at_mut(planes.room(g.outputs));
            let dy = planes.pad(&dy[image * g.output_len()..][..g.output_len()], room);
            for Work { rows, to, groups } in &works {
                let (sums, blocks) = &groups[image % g.groups];
                for block in blocks {
                    let width = sums.tiles.width(block.vectors);
                    for start in (0..rows.len()).step_by(ROWS) {
                        let part = start..rows.len().min(start + ROWS);
                        let out = &mut out[..part.len() * width];
                        sums.run(block, rows.part(part.clone()), dy, out);
                        let dx = &mut dx[block.channels.start * places..];
                        if strided {
                            for (c, sum) in
                                (0..block.channels.len()).flat_map(|c| (0..part.len()).map(move |i| (c, i)))
                            {
                                dx[c * places + to[start + sum]] = out[sum * width + c];
                            }
                        } else {
                            let shape = [block.channels.len(), part.len()];
                            turn(isa, out, width, MatMut::strided(&mut dx[start..], shape, [places, 1]));
                        }
                    }
                }
            }
        });
    });
}

/// The columns of the kernel that are summed over together, as (tap, place) of a [`Phase`]: all of them, or, if
/// they are to be `apart`, as in oneDNN with a stride, those together that lie inside the output for every
/// place of a row, and each of the others alone.
fn columns(g: &Geometry, apart: bool, phase: &Phase, before: usize) -> Vec<Vec<(usize, usize)>> {
    if !apart {
        return vec![phase.taps.clone()];
    }
    let inside =
        |&(_, place): &(usize, usize)| place >= before && place + phase.places <= before + g.output[2];
    let whole: Vec<_> = phase.taps.iter().copied().filter(inside).collect();
    let mut columns = Vec::new();
    for tap in &phase.taps {
        if !inside(tap) {
            columns.push(vec![*tap]);
        } else if tap == &whole[0] {
            columns.push(whole.clone());
        }
    }
    if columns.is_empty() { vec![Vec::new()] } else { columns }
}
