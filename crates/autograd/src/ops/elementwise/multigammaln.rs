use crate::Variable;

tensor::composed_functions!(Variable, |x| x.data());

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn multigammaln_gradient_matches_finite_differences() {
        gradchecks(|x| x[0].multigammaln(3), &[Tensor::from([1.7f64, 2.5, 6.0])]);
    }
}
