use super::{Compose, Transform};
use crate::SharedGenerator;
use crate::random::python;
use tensor::Tensor;

/// All of several transforms, in another order for each image, as `torchvision.transforms.RandomOrder`.
///
/// torchvision draws from Python's `random`, by `random.shuffle`; here the same draws are made on the
/// generator of the sample, or on [one of their own](Self::generator).
///
/// ```
/// use datasets::transforms;
/// use datasets::transforms::{RandomCrop, RandomOrder, Resize};
///
/// let small = RandomOrder::new(transforms![RandomCrop::new(14).pad_if_needed(true), Resize::new(20)]);
/// ```
#[derive(Clone, Debug)]
pub struct RandomOrder {
    transforms: Compose,
    generator: Option<SharedGenerator>,
}

impl RandomOrder {
    /// Of these transforms.
    pub fn new(transforms: Compose) -> Self {
        Self { transforms, generator: None }
    }

    /// Draws from this generator; see [`RandomChoice::generator`](super::RandomChoice::generator).
    pub fn generator(self, generator: impl Into<SharedGenerator>) -> Self {
        Self { generator: Some(generator.into()), ..self }
    }
}

impl Transform for RandomOrder {
    #[track_caller]
    fn apply(&self, x: Tensor) -> Tensor {
        let mut order: Vec<_> = self.transforms.transforms().iter().collect();
        python::with_generator(self.generator.as_ref(), |g| python::shuffle(g, &mut order));
        order.into_iter().fold(x, |x, transform| transform.apply(x))
    }
}
