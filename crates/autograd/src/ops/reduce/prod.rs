use tensor::dispatch::by_float;
use tensor::{DType, Float, Integers, Tensor};

use super::sum::kept_shape;
use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The product of all elements, as `torch.prod`; `dx` is the product of the others times `dy`, at zeros
    /// too.
    #[track_caller]
    pub fn prod(&self) -> Variable {
        apply(Prod { name: "ProdBackward0", dims: Vec::new(), keepdim: false }, &[self]).single()
    }

    /// The product over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// If an axis does not exist or is named twice.
    #[track_caller]
    pub fn prod_dim(&self, dims: impl Integers, keepdim: bool) -> Variable {
        self.prod_over(&dims.integers(), keepdim)
    }

    #[track_caller]
    fn prod_over(&self, dims: &[isize], keepdim: bool) -> Variable {
        apply(Prod { name: "ProdBackward1", dims: dims.to_vec(), keepdim }, &[self]).single()
    }
}

struct Prod {
    name: &'static str,
    dims: Vec<isize>,
    keepdim: bool,
}

impl Op for Prod {
    fn name(&self) -> &'static str {
        self.name
    }

    attributes!(dim: dims, keepdim);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        x[0].prod_dim(&self.dims, self.keepdim).into()
    }

    /// The others' product is the whole one divided by the element, and where zeros forbid that, multiplied
    /// up. As torch has it, two zeros among all elements make every gradient 0, whatever else there is.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (dy, x) = (dy.single(), &saved[0]);
        let value = x.value();
        if value.ndim() == 0 {
            return dy.into(); // there are no others
        }
        let kept = kept_shape(value.shape(), &self.dims);
        let zeros = value.eq(0).sum().item();
        let others = if zeros == 0.0 {
            saved[1].reshape(&kept) / x
        } else if zeros > 1.0 && self.dims.is_empty() && x.plain().is_some() {
            return V::constant(value.zeros_like()).into();
        } else {
            others(x, &kept)
        };
        (others * &dy.reshape(&kept)).into()
    }
}

/// For each element the product of the others over the axes that `kept` has no more.
fn others<V: Differentiable>(x: &V, kept: &[usize]) -> V {
    let value = x.value();
    let (stay, go): (Vec<isize>, Vec<isize>) =
        (0..value.ndim() as isize).partition(|&axis| kept[axis as usize] == value.shape()[axis as usize]);
    let last = [stay, go].concat();
    let rows = x.permute(&last);
    let shape = rows.value().shape().to_vec();
    let n = value.numel() / kept.iter().product::<usize>();
    let products = match rows.plain() {
        Some(rows) => V::constant(by_float!("prod", rows, T => others_in_rows::<T>(rows, n))),
        None => {
            // Each row once for each of its elements, with a 1 in that element's place.
            let squares = rows.reshape(&[value.numel() / n, 1, n]).expand(&[value.numel() / n, n, n]);
            squares.masked_fill(&tensor::eye(n).to_dtype(DType::Bool), 1.0).prod_dim(&[-1], false)
        }
    };
    let mut back = vec![0; last.len()];
    for (to, &from) in last.iter().enumerate() {
        back[from as usize] = to as isize;
    }
    products.reshape(&shape).permute(&back)
}

/// In each row of `n`: what lies before an element, multiplied up, times what lies behind it. Each is
/// multiplied up in `f64`, as in torch, which does not overflow where an `f32` would.
fn others_in_rows<T: Float>(x: &Tensor, n: usize) -> Tensor {
    let x = x.contiguous();
    let mut y = vec![T::ONE; x.numel()];
    for (x, y) in x.as_slice::<T>().chunks(n).zip(y.chunks_mut(n)) {
        let (mut before, mut behind) = (1.0, 1.0);
        for (y, x) in y.iter_mut().zip(x) {
            *y = T::from_f64(before);
            before *= x.to_f64();
        }
        for (y, x) in y.iter_mut().zip(x).rev() {
            *y *= T::from_f64(behind);
            behind *= x.to_f64();
        }
    }
    Tensor::from_vec(y, x.shape())
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn prod_gradients_match_finite_differences_with_and_without_zeros() {
        for zeros in 0..4 {
            let mut x = [0.5, -1.0, 2.0, 3.5, -2.1, 0.1];
            x[..zeros].fill(0.0);
            let x = Tensor::from(x).reshape([2, 3]);
            gradchecks(|x| x[0].prod(), &[x.clone()]);
            gradchecks(|x| x[0].prod_dim(0, false), &[x.clone()]);
            gradchecks(|x| x[0].prod_dim(-1, true), &[x.clone()]);
            gradchecks(|x| x[0].prod_dim([0, 1], false), &[x]);
        }
    }
}
