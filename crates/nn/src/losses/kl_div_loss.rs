super::loss! {
    /// Kullback-Leibler divergence of probabilities `t` from those whose logarithms are `x`: the mean of
    /// `t·(ln t − x)` over elements, as `torch.nn.KLDivLoss`; the divergence itself is that of the reduction
    /// [`KLDivReduction::BatchMean`](crate::KLDivReduction). With `log_target`, the target holds logarithms,
    /// too.
    ///
    /// # Shapes
    /// - `input`, `target`: any that broadcast, (N, …) for `BatchMean`
    /// - output: no axes, or the common shape without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::{KLDivLoss, KLDivLossOptions, KLDivReduction};
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([[0.25f32, 0.75]]).log());
    /// let options = KLDivLossOptions { reduction: KLDivReduction::BatchMean, ..Default::default() };
    /// let loss = KLDivLoss::with(options).forward(&x, &Tensor::from([[0.5f32, 0.5]]));
    /// assert!((loss.item() - 0.143841).abs() < 1e-6); // ½·ln 2 + ½·ln ⅔
    /// ```
    KLDivLoss: kl_div(KLDivLossOptions)
}
