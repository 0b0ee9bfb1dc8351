use std::fmt;

use tensor::ValueError;

use crate::build::kind;

/// An error in a file's or a user's description of a model.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A state dict does not fit the module.
    #[error(transparent)]
    StateDict(#[from] StateDictError),

    /// The description of a module, in a file, does not fit its type.
    #[error("{}{problem}", at(path))]
    Architecture {
        /// The module's name in the tree, such as `layer2.0`; empty for the root.
        path: String,
        /// The problem.
        problem: String,
    },

    /// A description names a kind of module that the registry does not know.
    #[error(
        "{}unknown kind of module \"{short}\": a type of your own needs `registry.{method}::<{short}>()` \
         before loading",
        at(path),
        short = kind::short(kind)
    )]
    UnknownKind {
        /// The module's name in the tree.
        path: String,
        /// The unknown kind.
        kind: String,
        /// The method of the registry that takes its type.
        method: &'static str,
    },

    /// A value of a checkpoint is not what was asked for.
    #[error(transparent)]
    Value(#[from] ValueError),
}

tensor::debug_as_display!(Error, StateDictError);

fn at(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}: ") }
}

/// Everything that keeps a state dict from fitting a module, in torch's words.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct StateDictError {
    /// The kind of the module.
    pub kind: String,
    /// Names that the module has and the state dict lacks.
    pub missing: Vec<String>,
    /// Names that only the state dict has.
    pub unexpected: Vec<String>,
    /// Tensors of another shape than their parameter or buffer.
    pub mismatched: Vec<SizeMismatch>,
}

/// A tensor of another shape than the parameter or buffer of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeMismatch {
    /// The name.
    pub name: String,
    /// The shape in the state dict.
    pub found: Vec<usize>,
    /// The shape in the module.
    pub expected: Vec<usize>,
}

impl StateDictError {
    pub(crate) fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.mismatched.is_empty()
    }
}

impl fmt::Display for StateDictError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error(s) in loading state_dict for {}:", self.kind)?;
        for (what, keys) in [("Missing", &self.missing), ("Unexpected", &self.unexpected)] {
            if !keys.is_empty() {
                let keys = keys.iter().map(|key| format!("\"{key}\"")).collect::<Vec<_>>().join(", ");
                write!(f, "\n\t{what} key(s) in state_dict: {keys}. ")?;
            }
        }
        for SizeMismatch { name, found, expected } in &self.mismatched {
            write!(
                f,
                "\n\tsize mismatch for {name}: copying a param with shape torch.Size({found:?}) from \
                 checkpoint, the shape in current model is torch.Size({expected:?})."
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Linear, Module, StateDict};

    /// `main` shows this of an error that it returns.
    #[test]
    fn debug_is_the_sentence_too() {
        let state = Linear::new(1, 1).load_state_dict(&StateDict::new()).unwrap_err();
        assert!(
            format!("{state:?}").starts_with("Error(s) in loading state_dict for Linear:\n\tMissing"),
            "{state}"
        );
    }
}
