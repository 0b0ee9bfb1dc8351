//! Layers that learn from their first input how many inputs they have.

mod conv;
mod linear;
mod norm;

use std::fmt;
use std::sync::OnceLock;

use autograd::Variable;
use tensor::{Generator, Value};

use crate::module::lazy::LazyModule;
use crate::{Builder, Error, Forward, Layer, Members, Module, Training};

pub use conv::{
    LazyConv1d, LazyConv2d, LazyConv3d, LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d,
};
pub use linear::LazyLinear;
pub use norm::{
    LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d, LazyInstanceNorm1d, LazyInstanceNorm2d,
    LazyInstanceNorm3d,
};

/// Lists the layers for [`Registry::new`](crate::Registry::new).
pub(crate) fn register(registry: &mut crate::Registry) {
    registry.register::<LazyLinear>();
    registry.register::<LazyConv1d>().register::<LazyConv2d>().register::<LazyConv3d>();
    registry.register::<LazyConvTranspose1d>().register::<LazyConvTranspose2d>();
    registry.register::<LazyConvTranspose3d>();
    registry.register::<LazyBatchNorm1d>().register::<LazyBatchNorm2d>().register::<LazyBatchNorm3d>();
    registry.register::<LazyInstanceNorm1d>().register::<LazyInstanceNorm2d>();
    registry.register::<LazyInstanceNorm3d>();
}

/// A layer `L` that learns from its first input how many inputs it has: torch's `LazyLinear`, `LazyConv2d`,
/// `LazyBatchNorm2d` and so on. The first `forward` makes the parameters, with torch's draws at that moment;
/// from then on the module is an `L` in every respect, in print and in files too.
///
/// Before that it has no parameters yet: whatever asks for them (`parameters`, `state_dict`, `to_dtype`, and
/// so an optimizer or a file) panics. `train` and `eval` hold for the layer to come, and
/// [`load_state_dict`](Module::load_state_dict) makes the layer that the state dict is of.
///
/// Where torch differs: there an optimizer may take parameters that are still missing, and a dtype may be set
/// before the first input.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, LazyLinear, Linear, Module, ReLU, sequential};
/// use tensor::randn;
///
/// let net = sequential![LazyLinear::new(10), ReLU::new(), LazyLinear::new(2)];
/// assert_eq!(net[0].to_string(), "LazyLinear(in_features=0, out_features=10, bias=True)");
///
/// net.forward(&Variable::new(randn([1, 4])));
/// assert_eq!(net[0].to_string(), "Linear(in_features=4, out_features=10, bias=True)");
/// assert_eq!(net.layer::<Linear>(2).in_features, 10);
/// assert_eq!(net.num_parameters(), 4 * 10 + 10 + 10 * 2 + 2);
/// ```
pub struct Lazy<L: FromInput> {
    settings: L::Settings,
    layer: OnceLock<L>,
    /// The mode of the layer to come.
    training: Training,
}

/// A layer with a lazy form, [`Lazy<Self>`](Lazy).
pub trait FromInput: Layer + Sized {
    /// All that makes the layer but its number of inputs.
    type Settings: Send + Sync + 'static;

    /// The name of the lazy form, such as `LazyLinear`.
    fn lazy_name() -> &'static str;

    /// The text between the parentheses of the lazy form, where the number of inputs is 0.
    fn describe(settings: &Self::Settings) -> String;

    /// The settings for a file.
    fn save(settings: &Self::Settings) -> Vec<(&'static str, Value)>;

    /// The settings of a file.
    ///
    /// # Errors
    /// If it has none that such a layer could have.
    fn read(builder: &mut Builder<'_>) -> Result<Self::Settings, Error>;

    /// How many inputs an `x` of this shape has.
    ///
    /// # Panics
    /// If the layer does not take an `x` of this shape.
    fn inputs(settings: &Self::Settings, x: &[usize]) -> usize;

    /// How many inputs a layer has whose parameter or buffer of this name has this shape, if that tells.
    fn inputs_of(settings: &Self::Settings, name: &str, shape: &[usize]) -> Option<usize>;

    /// The smallest number of inputs. Default 1.
    fn fewest(_settings: &Self::Settings) -> usize {
        1
    }

    /// The layer with so many inputs, with new parameters.
    ///
    /// # Panics
    /// If they would take more memory than there is.
    fn with_inputs(settings: &Self::Settings, inputs: usize) -> Self;
}

impl<L: FromInput> Lazy<L> {
    /// A lazy layer with these settings.
    pub fn from_settings(settings: L::Settings) -> Self {
        Self { settings, layer: OnceLock::new(), training: Training::default() }
    }

    /// The layer, after the first `forward`.
    pub fn get(&self) -> Option<&L> {
        self.layer.get()
    }

    /// The layer with so many inputs, which draws from a generator of its own.
    fn apart(&self, inputs: usize) -> Box<dyn Module> {
        Box::new(tensor::use_generator(&mut Generator::new(0), || L::with_inputs(&self.settings, inputs)))
    }
}

impl<L: FromInput> Forward for Lazy<L> {
    /// # Panics
    /// If the layer does not take an `x` of this shape.
    #[track_caller]
    fn forward(&self, x: &Variable) -> Variable {
        if let Some(layer) = self.layer.get() {
            return layer.forward(x);
        }
        let inputs = L::inputs(&self.settings, &x.shape());
        let layer = self.layer.get_or_init(|| {
            let layer = L::with_inputs(&self.settings, inputs);
            layer.set_training(self.training.get());
            layer
        });
        layer.forward(x)
    }
}

impl<L: FromInput> Module for Lazy<L> {
    fn kind_name() -> &'static str {
        L::lazy_name()
    }

    fn members(&self) -> Members<'_> {
        self.get().map_or_else(
            || {
                let mut members = Members::new();
                members.add("training", &self.training);
                members
            },
            L::members,
        )
    }

    fn config(&self) -> Vec<(&'static str, Value)> {
        self.get().map_or_else(|| L::save(&self.settings), L::config)
    }

    fn extra_repr(&self) -> String {
        self.get().map_or_else(|| L::describe(&self.settings), L::extra_repr)
    }

    /// From the description of a lazy layer, or of what it has become.
    fn build(builder: &mut Builder<'_>) -> Result<Self, Error> {
        let lazy = Self::from_settings(L::read(builder)?);
        if builder.expect_kind::<L>().is_ok() {
            return Ok(Self { layer: L::build(builder)?.into(), ..lazy });
        }
        builder.expect_kind::<Self>()?;
        Ok(Self { training: builder.field("training")?, ..lazy })
    }

    fn as_lazy(&self) -> Option<&dyn LazyModule> {
        Some(self)
    }
}

impl<L: FromInput> LazyModule for Lazy<L> {
    fn layer(&self) -> Option<&dyn Module> {
        self.get().map(L::as_module)
    }

    fn fitting(&self, shape: &dyn Fn(&str) -> Option<Vec<usize>>) -> Option<Box<dyn Module>> {
        let smallest = self.smallest();
        let members = smallest.members();
        let names = members.parameters().map(|(name, _)| name).chain(members.buffers().map(|(name, _)| name));
        // A tensor without elements may have axes of any length: it tells nothing.
        let mut inputs = names.filter_map(|name| {
            let shape = shape(name).filter(|shape| !shape.contains(&0))?;
            L::inputs_of(&self.settings, name, &shape)
        });
        inputs.next().map(|inputs| self.apart(inputs))
    }

    fn smallest(&self) -> Box<dyn Module> {
        self.apart(L::fewest(&self.settings))
    }

    fn become_layer(&self, layer: Box<dyn Module>) {
        let layer: Box<dyn std::any::Any> = layer;
        let layer = layer.downcast::<L>().expect("made by the same lazy layer");
        layer.set_training(self.training.get());
        let _ = self.layer.set(*layer);
    }
}

impl<L: FromInput> fmt::Display for Lazy<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}

impl<L: FromInput> fmt::Debug for Lazy<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.repr())
    }
}
