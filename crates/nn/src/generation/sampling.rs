use tensor::Tensor;

use crate::Options;

/// The options of [`sample`], in the order in which they act.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
pub struct SamplingOptions {
    /// What logits are divided by: below 1 likely tokens become likelier. Default 1.
    #[option(default = 1.0, check(
        temperature > 0.0 && temperature.is_finite(),
        "temperature must be positive, got {temperature}; `greedy` takes the likeliest token"
    ))]
    pub temperature: f64,
    /// How many of the likeliest tokens stay. Default all.
    #[option(check(top_k != Some(0), "top_k must be positive, got 0"))]
    pub top_k: Option<usize>,
    /// Which share of the probability stays, that of the likeliest tokens. Default all.
    #[option(check(top_p.is_none_or(|p| p > 0.0 && p <= 1.0), "top_p must be in (0, 1], got {}", top_p.unwrap_or(1.0)))]
    pub top_p: Option<f64>,
}

/// The likeliest token of each row of logits `[…, vocabulary]`: `logits.argmax(-1)`.
///
/// ```
/// use tensor::Tensor;
/// let logits = Tensor::from([[0.5f32, 2.0, 1.0], [3.0, 2.0, 1.0]]);
/// assert_eq!(nn::generation::greedy(&logits).to_vec::<i64>(), [1, 0]);
/// ```
///
/// # Panics
/// If there is no axis, or no token.
#[track_caller]
pub fn greedy(logits: &Tensor) -> Tensor {
    logits.argmax(-1, false)
}

/// A token for each row of logits, `[vocabulary]` or `[batch, vocabulary]`, drawn with the softmax of what
/// temperature, [`top_k`] and [`top_p`] leave of them.
///
/// The draw is that of `torch.multinomial(probabilities, 1)`, from the default generator;
/// [`use_generator`](tensor::use_generator) puts another in its place.
///
/// ```
/// use nn::generation::{SamplingOptions, sample};
/// use tensor::{Generator, Tensor, use_generator};
///
/// let logits = Tensor::from([[2.0f32, 1.0, -1.0], [0.0, 5.0, 0.0]]);
/// let options = SamplingOptions { temperature: 0.5, top_k: Some(2), ..Default::default() };
/// let mut generator = Generator::new(0);
/// let tokens = use_generator(&mut generator, || sample(&logits, options));
/// assert_eq!(tokens.to_vec::<i64>(), [0, 1]);
/// ```
///
/// # Panics
/// If the logits are no floats or have another number of axes, or an option is out of its range.
#[track_caller]
pub fn sample(logits: &Tensor, options: SamplingOptions) -> Tensor {
    options.assert_valid("sample");
    let mut logits = logits.div_scalar(options.temperature);
    if let Some(k) = options.top_k {
        logits = top_k(&logits, k);
    }
    if let Some(p) = options.top_p {
        logits = top_p(&logits, p);
    }
    logits.softmax(-1).multinomial(1, false).squeeze(-1)
}

/// The logits with −∞ for all but the `k` largest of each row, and those equal to the last of these.
///
/// ```
/// use tensor::Tensor;
/// let logits = nn::generation::top_k(&Tensor::from([1.0f32, 4.0, 2.0, 3.0]), 2);
/// assert_eq!(logits.to_vec::<f32>(), [f32::NEG_INFINITY, 4.0, f32::NEG_INFINITY, 3.0]);
/// ```
///
/// # Panics
/// If `k` is 0, or the logits are no floats.
#[track_caller]
pub fn top_k(logits: &Tensor, k: usize) -> Tensor {
    assert!(k > 0, "top_k: k must be positive, got 0");
    assert!(logits.size(-1) > 0, "top_k: there are no tokens to choose from, got {:?}", logits.shape());
    let k = k.min(logits.size(-1));
    let smallest = logits.topk(k, -1, true).0.narrow(-1, k as isize - 1, 1);
    logits.masked_fill(&logits.lt(&smallest), f64::NEG_INFINITY)
}

/// The logits with −∞ for all but the nucleus of each row: the likeliest tokens that have at least the share
/// `p` of the probability together (Holtzman et al., *The curious case of neural text degeneration*, 2020).
/// The likeliest token always stays.
///
/// ```
/// use tensor::Tensor;
/// let logits = Tensor::from([0.5f32, 0.1, 0.15, 0.25]).log();
/// let kept = nn::generation::top_p(&logits, 0.7);
/// assert_eq!(kept.softmax(-1).to_string(), "tensor([0.6667, 0.0000, 0.0000, 0.3333])");
/// ```
///
/// # Panics
/// If `p` is not in (0, 1], or the logits are no floats.
#[track_caller]
pub fn top_p(logits: &Tensor, p: f64) -> Tensor {
    assert!(p > 0.0 && p <= 1.0, "top_p: p must be in (0, 1], got {p}");
    let (sorted, places) = logits.sort(-1, false);
    // From the least likely token on, as long as what is left has the share.
    let unlikely = sorted.softmax(-1).cumsum(-1).le(1.0 - p);
    let last = sorted.size(-1) as isize - 1;
    let likeliest = places.narrow(-1, last, 1);
    let unlikely = unlikely.scatter(-1, &places, &unlikely);
    let unlikely =
        unlikely.scatter(-1, &likeliest, &tensor::zeros_dtype(likeliest.shape(), unlikely.dtype()));
    logits.masked_fill(&unlikely, f64::NEG_INFINITY)
}
