use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use crate::sequential::{IntoLayer, Iter};
use crate::{Builder, Error, Field, Layer, Members, Module, repr};

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
}

impl ModuleList {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a layer at the end.
    pub fn push(&mut self, layer: impl IntoLayer) -> &mut Self {
        self.layers.push(layer.into_layer());
        self
    }

    /// Puts a layer before the one at `index`.
    ///
    /// # Panics
    /// If `index` is greater than the number of layers.
    #[track_caller]
    pub fn insert(&mut self, index: usize, layer: impl IntoLayer) -> &mut Self {
        self.layers.insert(index, layer.into_layer());
        self
    }

    /// How many layers there are.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// The layer at `index`, if there are so many.
    pub fn get(&self, index: usize) -> Option<&dyn Layer> {
        self.layers.get(index).map(|layer| &**layer)
    }

    /// The layers in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter { layers: self.layers.iter() }
    }
}

impl Module for ModuleList {
    fn kind_name() -> &'static str {
        "ModuleList"
    }

    fn members(&self) -> Members<'_> {
        Members::numbered(&self.layers)
    }

    fn repr(&self) -> String {
        repr::list(self)
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        Ok(Self { layers: builder.items()? })
    }
}

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

impl fmt::Display for ModuleList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}

impl fmt::Debug for ModuleList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}

impl Index<usize> for ModuleList {
    /// The layer by its handle, which derefs to `dyn Layer`: a clone of it, put elsewhere, is the same layer.
    type Output = Arc<dyn Layer>;

    #[track_caller]
    fn index(&self, index: usize) -> &Arc<dyn Layer> {
        match self.layers.get(index) {
            Some(layer) => layer,
            None => panic!("index {index} is out of range: the ModuleList has {} layers", self.len()),
        }
    }
}

impl<L: IntoLayer> FromIterator<L> for ModuleList {
    fn from_iter<I: IntoIterator<Item = L>>(layers: I) -> Self {
        Self { layers: layers.into_iter().map(L::into_layer).collect() }
    }
}

impl<L: IntoLayer> Extend<L> for ModuleList {
    fn extend<I: IntoIterator<Item = L>>(&mut self, layers: I) {
        self.layers.extend(layers.into_iter().map(L::into_layer));
    }
}

impl<'a> IntoIterator for &'a ModuleList {
    type Item = &'a dyn Layer;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}
