//! Every pass by its definition, on every instruction set: of small whole numbers every order of a sum gives
//! the same.

use super::geometry::{every, volume};
use super::*;

/// Small whole numbers from a counter, so that failures repeat.
fn numbers(len: usize, seed: usize) -> Vec<i64> {
    (0..len).map(|i| ((i + seed).wrapping_mul(2_654_435_761) >> 7) as i64 % 7 - 3).collect()
}

fn floats<T: Contract>(x: &[i64]) -> Vec<T> {
    x.iter().map(|&x| T::from_i64(x)).collect()
}

/// The gradients of input, weights and bias, one product after the other.
fn gradients(g: &Geometry, x: &[i64], w: &[i64], dy: &[i64]) -> [Vec<i64>; 3] {
    let [mut dx, mut dw] = [x, w].map(|like| vec![0; like.len()]);
    let mut db = vec![0; g.groups * g.outputs];
    let (from, kernel, taps) = (volume(g.input), volume(g.kernel), g.taps());
    for (i, dy) in dy.chunks_exact(volume(g.output)).enumerate() {
        let (image, o) = (i / db.len(), i % db.len());
        for (&dy, place) in dy.iter().zip(every(g.output)) {
            db[o] += dy;
            for (tap, at) in every(g.kernel).enumerate() {
                let at = [0, 1, 2].map(|axis| {
                    let at = place[axis] * g.stride[axis] + at[axis] * g.dilation[axis];
                    at.checked_sub(g.padding[axis]).filter(|&at| at < g.input[axis])
                });
                let [Some(d), Some(h), Some(v)] = at else { continue };
                for c in 0..g.inputs {
                    let x_at = ((image * g.groups + o / g.outputs) * g.inputs + c) * from;
                    let x_at = x_at + (d * g.input[1] + h) * g.input[2] + v;
                    let w_at = o * taps + c * kernel + tap;
                    dx[x_at] += w[w_at] * dy;
                    dw[w_at] += x[x_at] * dy;
                }
            }
        }
    }
    [dx, dw, db]
}

fn passes_are_exact<T: Contract + Multiply>(g: &Geometry) {
    let channels = g.groups * g.outputs;
    let x = numbers(g.batch * g.groups * g.input_len(), 1);
    let (w, b) = (numbers(channels * g.taps(), 2), numbers(channels, 3));
    let dy = numbers(g.batch * g.groups * g.output_len(), 4);
    let mut y = vec![0; dy.len()];
    exact(g, &x, &w, Some(&b), &mut y);
    let [dx, dw, db] = gradients(g, &x, &w, &dy);
    let (fx, fw, fb, fdy) = (floats::<T>(&x), floats::<T>(&w), floats::<T>(&b), floats::<T>(&dy));
    for isa in Isa::available() {
        let nan = |len: usize| vec![T::from_f64(f64::NAN); len];
        let (mut sums, mut of_x, mut of_w) = (nan(y.len()), nan(x.len()), nan(w.len()));
        let mut of_b = [nan(b.len()), nan(b.len())];
        output(isa, g, &fx, &fw, Some(&fb), &mut sums);
        assert_eq!(sums, floats::<T>(&y), "output, {isa:?}, {g:?}");
        input_gradient(isa, g, &fdy, &fw, &mut of_x);
        assert_eq!(of_x, floats::<T>(&dx), "input, {isa:?}, {g:?}");
        weight_gradient(isa, g, &fx, &fdy, &mut of_w, Some(&mut of_b[0]));
        assert_eq!(of_w, floats::<T>(&dw), "weights, {isa:?}, {g:?}");
        bias_gradient(isa, &fdy, volume(g.output), &mut of_b[1]);
        assert!(of_b.iter().all(|of_b| *of_b == floats::<T>(&db)), "bias, {isa:?}, {g:?}");
    }
}

/// Channels and widths that fill vectors and that do not, alone and in groups, few images and many, and
/// places that read nothing but the zeros around the input.
#[test]
fn passes_are_what_their_definitions_say() {
    let mut cases = 0;
    for (batch, groups, inputs, outputs) in [
        (1, 1, 3, 20),
        (2, 1, 9, 1),
        (17, 1, 2, 6),
        (1, 3, 2, 7),
        (6, 3, 1, 2),
        (2, 11, 1, 1),
        (1, 1, 17, 33),
    ] {
        for width in [1, 5, 8, 13, 17, 26, 40] {
            for (kernel, stride, dilation, padding) in [
                (1, 1, 1, 0),
                (1, 2, 1, 0),
                (3, 1, 1, 1),
                (3, 2, 1, 1),
                (2, 1, 2, 2),
                (4, 3, 1, 3),
                (2, 1, 1, 3),
            ] {
                let size = |n: usize| {
                    (n + 2 * padding).checked_sub(dilation * (kernel - 1) + 1).map(|n| n / stride + 1)
                };
                let (Some(rows), Some(columns)) = (size(3), size(width)) else { continue };
                let g = Geometry {
                    batch,
                    groups,
                    inputs,
                    outputs,
                    input: [1, 3, width],
                    kernel: [1, kernel, kernel],
                    output: [1, rows, columns],
                    stride: [1, stride, stride],
                    dilation: [1, dilation, dilation],
                    padding: [0, padding, padding],
                };
                passes_are_exact::<f32>(&g);
                passes_are_exact::<f64>(&g);
                cases += 1;
            }
        }
    }
    assert!(cases > 200, "{cases} cases");
}
