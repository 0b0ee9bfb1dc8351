super::loss! {
    /// Negative log-likelihood of the target under Gaussian distributions of means `x` and variances `v`: the
    /// mean of `½·(ln v + (x − t)²/v)`, as `torch.nn.GaussianNLLLoss`.
    ///
    /// # Shapes
    /// - `input`: any
    /// - `target`: any that broadcasts with it
    /// - `var`: that of `input`, or the same with one axis of size 1, or without the last axis
    /// - output: no axes, or the common shape without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::GaussianNLLLoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([1.0f32, 2.0]));
    /// let (target, var) = (Tensor::from([3.0f32, 2.0]), Tensor::from([1.0f32, 1.0]));
    /// let loss = GaussianNLLLoss::new().forward(&x, &target, &var);
    /// assert_eq!(loss.item(), 1.0);
    /// ```
    GaussianNLLLoss: gaussian_nll_loss(input, target, var; GaussianNLLLossOptions)
}
