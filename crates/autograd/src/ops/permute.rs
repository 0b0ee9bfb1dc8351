use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The axes in another order: axis `i` of the result is axis `dims[i]` of this.
    ///
    /// # Panics
    /// If `dims` is not an order of the axes.
    #[track_caller]
    pub fn permute(&self, dims: &[isize]) -> Variable {
        let y = self.data().permute(dims);
        let n = dims.len() as isize;
        let mut back = vec![0; dims.len()];
        for (to, &from) in dims.iter().enumerate() {
            back[from.rem_euclid(n) as usize] = to as isize;
        }
        Variable::from_op(y, &[self], || Permute { back })
    }

    /// Two axes exchanged.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn transpose(&self, a: isize, b: isize) -> Variable {
        Variable::from_op(self.data().transpose(a, b), &[self], || Transpose {
            name: "TransposeBackward0",
            a,
            b,
        })
    }

    /// The transpose of a matrix; fewer axes stay as they are.
    ///
    /// # Panics
    /// If there are more axes than two.
    #[track_caller]
    pub fn t(&self) -> Variable {
        let y = self.data().t();
        let (a, b) = if y.ndim() == 2 { (0, 1) } else { (0, 0) };
        Variable::from_op(y, &[self], || Transpose { name: "TBackward0", a, b })
    }
}

struct Permute {
    back: Vec<isize>,
}

impl Backward for Permute {
    fn name(&self) -> &'static str {
        "PermuteBackward0"
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some(dy.permute(&self.back)), 1)
    }
}

struct Transpose {
    name: &'static str,
    a: isize,
    b: isize,
}

impl Backward for Transpose {
    fn name(&self) -> &'static str {
        self.name
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some(dy.transpose(self.a, self.b)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn the_gradient_of_a_change_of_order_matches_finite_differences() {
        let x = Tensor::from([[[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]]);
        gradcheck(|x| x[0].permute(&[2, 0, -2]), &[x.clone()]);
        gradcheck(|x| x[0].transpose(0, -1), &[x.clone()]);
        gradcheck(|x| x[0].t(), &[x.select(0, 0)]);
        gradcheck(|x| x[0].t(), &[x.flatten(0, -1)]);
    }
}
