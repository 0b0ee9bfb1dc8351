use std::fmt;

/// Everything that is wrong with some options.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OptionError(Vec<String>);

impl OptionError {
    /// One problem.
    pub fn new(problem: impl Into<String>) -> Self {
        Self(vec![problem.into()])
    }

    /// There is no option called `name`.
    pub fn unknown(name: &str, names: &[&str]) -> Self {
        Self::new(format!("no option \"{name}\" among {names:?}"))
    }

    /// The problems, a sentence each.
    pub fn problems(&self) -> &[String] {
        &self.0
    }

    /// Adds the problems of a step.
    pub fn note(&mut self, step: Result<(), OptionError>) {
        if let Err(problems) = step {
            self.0.extend(problems.0);
        }
    }

    /// `good`, if there are no problems.
    ///
    /// # Errors
    /// This, if there are some.
    pub fn or<T>(self, good: T) -> Result<T, OptionError> {
        if self.0.is_empty() { Ok(good) } else { Err(self) }
    }
}

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

crate::debug_as_display!(OptionError);

impl std::error::Error for OptionError {}
