//! Options of functions, layers, losses and optimizers.

mod entry;
mod error;
mod per_axis;
mod spatial;
mod value;

use std::fmt::Debug;

use crate::Value;

pub use entry::{OptionEntry, Shown};
pub use error::OptionError;
pub use per_axis::{AxisSizes, OutputSize, PerAxis};
pub use spatial::Spatial;
pub use value::OptionValue;

/// The options of a function, layer, loss or optimizer: a struct from which defaults, names, printing,
/// saving and checks follow.
///
/// `#[derive(Options)]` implements it; see there for the attributes. An option is a public field, so it is
/// set when the struct is made: `AdamOptions { eps: 1e-6, ..Default::default() }`. By its name it is plain
/// data, as files hold it.
pub trait Options: Default + Clone + Debug + Send + Sync + 'static {
    /// The names of all options, in torch's order.
    const NAMES: &'static [&'static str];

    /// All options with their values and defaults, in torch's order.
    fn entries(&self) -> Vec<OptionEntry>;

    /// Sets an option without looking at its range: [`set`](Self::set) does both.
    ///
    /// # Errors
    /// If there is none of this name, or the value is of another type.
    fn put(&mut self, name: &str, value: &Value) -> Result<(), OptionError>;

    /// Whether all values are within their ranges.
    ///
    /// # Errors
    /// Naming each one that is not, in torch's words.
    fn check(&self) -> Result<(), OptionError>;

    /// One option as plain data; `None` if there is none of this name.
    fn get(&self, name: &str) -> Option<Value> {
        self.entries().into_iter().find(|entry| entry.name == name).map(|entry| entry.value)
    }

    /// Sets one option from plain data. Of a key that torch has and Rushlight has no choice for, such as an
    /// optimizer's `foreach`, any value is taken and nothing is changed.
    ///
    /// # Errors
    /// If there is none of this name, or the value is of another type or out of its range; nothing has been
    /// changed then.
    fn set(&mut self, name: &str, value: &Value) -> Result<(), OptionError> {
        let mut changed = self.clone();
        changed.put(name, value)?;
        changed.check()?;
        *self = changed;
        Ok(())
    }

    /// The options that are saved, in torch's order: all but those that torch does not have, or keeps
    /// elsewhere, and that have their default.
    fn saved(&self) -> Vec<(&'static str, Value)> {
        let entries = self.entries().into_iter().filter(|entry| !entry.own || entry.is_changed());
        entries.map(|entry| (entry.name, entry.value)).collect()
    }

    /// [`saved`](Self::saved) as a dict.
    fn to_value(&self) -> Value {
        Value::dict(self.saved())
    }

    /// The options in a dict, with the defaults for those it lacks.
    ///
    /// # Errors
    /// Naming each unknown name, value of another type and value out of its range.
    fn from_value(value: &Value) -> Result<Self, OptionError> {
        let Some(entries) = value.as_dict() else {
            return Err(OptionError::new(format!("options are a dict, not {}", value.type_name())));
        };
        let (mut options, mut problems) = (Self::default(), OptionError::default());
        for (key, value) in entries {
            problems.note(match key.as_str() {
                Some(name) => options.put(name, value),
                None => Err(OptionError::new(format!("the name of an option is a str, not {key}"))),
            });
        }
        problems.note(options.check());
        problems.or(options)
    }

    /// The options that torch prints, with their values as Python writes them, in torch's order.
    fn repr(&self) -> Vec<(&'static str, String)> {
        let shown = |entry: &OptionEntry| match entry.shown {
            Shown::Always => true,
            Shown::Changed => entry.is_changed(),
            Shown::Never => false,
        };
        let entries = self.entries().into_iter().filter(shown);
        entries.map(|entry| (entry.name, entry.value.to_string())).collect()
    }

    /// Refuses values out of their ranges; `whose` is the function or module, for the message.
    ///
    /// # Panics
    /// If [`check`](Self::check) finds something.
    #[track_caller]
    fn assert_valid(&self, whose: &str) {
        if let Err(problems) = self.check() {
            panic!("{whose}: {problems}");
        }
    }
}
