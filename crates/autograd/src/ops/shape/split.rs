use tensor::Tensor;

use crate::op::attributes;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply, cat};

impl Variable {
    /// Pieces of `size` along `dim`, the last one shorter where it does not divide, as `torch.split`.
    ///
    /// # Panics
    /// If there is no such axis, or `size` is 0 and the axis is not.
    #[track_caller]
    pub fn split(&self, size: usize, dim: isize) -> Vec<Variable> {
        self.pieces("SplitBackward0", self.data().split(size, dim), dim)
    }

    /// Pieces of the given sizes along `dim`, as `torch.split` with a list.
    ///
    /// # Panics
    /// If there is no such axis, or the sizes do not add up to its size.
    #[track_caller]
    pub fn split_sizes(&self, sizes: &[usize], dim: isize) -> Vec<Variable> {
        self.pieces("SplitWithSizesBackward0", self.data().split_sizes(sizes, dim), dim)
    }

    /// At most `chunks` pieces of equal size along `dim`, the last one shorter where it does not divide, as
    /// `torch.chunk`.
    ///
    /// # Panics
    /// If there is no such axis, or `chunks` is 0.
    #[track_caller]
    pub fn chunk(&self, chunks: usize, dim: isize) -> Vec<Variable> {
        self.pieces("SplitBackward0", self.data().chunk(chunks, dim), dim)
    }

    fn pieces(&self, name: &'static str, pieces: Vec<Tensor>, dim: isize) -> Vec<Variable> {
        let sizes = pieces.iter().map(|piece| piece.size(dim)).collect();
        apply(Split { name, sizes, dim }, &[self]).into_iter().collect()
    }
}

struct Split {
    name: &'static str,
    sizes: Vec<usize>,
    dim: isize,
}

impl Op for Split {
    fn name(&self) -> &'static str {
        self.name
    }

    attributes!(split_sizes: sizes, dim);

    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].split_sizes(&self.sizes, self.dim).into_iter().collect()
    }

    /// The pieces' gradients one behind the other, zeros for a piece that has none.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let dy: Vec<Option<V>> = dy.into_iter().collect();
        let dtype = dy.iter().flatten().map(|dy| dy.value().dtype()).next();
        let mut shape = saved.shape(0).to_vec();
        let axis = if self.dim < 0 { self.dim + shape.len() as isize } else { self.dim } as usize;
        let mut piece = |(dy, &size): (Option<V>, &usize)| {
            dy.unwrap_or_else(|| {
                shape[axis] = size;
                V::constant(tensor::zeros_dtype(&shape[..], dtype.expect("one piece has a gradient")))
            })
        };
        let pieces: Vec<V> = dy.into_iter().zip(&self.sizes).map(&mut piece).collect();
        cat(&pieces, self.dim).into()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::cat;
    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_of_pieces_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradchecks(|x| cat(&[x[0].split(2, 1)[1].exp(), x[0].split(2, -1)[0].sin()], 1), &[x.clone()]);
        gradchecks(|x| x[0].split_sizes(&[1, 1], 0)[1].clone(), &[x.clone()]);
        gradchecks(|x| x[0].chunk(2, 1)[0].square(), &[x]);
    }
}
