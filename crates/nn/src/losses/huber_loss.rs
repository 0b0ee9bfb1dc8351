super::loss! {
    /// Squared error near 0, linear further out: with `d = x − t`, the mean of `d²/2` where `|d| ≤ δ`, else
    /// `δ·(|d| − δ/2)`, as `torch.nn.HuberLoss`.
    ///
    /// # Shapes
    /// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
    /// - output: no axes, or the shape of both without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::HuberLoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([0.5f32, 3.0]));
    /// let loss = HuberLoss::new().forward(&x, &Tensor::from([0.0f32, 0.0]));
    /// assert_eq!(loss.item(), (0.125 + 2.5) / 2.0);
    /// ```
    HuberLoss: huber_loss(HuberLossOptions)
}
