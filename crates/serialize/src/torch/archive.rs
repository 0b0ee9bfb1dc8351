//! The zip form, written since torch 1.6: `data.pkl` beside one record for each storage.

use super::convert::to_value;
use super::malformed;
use crate::Unreadable;
use formats::zip::Archive;
use formats::{Budget, Error, pickle};
use nn::Value;
use std::borrow::Cow;

pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Result<(Value, Vec<Unreadable>), Error> {
    let archive = Archive::open(bytes)?;
    let prefix = prefix(&archive)?;
    let record = |name: &str| archive.find(&format!("{prefix}{name}"));
    if record("constants.pkl").is_some() {
        return Err(Error::unsupported("a TorchScript archive"));
    }
    let big_endian = match record("byteorder") {
        None => false,
        Some(entry) => match &*archive.read(entry, budget)? {
            b"little" => false,
            b"big" => true,
            other => {
                return Err(malformed(format!("byte order {:?}", String::from_utf8_lossy(other))));
            }
        },
    };
    let pickle = record("data.pkl").expect("the prefix was found by it");
    let pickle = archive.read(pickle, budget)?;
    if let Cow::Owned(pickle) = &pickle {
        budget.charge_unpacked_pickle(pickle.len())?;
    }
    let pickle = pickle::read(&pickle)?;
    to_value(&pickle, big_endian, budget, |key, budget| match record(&format!("data/{key}")) {
        Some(entry) => archive.read(entry, budget),
        None => Err(malformed(format!("the pickle names the record `data/{key}`, which is missing"))),
    })
}

/// The folder all records lie in: the name of the file when it was saved, or `archive`.
fn prefix<'a>(archive: &Archive<'a>) -> Result<&'a str, Error> {
    let names = archive.entries().iter().map(|entry| entry.name);
    let mut prefixes = names.filter_map(|name| {
        let prefix = name.strip_suffix("data.pkl")?;
        (prefix.is_empty() || prefix.find('/') == Some(prefix.len() - 1)).then_some(prefix)
    });
    prefixes.next().ok_or_else(|| malformed(format!("the archive has no record `data.pkl`{}", kind(archive))))
}

/// Names the kind of a zip archive that `torch.save` did not write, by its records' names.
fn kind(archive: &Archive<'_>) -> String {
    let names = || archive.entries().iter().map(|entry| entry.name);
    let ends = |endings: &[&str]| {
        let found: Vec<_> = names().filter(|name| endings.iter().any(|end| name.ends_with(end))).collect();
        let more = if found.len() > 5 { ", …" } else { "" };
        (!found.is_empty()).then(|| {
            format!(
                "{}{more}",
                found
                    .iter()
                    .take(5)
                    .map(|name| format!("`{}`", name.escape_debug()))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        })
    };
    let models = ends(&[".pth", ".pt", ".safetensors", ".bin", ".ckpt", ".model"]);
    let has = |part: &str| names().any(|name| name.contains(part));
    let what = if has(".dist-info/") {
        "a Python wheel"
    } else if names().any(|name| name.ends_with(".npy")) {
        "an archive of NumPy arrays (.npz)"
    } else if has("archive_format") || has("serialized_exported_program") {
        "a program that `torch.export` saved (.pt2)"
    } else if has("META-INF/MANIFEST.MF") {
        "a Java archive"
    } else if has(".weights.h5") {
        "a Keras model"
    } else if names().next().is_none() {
        "an empty zip archive"
    } else {
        "a zip archive that `torch.save` did not write"
    };
    match models {
        Some(models) => format!(": it is {what} that holds {models}; unpack it and read those"),
        None => format!(": it is {what}"),
    }
}
