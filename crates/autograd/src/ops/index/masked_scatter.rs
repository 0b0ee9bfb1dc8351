use tensor::Tensor;

use crate::op::{describe, sum_to};
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, cat};

impl Variable {
    /// A copy with the elements of `source`, in their order, where `mask` is true, as
    /// [`Tensor::masked_scatter`]. What was overwritten gets no gradient, nor what was not used.
    ///
    /// # Panics
    /// As [`Tensor::masked_scatter`].
    #[track_caller]
    pub fn masked_scatter(&self, mask: &Tensor, source: &Variable) -> Variable {
        apply(MaskedScatter { mask: mask.clone() }, &[self, source]).single()
    }
}

struct MaskedScatter {
    mask: Tensor,
}

impl Op for MaskedScatter {
    describe!("MaskedScatterBackward0", mask);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.spent();
        x[0].masked_scatter(&self.mask, &x[1]).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let dx = needs[0].then(|| sum_to(dy.masked_fill(&self.mask, 0.0), saved.shape(0)));
        let dsource = needs[1].then(|| {
            let shape = saved.shape(1);
            let used = dy.masked_select(&self.mask);
            let unused = shape.iter().product::<usize>() - used.value().numel();
            let zeros = V::constant(tensor::zeros_dtype(unused, used.value().dtype()));
            cat(&[used, zeros], 0).reshape(shape)
        });
        [dx, dsource].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn masked_scatter_gradients_match_finite_differences() {
        let mask = Tensor::from([[true, false, true], [false, true, true]]);
        let source = numbers(&[5]);
        gradchecks(|x| x[0].masked_scatter(&mask, &x[1]).square(), &[numbers(&[2, 3]), source.clone()]);
        gradchecks(|x| x[0].masked_scatter(&mask, &x[1]).square(), &[numbers(&[3]), source]);
    }
}
