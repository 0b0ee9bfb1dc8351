//! `.pth` and `.pt`: what `torch.save` writes and `torch.load` reads.

mod archive;
mod convert;
mod legacy;
mod save;

use crate::codec::Codec;
use crate::{Contents, ErrorKind, Unreadable, version1};
use formats::{Budget, Error};
use nn::{Architecture, Value};
use std::io::Write;

const FORMAT: &str = "PyTorch file";

/// The keys of a whole model. torch pickles a model as its Python classes, which no other language has;
/// this is a plain dictionary instead, whose `state_dict` a Python program can load.
const ARCHITECTURE: &str = "architecture";
const STATE_DICT: &str = "state_dict";

pub(crate) struct Torch;

impl Codec for Torch {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["pth", "pt"]
    }

    fn recognises(&self, bytes: &[u8]) -> bool {
        is_zip(bytes) || is_pickle(bytes)
    }

    fn keeps_metadata(&self) -> bool {
        false
    }

    fn read(&self, bytes: &[u8]) -> Result<Contents, ErrorKind> {
        let (mut value, left_out) = read_value(bytes)?;
        if let Value::Dict(entries) = &mut value
            && let [(Value::Str(first), described), (Value::Str(second), state)] = &mut entries[..]
            && (first.as_str(), second.as_str()) == (ARCHITECTURE, STATE_DICT)
        {
            let architecture = match described {
                Value::Str(json) => version1::architecture(json),
                value => Architecture::from_value(value).ok(),
            };
            // Someone's own checkpoint may have these keys too, with `resnet18` under the first.
            if architecture.is_some() {
                let state = std::mem::replace(state, Value::None);
                return Ok(Contents { architecture, left_out, ..state.into() });
            }
        }
        Ok(Contents { left_out, ..value.into() })
    }

    /// The file that `torch.save` would write, with all records in the folder `stem`.
    fn write(&self, contents: &Contents, stem: &str, out: &mut dyn Write) -> Result<(), ErrorKind> {
        let saved = match contents.architecture_value()? {
            None => save::write(&contents.value, stem, out),
            Some(architecture) => {
                let model = [(ARCHITECTURE, architecture), (STATE_DICT, contents.value.clone())];
                save::write(&Value::dict(model), stem, out)
            }
        };
        Ok(saved?)
    }
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

fn is_pickle(bytes: &[u8]) -> bool {
    matches!(bytes, [0x80, 2..=5, ..])
}

/// The object that was saved, and what had to be left out of it.
fn read_value(bytes: &[u8]) -> Result<(Value, Vec<Unreadable>), Error> {
    let mut budget = Budget::for_file(bytes);
    if is_zip(bytes) {
        archive::read(bytes, &mut budget)
    } else if is_pickle(bytes) {
        legacy::read(bytes, &mut budget)
    } else {
        let found = formats::describe(bytes);
        Err(malformed(format!("expected a zip archive or a pickle, found {found}")))
    }
}

fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}
