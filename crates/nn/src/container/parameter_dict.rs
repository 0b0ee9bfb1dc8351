use tensor::DType;

use super::dict::{Dict, dict};
use crate::module::repr;
use crate::{Builder, Error, Members, Module, Parameter, Training};

/// Parameters under names, in order, as `torch.nn.ParameterDict`.
///
/// ```
/// use nn::{Module, Parameter, ParameterDict};
///
/// let mut factors = ParameterDict::new();
/// factors.insert("scale", Parameter::new(tensor::ones([3])));
/// factors.insert("shift", Parameter::new(tensor::zeros([3])));
/// assert_eq!(factors["scale"].sum().item(), 3.0);
/// assert_eq!(factors.state_dict().keys().collect::<Vec<_>>(), ["scale", "shift"]);
/// assert_eq!(
///     factors.to_string(),
///     "ParameterDict(\n    (scale): Parameter containing: [torch.FloatTensor of size 3]\n    \
///      (shift): Parameter containing: [torch.FloatTensor of size 3]\n)"
/// );
/// ```
#[derive(Default)]
pub struct ParameterDict {
    parts: Dict<Parameter>,
    training: Training,
}

dict!(
    ParameterDict of "parameter": Parameter,
    lent as Parameter, by std::convert::identity,
    made by into of Into<Parameter>
);

impl ParameterDict {
    /// The parameter of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<&Parameter> {
        self.parts.get(name)
    }
}

impl Module for ParameterDict {
    fn kind_name() -> &'static str {
        "ParameterDict"
    }

    fn members(&self) -> Members<'_> {
        self.members_of()
    }

    fn extra_repr(&self) -> String {
        let lines = self.iter().map(|(name, parameter)| {
            let kind = match parameter.dtype() {
                DType::F16 => "Half",
                DType::BF16 => "BFloat16",
                DType::F64 => "Double",
                _ => "Float",
            };
            repr::listed(name, parameter, &format!("{kind}Tensor"))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        let names = builder.parameter_names();
        Self::build_of(builder, names)
    }
}
