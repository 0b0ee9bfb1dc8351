use std::sync::Arc;

use super::layer_list::{IntoLayer, layer_list};
use crate::module::repr;
use crate::{Builder, Error, Field, Layer, Members, Module, Training};

/// A list of layers that its owner calls as it likes, as `torch.nn.ModuleList`.
///
/// Layers of one type can as well be a plain `Vec<Linear>`: it has the same names in files and prints the
/// same.
///
/// ```
/// use nn::{Linear, ModuleList};
///
/// let blocks: ModuleList = (0..3).map(|_| Linear::new(4, 4)).collect();
/// assert_eq!(
///     blocks.to_string(),
///     "ModuleList(\n  (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)\n)"
/// );
/// ```
#[derive(Default)]
pub struct ModuleList {
    layers: Vec<Arc<dyn Layer>>,
    training: Training,
}

impl ModuleList {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a layer at the end.
    #[doc(alias = "append")]
    pub fn push<As: ?Sized>(&mut self, layer: impl IntoLayer<As>) -> &mut Self {
        self.layers.push(layer.into_layer());
        self
    }

    /// Puts a layer before the one at `index`.
    ///
    /// # Panics
    /// If `index` is greater than the number of layers.
    #[track_caller]
    pub fn insert<As: ?Sized>(&mut self, index: usize, layer: impl IntoLayer<As>) -> &mut Self {
        self.layers.insert(index, layer.into_layer());
        self
    }
}

layer_list!(ModuleList);

impl Module for ModuleList {
    fn kind_name() -> &'static str {
        "ModuleList"
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::numbered(&self.layers);
        members.add("training", &self.training);
        members
    }

    fn repr(&self) -> String {
        repr::list(self)
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        Ok(Self { layers: builder.items()?, training: builder.field("training")? })
    }
}

/// Parameters called `0`, `1` and so on, as `torch.nn.ParameterList`: a plain `Vec`.
///
/// ```
/// use nn::{Module, Parameter, ParameterList};
///
/// let weights: ParameterList = (1..4).map(|n| Parameter::new(tensor::ones([n]))).collect();
/// assert_eq!(weights.state_dict().keys().collect::<Vec<_>>(), ["0", "1", "2"]);
/// ```
pub type ParameterList = Vec<crate::Parameter>;

/// A field of type `Vec<Linear>` is a module list of its own, and `Vec<Parameter>` torch's `ParameterList`.
impl<F: Field> Module for Vec<F> {
    fn kind_name() -> &'static str {
        F::list_kind()
    }

    fn members(&self) -> Members<'_> {
        Members::numbered(self)
    }

    fn repr(&self) -> String {
        repr::list(self)
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        builder.items()
    }
}

impl<L: IntoLayer> FromIterator<L> for ModuleList {
    fn from_iter<I: IntoIterator<Item = L>>(layers: I) -> Self {
        let mut list = Self::new();
        list.extend(layers);
        list
    }
}

impl<L: IntoLayer> Extend<L> for ModuleList {
    fn extend<I: IntoIterator<Item = L>>(&mut self, layers: I) {
        self.layers.extend(layers.into_iter().map(L::into_layer));
    }
}
