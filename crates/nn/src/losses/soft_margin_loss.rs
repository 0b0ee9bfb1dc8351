super::loss! {
    /// Logistic loss of scores with targets of 1 and −1: the mean of `ln(1 + e^(−t·x))`, as
    /// `torch.nn.SoftMarginLoss`.
    ///
    /// # Shapes
    /// - `input`: any
    /// - `target`: any that broadcasts to it
    /// - output: no axes, or the shape of `input` without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::SoftMarginLoss;
    /// use tensor::Tensor;
    ///
    /// let scores = Variable::new(Tensor::from([0.0f32, 0.0]));
    /// let loss = SoftMarginLoss::new().forward(&scores, &Tensor::from([1.0f32, -1.0]));
    /// assert!((loss.item() - 2f64.ln()).abs() < 1e-7);
    /// ```
    SoftMarginLoss: soft_margin_loss(SoftMarginLossOptions)
}
