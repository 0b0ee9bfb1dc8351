//! `.safetensors`, through the crate of that name.

use crate::codec::Codec;
use crate::container::as_state_dict;
use crate::contents::{architecture, summary};
use crate::{Contents, ErrorKind, Unreadable, elements, version1};
use formats::{Cursor, Error, failing};
use nn::{Architecture, Value};
use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensorError, SafeTensors};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use tensor::DType;

const FORMAT: &str = "safetensors file";

/// Metadata key of a whole model's description.
const ARCHITECTURE: &str = "rushlight.architecture";

pub(crate) struct Safetensors;

impl Codec for Safetensors {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["safetensors"]
    }

    /// The header's length, then a JSON object.
    fn recognises(&self, bytes: &[u8]) -> bool {
        matches!(bytes, [_, _, _, _, 0, 0, 0, 0, b'{', ..])
    }

    fn keeps_metadata(&self) -> bool {
        true
    }

    fn read(&self, bytes: &[u8]) -> Result<Contents, ErrorKind> {
        if self.recognises(bytes) {
            return read(bytes);
        }
        let found = formats::describe(bytes);
        Err(malformed(format!("expected the length of a header in JSON and that header, found {found}"))
            .into())
    }

    fn write(&self, contents: &Contents, _: &str, out: &mut dyn Write) -> Result<(), ErrorKind> {
        let bytes = to_bytes(contents)?;
        Ok(out.write_all(&bytes).map_err(failing("write"))?)
    }
}

fn read(bytes: &[u8]) -> Result<Contents, ErrorKind> {
    let header = refuse_far_offsets(bytes)?;
    let file = SafeTensors::deserialize(bytes).map_err(theirs)?;
    let (_, described) = SafeTensors::read_metadata(bytes).map_err(theirs)?;
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    for name in described.offset_keys() {
        let tensor = file.tensor(&name).map_err(theirs)?;
        let Some(dtype) = dtype(tensor.dtype()) else {
            let what = format!("a tensor of dtype {:?}", tensor.dtype());
            left_out.push(Unreadable::at(&[format!("'{}'", name.escape_debug())], what));
            continue;
        };
        if elements::bytes_of(dtype, tensor.shape()) != Some(tensor.data().len()) {
            let (name, shape) = (name.escape_debug(), tensor.shape());
            return Err(malformed(format!("tensor `{name}` of shape {shape:?} is larger than memory")).into());
        }
        let tensor = elements::from_little_endian(dtype, tensor.shape(), tensor.data());
        entries.push((name, Value::Tensor(tensor)));
    }
    if entries.len() + left_out.len() != header.tensors {
        let names = entries.len() + left_out.len();
        return Err(malformed(format!("{} tensors under {names} names", header.tensors)).into());
    }
    let mut metadata: Vec<_> = described.metadata().clone().unwrap_or_default().into_iter().collect();
    metadata.sort_unstable();
    let at = metadata.iter().position(|(key, _)| key == ARCHITECTURE);
    let described = at.map(|at| metadata.remove(at).1);
    let architecture = described.as_deref().map(described_in).transpose()?;
    Ok(Contents { architecture, metadata, value: Value::dict(entries), left_out })
}

fn to_bytes(contents: &Contents) -> Result<Vec<u8>, ErrorKind> {
    let Some(named) = as_state_dict(&contents.value) else {
        return Err(ErrorKind::contents(
            "a state dict: .safetensors holds tensors under names and nothing else (.pth and the \
             native container hold any checkpoint)",
            summary(&contents.value),
        ));
    };
    let mut views = Vec::new();
    let data: Vec<_> = named.iter().map(|(_, tensor)| elements::little_endian(tensor)).collect();
    for ((name, tensor), data) in named.iter().zip(&data) {
        let view = TensorView::new(dtype_of(tensor.dtype()), tensor.shape().to_vec(), data);
        views.push((*name, view.map_err(theirs)?));
    }
    let mut metadata: HashMap<_, _> = contents.metadata.iter().cloned().collect();
    // Readers in Python that serve several frameworks want to know whose conventions the names follow.
    metadata.entry("format".into()).or_insert_with(|| "pt".into());
    if let Some(architecture) = contents.architecture_value()? {
        metadata.insert(ARCHITECTURE.into(), architecture.to_string());
    }
    let mut bytes = safetensors::serialize(views, Some(metadata)).map_err(theirs)?;
    sort_header(&mut bytes);
    Ok(bytes)
}

/// The model that a text describes: as Python prints plain data, or as JSON in files of before.
fn described_in(text: &str) -> Result<Architecture, Error> {
    match text.parse() {
        Ok(value) => architecture(&value),
        Err(error) => version1::architecture(text)
            .ok_or_else(|| malformed(format!("the description of a model: {error}"))),
    }
}

/// The crate writes metadata in a random order; sorted, the same contents are always the same bytes.
fn sort_header(bytes: &mut [u8]) {
    let header = Cursor::new(bytes, FORMAT).u64().expect("a file begins with its header's length");
    let header = &mut bytes[8..8 + header as usize];
    let json: serde_json::Value = serde_json::from_slice(header).expect("just written as JSON");
    let sorted = serde_json::to_vec(&json).expect("it was JSON before");
    header.fill(b' ');
    header[..sorted.len()].copy_from_slice(&sorted);
}

/// The crate adds the header's offsets to lengths without checking for overflow. None that lies beyond
/// the file is any good, so those go no further.
fn refuse_far_offsets(bytes: &[u8]) -> Result<Header, Error> {
    let mut cursor = Cursor::new(bytes, FORMAT);
    let len = cursor.u64()?;
    let header = cursor.take_u64(len)?;
    let header: Header = serde_json::from_slice(header)
        .map_err(|error| cursor.malformed(format!("its header is not what it should be: {error}")))?;
    if header.end > bytes.len() as u64 {
        return Err(cursor.malformed(format!(
            "a tensor ends {} bytes behind the header, but the file has {} in all",
            header.end,
            bytes.len()
        )));
    }
    Ok(header)
}

/// As much of the header as it takes to know how far it reaches.
struct Header {
    tensors: usize,
    end: u64,
}

#[derive(Deserialize)]
struct Reach {
    data_offsets: (u64, u64),
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
                let mut header = Header { tensors: 0, end: 0 };
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    let Reach { data_offsets: (start, end) } = map.next_value()?;
                    header.tensors += 1;
                    header.end = header.end.max(start).max(end);
                }
                Ok(header)
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

const DTYPES: [(DType, Dtype); 13] = [
    (DType::F32, Dtype::F32),
    (DType::F64, Dtype::F64),
    (DType::F16, Dtype::F16),
    (DType::BF16, Dtype::BF16),
    (DType::I64, Dtype::I64),
    (DType::I32, Dtype::I32),
    (DType::I16, Dtype::I16),
    (DType::I8, Dtype::I8),
    (DType::U64, Dtype::U64),
    (DType::U32, Dtype::U32),
    (DType::U16, Dtype::U16),
    (DType::U8, Dtype::U8),
    (DType::Bool, Dtype::BOOL),
];

fn dtype(theirs: Dtype) -> Option<DType> {
    DTYPES.iter().find(|(_, dtype)| *dtype == theirs).map(|(ours, _)| *ours)
}

fn dtype_of(ours: DType) -> Dtype {
    let found = DTYPES.iter().find(|(dtype, _)| *dtype == ours);
    found.expect("every dtype is in the list, as a test sees to").1
}

/// The error that the crate `safetensors` found, as ours.
fn theirs(error: SafeTensorError) -> Error {
    malformed(error.to_string())
}

fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}
