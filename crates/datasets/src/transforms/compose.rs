use std::fmt;
use std::sync::Arc;

use super::Transform;
use tensor::Tensor;

/// Transforms one after the other, as `torchvision.transforms.Compose`; see
/// [`transforms!`](crate::transforms!).
///
/// ```
/// use datasets::transforms::{Compose, Flatten, ToTensor, Transform};
///
/// let mut steps: Vec<Box<dyn Transform>> = vec![Box::new(ToTensor)];
/// steps.push(Box::new(Flatten));
/// assert_eq!(format!("{:?}", Compose::new(steps)), "Compose(ToTensor, Flatten)");
/// ```
#[derive(Clone)]
pub struct Compose {
    transforms: Arc<[Box<dyn Transform>]>,
}

impl Compose {
    /// First to last.
    pub fn new(transforms: impl IntoIterator<Item = Box<dyn Transform>>) -> Self {
        Self { transforms: transforms.into_iter().collect() }
    }

    /// The transforms, first to last.
    pub fn transforms(&self) -> &[Box<dyn Transform>] {
        &self.transforms
    }
}

impl Transform for Compose {
    fn apply(&self, x: Tensor) -> Tensor {
        self.transforms.iter().fold(x, |x, transform| transform.apply(x))
    }

    fn is_elementwise(&self) -> bool {
        self.transforms.iter().all(|transform| transform.is_elementwise())
    }
}

/// The names of the transforms.
impl fmt::Debug for Compose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.transforms.iter().map(|transform| transform.name()).collect();
        write!(f, "Compose({})", names.join(", "))
    }
}
