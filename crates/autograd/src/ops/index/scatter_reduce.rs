use tensor::{DType, OptionValue, ScatterReduction, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, is_grad_enabled};

impl Variable {
    /// As [`Variable::scatter_add`], with another reduction in place of the sum: [`Tensor::scatter_reduce`].
    /// Equal extremes of one place share its gradient evenly, as in torch.
    ///
    /// # Panics
    /// As [`Tensor::scatter_reduce`], or if a gradient flows to `source` and it is not of `index`'s shape.
    #[track_caller]
    pub fn scatter_reduce(
        &self,
        dim: isize,
        index: &Tensor,
        source: &Variable,
        reduce: ScatterReduction,
        include_self: bool,
    ) -> Variable {
        let op = ScatterReduce { reduce, include_self, dim, index: index.clone() };
        let one = source.numel() == 1 && index.numel() == 1;
        assert!(
            !(is_grad_enabled() && source.requires_grad()) || source.shape() == index.shape() || one,
            "scatter_reduce: a source with a gradient has the index's shape {:?}, not {:?}",
            index.shape(),
            source.shape()
        );
        apply(op, &[self, source]).single()
    }
}

struct ScatterReduce {
    reduce: ScatterReduction,
    include_self: bool,
    dim: isize,
    index: Tensor,
}

impl ScatterReduce {
    fn of<V: Differentiable>(&self, x: &V, source: &V) -> V {
        x.scatter_reduce(self.dim, &self.index, source, self.reduce, self.include_self)
    }

    /// What one element for each place is to each element of the source.
    fn at<V: Differentiable>(&self, y: &V) -> V {
        y.gather(self.dim, &self.index)
    }
}

impl Op for ScatterReduce {
    fn name(&self) -> &'static str {
        "ScatterReduceBackward0"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        let reduce = match self.reduce {
            ScatterReduction::Sum => "sum",
            ScatterReduction::Prod => "prod",
            ScatterReduction::Mean => "mean",
            ScatterReduction::Amax => "amax",
            ScatterReduction::Amin => "amin",
        };
        vec![
            ("dim", self.dim.to_value()),
            ("index", self.index.to_value()),
            ("reduce", Value::Str(reduce.into())),
            ("include_self", self.include_self.to_value()),
        ]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        use ScatterReduction::*;
        save.spent();
        let reads = matches!(self.reduce, Prod | Amax | Amin);
        save.input_if(reads, 0);
        save.input_if(reads, 1);
        save.output_if(reads, 0);
        x[0].scatter_reduce(self.dim, &self.index, &x[1], self.reduce, self.include_self).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let [dx, dsource] = match self.reduce {
            ScatterReduction::Sum => [needs[0].then(|| dy.clone()), needs[1].then(|| self.at(&dy))],
            ScatterReduction::Mean => self.mean(&dy, needs),
            ScatterReduction::Prod => self.product(&saved, &dy, needs),
            ScatterReduction::Amax | ScatterReduction::Amin => self.extreme(&saved, &dy, needs),
        };
        let without = |dx: V| {
            let zeros = tensor::zeros_dtype(self.index.shape(), dx.value().dtype());
            dx.scatter(self.dim, &self.index, &V::constant(zeros))
        };
        // One element may have other axes than the index.
        let dsource = dsource.map(|dx| match saved.shape(1) {
            shape if dx.value().shape() == shape => dx,
            shape => dx.reshape(shape),
        });
        [if self.include_self { dx } else { dx.map(without) }, dsource].into()
    }
}

impl ScatterReduce {
    fn mean<V: Differentiable>(&self, dy: &V, needs: &[bool]) -> [Option<V>; 2] {
        let (shape, dtype) = (dy.value().shape().to_vec(), dy.value().dtype());
        let own = tensor::full_dtype(&shape[..], i64::from(self.include_self), dtype);
        let ones = tensor::ones_dtype(self.index.shape(), dtype);
        let counts = own.scatter_add(self.dim, &self.index, &ones).clamp(Some(1), None);
        let at = || V::constant(counts.gather(self.dim, &self.index));
        let dsource = needs[1].then(|| self.at(dy) / &at());
        [needs[0].then(|| dy.clone() / &V::constant(counts)), dsource]
    }

    /// The product of all others: that of all by one's own, where this is not 0.
    fn product<V: Differentiable>(&self, saved: &Saved<'_, V>, dy: &V, needs: &[bool]) -> [Option<V>; 2] {
        let (x, source, y) = (&saved[0], &saved[1], &saved[2]);
        let dx = needs[0].then(|| {
            let known = x.masked_fill(&x.value().eq(0), 1.0);
            dy.clone() * &self.of(&known, source) / &known
        });
        let dsource = needs[1].then(|| {
            let zero = source.value().eq(0);
            let counts = tensor::zeros_dtype(y.value().shape(), DType::I64);
            let counts = counts.scatter_add(self.dim, &self.index, &zero.to_dtype(DType::I64));
            let counts = counts.gather(self.dim, &self.index);
            assert!(
                dy.plain().is_some() || !counts.gt(1).any().item_as::<bool>(),
                "scatter_reduce(): Double backward is unsupported for src when >1 zeros in src are scattered to \
                 the same position in self"
            );
            // The only 0 of a place has the product of the others.
            let only = zero.logical_and(&counts.eq(1));
            let others = self.of(x, &source.masked_fill(&only, 1.0));
            let by_own = self.at(&(dy.clone() * y)) / &source.masked_fill(&zero, 1.0);
            self.at(&(dy.clone() * &others)).where_(&only, &by_own)
        });
        [dx, dsource]
    }

    /// Those that are the extreme share its gradient.
    fn extreme<V: Differentiable>(&self, saved: &Saved<'_, V>, dy: &V, needs: &[bool]) -> [Option<V>; 2] {
        let (x, mut source, y) = (saved[0].value(), saved[1].value().into_owned(), saved[2].value());
        let dtype = dy.value().dtype();
        if source.ndim() == self.index.ndim() {
            // A source without a gradient may be larger than the index.
            for (axis, &n) in self.index.shape().iter().enumerate() {
                source = source.narrow(axis as isize, 0, n);
            }
        }
        let own = x.eq(&*y).to_dtype(dtype);
        let given = source.eq(&y.gather(self.dim, &self.index)).to_dtype(dtype);
        let share = dy.clone() / &V::constant(own.scatter_add(self.dim, &self.index, &given));
        let dsource = needs[1].then(|| V::constant(given) * &self.at(&share));
        [needs[0].then(|| V::constant(own) * &share), dsource]
    }
}

#[cfg(test)]
mod tests {
    use tensor::{ScatterReduction, Tensor};

    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn scatter_reduce_gradients_match_finite_differences() {
        use ScatterReduction::*;
        let index = Tensor::from([[2i64, 0, 2], [1, 1, 1]]);
        for reduce in [Sum, Prod, Mean, Amax, Amin] {
            for include_self in [true, false] {
                let y = |x: &[crate::Variable]| {
                    x[0].scatter_reduce(1, &index, &x[1], reduce, include_self).square()
                };
                gradchecks(y, &[numbers(&[2, 3]), numbers(&[2, 3]).exp()]);
            }
        }
        let large = crate::Variable::new(numbers(&[3, 4]).exp());
        for reduce in [Sum, Prod, Mean, Amax] {
            gradchecks(
                |x| x[0].scatter_reduce(1, &index, &large, reduce, true).square(),
                &[numbers(&[2, 3])],
            );
        }
        let zeros = Tensor::from([[0.0, 2.0, 3.0], [0.5, 0.0, 1.5]]);
        let y = |x: &[crate::Variable]| x[0].scatter_reduce(1, &index, &x[1], Prod, true);
        crate::gradcheck(y, &[numbers(&[2, 3]), zeros]);
    }
}
