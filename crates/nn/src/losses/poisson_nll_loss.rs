super::loss! {
    /// Negative log-likelihood of counts `t` under Poisson distributions: the mean of `eˣ − t·x`, where `x`
    /// is the logarithm of the rate, as `torch.nn.PoissonNLLLoss`.
    ///
    /// # Shapes
    /// - `input`, `target`: any that broadcast
    /// - output: no axes, or the common shape without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::PoissonNLLLoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([0.0f32, 1.0]));
    /// let loss = PoissonNLLLoss::new().forward(&x, &Tensor::from([1.0f32, 2.0]));
    /// assert!((loss.item() - 0.8591409).abs() < 1e-6); // ((1 − 0) + (e − 2)) / 2
    /// ```
    PoissonNLLLoss: poisson_nll_loss(PoissonNLLLossOptions)
}
