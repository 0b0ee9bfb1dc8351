super::loss! {
    /// Negative log-likelihood of classes: the mean of `−w[t]·x[t]` for log-probabilities `x`, such as
    /// [`LogSoftmax`](crate::LogSoftmax) gives, as `torch.nn.NLLLoss`.
    ///
    /// # Shapes
    /// - `input`: (C), (N, C) or (N, C, d₁, …)
    /// - `target`: (), (N) or (N, d₁, …), classes from 0 to C − 1 as `I64` or `U8`
    /// - output: no axes, or (N) or (N, d₁, …) without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::NLLLoss;
    /// use tensor::Tensor;
    ///
    /// let log_p = Variable::new(Tensor::from([[-0.5f32, -1.5], [-2.0, -0.25]]));
    /// let loss = NLLLoss::new().forward(&log_p, &Tensor::from([0i64, 1]));
    /// assert_eq!(loss.item(), 0.375);
    /// ```
    NLLLoss: nll_loss(NLLLossOptions { weight })
}
