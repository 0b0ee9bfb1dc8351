super::loss! {
    /// Loss of triplets: the mean of `max(0, margin + d(a, p) − d(a, n))`, where `d` is the distance that
    /// [`PairwiseDistance`](crate::PairwiseDistance) gives, as `torch.nn.TripletMarginLoss`.
    ///
    /// # Shapes
    /// - `anchor`, `positive`, `negative`: (N, D) or (D), broadcast
    /// - output: no axes, or (N) or () without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::TripletMarginLoss;
    /// use tensor::Tensor;
    ///
    /// let anchor = Variable::new(Tensor::from([[0.0f32, 0.0]]));
    /// let loss = TripletMarginLoss::new().forward(
    ///     &anchor,
    ///     &Tensor::from([[3.0f32, 4.0]]),
    ///     &Tensor::from([[0.0f32, 2.0]]),
    /// );
    /// assert!((loss.item() - 4.0).abs() < 1e-5); // 1 + 5 − 2
    /// ```
    TripletMarginLoss: triplet_margin_loss(anchor, positive, negative; TripletMarginLossOptions)
}
