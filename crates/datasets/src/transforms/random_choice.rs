use super::{Compose, Transform};
use crate::SharedGenerator;
use crate::random::python;
use tensor::Tensor;

/// One of several transforms for each image, as `torchvision.transforms.RandomChoice`.
///
/// torchvision draws from Python's `random`, by `random.choices`; here the same draws are made on the
/// generator of the sample. For Python's own numbers see [`generator`](Self::generator).
///
/// ```
/// use datasets::transforms;
/// use datasets::transforms::{RandomChoice, RandomCrop, Resize};
///
/// let half_size = RandomChoice::new(transforms![RandomCrop::new(14), Resize::new(14)]).p([0.8, 0.2]);
/// ```
#[derive(Clone, Debug)]
pub struct RandomChoice {
    transforms: Compose,
    /// The weights added up, if they are not all the same.
    cumulative: Option<Vec<f64>>,
    generator: Option<SharedGenerator>,
}

impl RandomChoice {
    /// Of these transforms, all of them equally often.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    pub fn new(transforms: Compose) -> Self {
        assert!(!transforms.transforms().is_empty(), "RandomChoice: there is nothing to choose from");
        Self { transforms, cumulative: None, generator: None }
    }

    /// A weight for each transform, which need not add up to 1.
    ///
    /// # Panics
    /// If there are not as many as transforms, or their sum is not positive and finite.
    #[track_caller]
    pub fn p(self, weights: impl AsRef<[f64]>) -> Self {
        let mut sum = 0.0;
        let cumulative: Vec<f64> = weights.as_ref().iter().map(|w| (sum += w, sum).1).collect();
        assert!(
            cumulative.len() == self.transforms.transforms().len(),
            "RandomChoice: The number of weights does not match the population: {} for {}",
            cumulative.len(),
            self.transforms.transforms().len()
        );
        assert!(sum > 0.0, "RandomChoice: Total of weights must be greater than zero, got {sum}");
        assert!(sum.is_finite(), "RandomChoice: Total of weights must be finite, got {sum}");
        Self { cumulative: Some(cumulative), ..self }
    }

    /// Chooses by this generator instead of the sample's. With
    /// [`python_generator`](crate::random::python_generator) the choices are those that Python makes after
    /// `random.seed`, if samples are made one after the other: workers of a loader take turns in no order.
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }
}

impl Transform for RandomChoice {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let u = python::with_generator(self.generator.as_ref(), python::random);
        let transforms = self.transforms.transforms();
        let i = match &self.cumulative {
            None => (u * transforms.len() as f64) as usize,
            Some(cumulative) => {
                let (total, all_but_last) = cumulative.split_last().expect("there is a transform");
                all_but_last.partition_point(|&w| w <= u * total)
            }
        };
        transforms[i].apply(x)
    }
}
