use std::error::Error;
use std::fmt;

/// The end of a program when something outside it is wrong: returned from `main` it prints as one
/// `Error: …` line and gives exit code 1.
pub struct Failure(Box<dyn Error + Send + Sync>);

/// The result of the programs' functions.
pub type Result<T = (), E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// The error that it is, if it is one of this type.
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }

    /// With this message.
    pub fn new(message: impl fmt::Display) -> Self {
        Failure(message.to_string().into())
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.into())
    }
}

impl From<Failure> for Box<dyn Error + Send + Sync> {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `main` shows this form, and the one who reads it is the user.
        fmt::Display::fmt(&self.0, f)
    }
}
