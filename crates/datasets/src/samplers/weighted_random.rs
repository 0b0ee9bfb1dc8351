use super::{Sampler, check_num_samples};
use crate::SharedGenerator;
use crate::generator::with_generator;
use tensor::Generator;

/// Samples with given weights, which need not add up to 1, as `torch.utils.data.WeightedRandomSampler`.
///
/// ```
/// use datasets::{Sampler, WeightedRandomSampler};
/// tensor::manual_seed(0);
/// let sampler = WeightedRandomSampler::new([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 5, true);
/// assert_eq!(sampler.iter().collect::<Vec<_>>(), [5, 4, 4, 5, 4]); // torch's, from the same seed
/// ```
#[derive(Clone, Debug)]
pub struct WeightedRandomSampler {
    weights: Vec<f64>,
    num_samples: usize,
    replacement: bool,
    generator: Option<SharedGenerator>,
}

impl WeightedRandomSampler {
    /// An epoch of `num_samples` samples; without replacement each comes once at most.
    ///
    /// # Panics
    /// If `num_samples` is 0, a weight is negative or not finite, all are 0, or there are fewer positive
    /// weights than samples to draw without replacement.
    #[track_caller]
    pub fn new(weights: impl Into<Vec<f64>>, num_samples: usize, replacement: bool) -> Self {
        let weights = weights.into();
        check_num_samples(num_samples);
        let invalid = "WeightedRandomSampler: invalid multinomial distribution";
        assert!(weights.iter().all(|w| w.is_finite()), "{invalid} (with a weight that is inf or nan)");
        assert!(weights.iter().all(|&w| w >= 0.0), "{invalid} (encountering probability entry < 0)");
        let positive = weights.iter().filter(|&&w| w > 0.0).count();
        assert!(positive > 0, "{invalid} (sum of probabilities <= 0)");
        assert!(
            replacement || num_samples <= positive,
            "{invalid} (with replacement=False, {num_samples} samples from {positive} positive weights)"
        );
        Self { weights, num_samples, replacement, generator: None }
    }

    /// Draws from this generator, not from the default one.
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }

    /// `torch.multinomial`: by bisection of the cumulated weights.
    fn with_replacement(&self, g: &mut Generator) -> Vec<usize> {
        let mut sum = 0.0;
        let mut cumulated: Vec<f64> = self
            .weights
            .iter()
            .map(|w| {
                sum += w;
                sum
            })
            .collect();
        cumulated.iter_mut().for_each(|c| *c /= sum);
        *cumulated.last_mut().expect("a weight is positive") = 1.0;
        let draw = |_| {
            let u = g.uniform_f64();
            cumulated.partition_point(|&c| c < u)
        };
        (0..self.num_samples).map(draw).collect()
    }

    /// `torch.multinomial`: every weight is divided by an exponential variable, and the largest quotients
    /// win. torch takes this way for a single sample too.
    fn without_replacement(&self, g: &mut Generator) -> Vec<usize> {
        let quotients: Vec<f64> = self.weights.iter().map(|w| w / -(-g.uniform_f64()).ln_1p()).collect();
        let mut order: Vec<usize> = (0..quotients.len()).collect();
        order.sort_by(|&i, &j| quotients[j].total_cmp(&quotients[i]));
        order.truncate(self.num_samples);
        order
    }
}

impl Sampler for WeightedRandomSampler {
    fn iter(&self) -> Box<dyn Iterator<Item = usize> + Send> {
        let indices = with_generator(self.generator.as_ref(), |g| {
            if self.replacement && self.num_samples > 1 {
                self.with_replacement(g)
            } else {
                self.without_replacement(g)
            }
        });
        Box::new(indices.into_iter())
    }

    fn len(&self) -> usize {
        self.num_samples
    }
}
