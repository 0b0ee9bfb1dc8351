use super::renorm::renormalise;
use super::table::{Lookup, Rows, padding_row};
use crate::{Options, Variable, apply};

/// The options of [`embedding`] and `nn::Embedding`.
#[derive(Clone, Copy, Debug, PartialEq, Options)]
#[options(crate = tensor, shown = changed)]
pub struct EmbeddingOptions {
    /// The row that stands for nothing: it gets no gradient. Negative numbers count from the end.
    pub padding_idx: Option<isize>,
    /// Rows that are looked up and have a larger norm are first made to have this one, in the table itself.
    pub max_norm: Option<f64>,
    /// Which norm that is. Default 2.
    #[option(default = 2.0)]
    pub norm_type: f64,
    /// Whether the gradient of a row is divided by the number of times that it is looked up. Default no.
    #[option(default = false)]
    pub scale_grad_by_freq: bool,
    /// Whether rows that are not looked up get a gradient of −0.0, by which an optimizer that leaves them
    /// alone knows them (`optim::SparseAdam`). Any other takes it for 0. Default no.
    #[option(default = false, check(
        !(sparse && scale_grad_by_freq),
        "scale_grad_by_freq not supported with sparse gradients"
    ))]
    pub sparse: bool,
}

impl EmbeddingOptions {
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

/// The rows of the table `weight` that the integers `x` name, as `torch.nn.functional.embedding`.
///
/// The gradient of the table is dense, also with `sparse`: rows add up in the order of `x`. Its own gradient
/// is the derivative also with `scale_grad_by_freq`, where torch leaves the division out.
///
/// # Shapes
/// - `x`: any, `I64` or `I32`
/// - `weight`: `[rows, width]`
/// - output: that of `x`, and then `width`
///
/// ```
/// use autograd::{EmbeddingOptions, Variable, embedding};
/// use tensor::Tensor;
///
/// let weight = Variable::new(Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]])).requires_grad_(true);
/// let x = Variable::new(Tensor::from([[2i64, 0], [2, 1]]));
/// let y = embedding(&x, &weight, EmbeddingOptions { padding_idx: Some(1), ..Default::default() });
/// assert_eq!(y.shape(), [2, 2, 2]);
/// assert_eq!(y.data().to_vec::<f32>(), [5.0, 6.0, 1.0, 2.0, 5.0, 6.0, 3.0, 4.0]);
/// y.sum().backward();
/// assert_eq!(weight.grad().unwrap().to_vec::<f32>(), [1.0, 1.0, 0.0, 0.0, 2.0, 2.0]);
/// ```
///
/// # Panics
/// If a number of `x` is no row of the table (`index out of range in self`), `x` holds other numbers,
/// `weight` is no matrix, or has no row `padding_idx`.
#[track_caller]
pub fn embedding(x: &Variable, weight: &Variable, options: EmbeddingOptions) -> Variable {
    let x = x.data();
    let padding = weight.shape().first().and_then(|&rows| options.padding_row("embedding", rows));
    let mut lookup = Lookup::new("embedding", &x, weight, padding);
    lookup.sparse = options.sparse;
    if let Some(max_norm) = options.max_norm {
        renormalise(&lookup, weight, max_norm, options.norm_type);
    }
    let lookup = if options.scale_grad_by_freq { lookup.by_frequency() } else { lookup };
    let mut shape = x.shape().to_vec();
    shape.push(weight.size(1));
    apply(Rows { lookup, shape }, &[weight]).single()
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::{gradchecks, numbers};

    #[test]
    fn gradients_match_finite_differences() {
        let x = Variable::new(Tensor::from([[2i64, 0, 2], [3, 3, 2]]));
        let plain = EmbeddingOptions::default();
        for padding_idx in [None, Some(-1), Some(0)] {
            let options = EmbeddingOptions { padding_idx, ..plain };
            // Finite differences see that padding is looked up, so that only rows beside it can be compared.
            let beside = Variable::new(Tensor::from([[2i64, 1, 2], [1, 1, 2]]));
            gradchecks(|w| embedding(&beside, &w[0], options).square(), &[numbers(&[4, 3])]);
        }
        gradchecks(|w| embedding(&x, &w[0], plain).square(), &[numbers(&[4, 1])]);
        gradchecks(|w| embedding(&Variable::new(Tensor::from(1i64)), &w[0], plain), &[numbers(&[2, 3])]);
    }

    #[test]
    fn the_gradient_of_a_gradient_by_frequency_is_its_derivative() {
        let options =
            EmbeddingOptions { scale_grad_by_freq: true, padding_idx: Some(2), ..Default::default() };
        let x = Variable::new(Tensor::from([1i64, 1, 2]));
        let weight = Variable::new(numbers(&[4, 2])).requires_grad_(true);
        let dw = |dy: &[Variable]| {
            let y = crate::enable_grad(|| (embedding(&x, &weight, options) * &dy[0]).sum());
            let wish = crate::GradOptions { create_graph: true, ..Default::default() };
            crate::grad_with(&y, &weight, wish).remove(0).expect("it took part")
        };
        crate::gradcheck(dw, &[numbers(&[3, 2])]);
    }

    #[test]
    fn a_sparse_gradient_tells_what_was_not_looked_up_from_zeros() {
        let options = EmbeddingOptions { sparse: true, padding_idx: Some(3), ..Default::default() };
        let weight = Variable::new(tensor::zeros([5, 1])).requires_grad_(true);
        let pass = |x: [i64; 3], by: f64| {
            (embedding(&Variable::new(Tensor::from(x)), &weight, options) * by).sum().backward()
        };
        pass([1, 1, 3], 2.0);
        pass([2, 1, 2], 0.0);
        let bits = weight.grad().unwrap().to_vec::<f32>().into_iter().map(f32::to_bits);
        assert_eq!(bits.collect::<Vec<_>>(), [-0.0, 4.0, 0.0, -0.0, -0.0_f32].map(f32::to_bits));
    }

    #[test]
    #[should_panic(
        expected = "embedding: index out of range in self: 5 at position [1, 0] is no row of a table of 5 ([5, 3])"
    )]
    fn a_row_that_is_not_there() {
        let weight = Variable::new(tensor::zeros([5, 3]));
        embedding(&Variable::new(Tensor::from([[0i64, 1], [5, 2]])), &weight, EmbeddingOptions::default());
    }

    #[test]
    #[should_panic(
        expected = "to have one of the following scalar types: Long, Int; but got torch.float32 [2]"
    )]
    fn rows_have_whole_numbers() {
        let [x, weight] = [Variable::new(tensor::zeros(2)), Variable::new(tensor::zeros([5, 3]))];
        embedding(&x, &weight, EmbeddingOptions::default());
    }

    #[test]
    #[should_panic(expected = "embedding: Padding_idx must be within num_embeddings: -6 of 5")]
    fn padding_is_a_row() {
        let [x, weight] = [Variable::new(Tensor::from([0i64])), Variable::new(tensor::zeros([5, 3]))];
        embedding(&x, &weight, EmbeddingOptions { padding_idx: Some(-6), ..Default::default() });
    }
}
