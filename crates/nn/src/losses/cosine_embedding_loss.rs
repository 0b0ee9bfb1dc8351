super::loss! {
    /// Loss of pairs of vectors by their cosine: the mean of `1 − cos` where the target is 1, for similar
    /// pairs, and of `max(0, cos − margin)` where it is −1, as `torch.nn.CosineEmbeddingLoss`.
    ///
    /// # Shapes
    /// - `input1`, `input2`: (N, D), or (D) for one pair
    /// - `target`: (N), or () for one pair
    /// - output: no axes, or (N) without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::CosineEmbeddingLoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[3.0f32, 0.0], [1.0, 0.0]]));
    /// let y = Tensor::from([[3.0f32, 4.0], [1.0, 0.0]]);
    /// let loss = CosineEmbeddingLoss::new().forward(&x, &y, &Tensor::from([1.0f32, -1.0]));
    /// assert!((loss.item() - 0.7).abs() < 1e-6); // (0.4 + 1) / 2
    /// ```
    CosineEmbeddingLoss: cosine_embedding_loss(input1, input2, target; CosineEmbeddingLossOptions)
}
