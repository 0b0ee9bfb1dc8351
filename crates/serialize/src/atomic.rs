use crate::{Error, ErrorKind};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes a file so that whatever happens, power failure included, the path afterwards holds either all
/// of the new contents or what it held before: under another name in the same folder first, then
/// synced, then renamed.
pub(crate) fn write(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), ErrorKind>,
) -> Result<(), Error> {
    // Renaming onto a symbolic link would replace the link rather than its target.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(&target).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        let found = if target.is_dir() { "a folder" } else { "a device or pipe" };
        return Err(ErrorKind::contents("a regular file to replace", found).at(path));
    }
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let (temporary, file) = Temporary::create(&folder, &target)
        .map_err(failing("create a temporary file in its folder"))
        .map_err(|kind| kind.at(path))?;
    let finish = || {
        if let Some(old) = &old {
            file.set_permissions(old.permissions()).map_err(failing("keep its permissions"))?;
        }
        let mut out = BufWriter::new(file);
        fill(&mut out)?;
        let file = out.into_inner().map_err(|error| failing("write")(error.into_error()))?;
        file.sync_all().map_err(failing("write to disk"))?;
        drop(file);
        temporary.rename(&target).map_err(failing("replace"))?;
        sync_folder(&folder).map_err(failing("sync the folder of"))
    };
    finish().map_err(|kind| kind.at(path))
}

/// The whole file, which has to be a regular one: a pipe may never end.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let open = || {
        // Asked before opening: a pipe without a writer would hold us there.
        let found = fs::metadata(path).map_err(failing("open"))?;
        if !found.is_file() {
            let found = if found.is_dir() { "a folder" } else { "a device or pipe" };
            return Err(ErrorKind::contents("a regular file", found));
        }
        fs::read(path).map_err(failing("read"))
    };
    open().map_err(|kind| kind.at(path))
}

fn failing(action: &'static str) -> impl Fn(io::Error) -> ErrorKind {
    move |source| ErrorKind::Io { action, source }
}

/// A file that disappears again unless it is renamed.
struct Temporary {
    path: Option<PathBuf>,
}

impl Temporary {
    fn create(folder: &Path, target: &Path) -> io::Result<(Self, File)> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        // A long name would no longer be one with more letters around it.
        let name: String = name.chars().take(50).collect();
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".{name}.{}-{count}.tmp", process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((Temporary { path: Some(path) }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn rename(mut self, target: &Path) -> io::Result<()> {
        let from = self.path.as_ref().expect("only `rename` takes it, and it takes `self`");
        fs::rename(from, target)?;
        self.path = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = fs::remove_file(path);
        }
    }
}

/// Makes the new name itself survive a power failure.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_failure_half_way_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.model");
        write(&path, |out| out.write_all(b"old").map_err(failing("write"))).unwrap();
        let error = write(&path, |out| {
            out.write_all(b"ne").map_err(failing("write"))?;
            Err(ErrorKind::unsupported("half a file"))
        })
        .unwrap_err();
        assert!(error.to_string().ends_with("net.model: half a file: not supported"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["net.model"]);
        write(&path, |out| out.write_all(b"new").map_err(failing("write"))).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn folders_and_missing_folders_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), |_| Ok(())).unwrap_err().to_string();
        assert!(error.ends_with("expected a regular file to replace, found a folder"), "{error}");
        let error = write(&folder.path().join("no/net.pth"), |_| Ok(())).unwrap_err().to_string();
        assert!(error.contains("no/net.pth: cannot create a temporary file in its folder: "), "{error}");
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("expected a regular file, found a folder"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn links_permissions_and_read_only_folders_are_respected() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, b"old").unwrap();
        fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        write(&link, |out| out.write_all(b"new").map_err(failing("write"))).unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);

        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o555)).unwrap();
        let for_root = File::create(folder.path().join("probe")).is_ok();
        let refused = write(&real, |_| Ok(()));
        fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
        if !for_root {
            let error = refused.unwrap_err().to_string();
            assert!(error.contains("cannot create a temporary file in its folder: "), "{error}");
            assert_eq!(fs::read(&real).unwrap(), b"new");
        }
    }
}
