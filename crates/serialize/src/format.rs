use crate::{container, safetensors, torch};
use std::fmt;
use std::path::Path;

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Rushlight's own container, specified in `docs/format.md`.
    Native,
    /// `.safetensors`.
    Safetensors,
    /// `.pth` and `.pt`, as `torch.save` writes them.
    Torch,
}

impl Format {
    /// The format a file of this name is written in: `.safetensors`, `.pth` or `.pt` say so, anything
    /// else is the native container.
    ///
    /// ```
    /// use serialize::Format;
    /// assert_eq!(Format::for_path("net.PTH"), Format::Torch);
    /// assert_eq!(Format::for_path("net.safetensors"), Format::Safetensors);
    /// assert_eq!(Format::for_path("net.model"), Format::Native);
    /// ```
    pub fn for_path(path: impl AsRef<Path>) -> Self {
        let extension = path.as_ref().extension().unwrap_or_default().to_string_lossy();
        match extension.to_ascii_lowercase().as_str() {
            "safetensors" => Format::Safetensors,
            "pth" | "pt" => Format::Torch,
            _ => Format::Native,
        }
    }

    /// The format that bytes announce themselves as, whatever the file is called: people name torch's
    /// files `.bin` and `.ckpt` too.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&container::MAGIC) {
            Some(Format::Native)
        } else if torch::is_torch(bytes) {
            Some(Format::Torch)
        } else if safetensors::is_safetensors(bytes) {
            Some(Format::Safetensors)
        } else {
            None
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Native => "Rushlight container",
            Format::Safetensors => "safetensors file",
            Format::Torch => "PyTorch file",
        })
    }
}
