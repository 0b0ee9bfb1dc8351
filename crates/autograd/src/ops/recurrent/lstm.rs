use crate::Variable;

/// The next state `[h', c']` of a long short-term memory (Hochreiter and Schmidhuber, 1997) from what the
/// products gave for its gates `i`, `f`, `g` and `o`, as torch has them:
///
/// `i, f, o = σ(hh + ih)`, `g = tanh(hh + ih)`, `c' = f·c + i·g`, `h' = o·tanh c'`
///
/// # Shapes
/// - `ih`, of the input, and `hh`, of the state: `[batch, 4·hidden]`
/// - `c` and both results: `[batch, hidden]`
///
/// ```
/// use autograd::{Variable, lstm_gates};
/// use tensor::{Tensor, zeros};
///
/// let c = Variable::new(Tensor::from([[1.0f32, -2.0]]));
/// let gates = Variable::new(zeros([1, 8]));
/// // All σ(0) are a half and g is 0: half of the memory stays, and half of its tanh comes out.
/// let [h, c] = lstm_gates(&gates, &gates, &c);
/// assert_eq!(c.data().to_vec::<f32>(), [0.5, -1.0]);
/// assert_eq!(h.data().to_string(), "tensor([[ 0.2311, -0.3808]])");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn lstm_gates(ih: &Variable, hh: &Variable, c: &Variable) -> [Variable; 2] {
    let gates = hh + ih;
    let hidden = c.size(-1);
    let [i, f, g, o] =
        <[Variable; 4]>::try_from(gates.split_sizes(&[hidden; 4], -1)).expect("four pieces of four sizes");
    let c = f.sigmoid() * c + i.sigmoid() * g.tanh();
    [o.sigmoid() * c.tanh(), c]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::cat;
    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_of_the_gates_match_finite_differences() {
        let gates = |from: f64| Tensor::from_vec((0..16).map(|i| from + 0.2 * i as f64).collect(), [2, 8]);
        let c = Tensor::from([[0.5, -1.0], [0.2, 0.8]]);
        let both = |x: &[Variable]| cat(&lstm_gates(&x[0], &x[1], &x[2]), 1);
        gradchecks(both, &[gates(-2.0), gates(-1.1), c]);
    }
}
