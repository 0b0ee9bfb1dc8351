super::loss! {
    /// Hinge loss of classes: the mean of `1/C·Σ w[t]·max(0, margin − x[t] + x[c])ᵖ` over the classes `c`
    /// other than the target `t`, as `torch.nn.MultiMarginLoss`.
    ///
    /// # Shapes
    /// - `input`: (N, C) or (C)
    /// - `target`: (N), or () or (1) for one sample, classes as `I64`
    /// - output: no axes, or the shape of `target` without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::MultiMarginLoss;
    /// use tensor::Tensor;
    ///
    /// let scores = Variable::new(Tensor::from([[0.5f32, 1.0, -2.0, 0.25]]));
    /// let loss = MultiMarginLoss::new().forward(&scores, &Tensor::from([1i64]));
    /// assert_eq!(loss.item(), 0.1875); // (½ + ¼) / 4
    /// ```
    MultiMarginLoss: multi_margin_loss(MultiMarginLossOptions { weight })
}
