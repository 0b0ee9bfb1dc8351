//! What `ctc_loss` computes of one sample: the probabilities of all ways to read its labels over time, as in
//! Graves et al., *Connectionist temporal classification* (2006).

use tensor::Float;

/// The log-probabilities of one sample in a tensor of shape (T, N, C), and what is to be read from them.
pub(super) struct Paths<'a, T> {
    /// Those of all samples.
    pub log_probs: &'a [T],
    /// Where this sample's begin, and how far apart its time steps are.
    pub start: usize,
    pub step: usize,
    /// How many time steps it has.
    pub steps: usize,
    /// The labels with a blank before, between and behind them.
    pub states: &'a [usize],
}

impl<T: Float> Paths<'_, T> {
    fn log_p(&self, t: usize, class: usize) -> T {
        self.log_probs[self.start + t * self.step + class]
    }

    /// Whether a path may go from state `s` to `s + 2`: the blank between them is left out where the labels
    /// differ.
    fn skips(&self, s: usize) -> bool {
        s + 2 < self.states.len() && self.states[s] != self.states[s + 2]
    }

    /// Writes the log-probabilities of being in each state at each time, in rows of `width`, which hold −∞;
    /// gives `−ln` of the probability of the labels.
    pub(super) fn forward(&self, alpha: &mut [T], width: usize) -> T {
        let n = self.states.len();
        if self.steps == 0 {
            return if n == 1 { -T::ZERO } else { T::HIGHEST };
        }
        for (alpha, &class) in alpha.iter_mut().zip(self.states).take(2) {
            *alpha = self.log_p(0, class);
        }
        for t in 1..self.steps {
            let (before, now) = alpha[(t - 1) * width..].split_at_mut(width);
            for s in 0..n {
                let one = if s > 0 { before[s - 1] } else { T::LOWEST };
                let two = if s > 1 && self.skips(s - 2) { before[s - 2] } else { T::LOWEST };
                now[s] = log_sum([before[s], one, two]) + self.log_p(t, self.states[s]);
            }
        }
        let last = &alpha[(self.steps - 1) * width..];
        if n == 1 { -last[0] } else { -log_sum([last[n - 1], last[n - 2]]) }
    }

    /// Writes the gradients of `−ln` of the probability times `dy`, in rows of the classes, which hold 0;
    /// `alpha` and `loss` are what [`Paths::forward`] gave.
    pub(super) fn backward(&self, alpha: &[T], width: usize, loss: T, dy: T, dx: &mut [T], classes: usize) {
        let (n, steps) = (self.states.len(), self.steps);
        let mut beta = vec![T::LOWEST; n];
        for (t, dx) in dx.chunks_mut(classes).enumerate().take(steps).collect::<Vec<_>>().into_iter().rev() {
            let later = beta.clone();
            dx.fill(T::LOWEST);
            for s in (0..n).rev() {
                let class = self.states[s];
                beta[s] = if t + 1 == steps {
                    if s + 2 < n {
                        break;
                    }
                    self.log_p(t, class)
                } else {
                    let one = if s + 1 < n { later[s + 1] } else { T::LOWEST };
                    let two = if self.skips(s) { later[s + 2] } else { T::LOWEST };
                    log_sum([later[s], one, two]) + self.log_p(t, class)
                };
                let both = alpha[t * width + s] + beta[s];
                // All states of a class are collected; the first one as it is. Where the last label is the
                // blank, it takes the blank's place in the last step, as in torch.
                let first = t + 1 == steps || dx[class] == T::LOWEST;
                dx[class] = if first { both } else { log_sum([dx[class], both]) };
            }
            for (class, dx) in dx.iter_mut().enumerate() {
                let log_p = self.log_p(t, class);
                *dx = (exp(log_p) - exp(*dx + loss - log_p)) * dy;
            }
        }
    }
}

/// `ln Σ eˣ`, −∞ if all are.
fn log_sum<T: Float, const N: usize>(x: [T; N]) -> T {
    let largest = x.iter().fold(T::LOWEST, |y, &x| if x > y { x } else { y });
    let largest = if largest == T::LOWEST { T::ZERO } else { largest };
    let sum = x.iter().fold(T::ZERO, |sum, &x| sum + exp(x - largest));
    T::from_f64(sum.to_f64().ln()) + largest
}

/// The C library's, as in torch.
fn exp<T: Float>(x: T) -> T {
    T::from_f64(x.to_f64().exp())
}
