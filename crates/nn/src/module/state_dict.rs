use std::collections::HashMap;
use std::fmt;
use std::ops::Index;

use tensor::{Tensor, Value, ValueError};

/// Tensors under names, in order: what [`state_dict`](crate::Module::state_dict) gives and
/// [`load_state_dict`](crate::Module::load_state_dict) takes.
///
/// ```
/// use nn::{Linear, Module};
///
/// let linear = Linear::new(2, 4);
/// let state = linear.state_dict();
/// assert_eq!(state.keys().collect::<Vec<_>>(), ["weight", "bias"]);
/// assert_eq!(state["weight"].shape(), [4, 2]);
/// ```
#[derive(Clone, Default)]
pub struct StateDict {
    entries: Vec<(String, Tensor)>,
    /// Where each name stands in `entries`. Never iterated, so no order comes from it.
    position: HashMap<String, usize>,
}

impl StateDict {
    /// An empty dict.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether there is a tensor of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.position.contains_key(name)
    }

    /// The tensor of this name.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.position.get(name).map(|&i| &self.entries[i].1)
    }

    /// Adds a tensor at the end, or replaces the one of the same name where it stands and returns it.
    pub fn insert(&mut self, name: impl Into<String>, tensor: Tensor) -> Option<Tensor> {
        let name = name.into();
        if let Some(&i) = self.position.get(&name) {
            return Some(std::mem::replace(&mut self.entries[i].1, tensor));
        }
        self.position.insert(name.clone(), self.entries.len());
        self.entries.push((name, tensor));
        None
    }

    /// Takes a tensor out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Tensor> {
        let i = self.position.remove(name)?;
        let (_, tensor) = self.entries.remove(i);
        self.position.values_mut().filter(|at| **at > i).for_each(|at| *at -= 1);
        Some(tensor)
    }

    /// The same tensors, each under what `name` makes of its name: for files whose names are others.
    ///
    /// ```
    /// use nn::{Linear, Module, StateDict, sequential};
    ///
    /// let file = sequential![Linear::new(2, 4)].state_dict(); // 0.weight, 0.bias
    /// let layer = Linear::new(2, 4);
    /// layer.load_state_dict(&file.renamed(|name| name.replace("0.", "")))?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Panics
    /// If two get the same name.
    #[doc(alias = "consume_prefix_in_state_dict_if_present")]
    #[track_caller]
    pub fn renamed(&self, mut name: impl FnMut(&str) -> String) -> Self {
        let mut renamed = Self::new();
        for (old, tensor) in self.iter() {
            let new = name(old);
            assert!(
                !renamed.contains_key(&new),
                "renamed: two tensors are called \"{new}\", one was \"{old}\""
            );
            renamed.insert(new, tensor.clone());
        }
        renamed
    }

    /// Names and tensors, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Tensor)> + DoubleEndedIterator {
        self.entries.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// The names, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator {
        self.entries.iter().map(|(name, _)| name.as_str())
    }
}

impl FromIterator<(String, Tensor)> for StateDict {
    fn from_iter<I: IntoIterator<Item = (String, Tensor)>>(entries: I) -> Self {
        let mut state = Self::new();
        state.extend(entries);
        state
    }
}

impl Extend<(String, Tensor)> for StateDict {
    fn extend<I: IntoIterator<Item = (String, Tensor)>>(&mut self, entries: I) {
        for (name, tensor) in entries {
            self.insert(name, tensor);
        }
    }
}

impl IntoIterator for StateDict {
    type Item = (String, Tensor);
    type IntoIter = std::vec::IntoIter<(String, Tensor)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl From<StateDict> for Value {
    fn from(state: StateDict) -> Self {
        Self::dict(state.into_iter().map(|(name, tensor)| (name, Self::Tensor(tensor))))
    }
}

impl TryFrom<&Value> for StateDict {
    type Error = ValueError;

    /// # Errors
    /// If the value is not a dict of tensors under text.
    fn try_from(value: &Value) -> Result<Self, ValueError> {
        let wrong =
            |found: String| ValueError::Type { expected: "a dict of tensors under their names", found };
        let entries = value.as_dict().ok_or_else(|| wrong(value.type_name().to_owned()))?;
        entries
            .iter()
            .map(|entry| match entry {
                (Value::Str(name), Value::Tensor(tensor)) => Ok((name.clone(), tensor.clone())),
                (Value::Str(name), other) => Err(wrong(format!("{} under \"{name}\"", other.type_name()))),
                (key, _) => Err(wrong(format!("a key that is {}", key.type_name()))),
            })
            .collect()
    }
}

impl Index<&str> for StateDict {
    type Output = Tensor;

    #[track_caller]
    fn index(&self, name: &str) -> &Tensor {
        match self.get(name) {
            Some(tensor) => tensor,
            None => panic!("no \"{name}\" in the state dict; it has {:?}", self.keys().collect::<Vec<_>>()),
        }
    }
}

/// Names, dtypes and shapes; the numbers would rarely help.
impl fmt::Debug for StateDict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summary = |t: &Tensor| format!("{}{:?}", t.dtype().name(), t.shape());
        f.debug_map().entries(self.iter().map(|(name, tensor)| (name, summary(tensor)))).finish()
    }
}
