super::loss! {
    /// Loss of the distances of pairs: the mean of `x` where the target is 1, for similar pairs, and of
    /// `max(0, margin − x)` where it is −1, as `torch.nn.HingeEmbeddingLoss`.
    ///
    /// # Shapes
    /// - `input`, `target`: any that broadcast
    /// - output: no axes, or the common shape without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::HingeEmbeddingLoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([0.5f32, 0.25]));
    /// let loss = HingeEmbeddingLoss::new().forward(&x, &Tensor::from([1.0f32, -1.0]));
    /// assert_eq!(loss.item(), 0.625);
    /// ```
    HingeEmbeddingLoss: hinge_embedding_loss(HingeEmbeddingLossOptions)
}
