use super::geometry::{Geometry, every, volume};
use crate::Num;

/// The convolution of integers, which wrap around, each element by its definition; shapes as for
/// [`output`](super::output).
pub(crate) fn exact<T: Num>(g: &Geometry, x: &[T], w: &[T], bias: Option<&[T]>, y: &mut [T]) {
    let (places, outputs) = (volume(g.output), g.groups * g.outputs);
    for (i, y) in y.chunks_exact_mut(places).enumerate() {
        let (image, o) = (i / outputs, i % outputs);
        let x = &x[(image * g.groups + o / g.outputs) * g.input_len()..][..g.input_len()];
        let w = &w[o * g.taps()..][..g.taps()];
        for (y, place) in y.iter_mut().zip(every(g.output)) {
            let mut sum = bias.map_or(T::ZERO, |bias| bias[o]);
            for (x, w) in x.chunks_exact(volume(g.input)).zip(w.chunks_exact(volume(g.kernel))) {
                for (&w, tap) in w.iter().zip(every(g.kernel)) {
                    let at = [0, 1, 2].map(|axis| {
                        let at = place[axis] * g.stride[axis] + tap[axis] * g.dilation[axis];
                        at.checked_sub(g.padding[axis]).filter(|&at| at < g.input[axis])
                    });
                    if let [Some(d), Some(h), Some(v)] = at {
                        sum = sum.add(w.mul(x[(d * g.input[1] + h) * g.input[2] + v]));
                    }
                }
            }
            *y = sum;
        }
    }
}
