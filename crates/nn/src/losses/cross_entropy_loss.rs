super::loss! {
    /// Cross entropy of scores with classes: the mean of `−w[t]·ln softmax(x)[t]`, as
    /// `torch.nn.CrossEntropyLoss`. It wants scores, not probabilities: no softmax before it.
    ///
    /// Targets of a float dtype hold a probability per class instead: the mean of
    /// `−Σ w[c]·t[c]·ln softmax(x)[c]`.
    ///
    /// # Shapes
    /// - `input`: (C), (N, C) or (N, C, d₁, …)
    /// - `target`: (), (N) or (N, d₁, …), classes from 0 to C − 1 as `I64` or `U8`; or probabilities in the
    ///   shape of `input`
    /// - output: no axes, or (N) or (N, d₁, …) without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::CrossEntropyLoss;
    /// use tensor::Tensor;
    ///
    /// let scores = Variable::new(Tensor::from([[0.0f32, 0.0], [0.0, 0.0]])).requires_grad_(true);
    /// let loss = CrossEntropyLoss::new().forward(&scores, &Tensor::from([0i64, 1]));
    /// assert!((loss.item() - 2f64.ln()).abs() < 1e-7);
    /// loss.backward();
    /// assert_eq!(scores.grad().unwrap().to_vec::<f32>(), [-0.25, 0.25, 0.25, -0.25]);
    /// ```
    CrossEntropyLoss: cross_entropy(CrossEntropyLossOptions { weight })
}
