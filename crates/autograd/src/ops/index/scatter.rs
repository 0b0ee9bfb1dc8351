use tensor::Tensor;

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// A copy with one element of `source` per element of `index` written to where it names along `dim`, as
    /// `torch.scatter`. What was overwritten gets no gradient; of several that name one place, all get its
    /// gradient, as in torch, though the last stays.
    ///
    /// # Panics
    /// As [`Tensor::scatter`], or if `source` requires a gradient and is not of `index`'s shape.
    #[track_caller]
    pub fn scatter(&self, dim: isize, index: &Tensor, source: &Variable) -> Variable {
        self.scattered(dim, index, source, false)
    }

    /// As [`Variable::scatter`], but adding to what is there, which keeps its gradient.
    ///
    /// # Panics
    /// As [`Variable::scatter`].
    #[track_caller]
    pub fn scatter_add(&self, dim: isize, index: &Tensor, source: &Variable) -> Variable {
        self.scattered(dim, index, source, true)
    }

    #[track_caller]
    fn scattered(&self, dim: isize, index: &Tensor, source: &Variable, adds: bool) -> Variable {
        let y = apply(Scatter { adds, dim, index: index.clone() }, &[self, source]).single();
        assert!(
            !source.requires_grad() || source.shape() == index.shape(),
            "scatter: a source with a gradient has the index's shape {:?}, not {:?}",
            index.shape(),
            source.shape()
        );
        y
    }
}

struct Scatter {
    /// To what is there; else it is overwritten.
    adds: bool,
    dim: isize,
    index: Tensor,
}

impl Op for Scatter {
    fn name(&self) -> &'static str {
        if self.adds { "ScatterAddBackward0" } else { "ScatterBackward0" }
    }

    attributes!(dim, index);

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        if save.needs[1] || (save.needs[0] && !self.adds) {
            save.spent();
        }
        let [x, source] = [&x[0], &x[1]];
        if self.adds {
            x.scatter_add(self.dim, &self.index, source).into()
        } else {
            x.scatter(self.dim, &self.index, source).into()
        }
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let (dy, index) = (dy.single(), &self.index);
        let source = needs[1].then(|| dy.gather(self.dim, index));
        let zeros = || V::constant(tensor::zeros_dtype(index.shape(), dy.value().dtype()));
        let kept = if needs[0] && !self.adds { dy.scatter(self.dim, index, &zeros()) } else { dy };
        [Some(kept), source].into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Variable;
    use crate::gradcheck::gradchecks;

    #[test]
    fn scatter_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let source = Tensor::from([[1.0, -2.0], [4.0, 0.1]]);
        let index = Tensor::from([[2i64, 0], [1, 2]]);
        gradchecks(|x| x[0].scatter(1, &index, &x[1]).square(), &[x.clone(), source.clone()]);
        let twice = Tensor::from([[2i64, 2], [1, 2]]);
        gradchecks(|x| x[0].scatter_add(-1, &twice, &x[1]).square(), &[x.clone(), source.clone()]);
        gradchecks(|x| x[0].scatter(1, &index.narrow(0, 0, 1), &Variable::new(source.clone())), &[x]);
    }
}
