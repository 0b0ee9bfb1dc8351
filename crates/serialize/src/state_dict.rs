use crate::{Contents, Error};
use nn::StateDict;
use std::path::Path;

/// Saves tensors under their names, in the format that the file's name asks for.
///
/// Each tensor is written with its own data, also where a model shares one under two names.
///
/// # Errors
/// If the file cannot be written; what was there before is then still there.
pub fn save_state_dict(state: &StateDict, path: impl AsRef<Path>) -> Result<(), Error> {
    Contents::from(state.clone()).write(path)
}

/// Loads the state dict from a file of any format, that of a whole model included.
///
/// ```
/// use nn::{Linear, Module};
///
/// let net = Linear::new(2, 1);
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("params.safetensors");
/// serialize::save_state_dict(&net.state_dict(), &path)?;
/// println!("{}", net.load_state_dict(&serialize::load_state_dict(&path)?)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the file cannot be read or holds something else, such as a checkpoint with a state dict inside.
pub fn load_state_dict(path: impl AsRef<Path>) -> Result<StateDict, Error> {
    let path = path.as_ref();
    Contents::read(path)?.state_dict().map_err(|kind| kind.at(path))
}
