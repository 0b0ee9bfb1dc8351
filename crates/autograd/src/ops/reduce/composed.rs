use tensor::{Integers, Tensor};

use crate::Variable;

tensor::composed_reductions!(Variable, |x| x.data());
tensor::composed_distances!(Variable, |x| x.data());

impl Variable {
    /// How many elements are not 0, as [`Tensor::count_nonzero`]; there is no gradient.
    ///
    /// # Panics
    /// If `dims` are not axes.
    #[track_caller]
    pub fn count_nonzero(&self, dims: impl Integers) -> Tensor {
        self.count_nonzero_over(&dims.integers())
    }

    #[track_caller]
    fn count_nonzero_over(&self, dims: &[isize]) -> Tensor {
        self.data().count_nonzero(dims)
    }
}

#[cfg(test)]
mod tests {
    use tensor::{QuantileInterpolation, Tensor};

    use crate::gradcheck::gradchecks;

    fn x() -> Tensor {
        Tensor::from([[0.5, -1.0, 2.0], [3.5, 2.1, 0.1]])
    }

    #[test]
    fn gradients_of_reductions_match_finite_differences() {
        gradchecks(|x| x[0].nansum(), &[x()]);
        gradchecks(|x| x[0].nanmean_dim(1, true), &[x()]);
        gradchecks(|x| x[0].aminmax(0, false).1, &[x()]);
        gradchecks(|x| x[0].quantile(0.3), &[x()]);
        let shares = Tensor::from([0.1, 0.6]);
        for interpolation in [QuantileInterpolation::Linear, QuantileInterpolation::Nearest] {
            gradchecks(|x| x[0].quantile_dim(&shares, 1, false, interpolation), &[x()]);
            gradchecks(|x| x[0].nanquantile_dim(0.7, 0, true, interpolation), &[x()]);
        }
        gradchecks(|x| x[0].renorm(2.0, 0, 1.5), &[x()]);
    }

    #[test]
    fn gradients_of_distances_and_integrals_match_finite_differences() {
        let other = Tensor::from([[0.3, 0.7, -0.4]]);
        gradchecks(|x| x[0].dist(&x[1], 3.0), &[x(), other.clone()]);
        for p in [1.0, 2.0, 3.0, f64::INFINITY] {
            gradchecks(|x| x[0].cdist(&x[1], p), &[x(), other.clone()]);
        }
        let many = tensor::arange(0.0, 60.0, 1.0).to_dtype(tensor::DType::F64).sin().reshape([30, 2]);
        gradchecks(|x| x[0].cdist(&x[1], 2.0), &[many, Tensor::from([[2.0, -1.5]])]);
        let places = Tensor::from([0.0, 0.5, 2.0]);
        gradchecks(|x| x[0].trapezoid(0.5, 0), &[x()]);
        gradchecks(|x| x[0].trapezoid(&x[1], 1), &[x(), places.clone()]);
        gradchecks(|x| x[0].cumulative_trapezoid(0.5, 0), &[x()]);
        gradchecks(|x| x[0].cumulative_trapezoid(&x[1], -1), &[x(), places]);
        gradchecks(|x| x[0].diff(2, 1, None, None), &[x()]);
        gradchecks(|x| x[0].diff(1, 0, Some(&x[1]), None), &[x(), other]);
    }
}
