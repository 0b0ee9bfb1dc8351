use std::collections::{HashMap, HashSet};
use std::fmt;

use tensor::Tensor;

use crate::error::{SizeMismatch, StateDictError};
use crate::module::walk;
use crate::{Error, Module, StateDict};

/// The report of [`load_state_dict`](crate::Module::load_state_dict); after a strict load both lists are
/// empty and it prints `<All keys matched successfully>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Names that the module has and the state dict lacks: these kept their values.
    pub missing_keys: Vec<String>,
    /// Names that only the state dict has: these were not used.
    pub unexpected_keys: Vec<String>,
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.missing_keys.is_empty() && self.unexpected_keys.is_empty() {
            return f.write_str("<All keys matched successfully>");
        }
        let list = |keys: &[String]| {
            let quoted: Vec<_> = keys.iter().map(|key| format!("'{key}'")).collect();
            format!("[{}]", quoted.join(", "))
        };
        write!(
            f,
            "_IncompatibleKeys(missing_keys={}, unexpected_keys={})",
            list(&self.missing_keys),
            list(&self.unexpected_keys)
        )
    }
}

pub(crate) fn load_state_dict(
    root: &dyn Module,
    state: &StateDict,
    strict: bool,
) -> Result<LoadReport, Error> {
    // Nothing changes before all is known to fit: lazy layers wait with what they will become.
    let (mut becoming, mut unknown) = (Vec::new(), HashSet::new());
    let slots = walk::state(root, |name, lazy| {
        let shape = |own: &str| state.get(&walk::join(name, own)).map(|tensor| tensor.shape().to_vec());
        match lazy.fitting(&shape) {
            Some(layer) => {
                let own = walk::own_state(name, &layer.members());
                becoming.push((lazy, layer));
                own
            }
            None => {
                let own = walk::own_state(name, &lazy.smallest().members());
                unknown.extend(own.iter().map(|(name, _)| name.clone()));
                own
            }
        }
    });
    let mut missing = Vec::new();
    let mut mismatched = Vec::new();
    let mut fitting = Vec::with_capacity(slots.len());
    for (name, slot) in &slots {
        let Some(tensor) = state.get(name).filter(|_| !unknown.contains(name)) else {
            if !is_counter(name) {
                missing.push(name.clone());
            }
            continue;
        };
        let here = slot.data();
        match fit(tensor, here.shape()) {
            Some(tensor) => fitting.push((slot, tensor.to_dtype(here.dtype()))),
            None => mismatched.push(SizeMismatch {
                name: name.clone(),
                found: tensor.shape().to_vec(),
                expected: here.shape().to_vec(),
            }),
        }
    }
    let known = slots.iter().map(|(name, _)| name.as_str()).filter(|name| !unknown.contains(*name));
    let unexpected = unexpected_keys(root, known, state);

    if strict || !mismatched.is_empty() {
        let (missing, unexpected) =
            if strict { (missing.clone(), unexpected.clone()) } else { (Vec::new(), Vec::new()) };
        let error = StateDictError { kind: root.kind().to_owned(), missing, unexpected, mismatched };
        if !error.is_empty() {
            return Err(error.into());
        }
    }
    for (slot, tensor) in fitting {
        slot.set_data(tensor);
    }
    for (lazy, layer) in becoming {
        lazy.become_layer(layer);
    }
    Ok(LoadReport { missing_keys: missing, unexpected_keys: unexpected })
}

/// Whether files may lack a tensor of this name, as those from before torch 0.4.1 do: the count
/// of batch norm, which then keeps its value. torch looks at the version in a file's metadata,
/// which state dicts here have not.
fn is_counter(name: &str) -> bool {
    name.rsplit('.').next() == Some("num_batches_tracked")
}

/// The tensor in the given shape. Files from before torch 0.4 have `[1]` where scalars are now `[]`.
fn fit(tensor: &Tensor, shape: &[usize]) -> Option<Tensor> {
    if tensor.shape() == shape {
        Some(tensor.clone())
    } else if shape.is_empty() && tensor.shape() == [1] {
        Some(tensor.reshape([0usize; 0]))
    } else {
        None
    }
}

/// The keys of `state` that are no name of the module's. Their order is torch's: by the module that would
/// have to hold them, and within one as in the dict.
pub(crate) fn unexpected_keys<'a>(
    root: &dyn Module,
    names: impl Iterator<Item = &'a str>,
    state: &StateDict,
) -> Vec<String> {
    let expected: HashSet<&str> = names.collect();
    let mut unexpected: Vec<&str> = state.keys().filter(|key| !expected.contains(key)).collect();
    if unexpected.is_empty() {
        return Vec::new();
    }
    let modules = walk::named_modules_every_name(root);
    let place: HashMap<&str, usize> = modules.iter().enumerate().map(|(i, (name, _))| (&**name, i)).collect();
    unexpected.sort_by_cached_key(|key| {
        let owners = key.rmatch_indices('.').map(|(dot, _)| &key[..dot]);
        owners.filter_map(|owner| place.get(owner)).next().copied().unwrap_or(0)
    });
    unexpected.into_iter().map(str::to_owned).collect()
}
