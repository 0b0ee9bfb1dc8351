//! What every distribution is made of: shapes, printing, the checks of parameters and of values.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use tensor::dispatch::by_float;
use tensor::{DType, Num, Shape, Value};

use super::{Constraint, Distribution};
use crate::Variable;

static VALIDATE: AtomicBool = AtomicBool::new(true);

/// Whether distributions that are made from now on look at their parameters and at the values of `log_prob`:
/// `Distribution.set_default_validate_args(value)`. They do, unless this says otherwise.
pub fn set_default_validate_args(value: bool) {
    VALIDATE.store(value, Ordering::Relaxed);
}

/// The shapes, and whether values are looked at.
#[derive(Clone)]
pub(super) struct Base {
    pub(super) batch: Shape,
    pub(super) event: Shape,
    validate: bool,
}

impl Base {
    pub(super) fn new(batch: &[usize], event: &[usize]) -> Base {
        Base { batch: batch.into(), event: event.into(), validate: VALIDATE.load(Ordering::Relaxed) }
    }

    /// With another batch.
    pub(super) fn expanded(&self, batch: &[usize]) -> Base {
        Base { batch: batch.into(), ..self.clone() }
    }

    /// The shape of samples.
    pub(super) fn extended(&self, sample_shape: &[usize]) -> Vec<usize> {
        [sample_shape, &self.batch, &self.event].concat()
    }

    /// Refuses parameters out of their ranges.
    #[track_caller]
    pub(super) fn check(&self, of: &impl Distribution, parameters: &[(&str, &Variable, Constraint)]) {
        if !self.validate {
            return;
        }
        for (name, value, constraint) in parameters {
            assert!(
                constraint.check(&value.data()),
                "Expected parameter {name} (Tensor of shape {}) of distribution {of} to satisfy the constraint \
                 {constraint}, but found invalid values:\n{}",
                tuple(&value.shape()),
                text(value)
            );
        }
    }

    /// Refuses a value of another shape, or one that is impossible.
    #[track_caller]
    pub(super) fn check_value(&self, of: &impl Distribution, value: &Variable) {
        if !self.validate {
            return;
        }
        let (shape, expected) = (value.shape(), self.extended(&[]));
        let size = |shape: &[usize]| format!("torch.Size({shape:?})");
        assert!(
            shape.ends_with(&self.event),
            "The right-most size of value must match event_shape: {} vs {}.",
            size(&shape),
            size(&self.event)
        );
        assert!(
            shape.iter().rev().zip(expected.iter().rev()).all(|(&i, &j)| i == j || i == 1 || j == 1),
            "Value is not broadcastable with batch_shape+event_shape: {} vs {}.",
            size(&shape),
            size(&expected)
        );
        let support = of.support();
        assert!(
            support.check(&value.data()),
            "Expected value argument (Tensor of shape {}) to be within the support ({support}) of the distribution \
             {of}, but found invalid values:\n{}",
            tuple(&shape),
            text(value)
        );
    }
}

/// The two shapes of a distribution that has a [`Base`].
macro_rules! shapes {
    () => {
        fn batch_shape(&self) -> &[usize] {
            &self.base.batch
        }

        fn event_shape(&self) -> &[usize] {
            &self.base.event
        }
    };
}
pub(super) use shapes;

/// Printing as torch's `repr`, by the names of the parameters.
macro_rules! shown {
    ($D:ident: |$this:ident| $parameters:expr) => {
        impl std::fmt::Display for $D {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let $this = self;
                $crate::distributions::shared::repr(f, stringify!($D), &$parameters)
            }
        }
        tensor::debug_as_display!($D);
    };
}
pub(super) use shown;

/// `Normal(loc: 0.0, scale: torch.Size([2]))`: the value of what has one element, else the shape.
pub(super) fn repr(f: &mut fmt::Formatter<'_>, name: &str, parameters: &[(&str, &Variable)]) -> fmt::Result {
    let shown = |x: &Variable| {
        if x.numel() == 1 { text(x) } else { format!("torch.Size({:?})", x.shape()) }
    };
    let parameters: Vec<_> = parameters.iter().map(|(name, x)| format!("{name}: {}", shown(x))).collect();
    write!(f, "{name}({})", parameters.join(", "))
}

/// A tensor as Python puts it into a text: a number without axes as that.
pub(super) fn text(x: &Variable) -> String {
    match x.dtype() {
        _ if x.ndim() > 0 => x.to_string(),
        DType::Bool => Value::Bool(x.item() != 0.0).to_string(),
        dtype if dtype.is_float() => Value::Float(x.item()).to_string(),
        _ => Value::Int(x.item_as::<i64>()).to_string(),
    }
}

/// A shape as Python's tuple.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Sums over so many of the last axes.
pub(super) fn sum_rightmost(x: &Variable, axes: usize) -> Variable {
    if axes == 0 {
        return x.clone();
    }
    let kept = x.ndim() - axes;
    x.flatten(kept as isize, -1).sum_dim(-1, false)
}

/// `torch.finfo(dtype)`: the distance from 1 to the next number, the smallest normal one, the lowest.
pub(super) fn finfo(dtype: DType) -> [f64; 3] {
    by_float!(
        dtype,
        T => [T::EPSILON, T::MIN_POSITIVE, T::MIN].map(Num::to_f64),
        else panic!("the parameters of a distribution are torch.float32 or torch.float64, not {dtype}")
    )
}
