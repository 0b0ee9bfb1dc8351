use serde::{Deserialize, Serialize};
use tensor::{OptionValue, PadMode};

/// What the padding of a [`Conv`](crate::Conv) consists of, as torch's `padding_mode`.
///
/// ```
/// use nn::{Conv1d, ConvOptions, PaddingMode};
///
/// let padding_mode = PaddingMode::Circular;
/// let options = ConvOptions { padding: 1.into(), padding_mode, ..Default::default() };
/// assert_eq!(
///     Conv1d::with(1, 6, 3, options).to_string(),
///     "Conv1d(1, 6, kernel_size=(3,), stride=(1,), padding=(1,), padding_mode=circular)"
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaddingMode {
    /// Zeros.
    #[default]
    Zeros,
    /// The input read backwards from its ends, without the last elements.
    Reflect,
    /// The input's last elements.
    Replicate,
    /// The input's elements from the other end.
    Circular,
}

tensor::option_value!(PaddingMode);

impl PaddingMode {
    /// torch's name of the mode.
    pub(super) fn name(self) -> String {
        self.to_value().as_str().expect("a mode is a name").to_owned()
    }

    /// The padding before the convolution; none for zeros, which the convolution adds itself.
    pub(super) fn pad_mode(self) -> Option<PadMode> {
        match self {
            PaddingMode::Zeros => None,
            PaddingMode::Reflect => Some(PadMode::Reflect),
            PaddingMode::Replicate => Some(PadMode::Replicate),
            PaddingMode::Circular => Some(PadMode::Circular),
        }
    }
}
