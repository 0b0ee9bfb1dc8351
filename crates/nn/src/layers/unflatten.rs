use autograd::Variable;

use crate::{ConfigValue, Forward, Module};

/// Splits one axis into several, the opposite of [`Flatten`](crate::Flatten), as `torch.nn.Unflatten`.
///
/// # Shapes
/// - `x`: `[…, a·b, …]`
/// - output: `[…, a, b, …]`
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Unflatten};
///
/// let x = Variable::new(tensor::zeros([64, 784]));
/// assert_eq!(Unflatten::new(1, [1, 28, 28]).forward(&x).shape(), [64, 1, 28, 28]);
/// ```
#[derive(Module, Clone, Debug)]
#[module(extra_repr = Self::describe)]
pub struct Unflatten {
    #[module(config)]
    dim: isize,
    #[module(config)]
    unflattened_size: Vec<usize>,
}

impl Unflatten {
    /// Splits axis `dim` (−1 is the last) into axes of the sizes given.
    pub fn new(dim: isize, unflattened_size: impl Into<Vec<usize>>) -> Self {
        Unflatten { dim, unflattened_size: unflattened_size.into() }
    }

    fn describe(&self) -> String {
        let size = self.unflattened_size.iter().map(|&n| ConfigValue::from_config(&n)).collect();
        format!("dim={}, unflattened_size={}", self.dim, ConfigValue::Tuple(size))
    }
}

impl Forward for Unflatten {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let (mut shape, sizes) = (x.shape(), &self.unflattened_size);
        let n = shape.len() as isize;
        let dim = if self.dim < 0 { self.dim + n } else { self.dim };
        assert!((0..n).contains(&dim), "Unflatten: the input {shape:?} has no axis {}", self.dim);
        let size = shape[dim as usize];
        assert!(
            sizes.iter().product::<usize>() == size,
            "Unflatten: the sizes {sizes:?} don't multiply up to the size of dim {dim} ({size}) in the input {shape:?}"
        );
        shape.splice(dim as usize..=dim as usize, sizes.iter().copied());
        x.reshape(shape)
    }
}
