use tensor::Tensor;

use crate::{Backward, Grads, Variable};

impl Variable {
    /// The lower triangle of the last two axes, zeros elsewhere, as `torch.tril`: what lies on or below `diagonal`,
    /// counted upwards from the main one. `dx` is the same triangle of `dy`.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn tril(&self, diagonal: isize) -> Variable {
        let y = self.data().tril(diagonal);
        Variable::from_op(y, &[self], || Triangle { name: "TrilBackward0", of: Tensor::tril, diagonal })
    }

    /// The upper triangle of the last two axes, zeros elsewhere, as `torch.triu`: what lies on or above `diagonal`,
    /// counted upwards from the main one. `dx` is the same triangle of `dy`.
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn triu(&self, diagonal: isize) -> Variable {
        let y = self.data().triu(diagonal);
        Variable::from_op(y, &[self], || Triangle { name: "TriuBackward0", of: Tensor::triu, diagonal })
    }
}

struct Triangle {
    name: &'static str,
    of: fn(&Tensor, isize) -> Tensor,
    diagonal: isize,
}

impl Backward for Triangle {
    fn name(&self) -> &'static str {
        self.name
    }

    fn saves_tensors(&self, _: &[bool]) -> bool {
        false
    }

    fn backward(&self, dy: Tensor, _: &[bool]) -> Grads {
        Grads::from_elem(Some((self.of)(&dy, self.diagonal)), 1)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn triangle_gradients_match_finite_differences() {
        let x = Tensor::from([[[0.5, -1.0, 2.0], [3.5, 2.0, 0.1]]]);
        for diagonal in -1..=1 {
            gradcheck(|x| x[0].tril(diagonal), &[x.clone()]);
            gradcheck(|x| x[0].triu(diagonal), &[x.clone()]);
        }
    }
}
