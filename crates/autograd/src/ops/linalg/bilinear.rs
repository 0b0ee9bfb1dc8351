use tensor::Tensor;

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, stack};

/// The bilinear map `yₖ = xᵀ·Wₖ·z + bₖ`, with `x: [.., in1]`, `z: [.., in2]`, `w: [out, in1, in2]`,
/// `b: [out]`, `y: [.., out]`, in one node, as `torch.nn.functional.bilinear`.
///
/// `dx = Σₖ dyₖ·Wₖ·z`, `dz = Σₖ dyₖ·Wₖᵀ·x`; `dWₖ = Σ dyₖ·x·zᵀ` and `db = Σ dy` over the rows.
///
/// ```
/// use autograd::{Variable, bilinear};
/// use tensor::Tensor;
/// let x = Variable::new(Tensor::from([[1.0f32, 2.0]]));
/// let z = Variable::new(Tensor::from([[3.0f32]]));
/// let w = Variable::new(Tensor::from([[[4.0f32], [5.0]]]));
/// assert_eq!(bilinear(&x, &z, &w, None).item(), (1.0 * 4.0 + 2.0 * 5.0) * 3.0);
/// ```
///
/// # Panics
/// As [`Tensor::bilinear`].
#[track_caller]
pub fn bilinear(x: &Variable, z: &Variable, w: &Variable, b: Option<&Variable>) -> Variable {
    match b {
        Some(b) => apply(Bilinear, &[x, z, w, b]),
        None => apply(Bilinear, &[x, z, w]),
    }
    .single()
}

struct Bilinear;

impl Op for Bilinear {
    describe!("TrilinearBackward0");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        let product = save.needs[..3].contains(&true);
        (0..3).for_each(|i| save.input_if(product, i));
        x[0].bilinear(&x[1], &x[2], x.get(3)).into()
    }

    /// One output after the other, in torch's order.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let (shape, dtype) = (dy.value().shape().to_vec(), dy.value().dtype());
        let (&out, batch) = shape.split_last().expect("an output has an axis");
        let rows: usize = batch.iter().product();
        let dy = dy.reshape(&[rows, out]);
        let mut grads: [Option<V>; 3] = [None, None, None];
        if needs[..3].contains(&true) {
            let [n1, n2] = [0, 1].map(|i| saved[i].value().size(-1));
            let (x, z, w) = (saved[0].reshape(&[rows, n1]), saved[1].reshape(&[rows, n2]), &saved[2]);
            let zeros = |shape: [usize; 2]| V::constant(tensor::zeros_dtype(shape, dtype));
            let (mut dx, mut dz, mut dw) = (zeros([rows, n1]), zeros([rows, n2]), Vec::new());
            for k in 0..out as isize {
                let (dy, w) = (dy.narrow(1, k, 1), w.select(0, k));
                if needs[0] {
                    let each = dy.unsqueeze(2) * &w; // a matrix for each row
                    dx = dx + z.unsqueeze(1).matmul(&each.transpose(1, 2)).reshape(&[rows, n1]);
                }
                if needs[1] {
                    dz = dz + x.matmul(&w) * &dy;
                }
                if needs[2] {
                    dw.push((x.clone() * &dy).t().matmul(&z));
                }
            }
            let dw = || match dw.is_empty() {
                true => V::constant(tensor::zeros_dtype(saved.shape(2), dtype)),
                false => stack(&dw, 0),
            };
            let like = |dx: V, i: usize| needs[i].then(|| dx.reshape(saved.shape(i)));
            grads = [like(dx, 0), like(dz, 1), needs[2].then(dw)];
        }
        let db = needs.get(3).is_some_and(|&need| need).then(|| dy.sum_dim(&[0], false));
        grads.into_iter().chain([db]).take(needs.len()).collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    fn wave(shape: &[usize]) -> Tensor {
        Tensor::from_vec((1..=shape.iter().product()).map(|i: usize| (i as f64).sin()).collect(), shape)
    }

    #[test]
    fn bilinear_gradients_match_finite_differences() {
        let (w, b) = (wave(&[2, 3, 4]), wave(&[2]));
        for batch in [&[2][..], &[], &[2, 1], &[0]] {
            let (x, z) = (wave(&[batch, &[3]].concat()), wave(&[batch, &[4]].concat()).cos());
            gradchecks(
                |v| bilinear(&v[0], &v[1], &v[2], Some(&v[3])),
                &[x.clone(), z.clone(), w.clone(), b.clone()],
            );
            gradchecks(|v| bilinear(&v[0], &v[1], &v[2], None), &[x, z, w.clone()]);
        }
    }

    #[test]
    fn each_alone_has_its_gradient() {
        let shapes = [&[3, 2][..], &[3, 1], &[2, 2, 1], &[2]];
        let [x, z, w, b] = shapes.map(|shape| Variable::new(wave(shape)));
        gradchecks(|x| bilinear(&x[0], &z, &w, Some(&b)), &[x.data()]);
        gradchecks(|z| bilinear(&x, &z[0], &w, Some(&b)), &[z.data()]);
        gradchecks(|w| bilinear(&x, &z, &w[0], Some(&b)), &[w.data()]);
        gradchecks(|b| bilinear(&x, &z, &w, Some(&b[0])), &[b.data()]);
    }
}
