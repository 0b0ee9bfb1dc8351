use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use tensor::{Value, ValueError};

use super::{flat, kind};
use crate::module::deep::one_deeper;
use crate::module::{repr, walk};
use crate::{Error, Module, ModuleList, Sequential, SharedId};

/// All of a model but its numbers: a tree of kinds, settings and names.
///
/// [`Module::architecture`] makes it, a whole-model file holds it beside the [`StateDict`](crate::StateDict),
/// and a [`Registry`](crate::Registry) builds the model from the two. As plain data it is a flat list of
/// modules, and trees nested more than 100 deep are refused, so that no file can exhaust a reader's stack.
///
/// ```
/// use nn::{Linear, Module, sequential};
///
/// let architecture = sequential![Linear::new(2, 4), Linear::new(4, 1)].architecture();
/// assert_eq!(architecture.kind, "Sequential");
/// let (name, child) = &architecture.children[1];
/// assert_eq!((&**name, &*child.kind), ("1", "Linear"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// The kind of the module: `Linear`, or the path of a type that is not of this crate, such as
    /// `mycrate::Block<Linear>`.
    pub kind: String,
    /// Its settings.
    pub config: Vec<(String, Value)>,
    /// Whether it was in training mode.
    pub training: bool,
    /// The parameters of its own.
    pub parameters: Vec<TensorSpec>,
    /// The buffers of its own.
    pub buffers: Vec<TensorSpec>,
    /// Its children under their names.
    pub children: Vec<(String, Architecture)>,
    /// For a shared module after its first place: the full name of that place, which has the same content.
    pub same_as: Option<String>,
}

/// A parameter or buffer of a module; its numbers, dtype and shape are in the state dict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TensorSpec {
    /// Its name in the module, such as `weight`.
    pub name: String,
    /// Whether it is trained; never for buffers.
    pub requires_grad: bool,
    /// For a shared parameter after its first place: the full name of that place.
    pub same_as: Option<String>,
}

impl Architecture {
    /// The architecture of a module, whose full name is then empty.
    ///
    /// # Panics
    /// If modules are nested more than 200 deep.
    #[track_caller]
    pub fn of(module: &dyn Module) -> Self {
        describe(module.as_module(), "", &mut Described::default())
    }

    /// The architecture as plain data: a list of dicts, one for each module, a parent before its children.
    ///
    /// # Errors
    /// If modules are nested more than 100 deep.
    pub fn to_value(&self) -> Result<Value, Error> {
        fn flatten(
            module: &Architecture,
            name: &str,
            depth: u32,
            nodes: &mut Vec<Value>,
        ) -> Result<(), String> {
            flat::check_depth(depth)?;
            let Architecture { kind, config, training, parameters, buffers, children, same_as } =
                module.clone();
            let name = name.to_owned();
            let node = Value::of(&Node { depth, name, kind, training, parameters, buffers, same_as });
            let Value::Dict(mut entries) = node else { unreachable!("a struct is a dict") };
            entries.push((CONFIG.into(), Value::dict(config)));
            nodes.push(Value::Dict(entries));
            children.iter().try_for_each(|(name, child)| flatten(child, name, depth + 1, nodes))
        }
        let mut nodes = Vec::new();
        flatten(self, "", 0, &mut nodes).map_err(wrong)?;
        Ok(Value::List(nodes))
    }

    /// The architecture that such data describes.
    ///
    /// # Errors
    /// If it describes none, or one nested more than 100 deep.
    pub fn from_value(value: &Value) -> Result<Self, Error> {
        let read = |entry: &Value| -> Result<_, ValueError> {
            let Node { depth, name, kind, training, parameters, buffers, same_as } = entry.to()?;
            let config = entry.entry(CONFIG)?.as_dict().unwrap_or_default().iter();
            let config = config.filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.clone())));
            let (config, children) = (config.collect(), Vec::new());
            Ok((depth, (name, Self { kind, config, training, parameters, buffers, children, same_as })))
        };
        let nodes = value.as_list().unwrap_or_default().iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let adopt = |(_, parent): &mut (String, Self), child| parent.children.push(child);
        let (_, mut root) = flat::unflatten(nodes, adopt).map_err(wrong)?;
        give_lists_their_mode(&mut root);
        Ok(root)
    }
}

/// Gives lists their mode in files from before they had one, where all lists train: a list evaluates if every
/// module with parameters in it does. Returns whether one of these trains, if there is one.
fn give_lists_their_mode(module: &mut Architecture) -> Option<bool> {
    let below = module.children.iter_mut().map(|(_, child)| give_lists_their_mode(child)).max().flatten();
    if below == Some(false) && [Sequential::kind_name(), ModuleList::kind_name()].contains(&&*module.kind) {
        module.training = false;
    }
    let own = (!module.parameters.is_empty()).then_some(module.training);
    own.max(below)
}

fn wrong(problem: String) -> Error {
    Error::Architecture { path: String::new(), problem }
}

/// As torch prints the model, except that settings always stand as `name=value`.
impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings: Vec<_> = self.config.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let children: Vec<_> =
            self.children.iter().map(|(name, child)| format!("({name}): {child}")).collect();
        f.pad(&repr::entry(kind::name(&self.kind), &settings.join(", "), children))
    }
}

/// The modules described so far, to recognise one that is shared.
#[derive(Default)]
struct Described {
    modules: HashMap<SharedId, Architecture>,
    tensors: HashMap<usize, String>,
}

#[track_caller]
fn describe(module: &dyn Module, path: &str, described: &mut Described) -> Architecture {
    let members = module.members();
    let mut tensor = |name: &str, variable: &autograd::Variable| {
        let full = walk::join(path, name);
        let first = described.tensors.entry(variable.id()).or_insert_with(|| full.clone());
        let same_as = (*first != full).then(|| first.clone());
        TensorSpec { name: name.to_owned(), requires_grad: variable.requires_grad(), same_as }
    };
    let parameters = members.parameters().map(|(name, parameter)| tensor(name, parameter)).collect();
    let buffers = members.buffers().map(|(name, buffer)| tensor(name, buffer)).collect();
    let mut children = Vec::new();
    for (name, child, id) in members.modules() {
        let known = id.and_then(|id| described.modules.get(&id));
        let architecture = known.cloned().unwrap_or_else(|| {
            let full = walk::join(path, name);
            let architecture = one_deeper(|| describe(child, &full, described));
            if let Some(id) = id {
                described.modules.insert(id, Architecture { same_as: Some(full), ..architecture.clone() });
            }
            architecture
        });
        children.push((name.to_owned(), architecture));
    }
    Architecture {
        kind: module.as_kind_path(),
        config: module.config().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        training: members.training().is_none_or(|flag| flag.get()),
        parameters,
        buffers,
        children,
        same_as: None,
    }
}

/// The entry of a module's settings, which serde would not leave as they are.
const CONFIG: &str = "config";

/// One module in the form it is stored in, apart from its settings; see [`flat`].
#[derive(Serialize, Deserialize)]
struct Node {
    depth: u32,
    name: String,
    kind: String,
    training: bool,
    parameters: Vec<TensorSpec>,
    buffers: Vec<TensorSpec>,
    same_as: Option<String>,
}
