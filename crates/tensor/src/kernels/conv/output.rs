use super::contract::Contract;
use super::geometry::{Geometry, every, volume};
use super::order;
use super::pass::Pass;
use super::phase::Phase;
use super::steps::Steps;
use crate::kernels::gemm::Multiply;
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
    let ((chain, starts), g) = (order::of_output(isa, g, bias.is_some()), &g.flat());
    let planes = g.padded_input();
    let mut steps = Steps::new(starts);
    for chained in order::pieces(g.inputs, chain) {
        for block in order::pieces(chained.len(), order::block(isa)) {
            for (tap, at) in every(g.kernel).enumerate() {
                let channels = block.clone().map(|c| chained.start + c);
                let place = |c: usize| c * planes.plane() + g.tap(&planes, at);
                steps.tap(at, channels.map(|c| (place(c), c * volume(g.kernel) + tap)));
            }
        }
        steps.end_chain();
    }
    let phase = Phase {
        first: [0; 3],
        stride: [1; 3],
        places: g.output,
        apart: g.stride,
        taps: [0, 1, 2].map(|axis| (0..g.kernel[axis]).map(|tap| tap * g.dilation[axis]).collect()),
        steps,
    };
    let pass = Pass {
        batch: g.batch,
        groups: g.groups,
        from: (g.inputs, planes),
        to: (g.outputs, g.output),
        apart: g.taps(),
        phases: vec![phase],
    };
    pass.run(isa, x, w, bias, y);
}
