use serde::{Deserialize, Serialize};
use tensor::{DType, Tensor};

use super::bags::{Bags, MaxBags, SumBags};
use super::renorm::renormalise;
use super::table::{Lookup, padding_row};
use crate::{Options, Variable, apply};

/// The options of [`embedding_bag`] and `nn::EmbeddingBag`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = changed)]
pub struct EmbeddingBagOptions {
    /// Rows that are looked up and have a larger norm are first made to have this one, in the table itself.
    pub max_norm: Option<f64>,
    /// Which norm that is. Default 2.
    #[option(default = 2.0)]
    pub norm_type: f64,
    /// Whether the gradient of a row is divided by the number of times that it is looked up, which a maximum
    /// does not have. Default no.
    #[option(default = false, check(
        !(scale_grad_by_freq && mode == EmbeddingBagMode::Max),
        "max mode does not support scaling the gradient by the frequency"
    ))]
    pub scale_grad_by_freq: bool,
    /// What becomes of the rows of a bag. Default their mean.
    #[option(shown = always)]
    pub mode: EmbeddingBagMode,
    /// Whether the offsets end with the number of rows, so that there is one more of them than bags. Default
    /// no.
    #[option(shown = never)]
    pub include_last_offset: bool,
    /// The row that stands for nothing: it is in no bag. Negative numbers count from the end.
    pub padding_idx: Option<isize>,
}

/// What becomes of the rows of a bag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmbeddingBagMode {
    /// They are added up, after each is multiplied by its weight if there are any.
    Sum,
    /// Their mean.
    #[default]
    Mean,
    /// The largest number of each column. A NaN counts only if it stands first, as in torch.
    Max,
}

tensor::option_value!(EmbeddingBagMode);

impl EmbeddingBagOptions {
    /// The padding row of a table with so many rows, counted from the front; `whose` is the function or
    /// module, for the message.
    ///
    /// # Panics
    /// If the table has no such row.
    #[track_caller]
    pub fn padding_row(&self, whose: &str, rows: usize) -> Option<usize> {
        padding_row(whose, self.padding_idx, rows)
    }
}

/// The sum, mean or maximum of the rows of the table `weight` that a bag of integers names, for each bag, as
/// `torch.nn.functional.embedding_bag`: the rows themselves are never written down side by side. A bag
/// without rows gives zeros.
///
/// The gradient of the table is dense. Values and gradients are torch's to the bit, that of the weights as it
/// is on processors of AMD.
///
/// # Shapes
/// - `x`: `I64` or `I32`: `[bags, length]`, or the bags one behind the other along one axis
/// - `weight`: `[rows, width]`
/// - `offsets`: where each bag begins, for bags one behind the other
/// - `per_sample_weights`: as `x`; what the rows are multiplied by before they are added up, for a sum only
/// - output: `[bags, width]`
///
/// ```
/// use autograd::{EmbeddingBagMode, EmbeddingBagOptions, Variable, embedding_bag};
/// use tensor::Tensor;
///
/// let weight = Variable::new(Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]])).requires_grad_(true);
/// let x = Variable::new(Tensor::from([0i64, 2, 2, 1]));
/// let offsets = Variable::new(Tensor::from([0i64, 3]));
/// let sum = EmbeddingBagOptions { mode: EmbeddingBagMode::Sum, ..Default::default() };
/// let y = embedding_bag(&x, &weight, Some(&offsets), None, sum);
/// assert_eq!(y.data().to_vec::<f32>(), [11.0, 14.0, 3.0, 4.0]);
/// y.sum().backward();
/// assert_eq!(weight.grad().unwrap().to_vec::<f32>(), [1.0, 1.0, 1.0, 1.0, 2.0, 2.0]);
/// ```
///
/// # Panics
/// In torch's words, if a number of `x` is no row of the table, if shapes or dtypes do not fit, or if there
/// are weights but no sum. Also where torch does not look: if offsets fall, or the last with
/// `include_last_offset` is not the number of rows.
#[track_caller]
pub fn embedding_bag(
    x: &Variable,
    weight: &Variable,
    offsets: Option<&Variable>,
    per_sample_weights: Option<&Variable>,
    options: EmbeddingBagOptions,
) -> Variable {
    const NAME: &str = "embedding_bag";
    options.assert_valid(NAME);
    let x = x.data();
    if let Some(weights) = per_sample_weights {
        check_weights(weights, &x, weight.dtype(), options.mode);
    }
    let padding = weight.shape().first().and_then(|&rows| options.padding_row(NAME, rows));
    let lookup = Lookup::new(NAME, &x, weight, padding);
    let starts = starts(&x, offsets.map(Variable::data).as_ref(), options.include_last_offset);
    if let Some(max_norm) = options.max_norm {
        renormalise(&lookup, weight, max_norm, options.norm_type);
    }
    let lookup = if options.scale_grad_by_freq { lookup.by_frequency() } else { lookup };
    let bags = Bags::new(lookup, &starts);
    let mean = match options.mode {
        EmbeddingBagMode::Max => return apply(MaxBags(bags), &[weight]).single(),
        mode => mode == EmbeddingBagMode::Mean,
    };
    let bags = if mean { bags.divided() } else { bags };
    match per_sample_weights {
        None => apply(SumBags(bags), &[weight]).single(),
        Some(weights) => apply(SumBags(bags), &[weight, &weights.reshape([x.numel()])]).single(),
    }
}

#[track_caller]
fn check_weights(weights: &Variable, x: &Tensor, dtype: DType, mode: EmbeddingBagMode) {
    let (found, expected) = (weights.shape(), x.shape());
    assert!(
        found == expected,
        "embedding_bag: If per_sample_weights ({found:?}) is not None, then it must have the same shape as the input \
         ({expected:?})"
    );
    assert!(
        mode == EmbeddingBagMode::Sum,
        "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got \
         mode='{}')",
        if mode == EmbeddingBagMode::Mean { "mean" } else { "max" }
    );
    let found = weights.dtype();
    assert!(
        found == dtype,
        "embedding_bag: Expected tensor for argument #1 'weight' to have the same type as tensor for argument #1 \
         'per_sample_weights'; but type {dtype} does not equal {found}"
    );
}

/// Where each bag begins in the rows along one axis.
#[track_caller]
fn starts(x: &Tensor, offsets: Option<&Tensor>, include_last_offset: bool) -> Vec<usize> {
    let (axes, n) = (x.ndim(), x.numel());
    let offsets = match (axes, offsets) {
        (2, None) => return (0..x.size(0)).map(|bag| bag * x.size(1)).collect(),
        (1, Some(offsets)) => offsets,
        (2, Some(offsets)) => panic!(
            "embedding_bag: if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed \
             length sequences. However, found offsets of shape {:?}",
            offsets.shape()
        ),
        (1, None) => panic!("embedding_bag: offsets has to be a 1D Tensor but got None"),
        _ => panic!("embedding_bag: input has to be 1D or 2D Tensor, but got Tensor of dimension {axes}"),
    };
    let (shape, dtype) = (offsets.shape(), offsets.dtype());
    assert!(shape.len() == 1, "embedding_bag: offsets has to be a 1D Tensor, got {shape:?}");
    assert!(
        matches!(dtype, DType::I64 | DType::I32),
        "embedding_bag: Expected tensor for argument #1 'offsets' to have one of the following scalar types: Long, \
         Int; but got {dtype} {shape:?} instead"
    );
    let mut starts = offsets.to_dtype(DType::I64).to_vec::<i64>();
    if let (Some(&first), Some(&last)) = (starts.first(), starts.last()) {
        assert!(
            first == 0,
            "embedding_bag: offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from \
             position 0. However, got {first}"
        );
        assert!(
            last <= n as i64,
            "embedding_bag: offsets[-1] can not be greater than input's length {n} but got offsets[-1] of {last}"
        );
        if let Some(at) = starts.windows(2).position(|two| two[0] > two[1]) {
            panic!(
                "embedding_bag: offsets must not fall, but {} comes behind {}",
                starts[at + 1],
                starts[at]
            );
        }
        assert!(
            !include_last_offset || last == n as i64,
            "embedding_bag: include_last_offset: the last of offsets has to be the input's length {n}, got {last}"
        );
    } else {
        assert!(
            !include_last_offset,
            "embedding_bag: include_last_offset: number of offset should be at least 1"
        );
        assert!(n == 0, "embedding_bag: offsets are empty, so that {n} rows are in no bag");
    }
    if include_last_offset {
        starts.pop();
    }
    starts.into_iter().map(|start| start as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    const PLAIN: fn() -> EmbeddingBagOptions = EmbeddingBagOptions::default;

    #[test]
    fn gradients_match_finite_differences() {
        let x = Variable::new(Tensor::from([2i64, 0, 2, 3, 3, 2]));
        let offsets = Variable::new(Tensor::from([0i64, 2, 2, 5]));
        for mode in [EmbeddingBagMode::Sum, EmbeddingBagMode::Mean, EmbeddingBagMode::Max] {
            for padding_idx in [None, Some(-1), Some(0)] {
                let options = EmbeddingBagOptions { mode, padding_idx, ..PLAIN() };
                let bags = |w: &[Variable]| embedding_bag(&x, &w[0], Some(&offsets), None, options).square();
                gradchecks(bags, &[numbers(&[4, 3])]);
            }
        }
        for padding_idx in [None, Some(2)] {
            let options = EmbeddingBagOptions { mode: EmbeddingBagMode::Sum, padding_idx, ..PLAIN() };
            let table = Variable::new(Tensor::from([[2i64, 0, 2], [3, 3, 2]]));
            let weighed = |w: &[Variable]| embedding_bag(&table, &w[0], None, Some(&w[1]), options).square();
            gradchecks(weighed, &[numbers(&[4, 3]), numbers(&[2, 3])]);
        }
    }

    #[test]
    fn the_gradient_of_a_gradient_by_frequency_is_its_derivative() {
        let options = EmbeddingBagOptions { scale_grad_by_freq: true, padding_idx: Some(2), ..PLAIN() };
        let x = Variable::new(Tensor::from([[1i64, 1, 2], [0, 1, 0]]));
        let weight = Variable::new(numbers(&[4, 2])).requires_grad_(true);
        let dw = |dy: &[Variable]| {
            let y = crate::enable_grad(|| (embedding_bag(&x, &weight, None, None, options) * &dy[0]).sum());
            let wish = crate::GradOptions { create_graph: true, ..Default::default() };
            crate::grad_with(&y, &weight, wish).remove(0).expect("it took part")
        };
        crate::gradcheck(dw, &[numbers(&[2, 2])]);
    }

    #[test]
    fn bags_may_be_empty_and_there_may_be_none() {
        let weight = Variable::new(tensor::ones([3, 2])).requires_grad_(true);
        let of = |x: Tensor, offsets: Option<Tensor>| {
            embedding_bag(&Variable::new(x), &weight, offsets.map(Variable::new).as_ref(), None, PLAIN())
        };
        let none = || Tensor::from_vec(Vec::<i64>::new(), 0);
        for y in [of(none(), Some(Tensor::from([0i64, 0]))), of(none().reshape([2, 0]), None)] {
            assert_eq!((y.shape(), y.data().to_vec::<f32>()), (vec![2, 2], vec![0.0; 4]));
            y.sum().backward();
        }
        assert_eq!(weight.grad().expect("a leaf").to_vec::<f32>(), [0.0; 6]);
        assert_eq!(of(none(), Some(none())).shape(), [0, 2]);
    }
}
