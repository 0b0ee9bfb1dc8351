use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// A copy with one element of `source` per element of `index` written to where it names along `dim`, as
    /// `torch.scatter`. What was overwritten gets no gradient; of several that name one place, all get its gradient,
    /// as in torch, though the last stays.
    ///
    /// # Panics
    /// As [`Tensor::scatter`], or if `source` requires a gradient and is not of `index`'s shape.
    #[track_caller]
    pub fn scatter(&self, dim: isize, index: &Tensor, source: &Variable) -> Variable {
        let y = self.data().scatter(dim, index, &source.data());
        self.scattered(y, dim, index, source, "ScatterBackward0", true)
    }

    /// As [`Variable::scatter`], but adding to what is there, which keeps its gradient.
    ///
    /// # Panics
    /// As [`Variable::scatter`].
    #[track_caller]
    pub fn scatter_add(&self, dim: isize, index: &Tensor, source: &Variable) -> Variable {
        let y = self.data().scatter_add(dim, index, &source.data());
        self.scattered(y, dim, index, source, "ScatterAddBackward0", false)
    }

    #[track_caller]
    fn scattered(
        &self,
        y: Tensor,
        dim: isize,
        index: &Tensor,
        source: &Variable,
        name: &'static str,
        overwrites: bool,
    ) -> Variable {
        assert!(
            !source.requires_grad() || source.shape() == index.shape(),
            "scatter: a source with a gradient has the index's shape {:?}, not {:?}",
            index.shape(),
            source.shape()
        );
        Variable::from_op(y, &[self, source], || Scatter { name, dim, index: index.clone(), overwrites })
    }
}

struct Scatter {
    name: &'static str,
    dim: isize,
    index: Tensor,
    overwrites: bool,
}

impl Backward for Scatter {
    fn name(&self) -> &'static str {
        self.name
    }

    fn saves_tensors(&self, needs: &[bool]) -> bool {
        needs[1] || (needs[0] && self.overwrites)
    }

    fn backward(&self, dy: Tensor, needs: &[bool]) -> Grads {
        let source = needs[1].then(|| dy.gather(self.dim, &self.index));
        let zeros = || tensor::zeros_dtype(self.index.shape(), dy.dtype());
        let kept = if needs[0] && self.overwrites { dy.scatter(self.dim, &self.index, &zeros()) } else { dy };
        [Some(kept), source].into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{Variable, gradcheck};

    #[test]
    fn scatter_gradients_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        let source = Tensor::from([[1.0, -2.0], [4.0, 0.1]]);
        let index = Tensor::from([[2i64, 0], [1, 2]]);
        gradcheck(|x| x[0].scatter(1, &index, &x[1]).square(), &[x.clone(), source.clone()]);
        let twice = Tensor::from([[2i64, 2], [1, 2]]);
        gradcheck(|x| x[0].scatter_add(-1, &twice, &x[1]).square(), &[x.clone(), source.clone()]);
        gradcheck(|x| x[0].scatter(1, &index.narrow(0, 0, 1), &Variable::new(source.clone())), &[x]);
    }
}
