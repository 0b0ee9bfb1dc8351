use std::fmt;

use tensor::Tensor;

use super::shared::text;

/// What values have to be like: `torch.distributions.constraints`. It prints as torch's `repr`.
///
/// ```
/// use autograd::distributions::Constraint;
/// use tensor::Tensor;
/// assert!(Constraint::Simplex.check(&Tensor::from([0.25f32, 0.75])));
/// assert!(!Constraint::positive().check(&Tensor::from([0.0f32, 1.0])));
/// assert_eq!(Constraint::positive().to_string(), "GreaterThan(lower_bound=0.0)");
/// ```
#[derive(Clone, Debug)]
pub enum Constraint {
    /// 0 or 1.
    Boolean,
    /// Whole numbers between these two and themselves.
    IntegerInterval(i64, i64),
    /// Anything but NaN.
    Real,
    /// Above a bound.
    GreaterThan(Tensor),
    /// A bound or above it.
    GreaterThanEq(Tensor),
    /// Below a bound.
    LessThan(Tensor),
    /// Between two bounds, or one of them.
    Interval(Tensor, Tensor),
    /// Numbers from 0 on along the last axis that add up to 1.
    Simplex,
    /// A lower triangle with a positive diagonal.
    LowerCholesky,
    /// A symmetric matrix whose eigenvalues are positive.
    PositiveDefinite,
    /// A constraint of events that are taken together along so many axes.
    Independent(Box<Constraint>, usize),
}

impl Constraint {
    /// Above 0.
    pub fn positive() -> Constraint {
        Constraint::GreaterThan(Tensor::from(0.0))
    }

    /// 0 or above it.
    pub fn nonnegative() -> Constraint {
        Constraint::GreaterThanEq(Tensor::from(0.0))
    }

    /// Between 0 and 1, or one of them.
    pub fn unit_interval() -> Constraint {
        Constraint::Interval(Tensor::from(0.0), Tensor::from(1.0))
    }

    /// Vectors without a NaN.
    pub fn real_vector() -> Constraint {
        Constraint::Independent(Box::new(Constraint::Real), 1)
    }

    /// Whether all values are so.
    ///
    /// # Panics
    /// If a bound does not broadcast with the values.
    #[track_caller]
    pub fn check(&self, value: &Tensor) -> bool {
        let all = |mask: Tensor| mask.all().item() == 1.0;
        match self {
            Constraint::Boolean => all(value.eq(0).logical_or(&value.eq(1))),
            Constraint::IntegerInterval(low, high) => {
                let whole = !value.dtype().is_float() || all(value.eq(&value.floor()));
                whole && all(value.ge(*low).logical_and(&value.le(*high)))
            }
            Constraint::Real => all(value.eq(value)),
            Constraint::GreaterThan(low) => all(value.gt(low)),
            Constraint::GreaterThanEq(low) => all(value.ge(low)),
            Constraint::LessThan(high) => all(value.lt(high)),
            Constraint::Interval(low, high) => all(value.ge(low)) && all(value.le(high)),
            Constraint::Simplex => {
                let surplus = value.sum_dim(-1, false) - 1.0;
                all(value.ge(0.0)) && all(surplus.abs().lt(1e-6))
            }
            Constraint::LowerCholesky => {
                all(value.tril(0).eq(value)) && all(value.diagonal(0, -2, -1).gt(0.0))
            }
            Constraint::PositiveDefinite => {
                value.size(-1) == value.size(-2)
                    && value.allclose(&value.transpose(-2, -1), 1e-5, 1e-6)
                    && all(value.cholesky_ex().1.eq(0))
            }
            Constraint::Independent(each, _) => each.check(value),
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bound = |bound: &Tensor| text(&bound.into());
        match self {
            Constraint::IntegerInterval(low, high) => {
                write!(f, "IntegerInterval(lower_bound={low}, upper_bound={high})")
            }
            Constraint::GreaterThan(low) => write!(f, "GreaterThan(lower_bound={})", bound(low)),
            Constraint::GreaterThanEq(low) => write!(f, "GreaterThanEq(lower_bound={})", bound(low)),
            Constraint::LessThan(high) => write!(f, "LessThan(upper_bound={})", bound(high)),
            Constraint::Interval(low, high) => {
                write!(f, "Interval(lower_bound={}, upper_bound={})", bound(low), bound(high))
            }
            Constraint::Independent(each, axes) => write!(f, "IndependentConstraint({each}, {axes})"),
            plain => write!(f, "{plain:?}()"),
        }
    }
}
