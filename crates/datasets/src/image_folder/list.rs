//! Which pictures there are, in torchvision's order.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// What is read.
const EXTENSIONS: [&str; 3] = [".jpg", ".jpeg", ".png"];

/// What torchvision would list, and is not read here.
const OTHERS: [&str; 6] = [".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"];

/// The names of the folders in `root`, sorted.
pub(super) fn find_classes(root: &Path) -> Result<Vec<String>> {
    let (folders, _) = entries(root)?;
    if folders.is_empty() {
        return Err(Error::NoClasses { root: root.display().to_string() });
    }
    Ok(folders.into_iter().map(|name| name.to_string_lossy().into_owned()).collect())
}

/// The paths of the pictures of all classes, class by class, with their labels.
pub(super) fn make_dataset(root: &Path, classes: &[String]) -> Result<Vec<(PathBuf, i64)>> {
    let (mut samples, mut empty) = (Vec::new(), Vec::new());
    for (label, class) in (0..).zip(classes) {
        let before = samples.len();
        let mut folders = Vec::new();
        walk(&root.join(class), &mut Vec::new(), &mut folders)?;
        // By the whole path as text, as Python sorts them: `a-b` comes before `a/b`.
        folders.sort_by(|(a, _), (b, _)| a.as_os_str().cmp(b.as_os_str()));
        for (folder, files) in folders {
            for file in files {
                let (path, name) = (folder.join(&file), file.to_string_lossy().to_lowercase());
                if OTHERS.iter().any(|end| name.ends_with(end)) {
                    let r#source = formats::Error::unsupported("a picture that is neither PNG nor JPEG");
                    return Err(Error::Format { file: path.display().to_string(), source });
                }
                if EXTENSIONS.iter().any(|end| name.ends_with(end)) {
                    samples.push((path, label));
                }
            }
        }
        if samples.len() == before {
            empty.push(class.as_str());
        }
    }
    match empty.is_empty() {
        true => Ok(samples),
        false => Err(Error::EmptyClasses { classes: empty.join(", "), extensions: EXTENSIONS.join(", ") }),
    }
}

/// A folder and the names of its files.
type Folder = (PathBuf, Vec<OsString>);

/// Lists a folder and those below it, through links too. `above` are the folders that it lies in.
fn walk(folder: &Path, above: &mut Vec<PathBuf>, found: &mut Vec<Folder>) -> Result<()> {
    let real = folder.canonicalize().map_err(|error| failed(folder, error))?;
    if above.contains(&real) {
        let error = io::Error::other("a link to a folder that it lies in");
        return Err(failed(folder, error));
    }
    let (folders, files) = entries(folder)?;
    found.push((folder.to_path_buf(), files));
    above.push(real);
    for name in folders {
        walk(&folder.join(name), above, found)?;
    }
    above.pop();
    Ok(())
}

/// The names of the folders and of the files in a folder, sorted. A link is what it points to.
fn entries(folder: &Path) -> Result<(Vec<OsString>, Vec<OsString>)> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let name = entry.map_err(|error| failed(folder, error))?.file_name();
        let is_folder = folder.join(&name).is_dir();
        if is_folder { &mut folders } else { &mut files }.push(name);
    }
    folders.sort();
    files.sort();
    Ok((folders, files))
}

fn failed(folder: &Path, source: io::Error) -> Error {
    Error::Io { file: folder.display().to_string(), source }
}
