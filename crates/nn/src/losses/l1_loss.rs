super::loss! {
    /// Mean absolute error: the mean of `|x − t|`, as `torch.nn.L1Loss`. The gradient where `x = t` is 0.
    ///
    /// # Shapes
    /// - `input`, `target`: any, but the same; others are broadcast with a warning on stderr, as in torch
    /// - output: no axes, or the shape of both without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::L1Loss;
    /// use tensor::Tensor;
    ///
    /// let x = Variable::new(Tensor::from([1.0f32, 2.0, 5.0])).requires_grad_(true);
    /// let loss = L1Loss::new().forward(&x, &Tensor::from([1.0f32, 4.0, 4.0]));
    /// assert_eq!(loss.item(), 1.0);
    /// loss.backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.0, -1.0 / 3.0, 1.0 / 3.0]);
    /// ```
    L1Loss: l1_loss(L1LossOptions)
}
