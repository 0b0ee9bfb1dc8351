use super::Temporary;
use super::temporary::folder_of;
use crate::read::kind;
use crate::{Error, failing};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// Writes a file so that whatever happens, power failure included, the path afterwards holds either all
/// of the new contents or what it held before: under another name in the same folder first, then
/// synced, then renamed. [The crate's page](crate) says what is kept of the file before.
///
/// A symbolic link stays, and what it points to is written, also if nothing is there yet. A pipe or a
/// device such as `/dev/stdout` is written into. A file that may not be written to is not replaced either.
///
/// # Errors
/// If the system refuses, the path is a folder, or `fill` fails.
pub fn write<E: From<Error>>(
    path: impl AsRef<Path>,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), E> {
    let path = path.as_ref();
    let old = match fs::metadata(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(failing("open")(source).into()),
    };
    if let Some(old) = old.as_ref().filter(|old| !old.is_file()) {
        return match takes_a_stream(old) {
            true => {
                finish(OpenOptions::new().write(true).open(path).map_err(failing("open"))?, fill).map(drop)
            }
            false => Err(Error::NotAFile { expected: "a regular file to replace", found: kind(old) }.into()),
        };
    }
    if old.is_some() {
        // Renaming would replace a file that its owner has protected.
        OpenOptions::new().write(true).open(path).map_err(failing("write to it"))?;
    }
    let target = behind_links(path).map_err(failing("follow the link"))?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let temporary = Temporary::create(folder_of(&target), &name, old.as_ref().and_then(permission_bits))
        .map_err(failing("create a temporary file in its folder"))?;
    if let Some(old) = &old {
        keep_permissions(temporary.file(), old).map_err(failing("keep its permissions"))?;
    }
    let file = temporary.file().try_clone().map_err(failing("write"))?;
    finish(file, fill)?;
    Ok(temporary.rename(&target).map_err(failing("replace"))?)
}

/// Fills the file and sees that all went out.
fn finish<E: From<Error>>(
    file: File,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<File, E> {
    let mut out = BufWriter::new(file);
    fill(&mut out)?;
    Ok(out.into_inner().map_err(|error| failing("write")(error.into_error()))?)
}

/// The place that a path leads to at last. A link to nothing counts too, unlike for `canonicalize`.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    if let Ok(target) = fs::canonicalize(path) {
        return Ok(target);
    }
    // More links than any system follows.
    const MOST: usize = 64;
    let mut target = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&target) {
            Ok(next) => target = folder_of(&target).join(next),
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("too many links"))
}

#[cfg(unix)]
fn takes_a_stream(old: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    old.file_type().is_fifo() || old.file_type().is_char_device()
}

#[cfg(not(unix))]
fn takes_a_stream(_: &Metadata) -> bool {
    false
}

/// Without set-user-id, set-group-id and sticky: the new file may have another owner.
#[cfg(unix)]
fn permission_bits(old: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(old.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn permission_bits(_: &Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn keep_permissions(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(PermissionsExt::from_mode(permission_bits(old).expect("this is Unix")))
}

#[cfg(not(unix))]
fn keep_permissions(file: &File, old: &Metadata) -> io::Result<()> {
    file.set_permissions(old.permissions())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
        write(path, |out| out.write_all(bytes).map_err(failing("write")))
    }

    #[test]
    fn a_failure_half_way_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.model");
        put(&path, b"old").unwrap();
        let error = write(&path, |out| {
            out.write_all(b"ne").map_err(failing("write"))?;
            Err(Error::NotAFile { expected: "a whole", found: "a half" })
        });
        assert_eq!(error.unwrap_err().to_string(), "expected a whole, found a half");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["net.model"]);
        put(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["net.model"]);
    }

    #[test]
    fn a_panic_half_way_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.model");
        let panicking = || write::<Error>(&path, |_| panic!("in the middle"));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(panicking)).is_err());
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn folders_and_missing_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = put(folder.path(), b"").unwrap_err().to_string();
        assert_eq!(error, "expected a regular file to replace, found a folder");
        let error = put(&folder.path().join("no/net.pth"), b"").unwrap_err().to_string();
        assert!(error.starts_with("cannot create a temporary file in its folder: "), "{error}");
    }

    #[test]
    fn a_long_name_is_no_longer_one_while_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["x".repeat(255), "ü".repeat(127), "\u{1f600}".repeat(63)] {
            put(&folder.path().join(&name), b"x").unwrap();
        }
        assert_eq!(names(folder.path()).len(), 3);
    }

    #[cfg(unix)]
    mod unix {
        use super::*;
        use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o7777
        }

        #[test]
        fn links_stay_links_also_those_to_nothing() {
            let folder = tempfile::tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            fs::create_dir(at("sub")).unwrap();
            fs::write(at("real"), b"old").unwrap();
            symlink(at("real"), at("absolute")).unwrap();
            symlink("../sub/dangling", at("sub/relative")).unwrap();
            symlink("sub/relative", at("chain")).unwrap();
            symlink("nowhere/at/all", at("lost")).unwrap();
            symlink("loop", at("loop")).unwrap();
            symlink("sub", at("to a folder")).unwrap();

            put(&at("absolute"), b"new").unwrap();
            assert_eq!(fs::read(at("real")).unwrap(), b"new");
            put(&at("chain"), b"created").unwrap();
            assert_eq!(fs::read(at("sub/dangling")).unwrap(), b"created");
            for link in ["absolute", "chain", "sub/relative"] {
                assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
            }
            assert_eq!(names(&at("sub")).len(), 2);
            for (link, expected) in [
                ("lost", "cannot create a temporary file in its folder: "),
                ("loop", "cannot open: "),
                ("to a folder", "expected a regular file to replace, found a folder"),
            ] {
                let error = put(&at(link), b"x").unwrap_err().to_string();
                assert!(error.starts_with(expected), "{link}: {error}");
                assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
            }
        }

        #[test]
        fn permission_bits_are_kept_and_no_others() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x");
            for (before, after) in [(0o640, 0o640), (0o6755, 0o755), (0o1777, 0o777), (0o600, 0o600)] {
                fs::write(&path, b"old").unwrap();
                fs::set_permissions(&path, PermissionsExt::from_mode(before)).unwrap();
                put(&path, b"new").unwrap();
                assert_eq!(mode(&path), after, "{before:o}");
            }
            // A new file has what any program's new file has.
            let (new, other) = (folder.path().join("new"), folder.path().join("other"));
            put(&new, b"new").unwrap();
            fs::write(&other, b"other").unwrap();
            assert_eq!(mode(&new), mode(&other));
        }

        #[test]
        fn other_hard_links_keep_the_old_contents() {
            let folder = tempfile::tempdir().unwrap();
            let (path, other) = (folder.path().join("x"), folder.path().join("y"));
            fs::write(&path, b"old").unwrap();
            fs::hard_link(&path, &other).unwrap();
            put(&path, b"new").unwrap();
            assert_eq!((fs::read(&path).unwrap(), fs::read(&other).unwrap()), (b"new".into(), b"old".into()));
            assert_eq!(fs::metadata(&other).unwrap().nlink(), 1);
        }

        #[test]
        fn protected_files_and_folders_are_respected() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x");
            fs::write(&path, b"old").unwrap();
            fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
            let for_root = OpenOptions::new().write(true).open(&path).is_ok();
            let refused = put(&path, b"new");
            if !for_root {
                let error = refused.unwrap_err().to_string();
                assert!(error.starts_with("cannot write to it: "), "{error}");
                assert_eq!(fs::read(&path).unwrap(), b"old");
            }
            fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
            fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o555)).unwrap();
            let refused = put(&path, b"newer");
            fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
            if !for_root {
                let error = refused.unwrap_err().to_string();
                assert!(error.starts_with("cannot create a temporary file in its folder: "), "{error}");
                assert_eq!(fs::read(&path).unwrap(), b"old");
            }
        }

        #[test]
        fn pipes_and_devices_are_written_into() {
            put(Path::new("/dev/null"), b"gone").unwrap();
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&path).status();
            if !made.is_ok_and(|status| status.success()) {
                return;
            }
            let reader = std::thread::spawn({
                let path = path.clone();
                move || fs::read(path).unwrap()
            });
            put(&path, b"through").unwrap();
            assert_eq!(reader.join().unwrap(), b"through");
            assert_eq!(names(folder.path()), ["pipe"]);
        }
    }
}
