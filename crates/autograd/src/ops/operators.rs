//! `+ - * /` and unary `-` on variables and scalars.

use crate::Variable;

tensor::operators! {
    Variable:
    Add add add_scalar add_scalar |x, y| Variable::add(&x, y);
    Sub sub sub_scalar rsub_scalar |x, y| Variable::sub(&x, y);
    Mul mul mul_scalar mul_scalar |x, y| Variable::mul(&x, y);
    Div div div_scalar scalar_div |x, y| Variable::div(&x, y);
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::gradcheck::gradchecks;

    #[test]
    fn scalars_on_either_side_have_the_right_gradients() {
        let x = Tensor::from([0.5, -1.0, 3.5]);
        gradchecks(|x| 2.0 - &x[0], &[x.clone()]);
        gradchecks(|x| 2.0 / &x[0], &[x.clone()]);
        gradchecks(|x| (&x[0] * 3 + 1.0) / 4.0 - 2, &[x]);
    }
}
