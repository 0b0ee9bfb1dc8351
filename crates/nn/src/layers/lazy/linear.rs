use tensor::{Options, Value};

use super::{FromInput, Lazy};
use crate::{Builder, Error, Linear, LinearOptions, setting};

/// [`Lazy`] form of [`Linear`], whose `in_features` is the length of the first input's rows, as
/// `torch.nn.LazyLinear`.
pub type LazyLinear = Lazy<Linear>;

impl Lazy<Linear> {
    /// A map to `out_features` numbers, with a bias.
    pub fn new(out_features: usize) -> Self {
        Self::with(out_features, LinearOptions::default())
    }

    /// The map with the options given.
    pub fn with(out_features: usize, options: LinearOptions) -> Self {
        Self::from_settings((out_features, options))
    }
}

impl FromInput for Linear {
    type Settings = (usize, LinearOptions);

    fn lazy_name() -> &'static str {
        "LazyLinear"
    }

    fn describe(&(out_features, options): &Self::Settings) -> String {
        options.describe([0, out_features])
    }

    fn save((out_features, options): &Self::Settings) -> Vec<(&'static str, Value)> {
        let mut settings = vec![("out_features", setting(out_features))];
        settings.extend(options.saved());
        settings
    }

    fn read(builder: &mut Builder<'_>) -> Result<Self::Settings, Error> {
        Ok((builder.config("out_features")?, builder.options()?))
    }

    #[track_caller]
    fn inputs(_: &Self::Settings, x: &[usize]) -> usize {
        *x.last().expect("LazyLinear: a scalar has no rows")
    }

    fn inputs_of(_: &Self::Settings, name: &str, shape: &[usize]) -> Option<usize> {
        if name == "weight" { shape.get(1).copied() } else { None }
    }

    fn with_inputs(&(out_features, options): &Self::Settings, inputs: usize) -> Self {
        Linear::with(inputs, out_features, options)
    }
}
