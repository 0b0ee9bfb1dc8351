use std::cell::Cell;
use std::collections::HashSet;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use autograd::{Variable, in_module};

use super::blame::blaming;
use super::layer_list::{IntoLayer, layer_list};
use super::names::Names;
use crate::{Builder, Error, Forward, Layer, Members, Module, Training};

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
    names: Names,
    training: Training,
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
    #[doc(alias = "add")]
    #[doc(alias = "append")]
    pub fn push<As: ?Sized>(&mut self, layer: impl IntoLayer<As>) -> &mut Self {
        self.names.push_number();
        self.layers.push(layer.into_layer());
        self
    }

    /// Adds a layer at the end under a name of its own, as torch does with an `OrderedDict`.
    ///
    /// # Panics
    /// If the name is taken, empty or contains a dot.
    #[doc(alias = "add_module")]
    #[track_caller]
    pub fn push_named<As: ?Sized>(
        &mut self,
        name: impl Into<String>,
        layer: impl IntoLayer<As>,
    ) -> &mut Self {
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
    pub fn insert<As: ?Sized>(&mut self, index: usize, layer: impl IntoLayer<As>) -> &mut Self {
        self.layers.insert(index, layer.into_layer());
        self.names.insert_number(index);
        self
    }

    /// A `Sequential` of the layers in `range`, which both then share and which keep their names, as
    /// `net[1:3]` in torch. The new list itself is in training mode.
    ///
    /// # Panics
    /// If the range ends after the last layer.
    #[track_caller]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        let range: (Bound<usize>, Bound<usize>) = (range.start_bound().cloned(), range.end_bound().cloned());
        Self {
            layers: self.layers[range].to_vec(),
            names: self.names.as_slice()[range].iter().cloned().collect(),
            training: Training::default(),
        }
    }
}

layer_list!(Sequential);

#[nn::hooks]
impl Forward for Sequential {
    /// Each layer's output from the one before.
    ///
    /// # Panics
    /// If a layer does, or lists are nested more than 200 deep. A second report then names the
    /// layer and points at the caller's line: "in layer 2, Linear(in_features=4,
    /// out_features=1, bias=True): matmul: …".
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        let at = Cell::new(0);
        let call = |i: usize, x: &Variable| {
            at.set(i);
            let layer = &self.layers[i];
            let name_and_kind = || (self.names.as_slice()[i].clone(), layer.kind().to_owned());
            in_module(name_and_kind, || layer.forward(x))
        };
        let run = || match self.len() {
            0 => x.clone(),
            n => (1..n).fold(call(0, x), |x, i| call(i, &x)),
        };
        blaming(run, || {
            format!("in layer {}, {}", self.names.as_slice()[at.get()], on_one_line(&*self.layers[at.get()]))
        })
    }
}

impl Module for Sequential {
    fn kind_name() -> &'static str {
        "Sequential"
    }

    fn is_hooked(&self) -> bool {
        true
    }

    fn members(&self) -> Members<'_> {
        let mut members = Members::new();
        for (name, layer) in self.names.as_slice().iter().zip(&self.layers) {
            members.add(name, layer);
        }
        members.add("training", &self.training);
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
        let names = names.into_iter().collect();
        Ok(Self { layers, names, training: builder.field("training")? })
    }
}

/// The layer as it prints, or its kind if that takes several lines.
fn on_one_line(layer: &dyn Layer) -> String {
    let repr = layer.repr();
    if repr.contains('\n') { layer.kind().to_owned() } else { repr }
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('.')
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

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use autograd::detect_anomaly;

    use super::*;
    use crate::{Linear, ReLU};

    #[test]
    fn anomaly_mode_names_the_layer_both_ways() {
        let net = sequential![Linear::new(2, 2), sequential![ReLU::new(), Linear::new(2, 1)]];
        let found = |f: &dyn Fn()| {
            let panic = catch_unwind(AssertUnwindSafe(|| detect_anomaly(f))).expect_err("something is wrong");
            *panic.downcast::<String>().expect("a message")
        };
        let x = Variable::new([[1.0f32, 2.0]]);
        // What comes out of the first layer is negative, and 0 behind the next: the last one's weight gets
        // 0·∞.
        net.parameters()[..2].iter().for_each(|p| p.update_data(|data| data.fill_(-1.0)));
        let message = found(&|| net.forward(&x).backward_with(tensor::full([1, 1], f64::INFINITY)));
        assert!(message.starts_with("backward: Function 'AddmmBackward0' returned nan values"), "{message}");
        assert!(message.ends_with(" in module 1.1 (Linear)"), "{message}");
        net.layer::<Sequential>(1).layer::<Linear>(1).weight.update_data(|w| w.fill_(f64::NAN));
        let message = found(&|| drop(net.forward(&x)));
        assert!(
            message.contains("was given nan values") && message.ends_with(" in module 1.1 (Linear)"),
            "{message}"
        );
    }
}
