use autograd::Variable;
use tensor::Integers;

use crate::{Forward, Module, Training, Value, setting};

/// Splits one axis into several, the opposite of [`Flatten`](crate::Flatten), as `torch.nn.Unflatten`. One
/// size may be −1: it is what the others leave.
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
/// assert_eq!(Unflatten::new(-1, [28, -1]).forward(&x).shape(), [64, 28, 28]);
/// ```
#[derive(Module, Clone, Debug)]
#[module(extra_repr = Self::describe)]
pub struct Unflatten {
    #[module(config)]
    dim: isize,
    #[module(config)]
    unflattened_size: Vec<isize>,
    training: Training,
}

impl Unflatten {
    /// Splits axis `dim` (−1 is the last) into axes of the sizes given.
    pub fn new(dim: isize, unflattened_size: impl Integers) -> Self {
        let unflattened_size = unflattened_size.integers().to_vec();
        Unflatten { dim, unflattened_size, training: Training::default() }
    }

    fn describe(&self) -> String {
        let size = self.unflattened_size.iter().map(setting).collect();
        format!("dim={}, unflattened_size={}", self.dim, Value::Tuple(size))
    }

    /// The sizes with what −1 stands for, or what is wrong with them for an axis of this size.
    fn sizes_for(&self, size: usize) -> Result<Vec<usize>, String> {
        let sizes = &self.unflattened_size;
        let negative: Vec<_> = sizes.iter().filter(|&&n| n < 0).collect();
        let known: usize = sizes.iter().filter_map(|&n| usize::try_from(n).ok()).product();
        let inferred = match negative[..] {
            _ if sizes.is_empty() => return Err("no sizes for".into()),
            [] => 0,
            [-1] if known == 0 && size == 0 => {
                return Err(format!("the -1 in {sizes:?} could be any size for"));
            }
            [-1] => size.checked_div(known).unwrap_or(0),
            [-1, -1, ..] => return Err(format!("more than one -1 in {sizes:?} for")),
            _ => return Err(format!("a negative size in {sizes:?} for")),
        };
        let sizes: Vec<_> = sizes.iter().map(|&n| usize::try_from(n).unwrap_or(inferred)).collect();
        match sizes.iter().product::<usize>() == size {
            true => Ok(sizes),
            false => Err(format!("the sizes {:?} don't multiply up to", self.unflattened_size)),
        }
    }
}

#[nn::hooks]
impl Forward for Unflatten {
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let mut shape = x.shape();
        let n = shape.len() as isize;
        let dim = if self.dim < 0 { self.dim + n } else { self.dim };
        assert!((0..n).contains(&dim), "Unflatten: the input {shape:?} has no axis {}", self.dim);
        let size = shape[dim as usize];
        match self.sizes_for(size) {
            Ok(sizes) => {
                shape.splice(dim as usize..=dim as usize, sizes);
                x.reshape(shape)
            }
            Err(problem) => {
                panic!("Unflatten: {problem} the size of dim {dim} ({size}) in the input {shape:?}")
            }
        }
    }
}
