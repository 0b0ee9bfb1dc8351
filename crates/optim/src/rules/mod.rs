//! The optimizers, a file for each.

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod asgd;
mod formula;
mod lbfgs;
mod momentum;
mod muon;
mod nadam;
mod radam;
mod rmsprop;
mod rprop;
mod sgd;
mod sparse_adam;

pub use adafactor::AdafactorMemory;
pub use asgd::ASGDMemory;
pub use formula::Formula;
// Not in the table below: its step takes a closure.
pub use lbfgs::{LBFGS, LBFGSMemory, LBFGSOptions, LineSearch};
pub use momentum::Momentum;
pub use muon::AdjustLr;
pub use nadam::NAdamMemory;
pub use sparse_adam::SparseAdamMemory;

/// Exports the optimizers, and lists them by their names.
macro_rules! optimizers {
    ($($file:ident: $optimizer:ident, $options:ident;)*) => {
        $(pub use $file::{$optimizer, $options};)*

        /// The optimizers by their names: no part of a prelude.
        pub(crate) mod table {
            use nn::{OptionError, Options, Value};

            use super::*;
            use crate::{Entry, Optimizer, Rule};

            /// torch's names of the optimizers in this crate.
            pub const NAMES: &[&str] = &[$($options::NAME),*];

            /// The optimizer that torch calls `name`, over parameters or groups; the options are a dict by
            /// torch's names, and the others have their defaults.
            ///
            /// ```
            /// use nn::Value;
            ///
            /// let w = nn::Parameter::new(tensor::ones([2]));
            /// let optim = optim::by_name("Adam", [w], &Value::dict([("lr", 0.1.into())]))?;
            /// assert!(optim.to_string().starts_with("Adam (\n"));
            /// # Ok::<(), nn::OptionError>(())
            /// ```
            ///
            /// # Errors
            /// If there is none of this name, an option is unknown, of another type or out of its range, or
            /// the options exclude each other.
            ///
            /// # Panics
            /// As [`Core::with`](crate::Core::with).
            #[track_caller]
            pub fn by_name(
                name: &str,
                params: impl IntoIterator<Item = impl Into<Entry>>,
                options: &Value,
            ) -> Result<Box<dyn Optimizer>, OptionError> {
                match name {
                    $($options::NAME => {
                        let options = $options::from_value(options)?;
                        options.possible()?;
                        Ok(Box::new($optimizer::with(params, options)))
                    })*
                    _ => Err(OptionError::new(format!("no optimizer {name:?} among {NAMES:?}"))),
                }
            }
        }
    };
}

optimizers! {
    adadelta: Adadelta, AdadeltaOptions;
    adafactor: Adafactor, AdafactorOptions;
    adagrad: Adagrad, AdagradOptions;
    adam: Adam, AdamOptions;
    adamax: Adamax, AdamaxOptions;
    adamw: AdamW, AdamWOptions;
    asgd: ASGD, ASGDOptions;
    muon: Muon, MuonOptions;
    nadam: NAdam, NAdamOptions;
    radam: RAdam, RAdamOptions;
    rmsprop: RMSprop, RMSpropOptions;
    rprop: Rprop, RpropOptions;
    sgd: SGD, SGDOptions;
    sparse_adam: SparseAdam, SparseAdamOptions;
}
