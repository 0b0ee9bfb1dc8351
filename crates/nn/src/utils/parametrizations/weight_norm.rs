use autograd::Variable;

use super::{Dict, List, Parametrization, Parametrized, Weighted, axis, training_of};
use crate::{Module, Parameter, Training};

/// A weight `g·v/‖v‖`, with a norm for each output (Salimans and Kingma, *Weight normalization*, 2016).
#[derive(Module)]
#[module(name = "_WeightNorm")]
pub struct WeightNorm {
    /// The axis of the norms; all numbers have one if there is none.
    #[module(skip)]
    dim: Option<isize>,
    training: Training,
}

impl WeightNorm {
    fn norms(&self, v: &Variable) -> Variable {
        match self.dim {
            None => v.norm(2.0),
            Some(dim) => {
                let others: Vec<_> = (0..v.ndim() as isize).filter(|&other| other != dim).collect();
                v.norm_dim(2.0, &others, true)
            }
        }
    }
}

impl Parametrization for WeightNorm {
    fn weight(&self, v: &Parameter, g: Option<&Parameter>) -> Variable {
        let g = g.expect("there are lengths and directions");
        v * (g / &self.norms(v))
    }
}

/// [`WeightNorm`] with a length for each output: `torch.nn.utils.parametrizations.weight_norm`. The parameter
/// `original0` has the lengths, `original1` the directions.
#[track_caller]
pub fn weight_norm<L: Weighted>(layer: L) -> Parametrized<L, WeightNorm> {
    weight_norm_with(layer, Some(0))
}

/// [`weight_norm`] with lengths along another axis of the weight, or with one for all (in torch `None`, or
/// −1).
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn weight_norm_with<L: Weighted>(layer: L, dim: Option<isize>) -> Parametrized<L, WeightNorm> {
    let dim = dim.map(|dim| axis("weight_norm", dim, layer.weight()));
    let rule = WeightNorm { dim, training: training_of(&layer) };
    let v = layer.weight();
    let original0 = Some(Parameter::new(rule.norms(v).data()));
    let list = List { original: None, original0, original1: Some(v.clone()), rule };
    Parametrized { layer, parametrizations: Dict { weight: list } }
}
