super::loss! {
    /// Ranking loss of pairs: the mean of `max(0, −t·(x₁ − x₂) + margin)`, as `torch.nn.MarginRankingLoss`.
    /// The target is 1 where the first input should be the larger one, and −1 where the second should be.
    ///
    /// # Shapes
    /// - `input1`, `input2`, `target`: of one number of axes, broadcast
    /// - output: no axes, or the common shape without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::MarginRankingLoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([1.0f32, 2.0]));
    /// let (y, target) = (Tensor::from([0.0f32, 1.0]), Tensor::from([1.0f32, -1.0]));
    /// let loss = MarginRankingLoss::new().forward(&x, &y, &target);
    /// assert_eq!(loss.item(), 0.5);
    /// ```
    MarginRankingLoss: margin_ranking_loss(input1, input2, target; MarginRankingLossOptions)
}
