//! Shared by [`Sequential`](crate::Sequential) and [`ModuleList`](crate::ModuleList): layers
//! in order, read in the same ways.

use std::sync::Arc;

use autograd::Variable;

use crate::{Lambda, Layer};

/// Reading access to the field `layers` of a list of layers, and its printing.
macro_rules! layer_list {
    ($List:ident) => {
        impl $List {
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
            pub fn iter(&self) -> $crate::container::LayerIter<'_> {
                $crate::container::LayerIter::new(&self.layers)
            }
        }

        impl std::ops::Index<usize> for $List {
            /// The layer by its handle, which derefs to `dyn Layer`: a clone of it,
            /// put elsewhere, is the same layer.
            type Output = Arc<dyn Layer>;

            #[track_caller]
            fn index(&self, index: usize) -> &Arc<dyn Layer> {
                match self.layers.get(index) {
                    Some(layer) => layer,
                    None => panic!(
                        "index {index} is out of range: the {} has {} layers",
                        stringify!($List),
                        self.len()
                    ),
                }
            }
        }

        impl Drop for $List {
            fn drop(&mut self) {
                $crate::module::deep::drop_layers(&mut self.layers);
            }
        }

        impl<'a> IntoIterator for &'a $List {
            type Item = &'a dyn Layer;
            type IntoIter = $crate::container::LayerIter<'a>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl std::fmt::Display for $List {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.repr())
            }
        }

        impl std::fmt::Debug for $List {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.repr())
            }
        }
    };
}
pub(crate) use layer_list;

/// The layers of a [`Sequential`](crate::Sequential) or [`ModuleList`](crate::ModuleList), in order.
#[derive(Clone)]
pub struct LayerIter<'a> {
    layers: std::slice::Iter<'a, Arc<dyn Layer>>,
}

impl<'a> LayerIter<'a> {
    pub(crate) fn new(layers: &'a [Arc<dyn Layer>]) -> Self {
        Self { layers: layers.iter() }
    }
}

impl<'a> Iterator for LayerIter<'a> {
    type Item = &'a dyn Layer;

    fn next(&mut self) -> Option<&'a dyn Layer> {
        self.layers.next().map(|layer| &**layer)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.layers.size_hint()
    }
}

impl DoubleEndedIterator for LayerIter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.layers.next_back().map(|layer| &**layer)
    }
}

impl ExactSizeIterator for LayerIter<'_> {}

/// A member of a [`Sequential`](crate::Sequential) or a [`ModuleList`](crate::ModuleList): any
/// layer, a `Box<dyn Layer>`, or an `Arc` of a layer, which is then shared. With `As` =
/// [`Lambda`](crate::Lambda) it is a function `Fn(&Variable) -> Variable`; the compiler finds out which.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer",
    label = "not both `Module` and `Forward`",
    note = "a layer has `#[derive(Module)]` and `impl Forward`: `fn forward(&self, x: &Variable) -> Variable`",
    note = "or is a closure that says what it takes: `|x: &Variable| x.relu()`"
)]
pub trait IntoLayer<As = dyn Layer>
where
    As: ?Sized,
{
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

impl<F: Fn(&Variable) -> Variable + Send + Sync + 'static> IntoLayer<Lambda> for F {
    fn into_layer(self) -> Arc<dyn Layer> {
        Arc::new(Lambda::new(self))
    }
}
