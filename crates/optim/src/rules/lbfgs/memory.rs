use tensor::Tensor;

use super::number::{Number, dot};
use crate::arithmetic::add_scaled;
use crate::{Fields, Memory};

/// What [`LBFGS`](super::LBFGS) remembers, under torch's names. torch's list `al`, which each iteration
/// overwrites, is left out of state dicts.
#[derive(Clone, Debug, Default)]
pub struct LBFGSMemory {
    /// Evaluations of the loss so far.
    pub func_evals: i64,
    /// Iterations so far.
    pub n_iter: i64,
    /// The last direction.
    pub d: Option<Tensor>,
    /// The length of the last step along it.
    pub(super) t: Option<Number>,
    /// What each step remembered changed of the gradient, `yᵢ`.
    pub old_dirs: Option<Vec<Tensor>>,
    /// The steps themselves, `sᵢ`.
    pub old_stps: Option<Vec<Tensor>>,
    /// `1/(yᵢ·sᵢ)`
    pub(super) ro: Option<Vec<Number>>,
    /// The factor of the unit matrix that `H` starts from.
    pub(super) h_diag: Option<Number>,
    /// The gradient that the last direction was made from.
    pub prev_flat_grad: Option<Tensor>,
    /// The loss there.
    pub prev_loss: Option<f64>,
}

impl Memory for LBFGSMemory {
    fn fields(&mut self, fields: &mut Fields<'_>) {
        fields.int("func_evals", &mut self.func_evals);
        fields.int("n_iter", &mut self.n_iter);
        fields.optional("d", &mut self.d);
        fields.optional("t", &mut self.t);
        fields.optional("old_dirs", &mut self.old_dirs);
        fields.optional("old_stps", &mut self.old_stps);
        fields.optional("ro", &mut self.ro);
        fields.optional("H_diag", &mut self.h_diag);
        fields.optional("prev_flat_grad", &mut self.prev_flat_grad);
        fields.optional("prev_loss", &mut self.prev_loss);
    }
}

impl LBFGSMemory {
    /// Refuses what was loaded from a run over other parameters.
    #[track_caller]
    pub(super) fn check(&self, grad: &Tensor) {
        let rows = |list: &Option<Vec<Tensor>>| list.as_deref().unwrap_or_default().to_vec();
        let (dirs, steps) = (rows(&self.old_dirs), rows(&self.old_stps));
        let ro = self.ro.as_ref().map_or(0, Vec::len);
        let mut vectors = self.d.iter().chain(&self.prev_flat_grad).chain(&dirs).chain(&steps);
        assert!(
            dirs.len() == ro
                && steps.len() == ro
                && vectors.all(|v| v.shape() == grad.shape() && v.dtype() == grad.dtype()),
            "LBFGS: the state that was loaded is that of other parameters, not of {} numbers of {}",
            grad.numel(),
            grad.dtype()
        );
    }

    /// `−H·g`, after the last step has been taken down.
    pub(super) fn direction(&mut self, grad: &Tensor, history_size: usize) -> Tensor {
        let (Some(d), Some(t), Some(before), false) =
            (&self.d, self.t, &self.prev_flat_grad, self.n_iter == 1)
        else {
            [self.old_dirs, self.old_stps] = [Some(Vec::new()), Some(Vec::new())];
            (self.ro, self.h_diag) = (Some(Vec::new()), Some(Number::Float(1.0)));
            return -grad;
        };
        let (y, s) = (grad - before, t.times(d));
        let [old_dirs, old_stps] =
            [&mut self.old_dirs, &mut self.old_stps].map(Option::get_or_insert_default);
        let ro = self.ro.get_or_insert_default();
        let h_diag = self.h_diag.get_or_insert(Number::Float(1.0));
        let ys = dot(&y, &s);
        if ys > 1e-10 {
            *h_diag = ys / dot(&y, &y);
            old_dirs.push(y);
            old_stps.push(s);
            ro.push(Number::Float(1.0) / ys);
            if ro.len() > history_size {
                old_dirs.remove(0);
                old_stps.remove(0);
                ro.remove(0);
            }
        }
        // The two loops of Nocedal.
        let mut q = -grad;
        let steps = || old_dirs.iter().zip(old_stps.iter()).zip(ro.iter());
        let mut al = Vec::with_capacity(ro.len());
        for ((y, s), &ro) in steps().rev() {
            let a = dot(s, &q) * ro;
            add_scaled(&mut q, (-a).value(), y);
            al.push(a);
        }
        let mut r = h_diag.times(&q);
        for (((y, s), &ro), &a) in steps().zip(al.iter().rev()) {
            let b = dot(y, &r) * ro;
            add_scaled(&mut r, (a - b).value(), s);
        }
        r
    }
}
