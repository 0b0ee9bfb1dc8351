use std::collections::HashSet;
use std::fmt;
use std::ops::{Bound, Index, RangeBounds};
use std::sync::Arc;

use autograd::Variable;

use crate::{Builder, Error, Forward, Layer, Members, Module};

/// Layers one after the other: the output of each is the input of the next, as in `torch.nn.Sequential`.
///
/// Made by [`sequential!`](crate::sequential!). The layers are called `0`, `1`, … in files, unless
/// [`push_named`](Self::push_named) says otherwise.
///
/// ```
/// use nn::{Linear, Module, Tanh, sequential};
///
/// let net = sequential![Linear::new(2, 4), Tanh::new(), Linear::new(4, 1)];
/// println!("{}", net[0]); // Linear(in_features=2, out_features=4, bias=True)
/// let weight = &net.layer::<Linear>(0).weight;
/// assert_eq!(weight.shape(), [4, 2]);
/// for layer in &net {
///     if let Some(linear) = layer.downcast_ref::<Linear>() {
///         println!("{}", linear.weight);
///     }
/// }
/// ```
#[derive(Default)]
pub struct Sequential {
    layers: Vec<Arc<dyn Layer>>,
    /// The name of each layer; all different.
    names: Vec<String>,
}

/// A [`Sequential`](crate::Sequential) of the given layers, as `vec!` makes a vector.
///
/// Anything that is a layer can stand there, and also a `Box<dyn Layer>` or, to share a layer with other
/// places, an `Arc` of one.
#[macro_export]
macro_rules! sequential {
    ($($layer:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut net = $crate::Sequential::new();
        $(net.push($layer);)*
        net
    }};
}

impl Sequential {
    /// No layers: the input is the output.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a layer at the end. Its name is its place, or the next number that is free.
    pub fn push(&mut self, layer: impl IntoLayer) -> &mut Self {
        self.names.push(self.free_name());
        self.layers.push(layer.into_layer());
        self
    }

    /// Adds a layer at the end under a name of its own, as torch does with an `OrderedDict`.
    ///
    /// # Panics
    /// If the name is taken, empty or contains a dot.
    #[track_caller]
    pub fn push_named(&mut self, name: impl Into<String>, layer: impl IntoLayer) -> &mut Self {
        let name = name.into();
        assert!(!self.names.contains(&name), "push_named: there is already a layer \"{name}\"");
        assert!(is_name(&name), "push_named: \"{name}\" is empty or contains a dot");
        self.names.push(name);
        self.layers.push(layer.into_layer());
        self
    }

    /// Puts a layer before the one at `index`. Layers that are called by their places are renamed.
    ///
    /// # Panics
    /// If `index` is greater than the number of layers.
    #[track_caller]
    pub fn insert(&mut self, index: usize, layer: impl IntoLayer) -> &mut Self {
        let numbered = self.names.iter().enumerate().all(|(i, name)| *name == i.to_string());
        self.names.insert(index, self.free_name());
        self.layers.insert(index, layer.into_layer());
        if numbered {
            self.names = (0..self.len()).map(|i| i.to_string()).collect();
        }
        self
    }

    fn free_name(&self) -> String {
        let mut numbers = (self.len()..).map(|i| i.to_string());
        numbers.find(|name| !self.names.contains(name)).expect("there are more numbers than layers")
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

    /// The layer at `index` as the type it has, with its fields: `net.layer::<Linear>(0).weight`.
    ///
    /// # Panics
    /// If there is no such layer, or it is of another type.
    #[track_caller]
    pub fn layer<L: Layer>(&self, index: usize) -> &L {
        let layer = &self[index];
        match layer.downcast_ref() {
            Some(layer) => layer,
            None => panic!("layer: expected {} at {index}, found {layer}", L::kind_name()),
        }
    }

    /// The layers in order.
    pub fn iter(&self) -> Iter<'_> {
        Iter { layers: self.layers.iter() }
    }

    /// A `Sequential` of the layers in `range`, which both then share and which keep their names, as
    /// `net[1:3]` in torch.
    ///
    /// # Panics
    /// If the range ends after the last layer.
    #[track_caller]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        let range: (Bound<usize>, Bound<usize>) = (range.start_bound().cloned(), range.end_bound().cloned());
        Self { layers: self.layers[range].to_vec(), names: self.names[range].to_vec() }
    }
}

impl Forward for Sequential {
    fn forward(&self, x: &Variable) -> Variable {
        match self.layers.split_first() {
            None => x.clone(),
            Some((first, rest)) => rest.iter().fold(first.forward(x), |x, layer| layer.forward(&x)),
        }
    }
}

impl Module for Sequential {
    fn kind_name() -> &'static str {
        "Sequential"
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::new();
        for (name, layer) in self.names.iter().zip(&self.layers) {
            members.add(name.clone(), layer);
        }
        members
    }

    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        builder.expect_kind::<Self>()?;
        let names: Vec<String> = builder.child_names().map(str::to_owned).collect();
        let mut seen = HashSet::new();
        if let Some(name) = names.iter().find(|name| !is_name(name) || !seen.insert(name.as_str())) {
            return Err(builder.error(format!("\"{name}\" cannot be the name of a layer, or is so twice")));
        }
        let layers = names.iter().map(|name| builder.field(name)).collect::<Result<_, _>>()?;
        Ok(Self { layers, names })
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('.')
}

impl fmt::Display for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}

impl fmt::Debug for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}

impl Index<usize> for Sequential {
    /// The layer by its handle, which derefs to `dyn Layer`: a clone of it, put elsewhere, is the same layer.
    type Output = Arc<dyn Layer>;

    #[track_caller]
    fn index(&self, index: usize) -> &Arc<dyn Layer> {
        match self.layers.get(index) {
            Some(layer) => layer,
            None => panic!("index {index} is out of range: the Sequential has {} layers", self.len()),
        }
    }
}

impl<L: IntoLayer> FromIterator<L> for Sequential {
    fn from_iter<I: IntoIterator<Item = L>>(layers: I) -> Self {
        let mut net = Self::new();
        net.extend(layers);
        net
    }
}

impl<L: IntoLayer> Extend<L> for Sequential {
    fn extend<I: IntoIterator<Item = L>>(&mut self, layers: I) {
        for layer in layers {
            self.push(layer);
        }
    }
}

impl<'a> IntoIterator for &'a Sequential {
    type Item = &'a dyn Layer;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The layers of a [`Sequential`] or [`ModuleList`](crate::ModuleList), in order.
#[derive(Clone)]
pub struct Iter<'a> {
    pub(crate) layers: std::slice::Iter<'a, Arc<dyn Layer>>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a dyn Layer;

    fn next(&mut self) -> Option<&'a dyn Layer> {
        self.layers.next().map(|layer| &**layer)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.layers.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.layers.next_back().map(|layer| &**layer)
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// What can be put into a [`Sequential`] or a [`ModuleList`](crate::ModuleList): any layer, a
/// `Box<dyn Layer>`, or an `Arc` of a layer, which is then shared.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer",
    label = "not both `Module` and `Forward`",
    note = "a layer has `#[derive(Module)]` and `impl Forward`: `fn forward(&self, x: &Variable) -> Variable`"
)]
pub trait IntoLayer {
    /// The layer, shared.
    fn into_layer(self) -> Arc<dyn Layer>;
}

#[diagnostic::do_not_recommend]
impl<L: Layer> IntoLayer for L {
    fn into_layer(self) -> Arc<dyn Layer> {
        Arc::new(self)
    }
}

impl IntoLayer for Box<dyn Layer> {
    fn into_layer(self) -> Arc<dyn Layer> {
        self.into()
    }
}

impl<L: Layer> IntoLayer for Arc<L> {
    fn into_layer(self) -> Arc<dyn Layer> {
        self
    }
}

impl IntoLayer for Arc<dyn Layer> {
    fn into_layer(self) -> Arc<dyn Layer> {
        self
    }
}
