use super::operators::Scale;
use crate::Variable;

impl Variable {
    /// `y = −x`, `dy/dx = −1`.
    #[track_caller]
    pub fn neg(&self) -> Variable {
        let y = self.data().neg();
        Variable::from_op(y, &[self], || Scale { name: "NegBackward0", factor: -1.0, saves: false })
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck;

    #[test]
    fn neg_gradient_matches_finite_differences() {
        gradcheck(|x| x[0].neg(), &[Tensor::from([0.5, -1.0, 3.5])]);
    }
}
