//! Files and folders for results. A program checks them before its work and writes them after it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use formats::Temporary;

use crate::{Failure, Result};

/// Makes the folder, if it is not there, and sees that files can be made in it.
///
/// # Errors
/// If not.
pub fn check_folder(folder: &Path) -> Result {
    let why = |source: io::Error| Failure::new(format!("cannot write into {}: {source}", folder.display()));
    fs::create_dir_all(folder).map_err(why)?;
    Temporary::create(folder, "write-check", None).map(drop).map_err(why)
}

/// Sees that the file can be written later, and leaves it as it is.
///
/// # Errors
/// If it cannot: the folder is missing or read-only, or the name is that of a folder.
pub fn check_file(file: &Path) -> Result {
    let cannot =
        |why: &dyn std::fmt::Display| Failure::new(format!("cannot write {}: {why}", file.display()));
    if file.is_dir() {
        return Err(cannot(&"it is a folder"));
    }
    let folder = match file.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Err(cannot(&"not the name of a file")),
    };
    if !folder.is_dir() {
        return Err(cannot(&format!("there is no folder {}", folder.display())));
    }
    if file.exists() {
        File::options().append(true).open(file).map_err(|e| cannot(&e))?;
    }
    check_folder(folder).map_err(|_| cannot(&format!("the folder {} is read-only", folder.display())))
}

/// Writes the file, whole or not at all.
///
/// # Errors
/// If it cannot be written, with its name.
pub fn write(file: &Path, contents: &str) -> Result {
    formats::write(file, |out| out.write_all(contents.as_bytes()).map_err(formats::failing("write")))
        .map_err(|e| Failure::new(format!("cannot write {}: {e}", file.display())))
}
