use smallvec::SmallVec;
use tensor::{Integers, Tensor};

use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// The axes in another order: axis `i` of the result is axis `dims[i]` of this.
    ///
    /// # Panics
    /// If `dims` is not an order of the axes.
    #[track_caller]
    pub fn permute(&self, dims: impl Integers) -> Variable {
        self.permuted(&dims.integers())
    }

    #[track_caller]
    fn permuted(&self, dims: &[isize]) -> Variable {
        apply(Permute { dims: dims.into() }, &[self]).single()
    }

    /// Two axes exchanged.
    ///
    /// # Panics
    /// If an axis does not exist.
    #[track_caller]
    pub fn transpose(&self, a: isize, b: isize) -> Variable {
        apply(Transpose { a, b }, &[self]).single()
    }

    /// The transpose of a matrix; fewer axes stay as they are.
    ///
    /// # Panics
    /// If there are more axes than two.
    #[track_caller]
    pub fn t(&self) -> Variable {
        apply(MatrixTranspose, &[self]).single()
    }
}

struct Permute {
    dims: SmallVec<[isize; 6]>,
}

impl Op for Permute {
    describe!("PermuteBackward0", dims);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].permute(&self.dims).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let mut back = vec![0; self.dims.len()];
        for (to, &from) in self.dims.iter().enumerate() {
            back[from.rem_euclid(self.dims.len() as isize) as usize] = to as isize;
        }
        dy.single().permute(&back).into()
    }
}

struct Transpose {
    a: isize,
    b: isize,
}

impl Op for Transpose {
    describe!("TransposeBackward0", dim0: a, dim1: b);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].transpose(self.a, self.b).into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().transpose(self.a, self.b).into()
    }
}

struct MatrixTranspose;

impl Op for MatrixTranspose {
    describe!("TBackward0");

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].t().into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().t().into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn the_gradient_of_a_change_of_order_matches_finite_differences() {
        let x = Tensor::from([[[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]]);
        gradchecks(|x| x[0].permute([2, 0, -2]), &[x.clone()]);
        gradchecks(|x| x[0].transpose(0, -1), &[x.clone()]);
        gradchecks(|x| x[0].t(), &[x.select(0, 0)]);
        gradchecks(|x| x[0].t(), &[x.flatten(0, -1)]);
    }
}
