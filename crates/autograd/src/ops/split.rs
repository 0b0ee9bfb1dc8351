use tensor::Tensor;

use super::narrow::Slice;
use crate::Variable;

impl Variable {
    /// Pieces of `size` along `dim`, the last one shorter where it does not divide, as `torch.split`.
    ///
    /// # Panics
    /// If there is no such axis, or `size` is 0 and the axis is not.
    #[track_caller]
    pub fn split(&self, size: usize, dim: isize) -> Vec<Variable> {
        self.pieces(self.data().split(size, dim), dim, "SplitBackward0")
    }

    /// Pieces of the given sizes along `dim`, as `torch.split` with a list.
    ///
    /// # Panics
    /// If there is no such axis, or the sizes do not add up to its size.
    #[track_caller]
    pub fn split_sizes(&self, sizes: &[usize], dim: isize) -> Vec<Variable> {
        self.pieces(self.data().split_sizes(sizes, dim), dim, "SplitWithSizesBackward0")
    }

    /// At most `chunks` pieces of equal size along `dim`, the last one shorter where it does not divide, as
    /// `torch.chunk`.
    ///
    /// # Panics
    /// If there is no such axis, or `chunks` is 0.
    #[track_caller]
    pub fn chunk(&self, chunks: usize, dim: isize) -> Vec<Variable> {
        self.pieces(self.data().chunk(chunks, dim), dim, "SplitBackward0")
    }

    fn pieces(&self, pieces: Vec<Tensor>, dim: isize, name: &'static str) -> Vec<Variable> {
        let mut end = 0;
        let piece = |y: Tensor| {
            let start = end;
            end += y.size(dim) as isize;
            Variable::from_op(y, &[self], || Slice { name, shape: self.shape(), dim, start, step: 1 })
        };
        pieces.into_iter().map(piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{cat, gradcheck};

    #[test]
    fn gradients_of_pieces_match_finite_differences() {
        let x = Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]);
        gradcheck(|x| cat(&[x[0].split(2, 1)[1].exp(), x[0].split(2, -1)[0].sin()], 1), &[x.clone()]);
        gradcheck(|x| x[0].split_sizes(&[1, 1], 0)[1].clone(), &[x.clone()]);
        gradcheck(|x| x[0].chunk(2, 1)[0].square(), &[x]);
    }
}
