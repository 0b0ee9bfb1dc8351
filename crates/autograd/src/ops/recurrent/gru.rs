use crate::Variable;

/// The next state of a gated recurrent unit (Cho et al., *Learning phrase representations using RNN
/// encoder-decoder*, 2014) from what the products gave for its gates `r`, `z` and `n`, in torch's form:
///
/// `r = σ(hhᵣ + ihᵣ)`, `z = σ(hh_z + ih_z)`, `n = tanh(ihₙ + hhₙ·r)`, `h' = (h − n)·z + n`
///
/// # Shapes
/// - `ih`, of the input, and `hh`, of the state: `[batch, 3·hidden]`
/// - `h` and the result: `[batch, hidden]`
///
/// ```
/// use autograd::{Variable, gru_gates};
/// use tensor::{Tensor, zeros};
///
/// let h = Variable::new(Tensor::from([[1.0f32, -2.0]]));
/// let gates = Variable::new(zeros([1, 6]));
/// // Both σ(0) are a half and n is 0: half of the state stays.
/// assert_eq!(gru_gates(&gates, &gates, &h).data().to_vec::<f32>(), [0.5, -1.0]);
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn gru_gates(ih: &Variable, hh: &Variable, h: &Variable) -> Variable {
    let hidden = h.size(-1);
    let [ih, hh] = [ih, hh].map(|gates| gates.split_sizes(&[2 * hidden, hidden], -1));
    // The pieces lie in longer rows, as torch's do: its σ takes them row by row, and rounds so.
    let rz = &hh[0] + &ih[0];
    let rz = rz.chunk(2, -1);
    let (r, z) = (rz[0].sigmoid(), rz[1].sigmoid());
    let n = (&ih[1] + &hh[1] * r).tanh();
    (h - &n) * z + n
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::*;
    use crate::gradcheck::gradchecks;

    #[test]
    fn gradients_of_the_gates_match_finite_differences() {
        let gates = |from: f64| Tensor::from_vec((0..12).map(|i| from + 0.3 * i as f64).collect(), [2, 6]);
        let h = Tensor::from([[0.5, -1.0], [0.2, 0.8]]);
        gradchecks(|x| gru_gates(&x[0], &x[1], &x[2]), &[gates(-2.0), gates(-1.1), h]);
    }
}
