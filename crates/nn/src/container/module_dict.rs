use std::sync::Arc;

use super::dict::{Dict, dict};
use super::layer_list::IntoLayer;
use crate::{Builder, Error, Layer, Members, Module, Training};

/// Layers under names, in order, that their owner calls as it likes, as `torch.nn.ModuleDict`.
///
/// ```
/// use autograd::Variable;
/// use nn::{Linear, Module, ModuleDict, PReLU, ReLU};
///
/// let mut choices = ModuleDict::new();
/// choices.insert("plain", ReLU::new());
/// choices.insert("learnt", PReLU::default());
/// let y = choices["plain"].forward(&Variable::new(tensor::Tensor::from([-1.0f32, 2.0])));
/// assert_eq!(y.data().to_vec::<f32>(), [0.0, 2.0]);
/// assert_eq!(choices.state_dict().keys().collect::<Vec<_>>(), ["learnt.weight"]);
/// assert_eq!(
///     choices.to_string(),
///     "ModuleDict(\n  (plain): ReLU()\n  (learnt): PReLU(num_parameters=1)\n)"
/// );
/// let heads: ModuleDict = ["left", "right"].into_iter().map(|name| (name, Linear::new(4, 2))).collect();
/// assert_eq!(heads.layer::<Linear>("left").weight.shape(), [2, 4]);
/// ```
#[derive(Default)]
pub struct ModuleDict {
    parts: Dict<Arc<dyn Layer>>,
    training: Training,
}

dict!(
    ModuleDict of "layer": Arc<dyn Layer>,
    lent as dyn Layer, by AsRef::as_ref,
    made by into_layer of IntoLayer
);

impl ModuleDict {
    /// The layer of this name, if there is one.
    pub fn get(&self, name: &str) -> Option<&dyn Layer> {
        self.parts.get(name).map(|layer| &**layer)
    }

    /// The layer of this name as the type it has, with its fields: `heads.layer::<Linear>("left").weight`.
    ///
    /// # Panics
    /// If there is no such layer, or it is of another type.
    #[track_caller]
    pub fn layer<L: Layer>(&self, name: &str) -> &L {
        let layer = &self[name];
        match layer.downcast_ref() {
            Some(layer) => layer,
            None => panic!("layer: expected {} under \"{name}\", found {layer}", L::kind_name()),
        }
    }
}

impl Module for ModuleDict {
    fn kind_name() -> &'static str {
        "ModuleDict"
    }

    fn members(&self) -> Members<'_> {
        self.members_of()
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        let names = builder.child_names();
        Self::build_of(builder, names)
    }
}

/// Layers nested a hundred thousand deep would overflow the stack.
impl Drop for ModuleDict {
    fn drop(&mut self) {
        let parts = std::mem::take(&mut self.parts.entries);
        crate::module::deep::drop_layers(&mut parts.into_iter().map(|(_, layer)| layer).collect());
    }
}
