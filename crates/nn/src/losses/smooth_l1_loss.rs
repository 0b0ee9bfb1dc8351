super::loss! {
    /// Squared error near 0, absolute error further out: with `d = x − t`, the mean of `d²/(2β)` where
    /// `|d| < β`, else `|d| − β/2`, as `torch.nn.SmoothL1Loss`.
    ///
    /// # Shapes
    /// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
    /// - output: no axes, or the shape of both without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::SmoothL1Loss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([0.5f32, 3.0]));
    /// let loss = SmoothL1Loss::new().forward(&x, &Tensor::from([0.0f32, 0.0]));
    /// assert_eq!(loss.item(), (0.125 + 2.5) / 2.0);
    /// ```
    SmoothL1Loss: smooth_l1_loss(SmoothL1LossOptions)
}
