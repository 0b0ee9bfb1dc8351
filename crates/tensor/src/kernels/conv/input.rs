use super::contract::{Contract, Start};
use super::geometry::{Geometry, Planes, Residue, every, volume};
use super::order;
use super::pass::Pass;
use super::phase::Phase;
use super::steps::Steps;
use crate::kernels::gemm::Multiply;
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
    let (chain, g) = (order::of_input_gradient(isa, g), &g.flat());
    let reach = [0, 1, 2].map(|axis| g.reach(axis));
    let planes =
        Planes::new(g.output, reach.each_ref().map(|r| r.before), reach.each_ref().map(|r| r.extent));
    let strided = g.stride != [1; 3];
    let apart = strided && !order::depthwise(g);
    let phase = |phase: [&Residue; 3]| {
        let mut steps = Steps::new([Start::Fresh, Start::Added]);
        for columns in columns(g, apart, phase[2], reach[2].before) {
            let [d, h] = [0, 1].map(|axis| phase[axis].taps.len());
            let taps: Vec<_> = every([d, h, columns.len()]).map(|[d, h, w]| [d, h, columns[w]]).collect();
            for chained in order::pieces(g.outputs, chain) {
                let block = if strided { chained.len() } else { order::block(isa) };
                for block in order::pieces(chained.len(), block) {
                    for &at in &taps {
                        let tap = [0, 1, 2].map(|axis| phase[axis].taps[at[axis]]);
                        let [d, h, w] = tap.map(|(tap, _)| tap);
                        let weight = (d * g.kernel[1] + h) * g.kernel[2] + w;
                        let place = planes.at(tap.map(|(_, place)| place));
                        let channels = block.clone().map(|o| chained.start + o);
                        let step = |o: usize| (o * planes.plane() + place, o * g.taps() + weight);
                        steps.tap(at, channels.map(step));
                    }
                }
                steps.end_chain();
            }
        }
        Phase {
            first: phase.map(|p| p.first),
            stride: g.stride,
            places: phase.map(|p| p.places),
            apart: [1; 3],
            taps: phase.map(|p| p.taps.iter().map(|&(_, place)| place).collect()),
            steps,
        }
    };
    let phases = every(reach.each_ref().map(|r| r.phases.len()));
    let phases = phases.map(|at| phase([0, 1, 2].map(|axis| &reach[axis].phases[at[axis]]))).collect();
    let pass = Pass {
        batch: g.batch,
        groups: g.groups,
        from: (g.outputs, planes),
        to: (g.inputs, g.input),
        apart: volume(g.kernel),
        phases,
    };
    pass.run(isa, dy, w, None, dx);
}

/// The columns of the kernel that are summed over together, by their numbers in a [`Residue`]: all of them,
/// or, if they are to be `apart`, as in oneDNN with a stride, those together that lie inside the output for
/// every place of a row, and each of the others alone.
fn columns(g: &Geometry, apart: bool, residue: &Residue, before: usize) -> Vec<Vec<usize>> {
    if !apart {
        return vec![(0..residue.taps.len()).collect()];
    }
    let inside = |&column: &usize| {
        let (_, place) = residue.taps[column];
        place >= before && place + residue.places <= before + g.output[2]
    };
    let whole: Vec<_> = (0..residue.taps.len()).filter(inside).collect();
    let mut columns = Vec::new();
    for column in 0..residue.taps.len() {
        if !inside(&column) {
            columns.push(vec![column]);
        } else if column == whole[0] {
            columns.push(whole.clone());
        }
    }
    if columns.is_empty() { vec![Vec::new()] } else { columns }
}
