use crate::{Contents, Error, ErrorKind};
use nn::{Layer, Module, Registry};
use std::path::Path;

/// Saves a whole model, architecture and parameters, in the format that the name asks for.
///
/// In a `.safetensors` file the architecture stands in the metadata, so every reader of that format finds
/// the tensors. torch pickles a model as its Python classes, which cannot be matched from here: a `.pth`
/// holds the dictionary `{"architecture": …, "state_dict": …}` instead, whose state dict a Python program
/// can load into its own model.
///
/// ```
/// use nn::{Linear, Sequential, sequential};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("net.model");
/// serialize::save(&sequential![Linear::new(2, 4), Linear::new(4, 1)], &path)?;
/// let net: Sequential = serialize::load(&path)?;
/// assert_eq!(net.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the file cannot be written; what was there before is then still there.
pub fn save(model: &(impl Module + ?Sized), path: impl AsRef<Path>) -> Result<(), Error> {
    let mut contents = Contents::from(model.state_dict());
    contents.architecture = Some(model.architecture());
    contents.write(path)
}

/// Loads a whole model of type `M`, whose parts are layers of this library.
///
/// # Errors
/// If the file cannot be read, holds no whole model or one of another type, or names a layer that is not
/// of this library ([`load_with`] takes those).
pub fn load<M: Module>(path: impl AsRef<Path>) -> Result<M, Error> {
    load_with(path, &Registry::new())
}

/// Loads a whole model of type `M` with the layers of a registry.
///
/// ```
/// use autograd::Variable;
/// use nn::{Forward, Linear, Module, Registry, Sequential, sequential};
///
/// #[derive(Module)]
/// struct Double {
///     inner: Linear,
/// }
///
/// impl Forward for Double {
///     fn forward(&self, x: &Variable) -> Variable {
///         self.inner.forward(&self.inner.forward(x))
///     }
/// }
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("net.model");
/// serialize::save(&sequential![Double { inner: Linear::new(2, 2) }], &path)?;
///
/// let mut registry = Registry::new();
/// registry.register::<Double>();
/// let net: Sequential = serialize::load_with(&path, &registry)?;
/// assert!(net[0].is::<Double>());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`load`].
pub fn load_with<M: Module>(path: impl AsRef<Path>, registry: &Registry) -> Result<M, Error> {
    read(path.as_ref(), |architecture, state| registry.build_as(architecture, state))
}

/// Loads a whole model of whatever type it is, if it is a layer.
///
/// # Errors
/// As [`load`].
pub fn load_any(path: impl AsRef<Path>, registry: &Registry) -> Result<Box<dyn Layer>, Error> {
    read(path.as_ref(), |architecture, state| registry.build(architecture, state))
}

/// [`load_any`] for a model that need not be a layer.
///
/// # Errors
/// As [`load`].
pub fn load_any_module(path: impl AsRef<Path>, registry: &Registry) -> Result<Box<dyn Module>, Error> {
    read(path.as_ref(), |architecture, state| registry.build_module(architecture, state))
}

impl Contents {
    /// The whole model of type `M` that a file has, with the layers of a registry: for a file in the program
    /// itself, or one that came over a network.
    ///
    /// ```
    /// use nn::{Linear, Registry, Sequential, sequential};
    /// use serialize::Contents;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("net.model");
    /// serialize::save(&sequential![Linear::new(2, 4)], &path)?;
    ///
    /// let bytes = std::fs::read(&path)?; // or include_bytes!("net.model")
    /// let net: Sequential = Contents::from_bytes(&bytes)?.model(&Registry::new())?;
    /// assert_eq!(net.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the file has no whole model or one of another type, or names a layer that the registry lacks.
    pub fn model<M: Module>(&self, registry: &Registry) -> Result<M, ErrorKind> {
        self.build(|architecture, state| registry.build_as(architecture, state))
    }

    fn build<M>(
        &self,
        build: impl FnOnce(&nn::Architecture, &nn::StateDict) -> Result<M, nn::Error>,
    ) -> Result<M, ErrorKind> {
        let Some(architecture) = &self.architecture else {
            return Err(ErrorKind::contents(
                "a whole model",
                format!(
                    "{} without an architecture; build the model and use `load_state_dict`",
                    crate::contents::summary(&self.value)
                ),
            ));
        };
        Ok(build(architecture, &self.state_dict()?)?)
    }
}

fn read<M>(
    path: &Path,
    build: impl FnOnce(&nn::Architecture, &nn::StateDict) -> Result<M, nn::Error>,
) -> Result<M, Error> {
    Contents::read(path)?.build(build).map_err(|kind| kind.at(path))
}
