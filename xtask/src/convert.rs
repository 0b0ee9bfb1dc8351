//! `convert`: from one format of model files to another.

use crate::Result;
use clap::Args;
use nn::Value;
use serialize::{Contents, Format, LoadOptions};
use std::path::PathBuf;

/// Write what a model file holds as a file of another format
///
/// The name of OUT says which: .safetensors, .pth or .pt, .npz, anything else Rushlight's own container.
#[derive(Args)]
pub(crate) struct Convert {
    /// The file to read, of any format
    input: PathBuf,
    /// The file to write
    output: PathBuf,
    /// Write only the entry under this key, such as the `model` of a checkpoint; `a.b` is the key `b` of the
    /// entry `a`, and so is `--key a --key b`
    #[arg(long = "key", value_name = "KEY")]
    keys: Vec<String>,
    /// Leave out what cannot be read (complex and quantised tensors, Python objects), with a note
    #[arg(long)]
    allow_partial: bool,
}

impl Convert {
    pub(crate) fn run(self) -> Result<()> {
        let mut contents = LoadOptions::new().allow_partial(self.allow_partial).read(&self.input)?;
        for left_out in &contents.left_out {
            eprintln!("note: left out: {left_out}");
        }
        if !self.keys.is_empty() {
            let mut value = contents.value;
            for key in &self.keys {
                value = entry(&value, key).map_err(|error| format!("{}: {error}", self.input.display()))?;
            }
            contents = Contents::from(value);
        }
        contents.write(&self.output).map_err(|error| match self.keys.is_empty() {
            true => error.to_string() + &how_to_choose(&contents.value),
            false => error.to_string(),
        })?;
        let format = Format::for_path(&self.output);
        if !format.keeps_metadata() && !contents.metadata.is_empty() {
            let names: Vec<_> = contents.metadata.iter().map(|(name, _)| name.as_str()).collect();
            eprintln!("note: a {format} has no place for metadata, left out: {}", names.join(", "));
        }
        Ok(())
    }
}

/// The entry under a key, which may itself hold dots, or under a key and the rest of the keys behind its dot.
fn entry(value: &Value, key: &str) -> Result<Value> {
    if let Some(found) = child(value, key) {
        return Ok(found.clone());
    }
    // The longest key first: names of parameters hold dots.
    for (at, _) in key.rmatch_indices('.') {
        if let Some(found) = child(value, &key[..at]) {
            return entry(found, &key[at + 1..]);
        }
    }
    Err(match value {
        Value::Dict(_) | Value::List(_) | Value::Tuple(_) => {
            format!("no key `{key}` among {}", keys(value)).into()
        }
        other => format!("no key `{key}` in {}", other.type_name()).into(),
    })
}

/// By a text or a number.
fn child<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let number = key.parse::<usize>().ok();
    match value {
        Value::Dict(entries) => {
            let is_it = |name: &Value| {
                name.as_str() == Some(key) || number.is_some_and(|n| name.as_int() == Some(n as i64))
            };
            entries.iter().find(|(name, _)| is_it(name)).map(|(_, value)| value)
        }
        Value::List(items) | Value::Tuple(items) => items.get(number?),
        _ => None,
    }
}

fn keys(value: &Value) -> String {
    let name = |key: &Value| {
        key.as_str().map_or_else(|| key.as_int().map_or("…".into(), |n| n.to_string()), str::to_owned)
    };
    let mut names: Vec<_> = match value {
        Value::Dict(entries) => entries.iter().map(|(key, _)| name(key)).collect(),
        Value::List(items) | Value::Tuple(items) => (0..items.len()).map(|n| n.to_string()).collect(),
        _ => Vec::new(),
    };
    const MOST: usize = 20;
    if names.len() > MOST {
        names.truncate(MOST);
        names.push("…".into());
    }
    format!("`{}`", names.join("`, `"))
}

/// Behind a refusal to write all of a checkpoint: which of its entries could be written.
fn how_to_choose(value: &Value) -> String {
    let mut found = Vec::new();
    state_dicts(value, "", &mut found);
    match &found[..] {
        [] => String::new(),
        keys => format!("\nwith `--key KEY` one part of it becomes a file: `{}`", keys.join("`, `")),
    }
}

/// The entries that are tensors under names, as `--key` takes them.
fn state_dicts(value: &Value, path: &str, found: &mut Vec<String>) {
    for (key, value) in value.as_dict().unwrap_or_default() {
        let (Some(key), Some(entries)) = (key.as_str(), value.as_dict()) else { continue };
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        if !entries.is_empty()
            && entries.iter().all(|(key, value)| key.as_str().is_some() && value.as_tensor().is_some())
        {
            found.push(path);
        } else {
            state_dicts(value, &path, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn::{Linear, Module, Sequential, StateDict, sequential};

    fn convert(input: PathBuf, output: PathBuf, keys: &[&str]) -> Result<()> {
        let keys = keys.iter().map(|key| key.to_string()).collect();
        Convert { input, output, keys, allow_partial: false }.run()
    }

    #[test]
    fn a_model_goes_round_all_formats() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let net = sequential![Linear::new(2, 3)];
        serialize::save(&net, path("a.model")).expect("writes");
        for (input, output) in
            [("a.model", "b.pth"), ("b.pth", "c.safetensors"), ("c.safetensors", "d.model")]
        {
            convert(path(input), path(output), &[]).expect("converts");
        }
        let again: Sequential = serialize::load(path("d.model")).expect("reads");
        assert_eq!(
            again.state_dict()["0.weight"].to_vec::<f32>(),
            net.state_dict()["0.weight"].to_vec::<f32>()
        );
    }

    #[test]
    fn one_part_of_a_checkpoint_becomes_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let state = sequential![Linear::new(2, 3)].state_dict();
        let buffers = StateDict::from_iter([("step".to_owned(), tensor::ones([1]))]);
        let checkpoint = Value::dict([
            ("model", state.clone().into()),
            ("optimizer", Value::dict([("state", Value::List(vec![buffers.clone().into()]))])),
            ("ema", Value::dict([("model.v2", state.clone().into())])),
            ("epoch", Value::Int(3)),
        ]);
        serialize::save_checkpoint(&checkpoint, path("run.pth")).expect("writes");

        let out = || path("part.safetensors");
        let error = convert(path("run.pth"), out(), &[]).unwrap_err().to_string();
        assert!(error.contains("found a dictionary with `model`, `optimizer`, `ema`, `epoch`"), "{error}");
        assert!(
            error.ends_with("\nwith `--key KEY` one part of it becomes a file: `model`, `ema.model.v2`"),
            "{error}"
        );
        for keys in [&["model"][..], &["ema.model.v2"], &["ema", "model.v2"]] {
            convert(path("run.pth"), out(), keys).unwrap_or_else(|error| panic!("{keys:?}: {error}"));
            let read = serialize::load_state_dict(out()).expect("reads");
            for (name, tensor) in state.iter() {
                assert_eq!(read[name].to_vec::<f32>(), tensor.to_vec::<f32>(), "{keys:?}: {name}");
            }
            assert_eq!(read.len(), state.len());
        }
        convert(path("run.pth"), out(), &["optimizer.state.0"]).expect("a number is a key too");
        for (keys, expected) in [
            (&["modle"][..], "run.pth: no key `modle` among `model`, `optimizer`, `ema`, `epoch`"),
            (&["optimizer.state.1"], "run.pth: no key `1` among `0`"),
            (&["model", "0.weight", "x"], "run.pth: no key `x` in a tensor"),
            (&["epoch"], "expected a state dict"),
        ] {
            let error = convert(path("run.pth"), out(), keys).unwrap_err().to_string();
            assert!(error.contains(expected), "{keys:?}: {error}");
        }
    }
}
