super::loss! {
    /// Connectionist temporal classification (Graves et al., 2006): the mean of `−ln` of the probability that
    /// a sample's labels are read from classes over time, by the number of labels, as `torch.nn.CTCLoss`.
    /// Repetitions count as one, and the class `blank` as none.
    ///
    /// # Shapes
    /// - `log_probs`: (T, N, C), or (T, C) for one sample, such as [`LogSoftmax`](crate::LogSoftmax) gives
    /// - `targets`: (N, S), padded behind the labels, or those of all samples one after another, (Σ lengths)
    /// - `input_lengths`, `target_lengths`: (N) integers, or () for one sample
    /// - output: no axes, or (N) without reduction
    ///
    /// ```
    /// use autograd::Variable;
    /// use nn::CTCLoss;
    /// use tensor::Tensor;
    ///
    /// // One label, two time steps: it is read from "1, blank", "blank, 1" and "1, 1".
    /// let log_p = Variable::new(tensor::full([2, 1, 2], 0.5).log());
    /// let loss = CTCLoss::new().forward(
    ///     &log_p,
    ///     &Tensor::from([[1i64]]),
    ///     &Tensor::from([2i64]),
    ///     &Tensor::from([1i64]),
    /// );
    /// assert!((loss.item() + 0.75f64.ln()).abs() < 1e-6);
    /// ```
    CTCLoss: ctc_loss(log_probs, targets, input_lengths, target_lengths; CTCLossOptions)
}
