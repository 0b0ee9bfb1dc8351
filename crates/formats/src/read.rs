use crate::{Error, failing};
use std::fs::{self, Metadata};
use std::path::Path;

/// The whole file, which has to be a regular one: a pipe may never end.
///
/// # Errors
/// If it is not there, is no regular file, or the system does not let it be read.
pub fn read(path: impl AsRef<Path>) -> Result<Vec<u8>, Error> {
    let path = path.as_ref();
    // Asked before opening: a pipe without a writer would hold us there.
    let found = fs::metadata(path).map_err(failing("open"))?;
    if !found.is_file() {
        return Err(Error::NotAFile { expected: "a regular file", found: kind(&found) });
    }
    fs::read(path).map_err(failing("read"))
}

pub(crate) fn kind(found: &Metadata) -> &'static str {
    if found.is_dir() { "a folder" } else { "a device or pipe" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap_err().to_string(), "expected a regular file, found a folder");
        let error = read(folder.path().join("nothing")).unwrap_err();
        assert!(error.to_string().starts_with("cannot open: "), "{error}");
        #[cfg(unix)]
        assert_eq!(
            read("/dev/null").unwrap_err().to_string(),
            "expected a regular file, found a device or pipe"
        );
    }
}
