use tensor::Tensor;

use super::argument::expanded;
use super::shared::{Base, shapes, shown};
use super::{Constraint, Distribution};
use crate::op::describe;
use crate::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};

/// Dirichlet's distribution of probabilities that add up to 1:
/// `torch.distributions.Dirichlet(concentration)`.
///
/// ```
/// use autograd::distributions::{Dirichlet, Distribution};
/// use tensor::Tensor;
/// tensor::manual_seed(0);
/// let dirichlet = Dirichlet::new(Tensor::from([0.5f32, 1.5, 4.0]));
/// assert_eq!(dirichlet.mean().to_string(), "tensor([0.0833, 0.2500, 0.6667])");
/// assert!((dirichlet.sample().sum().item() - 1.0).abs() < 1e-6);
/// ```
#[derive(Clone)]
pub struct Dirichlet {
    concentration: Variable,
    base: Base,
}

impl Dirichlet {
    /// The distribution of these parameters, which lie along the last axis.
    ///
    /// # Panics
    /// If there is no axis, or a parameter is not positive.
    #[track_caller]
    pub fn new(concentration: impl Into<Variable>) -> Dirichlet {
        let concentration = concentration.into();
        let shape = concentration.shape();
        assert!(!shape.is_empty(), "`concentration` parameter must be at least one-dimensional.");
        let (batch, event) = shape.split_at(shape.len() - 1);
        let dirichlet = Dirichlet { concentration, base: Base::new(batch, event) };
        let positive = Constraint::Independent(Box::new(Constraint::positive()), 1);
        dirichlet.base.check(&dirichlet, &[("concentration", &dirichlet.concentration, positive)]);
        dirichlet
    }

    /// The parameters, often called α.
    pub fn concentration(&self) -> &Variable {
        &self.concentration
    }
}

impl Distribution for Dirichlet {
    shapes!();

    fn support(&self) -> Constraint {
        Constraint::Simplex
    }

    #[track_caller]
    fn expand(&self, batch_shape: &[usize]) -> Dirichlet {
        let base = self.base.expanded(batch_shape);
        Dirichlet { concentration: expanded(&self.concentration, &base.extended(&[])), base }
    }

    fn mean(&self) -> Variable {
        &self.concentration / self.concentration.sum_dim(-1, true)
    }

    /// Where every parameter is below 1 it is the first corner, as in torch.
    fn mode(&self) -> Variable {
        let surplus = (&self.concentration - 1.0).clamp(Some(0.0), None);
        let mode = &surplus / surplus.sum_dim(-1, true);
        let (k, data) = (self.base.event[0], self.concentration.data());
        let corner = mode.data().argmax(-1, false).one_hot(Some(k)).to_dtype(data.dtype());
        Variable::new(corner).where_(&data.lt(1.0).all_dim(-1, true), &mode)
    }

    fn variance(&self) -> Variable {
        let total = self.concentration.sum_dim(-1, true);
        &self.concentration * (&total - &self.concentration) / (total.powf(2.0) * (&total + 1.0))
    }

    fn has_rsample(&self) -> bool {
        true
    }

    fn rsample_shape(&self, sample_shape: &[usize]) -> Variable {
        let concentration = expanded(&self.concentration, &self.base.extended(sample_shape));
        apply(SampleDirichlet, &[&concentration]).single()
    }

    #[track_caller]
    fn log_prob(&self, value: &Variable) -> Variable {
        self.base.check_value(self, value);
        let concentration = &self.concentration;
        (concentration - 1.0).xlogy(value).sum_dim(-1, false) + concentration.sum_dim(-1, false).lgamma()
            - concentration.lgamma().sum_dim(-1, false)
    }

    fn entropy(&self) -> Variable {
        let concentration = &self.concentration;
        let (k, total) = (self.base.event[0] as f64, concentration.sum_dim(-1, false));
        concentration.lgamma().sum_dim(-1, false)
            - total.lgamma()
            - (k - &total) * total.digamma()
            - ((concentration - 1.0) * concentration.digamma()).sum_dim(-1, false)
    }
}

shown!(Dirichlet: |this| [("concentration", &this.concentration)]);

/// A draw for each row of parameters, and how it moves with them.
struct SampleDirichlet;

impl Op for SampleDirichlet {
    describe!("_DirichletBackward");

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        x[0].sample_dirichlet().into()
    }

    /// A parameter moves its own element as that of a beta distribution, and the others make room for it.
    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let [alpha, x] = [0, 1].map(|i| saved[i].plain_only("_Dirichlet"));
        let total = alpha.sum_dim(-1, true).expand(alpha.shape());
        let by_alpha = V::constant(x.dirichlet_grad(alpha, &total));
        let dy = dy.single();
        let mean = (V::constant(x.clone()) * &dy).sum_dim(&[-1], true);
        (by_alpha * (dy - mean)).into()
    }
}
