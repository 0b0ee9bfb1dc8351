use std::sync::{PoisonError, RwLock};

/// How tensors are printed: the arguments of `torch.set_printoptions`, with its defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// Digits after the point. Default 4.
    pub precision: usize,
    /// A tensor of more elements than this is summarised. Default 1000.
    pub threshold: usize,
    /// Elements that a summary shows at each end of an axis. Default 3.
    pub edgeitems: usize,
    /// Characters per line. Default 80.
    pub linewidth: usize,
    /// Scientific notation always or never; by default (`None`) where the values spread or are extreme.
    pub sci_mode: Option<bool>,
}

impl PrintOptions {
    /// torch's profile `"default"`.
    pub const DEFAULT: PrintOptions =
        PrintOptions { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sci_mode: None };

    /// torch's profile `"short"`: two digits, two items at each end.
    pub const SHORT: PrintOptions = PrintOptions { precision: 2, edgeitems: 2, ..PrintOptions::DEFAULT };

    /// torch's profile `"full"`: never summarised.
    pub const FULL: PrintOptions = PrintOptions { threshold: usize::MAX, ..PrintOptions::DEFAULT };
}

impl Default for PrintOptions {
    fn default() -> Self {
        PrintOptions::DEFAULT
    }
}

static OPTIONS: RwLock<PrintOptions> = RwLock::new(PrintOptions::DEFAULT);

/// Sets how every tensor is printed from now on, as `torch.set_printoptions`.
///
/// ```
/// use tensor::{PrintOptions, Tensor, set_printoptions};
///
/// set_printoptions(PrintOptions { precision: 2, ..PrintOptions::DEFAULT });
/// assert_eq!(Tensor::from([1.12345f32]).to_string(), "tensor([1.12])");
/// ```
pub fn set_printoptions(options: PrintOptions) {
    *OPTIONS.write().unwrap_or_else(PoisonError::into_inner) = options;
}

/// The options in force, as `torch.get_printoptions`.
pub fn get_printoptions() -> PrintOptions {
    *OPTIONS.read().unwrap_or_else(PoisonError::into_inner)
}
