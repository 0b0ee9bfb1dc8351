//! A file format as a type, and the table of all formats.

use crate::{Contents, ErrorKind};
use std::fmt;
use std::io::Write;
use std::path::Path;

/// A file format: a type without data in a file of its own, and a row of the table below.
pub(crate) trait Codec {
    /// The name of a file of this format in messages.
    fn name(&self) -> &'static str;

    /// How the names of its files end, in lower case.
    fn extensions(&self) -> &'static [&'static str];

    /// Whether these bytes begin as a file of this format does, however they go on.
    fn recognises(&self, bytes: &[u8]) -> bool;

    /// Whether it has a place for [`Contents::metadata`].
    fn keeps_metadata(&self) -> bool;

    /// Everything a file holds, [`Contents::left_out`] included.
    fn read(&self, bytes: &[u8]) -> Result<Contents, ErrorKind>;

    /// Writes a file. `stem` is its name without the ending, for formats that repeat it inside.
    fn write(&self, contents: &Contents, stem: &str, out: &mut dyn Write) -> Result<(), ErrorKind>;
}

macro_rules! formats {
    ($($(#[$doc:meta])* $format:ident: $codec:expr;)*) => {
        /// How a file is laid out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $($(#[$doc])* $format,)*
        }

        impl Format {
            /// All formats, in the order in which [`Format::detect`] asks them.
            pub const ALL: &[Format] = &[$(Format::$format),*];

            pub(crate) fn codec(self) -> &'static dyn Codec {
                match self {
                    $(Format::$format => &$codec,)*
                }
            }
        }
    };
}

// The first that recognises a file reads it: whoever asks for more stands before who asks for less.
formats! {
    /// Rushlight's own container, specified in `docs/format.md`.
    Native: crate::container::Container;
    /// `.safetensors`.
    Safetensors: crate::safetensors::Safetensors;
    /// NumPy's `.npz`, and `.npy` for a tensor alone.
    Numpy: crate::numpy::Numpy;
    /// `.pth` and `.pt`, as `torch.save` writes them.
    Torch: crate::torch::Torch;
}

impl Format {
    /// The format a file of this name is written in: endings such as `.safetensors`, `.pth` or `.npz` say so,
    /// anything else is the native container.
    ///
    /// ```
    /// use serialize::Format;
    /// assert_eq!(Format::for_path("net.PTH"), Format::Torch);
    /// assert_eq!(Format::for_path("net.safetensors"), Format::Safetensors);
    /// assert_eq!(Format::for_path("net.model"), Format::Native);
    /// ```
    pub fn for_path(path: impl AsRef<Path>) -> Self {
        let extension = path.as_ref().extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let asks = |format: &&Format| format.codec().extensions().contains(&extension.as_str());
        Format::ALL.iter().find(asks).copied().unwrap_or(Format::Native)
    }

    /// The format that bytes announce themselves as, whatever the file is called: people name torch's
    /// files `.bin` and `.ckpt` too.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        Format::ALL.iter().find(|format| format.codec().recognises(bytes)).copied()
    }

    /// Whether a file of this format has a place for [`Contents::metadata`]. Where it has none they are not
    /// written.
    pub fn keeps_metadata(self) -> bool {
        self.codec().keeps_metadata()
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.codec().name())
    }
}
