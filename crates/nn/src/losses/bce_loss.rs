super::loss! {
    /// Binary cross entropy of probabilities: the mean of `−w·(t·ln x + (1 − t)·ln(1 − x))`, as
    /// `torch.nn.BCELoss`. The logarithms stop at −100, so that a sure mistake costs 100 and not ∞.
    ///
    /// Where `x` comes out of a sigmoid, [`BCEWithLogitsLoss`](crate::BCEWithLogitsLoss) before the
    /// sigmoid is faster and more exact.
    ///
    /// # Shapes
    /// - `input`, `target`: any, but the same, with values in [0, 1]
    /// - output: no axes, or the input's shape without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::BCELoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([0.5f32, 0.5]));
    /// let loss = BCELoss::new().forward(&x, &Tensor::from([1.0f32, 0.0]));
    /// assert!((loss.item() - 2f64.ln()).abs() < 1e-7);
    /// ```
    BCELoss: bce_loss(BCELossOptions { weight })
}
