super::loss! {
    /// Binary cross entropy of scores before the sigmoid: the mean of
    /// `−w·(p·t·ln σ(x) + (1 − t)·ln(1 − σ(x)))`, without overflow for any `x`, as
    /// `torch.nn.BCEWithLogitsLoss`.
    ///
    /// # Shapes
    /// - `input`, `target`: any, but the same; targets are probabilities, usually 0 or 1
    /// - output: no axes, or the input's shape without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::BCEWithLogitsLoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([0.0f32, 1000.0])).requires_grad_(true);
    /// let loss = BCEWithLogitsLoss::new().forward(&x, &Tensor::from([1.0f32, 1.0]));
    /// assert!((loss.item() - 2f64.ln() / 2.0).abs() < 1e-7);
    /// loss.backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [-0.25, 0.0]);
    /// ```
    BCEWithLogitsLoss: bce_with_logits(BCEWithLogitsLossOptions { weight, pos_weight })
}
