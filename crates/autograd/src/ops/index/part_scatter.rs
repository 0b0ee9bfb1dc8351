use tensor::{OptionValue, Tensor, Value};

use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

impl Variable {
    /// A copy with `src` written at `index` along `dim`, as [`Tensor::select_scatter`]. `src` has the
    /// gradient of what it became, and this the rest.
    ///
    /// # Panics
    /// As [`Tensor::select_scatter`], or if `src` requires a gradient and this is not a float.
    #[track_caller]
    pub fn select_scatter(&self, src: &Variable, dim: isize, index: isize) -> Variable {
        self.written(Part::Select { dim, index }, src)
    }

    /// A copy with `src` written at every `step`-th position, as [`Tensor::slice_scatter`]. `src` has the
    /// gradient of what it became, and this the rest.
    ///
    /// # Panics
    /// As [`Tensor::slice_scatter`], or if `src` requires a gradient and this is not a float.
    #[track_caller]
    pub fn slice_scatter(
        &self,
        src: &Variable,
        dim: isize,
        start: isize,
        end: isize,
        step: usize,
    ) -> Variable {
        self.written(Part::Slice { dim, start, end, step }, src)
    }

    /// A copy with `src` written on diagonals, as [`Tensor::diagonal_scatter`]. `src` has the gradient of
    /// what it became, and this the rest.
    ///
    /// # Panics
    /// As [`Tensor::diagonal_scatter`], or if `src` requires a gradient and this is not a float.
    #[track_caller]
    pub fn diagonal_scatter(&self, src: &Variable, offset: isize, dim1: isize, dim2: isize) -> Variable {
        self.written(Part::Diagonal { offset, dim1, dim2 }, src)
    }

    #[track_caller]
    fn written(&self, part: Part, src: &Variable) -> Variable {
        let dtype = self.dtype();
        assert!(
            !src.requires_grad() || dtype.is_float(),
            "{}: Autograd not support dtype: a part of {dtype} has no gradient to give",
            part.operation()
        );
        apply(part, &[self, &src.to_dtype(dtype)]).single()
    }
}

/// The part of an array that another is written to.
enum Part {
    Select { dim: isize, index: isize },
    Slice { dim: isize, start: isize, end: isize, step: usize },
    Diagonal { offset: isize, dim1: isize, dim2: isize },
}

impl Part {
    fn operation(&self) -> &'static str {
        match self {
            Part::Select { .. } => "select_scatter",
            Part::Slice { .. } => "slice_scatter",
            Part::Diagonal { .. } => "diagonal_scatter",
        }
    }
}

impl Op for Part {
    fn name(&self) -> &'static str {
        match self {
            Part::Select { .. } => "SelectScatterBackward0",
            Part::Slice { .. } => "SliceScatterBackward0",
            Part::Diagonal { .. } => "DiagonalScatterBackward0",
        }
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        match self {
            Part::Select { dim, index } => vec![("dim", dim.to_value()), ("index", index.to_value())],
            Part::Slice { dim, start, end, step } => vec![
                ("dim", dim.to_value()),
                ("start", start.to_value()),
                ("end", end.to_value()),
                ("step", step.to_value()),
            ],
            Part::Diagonal { offset, dim1, dim2 } => {
                vec![("offset", offset.to_value()), ("dim1", dim1.to_value()), ("dim2", dim2.to_value())]
            }
        }
    }

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        let [x, src] = [&x[0], &x[1]];
        match *self {
            Part::Select { dim, index } => x.select_scatter(src, dim, index),
            Part::Slice { dim, start, end, step } => x.slice_scatter(src, dim, start, end, step),
            Part::Diagonal { offset, dim1, dim2 } => x.diagonal_scatter(src, offset, dim1, dim2),
        }
        .into()
    }

    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, needs: &[bool]) -> Grads<V> {
        let dy = dy.single();
        let dsrc = match *self {
            Part::Select { dim, index } => dy.select(dim, index),
            Part::Slice { dim, start, end, step } => dy.slice(dim, start, end, step),
            Part::Diagonal { offset, dim1, dim2 } => dy.diagonal(offset, dim1, dim2),
        };
        let zeros = || V::constant(dsrc.value().zeros_like());
        let dx = needs[0].then(|| match *self {
            Part::Select { dim, index } => dy.select_scatter(&zeros(), dim, index),
            Part::Slice { dim, start, end, step } => dy.slice_scatter(&zeros(), dim, start, end, step),
            Part::Diagonal { offset, dim1, dim2 } => dy.diagonal_scatter(&zeros(), offset, dim1, dim2),
        });
        [dx, needs[1].then_some(dsrc)].into()
    }
}

#[cfg(test)]
mod tests {
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_of_what_is_written_match_finite_differences() {
        let x = numbers(&[3, 4]);
        let row = numbers(&[4]);
        gradchecks(|x| x[0].exp().select_scatter(&x[1].square(), 0, -1).square(), &[x.clone(), row]);
        let columns = numbers(&[3, 2]);
        gradchecks(|x| x[0].slice_scatter(&x[1], -1, 1, isize::MAX, 2).square(), &[x.clone(), columns]);
        gradchecks(|x| x[0].diagonal_scatter(&x[1], 1, 0, 1).square(), &[x, numbers(&[3])]);
    }
}
