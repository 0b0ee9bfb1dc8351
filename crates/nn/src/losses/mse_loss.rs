super::loss! {
    /// Mean squared error: the mean of `(x − t)²`, as `torch.nn.MSELoss`.
    ///
    /// # Shapes
    /// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
    /// - output: no axes, or the shape of both without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::MSELoss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([1.0f32, 2.0, 5.0, 4.0])).requires_grad_(true);
    /// let loss = MSELoss::new().forward(&x, &Tensor::from([1.0f32, 4.0, 4.0, 4.0]));
    /// assert_eq!(loss.item(), 1.25);
    /// loss.backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.0, -1.0, 0.5, 0.0]);
    /// ```
    MSELoss: mse_loss(MSELossOptions)
}
