use tensor::{DType, Float, Tensor};

use super::sum::kept_shape;
use crate::{Backward, Grads, Variable};

impl Variable {
    /// The product of all elements, as `torch.prod`; `dx` is the product of the others times `dy`, at zeros too.
    #[track_caller]
    pub fn prod(&self) -> Variable {
        let x = self.data();
        let y = x.prod();
        Variable::from_op(y.clone(), &[self], || Prod { name: "ProdBackward0", dims: Vec::new(), x, y })
    }

    /// The product over the axes `dims`, all of them if it is empty; with `keepdim` they stay, of size 1.
    ///
    /// # Panics
    /// If an axis does not exist or is named twice.
    #[track_caller]
    pub fn prod_dim(&self, dims: &[isize], keepdim: bool) -> Variable {
        let x = self.data();
        let y = x.prod_dim(dims, keepdim);
        Variable::from_op(y.clone(), &[self], || Prod { name: "ProdBackward1", dims: dims.to_vec(), x, y })
    }
}

struct Prod {
    name: &'static str,
    dims: Vec<isize>,
    x: Tensor,
    y: Tensor,
}

impl Backward for Prod {
    fn name(&self) -> &'static str {
        self.name
    }

    /// The others' product is the whole one divided by the element, and where zeros forbid that, multiplied
    /// up. As torch has it, two zeros among all elements make every gradient 0, whatever else there is.
    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        let Prod { dims, x, y, .. } = self;
        if x.ndim() == 0 {
            return Grads::from_elem(Some(dy), 1); // there are no others
        }
        let kept = kept_shape(x.shape(), dims);
        let zeros = x.eq_scalar(0).sum().item();
        let others = if zeros == 0.0 {
            y.reshape(&kept[..]).div(x)
        } else if zeros > 1.0 && dims.is_empty() {
            return Grads::from_elem(Some(x.zeros_like()), 1);
        } else {
            others(x, &kept)
        };
        Grads::from_elem(Some(others.into_mul(&dy.reshape(&kept[..]))), 1)
    }
}

/// For each element the product of the others over the axes that `kept` has no more.
fn others(x: &Tensor, kept: &[usize]) -> Tensor {
    let (stay, go): (Vec<isize>, Vec<isize>) =
        (0..x.ndim() as isize).partition(|&axis| kept[axis as usize] == x.shape()[axis as usize]);
    let last = [stay, go].concat();
    let rows = x.permute(&last).contiguous();
    let n = x.numel() / kept.iter().product::<usize>();
    let products = match x.dtype() {
        DType::F32 => Tensor::from_vec(others_in_rows(rows.as_slice::<f32>(), n), rows.shape()),
        _ => Tensor::from_vec(others_in_rows(rows.as_slice::<f64>(), n), rows.shape()),
    };
    let mut back = vec![0; last.len()];
    for (to, &from) in last.iter().enumerate() {
        back[from as usize] = to as isize;
    }
    products.permute(&back)
}

/// In each row of `n`: what lies before an element, multiplied up, times what lies behind it. Each is multiplied up in
/// `f64`, as in torch, which does not overflow where an `f32` would.
fn others_in_rows<T: Float>(x: &[T], n: usize) -> Vec<T> {
    let mut y = vec![T::ONE; x.len()];
    for (x, y) in x.chunks(n).zip(y.chunks_mut(n)) {
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
    y
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn prod_gradients_match_finite_differences_with_and_without_zeros() {
        for zeros in 0..4 {
            let mut x = [0.5, -1.0, 2.0, 3.5, -2.1, 0.1];
            x[..zeros].fill(0.0);
            let x = Tensor::from(x).reshape([2, 3]);
            gradcheck(|x| x[0].prod(), &[x.clone()]);
            gradcheck(|x| x[0].prod_dim(&[0], false), &[x.clone()]);
            gradcheck(|x| x[0].prod_dim(&[-1], true), &[x.clone()]);
            gradcheck(|x| x[0].prod_dim(&[0, 1], false), &[x]);
        }
    }
}
