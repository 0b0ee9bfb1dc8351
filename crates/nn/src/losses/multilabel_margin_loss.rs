super::loss! {
    /// Hinge loss of several classes for each sample: the mean of `1/C·Σ max(0, 1 − x[t] + x[c])` over its
    /// classes `t` and all others `c`, as `torch.nn.MultiLabelMarginLoss`.
    ///
    /// # Shapes
    /// - `input`: (N, C) or (C)
    /// - `target`: the same, the classes of each sample as `I64`, up to the first −1
    /// - output: no axes, or (N) without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::MultiLabelMarginLoss;
    /// use tensor::Tensor;
    ///
    /// let scores = Variable::new(Tensor::from([[0.5f32, 1.0, -2.0, 0.25]]));
    /// let loss = MultiLabelMarginLoss::new().forward(&scores, &Tensor::from([[1i64, 0, -1, 0]]));
    /// assert_eq!(loss.item(), 0.25); // (¼ + ¾) / 4
    /// ```
    MultiLabelMarginLoss: multilabel_margin_loss(MultiLabelMarginLossOptions)
}
