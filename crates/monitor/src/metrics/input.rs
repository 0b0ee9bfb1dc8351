//! What the functions take, checked in scikit-learn's words.

use std::collections::BTreeSet;
use std::fmt::Write;

use tensor::{DType, Tensor};

/// What a row of labels may hold.
pub(super) enum Target {
    Labels(Vec<i64>),
    /// Numbers that are not whole.
    Continuous,
}

impl Target {
    /// Reads a row; whole numbers are labels.
    #[track_caller]
    pub(super) fn of(name: &str, x: &Tensor) -> Target {
        let values = column(x);
        if !x.dtype().is_float() {
            let too_large = x.dtype() == DType::U64 && x.to_vec::<u64>().iter().any(|x| *x > i64::MAX as u64);
            assert!(!too_large, "{name} has labels above {}", i64::MAX);
            return Target::Labels(values.to_dtype(DType::I64).to_vec());
        }
        let values: Vec<f64> = values.to_dtype(DType::F64).to_vec();
        assert_finite(Some(name), &values, x.dtype());
        match values.iter().all(|x| *x == x.trunc() && x.abs() < 2f64.powi(63)) {
            true => Target::Labels(values.iter().map(|x| *x as i64).collect()),
            false => Target::Continuous,
        }
    }

    /// scikit-learn's word for what it is.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Target::Labels(labels) if classes(labels).len() <= 2 => "binary",
            Target::Labels(_) => "multiclass",
            Target::Continuous => "continuous",
        }
    }
}

/// The row `[n]`, also of `[n, 1]`.
#[track_caller]
fn column(x: &Tensor) -> &Tensor {
    match x.shape() {
        [_] | [_, 1] => x,
        shape => panic!("y should be a 1d array, got an array of shape {} instead.", tuple(shape)),
    }
}

/// Labels on both sides, as many on each and at least one.
#[track_caller]
pub(super) fn label_pair(y_true: &Tensor, y_pred: &Tensor) -> [Vec<i64>; 2] {
    assert_lengths(&[samples(y_true), samples(y_pred)]);
    let (target, predicted) = (Target::of("y_true", y_true), Target::of("y_pred", y_pred));
    assert!(
        samples(y_true) > 0,
        "Found empty input array (e.g., `y_true` or `y_pred`) while a minimum of 1 sample is required."
    );
    match (target, predicted) {
        (Target::Labels(y_true), Target::Labels(y_pred)) => [y_true, y_pred],
        (Target::Continuous, Target::Continuous) => panic!("continuous is not supported"),
        (a, b) => {
            let (a, b) = (a.name(), b.name());
            panic!("Classification metrics can't handle a mix of {a} and {b} targets")
        }
    }
}

/// Labels of the true side alone.
#[track_caller]
pub(super) fn labels(y_true: &Tensor) -> Vec<i64> {
    match Target::of("y_true", y_true) {
        Target::Labels(labels) => labels,
        Target::Continuous => panic!("continuous format is not supported"),
    }
}

/// Scores: rows of `columns` numbers.
pub(super) struct Scores {
    pub(super) values: Vec<f64>,
    pub(super) shape: Vec<usize>,
    /// The distance from 1 to the next number of the dtype they came in.
    pub(super) epsilon: f64,
}

impl Scores {
    /// Reads scores, of which there is at least one and all are finite.
    #[track_caller]
    pub(super) fn of(x: &Tensor) -> Scores {
        assert!(
            matches!(x.shape(), [_] | [_, _]),
            "y_score should be a 1d or 2d array, got an array of shape {} instead.",
            tuple(x.shape())
        );
        let values: Vec<f64> = x.to_dtype(DType::F64).to_vec();
        assert_some(x.shape());
        assert_finite(None, &values, x.dtype());
        let epsilon = match x.dtype() {
            DType::F32 => f32::EPSILON.into(),
            DType::F16 => 2f64.powi(-10),
            DType::BF16 => 2f64.powi(-7),
            _ => f64::EPSILON,
        };
        Scores { values, shape: x.shape().to_vec(), epsilon }
    }

    pub(super) fn columns(&self) -> usize {
        self.shape.get(1).copied().unwrap_or(1)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.columns().max(1))
    }

    pub(super) fn column(&self, at: usize) -> Vec<f64> {
        self.rows().map(|row| row[at]).collect()
    }

    /// The only column.
    #[track_caller]
    pub(super) fn single(self) -> Vec<f64> {
        let shape = tuple(&self.shape);
        assert!(self.columns() == 1, "y should be a 1d array, got an array of shape {shape} instead.");
        self.values
    }
}

/// The number of samples, of `[n]` or `[n, k]`.
#[track_caller]
pub(super) fn samples(x: &Tensor) -> usize {
    x.shape().first().copied().expect("samples are a row, not a single number")
}

#[track_caller]
pub(super) fn assert_lengths(lengths: &[usize]) {
    assert!(
        lengths.windows(2).all(|pair| pair[0] == pair[1]),
        "Found input variables with inconsistent numbers of samples: {lengths:?}"
    );
}

#[track_caller]
pub(super) fn assert_some(shape: &[usize]) {
    let shown = tuple(shape);
    assert!(
        shape.first().is_some_and(|n| *n > 0),
        "Found array with 0 sample(s) (shape={shown}) while a minimum of 1 is required."
    );
}

#[track_caller]
pub(super) fn assert_finite(name: Option<&str>, values: &[f64], dtype: DType) {
    let name = name.map_or(String::new(), |name| format!("{name} "));
    assert!(!values.iter().any(|x| x.is_nan()), "Input {name}contains NaN.");
    let dtype = dtype.name();
    assert!(
        values.iter().all(|x| x.is_finite()),
        "Input {name}contains infinity or a value too large for dtype('{dtype}')."
    );
}

/// The labels that occur, in order.
pub(super) fn classes(labels: &[i64]) -> Vec<i64> {
    labels.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

/// A shape as Python writes it.
pub(super) fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Labels as NumPy prints an array.
pub(super) fn array(labels: &[i64]) -> String {
    let width = labels.iter().map(|label| label.to_string().len()).max().unwrap_or(0);
    let mut text = String::from("[");
    for (i, label) in labels.iter().enumerate() {
        let space = if i > 0 { " " } else { "" };
        write!(text, "{space}{label:>width$}").expect("a string takes all");
    }
    text + "]"
}
