use crate::{Contents, Error};
use nn::Value;
use std::path::Path;

/// Saves any value: dictionaries and lists of tensors, numbers and text, such as a model's and an
/// optimizer's state with the epoch reached. A `.pth` is what `torch.save` would write for the same value.
///
/// ```
/// use nn::{Linear, Module, StateDict, Value};
///
/// let net = Linear::new(2, 1);
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("checkpoint.pth");
/// let checkpoint = Value::dict([("model", net.state_dict().into()), ("epoch", Value::Int(3))]);
/// serialize::save_checkpoint(&checkpoint, &path)?;
///
/// let checkpoint = serialize::load_checkpoint(&path)?;
/// assert_eq!(checkpoint.get("epoch").and_then(Value::as_int), Some(3));
/// let model = StateDict::try_from(checkpoint.entry("model")?)?;
/// println!("{}", net.load_state_dict(&model)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the file cannot be written (what was there before is then still there), or the format cannot hold
/// the value: `.safetensors` holds state dicts only.
pub fn save_checkpoint(value: &Value, path: impl AsRef<Path>) -> Result<(), Error> {
    Contents::from(value.clone()).write(path)
}

/// Loads the value of a file of any format; of a whole model, its state dict.
///
/// Of what Python knows and [`Value`] does not: sets become lists, bytes and storages tensors of one axis,
/// dtypes, devices and layouts their names, integers of more than 64 bits their digits, a tensor on `meta`
/// the text that torch prints for it, `OrderedDict` a dictionary. [`LoadOptions`](crate::LoadOptions) reads a
/// file beside what has no counterpart.
///
/// # Errors
/// If the file cannot be read, is damaged, or holds what has no counterpart here.
pub fn load_checkpoint(path: impl AsRef<Path>) -> Result<Value, Error> {
    Ok(Contents::read(path)?.value)
}
