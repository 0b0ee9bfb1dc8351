use super::OptionValue;
use crate::Value;

/// When torch prints an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Always.
    Always,
    /// Only if it is not the default.
    Changed,
    /// Never.
    Never,
}

/// One of [`Options`](super::Options), as plain data.
#[derive(Clone, Debug)]
pub struct OptionEntry {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
    /// The value it has unless it is set.
    pub default: Value,
    /// When torch prints it.
    pub shown: Shown,
    /// Whether it is saved only where it is not the default: torch does not have it, or keeps it elsewhere.
    pub own: bool,
}

impl OptionEntry {
    /// An option that is always printed and saved.
    pub fn new<T: OptionValue>(name: &'static str, value: &T, default: &T) -> Self {
        let (value, default) = (value.to_value(), default.to_value());
        Self { name, value, default, shown: Shown::Always, own: false }
    }

    /// A key that torch has and there is no choice for here.
    pub fn constant<T: OptionValue>(name: &'static str, value: &T) -> Self {
        Self::new(name, value, value)
    }

    /// The option, with 0 as an integer: torch's default is written so.
    #[must_use]
    pub fn int_if_zero(self) -> Self {
        Self { value: self.value.int_if_zero(), default: self.default.int_if_zero(), ..self }
    }

    /// With integers in place of floats that are whole: torch's way with some defaults.
    pub fn int_if_whole(self) -> Self {
        Self { value: self.value.int_if_whole(), default: self.default.int_if_whole(), ..self }
    }

    /// The option, printed at these times.
    #[must_use]
    pub fn shown(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    /// The option, printed and saved only where it is not the default.
    #[must_use]
    pub fn own(self) -> Self {
        Self { own: true, shown: Shown::Changed, ..self }
    }

    /// Whether the value is not the default.
    pub fn is_changed(&self) -> bool {
        self.value != self.default
    }
}
