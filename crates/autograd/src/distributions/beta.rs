use std::fmt;

use super::argument::{Argument, pair};
use super::shared::{Base, shapes};
use super::{Constraint, Dirichlet, Distribution};
use crate::{Variable, stack};

/// The beta distribution of a probability: `torch.distributions.Beta(concentration1, concentration0)`.
///
/// It is [`Dirichlet`]'s of two parameters, and prints as torch's, without any.
///
/// ```
/// use autograd::distributions::{Beta, Distribution};
/// tensor::manual_seed(0);
/// let beta = Beta::new(0.5, 0.5);
/// assert_eq!(beta.sample().to_string(), "tensor(0.0176)");
/// assert_eq!(beta.to_string(), "Beta()");
/// ```
#[derive(Clone)]
pub struct Beta {
    dirichlet: Dirichlet,
    base: Base,
}

impl Beta {
    /// The distribution of mean `concentration1/(concentration1 + concentration0)`.
    ///
    /// # Panics
    /// If a parameter is not positive, or the shapes do not broadcast.
    #[track_caller]
    pub fn new(concentration1: impl Into<Argument>, concentration0: impl Into<Argument>) -> Beta {
        let dirichlet = Dirichlet::new(stack(&pair(concentration1, concentration0), -1));
        let base = Base::new(dirichlet.batch_shape(), &[]);
        Beta { dirichlet, base }
    }

    /// The first parameter, often called α.
    pub fn concentration1(&self) -> Variable {
        self.dirichlet.concentration().select(-1, 0)
    }

    /// The second parameter, often called β.
    pub fn concentration0(&self) -> Variable {
        self.dirichlet.concentration().select(-1, 1)
    }
}

impl Distribution for Beta {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::unit_interval()
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Beta {
        Beta { dirichlet: self.dirichlet.expand(batch_shape), base: self.base.expanded(batch_shape) }
    }

    fn mean(&self) -> Variable {
        let (one, zero) = (self.concentration1(), self.concentration0());
        &one / (&one + zero)
    }

    fn mode(&self) -> Variable {
        self.dirichlet.mode().select(-1, 0)
    }

    fn variance(&self) -> Variable {
        let (one, zero) = (self.concentration1(), self.concentration0());
        let total = &one + &zero;
        one * zero / (total.powf(2.0) * (total + 1.0))
    }

    fn has_rsample(&self) -> bool {
        true
    }

    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        self.dirichlet.rsample_shape(sample_shape).select(-1, 0)
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        self.dirichlet.log_prob(&stack(&[value.clone(), 1.0 - value], -1))
    }

    fn entropy(&self) -> Variable {
        self.dirichlet.entropy()
    }
}

impl fmt::Display for Beta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Beta()")
    }
}

tensor::debug_as_display!(Beta);
