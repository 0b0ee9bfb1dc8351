super::loss! {
    /// Binary cross entropy of scores, one for each class, averaged over classes: the mean of
    /// `−1/C·Σ w·(t·ln σ(x) + (1 − t)·ln σ(−x))`, as `torch.nn.MultiLabelSoftMarginLoss`.
    ///
    /// # Shapes
    /// - `input`: (…, C)
    /// - `target`: the same, 1 for the classes of a sample and 0 for others
    /// - output: no axes, or (…) without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::MultiLabelSoftMarginLoss;
    /// use tensor::Tensor;
    ///
    /// let scores = Variable::new(Tensor::from([[0.0f32, 0.0]]));
    /// let loss = MultiLabelSoftMarginLoss::new().forward(&scores, &Tensor::from([[1.0f32, 0.0]]));
    /// assert!((loss.item() - 2f64.ln()).abs() < 1e-7);
    /// ```
    MultiLabelSoftMarginLoss: multilabel_soft_margin_loss(MultiLabelSoftMarginLossOptions { weight })
}
