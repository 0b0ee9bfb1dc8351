//! `inspect`: what a file holds.

use crate::Result;
use clap::Args;
use nn::Value;
use serialize::{Contents, Format, LoadOptions};
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use tensor::Tensor;

/// Print what a file holds: names, dtypes, shapes, metadata, architecture
///
/// Entries that the library cannot read (complex tensors, Python objects) are listed with the reason.
#[derive(Args)]
pub(crate) struct Inspect {
    /// A .pth, .pt, .safetensors, .npz or .npy file, Rushlight's own container, or IDX, packed or not
    file: PathBuf,
}

impl Inspect {
    pub(crate) fn run(self) -> Result<()> {
        let bytes = formats::read(&self.file).map_err(|error| format!("{}: {error}", self.file.display()))?;
        let detected = Format::detect(&bytes);
        let (format, text) = if detected.is_none() && looks_like_idx(&bytes) {
            let x = datasets::idx::read(&self.file)?;
            ("IDX file".to_owned(), format!("\n  {} {:?}\n", x.dtype().name(), x.shape()))
        } else {
            let contents = LoadOptions::new().allow_partial(true).read(&self.file)?;
            let format = detected.unwrap_or_else(|| Format::for_path(&self.file));
            (format.to_string(), report(&contents))
        };
        let text = format!("{}: {format}, {} bytes\n{text}", self.file.display(), bytes.len());
        match std::io::stdout().write_all(text.as_bytes()) {
            // `inspect FILE | head` has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done?),
        }
    }
}

/// Two zeros, the type of the elements, the number of axes; or packed, which nothing else here is.
fn looks_like_idx(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, 0x08..=0x0e, _, ..] | [0x1f, 0x8b, ..])
}

fn report(contents: &Contents) -> String {
    let mut report = Report::default();
    if let Some(architecture) = &contents.architecture {
        report.text += &format!("\narchitecture:\n{architecture}\n");
    }
    if !contents.metadata.is_empty() {
        report.text += "\nmetadata:\n";
        for (name, value) in &contents.metadata {
            report.text += &format!("  {name} = {}\n", shorten(value));
        }
    }
    report.text += "\ncontents:\n";
    report.value("", &contents.value, 0);
    if !contents.left_out.is_empty() {
        report.text += "\nnot readable here:\n";
        for entry in &contents.left_out {
            report.text += &format!("  {}  {}\n", entry.path, entry.what);
        }
    }
    let Report { mut text, tensors, numbers, bytes } = report;
    write!(text, "\n{tensors} tensors of {numbers} numbers, {bytes} bytes\n").expect("to memory");
    text
}

#[derive(Default)]
struct Report {
    text: String,
    tensors: usize,
    numbers: usize,
    bytes: usize,
}

impl Report {
    fn value(&mut self, name: &str, value: &Value, depth: usize) {
        let line = match value {
            Value::Dict(entries) if entries.is_empty() => "{}".to_owned(),
            Value::List(items) if items.is_empty() => "[]".to_owned(),
            Value::Tuple(items) if items.is_empty() => "()".to_owned(),
            Value::List(items) | Value::Tuple(items) if one_line(value) => {
                let items: Vec<_> = items.iter().map(leaf).collect();
                let (open, close) = if matches!(value, Value::List(_)) { ("[", "]") } else { ("(", ")") };
                format!("{open}{}{close}", shorten(&items.join(", ")))
            }
            Value::Dict(_) | Value::List(_) | Value::Tuple(_) => String::new(),
            Value::Tensor(tensor) => self.tensor(tensor),
            other => leaf(other),
        };
        let (indent, gap) =
            ("  ".repeat(depth + 1), if line.is_empty() || name.is_empty() { "" } else { "  " });
        if !(name.is_empty() && line.is_empty()) {
            writeln!(self.text, "{indent}{name}{gap}{line}").expect("to memory");
        }
        if !line.is_empty() {
            return;
        }
        let depth = if name.is_empty() { depth } else { depth + 1 };
        match value {
            Value::Dict(entries) => {
                let names: Vec<_> = entries.iter().map(|(key, _)| key_text(key)).collect();
                let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
                for (name, (_, value)) in names.iter().zip(entries) {
                    let padded = if one_line(value) { format!("{name:width$}") } else { name.clone() };
                    self.value(&padded, value, depth);
                }
            }
            Value::List(items) | Value::Tuple(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&format!("[{index}]"), item, depth);
                }
            }
            _ => {}
        }
    }

    fn tensor(&mut self, tensor: &Tensor) -> String {
        self.tensors += 1;
        self.numbers += tensor.numel();
        self.bytes += tensor.numel() * tensor.dtype().size_in_bytes();
        let value = if tensor.ndim() == 0 { format!("  {}", tensor.item()) } else { String::new() };
        format!("{} {:?}{value}", tensor.dtype().name(), tensor.shape())
    }
}

fn one_line(value: &Value) -> bool {
    let leaf =
        |item: &Value| item.as_list().is_none() && item.as_dict().is_none() && item.as_tensor().is_none();
    match value {
        Value::Dict(entries) => entries.is_empty(),
        Value::List(items) | Value::Tuple(items) => items.iter().all(leaf),
        _ => true,
    }
}

fn leaf(value: &Value) -> String {
    match value {
        Value::Str(text) => format!("'{}'", shorten(&text.escape_debug().to_string())),
        Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) => value.to_string(),
        other => other.type_name().to_owned(),
    }
}

fn key_text(key: &Value) -> String {
    match key {
        Value::Str(text) if !text.is_empty() => text.escape_debug().to_string(),
        other => leaf(other),
    }
}

fn shorten(text: &str) -> String {
    const MOST: usize = 100;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn::{Linear, Module, sequential};

    #[test]
    fn a_checkpoint_is_a_tree() {
        let checkpoint = Value::dict([
            ("model", sequential![Linear::new(2, 3)].state_dict().into()),
            (
                "optimizer",
                Value::dict([(
                    "param_groups",
                    Value::List(vec![Value::dict([
                        ("lr", Value::Float(1e-5)),
                        ("betas", Value::Tuple(vec![Value::Float(0.9), Value::Float(0.999)])),
                        ("params", Value::List(vec![Value::Int(0), Value::Int(1)])),
                    ])]),
                )]),
            ),
            ("epoch", Value::Int(3)),
        ]);
        let mut contents = Contents::from(checkpoint);
        contents.metadata = vec![("author".into(), "me".into())];
        assert_eq!(
            report(&contents),
            "
metadata:
  author = me

contents:
  model
    0.weight  float32 [3, 2]
    0.bias    float32 [3]
  optimizer
    param_groups
      [0]
        lr      1e-05
        betas   (0.9, 0.999)
        params  [0, 1]
  epoch      3

2 tensors of 9 numbers, 36 bytes
"
        );
    }

    #[test]
    fn a_model_shows_its_layers() {
        let net = sequential![Linear::new(2, 3)];
        let mut contents = Contents::from(net.state_dict());
        contents.architecture = Some(net.architecture());
        let text = report(&contents);
        assert!(text.contains("\narchitecture:\nSequential(\n  (0): Linear(in_features=2, "), "{text}");
    }
}
