//! Settings of modules, which `#[module(config)]` saves, prints and reads back.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tensor::Value;

/// A type that `#[module(config)]` can save: everything that serde can write and read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a setting of a module",
    label = "not `Serialize` and `Deserialize`",
    note = "derive serde's `Serialize` and `Deserialize` for it"
)]
pub trait Setting: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Setting for T {}

/// A setting as plain data: [`Value::of`] it, with a message of its own for types that cannot be one.
///
/// ```
/// assert_eq!(nn::setting(&(3, 3)).to_string(), "(3, 3)");
/// assert_eq!(nn::setting(&Some(1e-5)).to_string(), "1e-05");
/// ```
///
/// # Panics
/// If it cannot be written down: an integer beyond `i64`.
#[track_caller]
pub fn setting<T: Setting>(setting: &T) -> Value {
    Value::of(setting)
}
