use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// How the names of temporary files end, and of no others.
const ENDING: &str = ".rushlight.tmp";

/// A hidden file that disappears again unless it is given a proper name with [`Temporary::rename`].
///
/// A process that is killed cannot remove its own; whoever makes the next one in the same folder does it.
/// As long as a file is in use its process holds the system's lock on it, which ends with the process
/// however it ends. So a file that can be locked belongs to nobody. On a file system without locks nothing
/// is removed.
pub struct Temporary {
    path: PathBuf,
    file: File,
    renamed: bool,
}

impl Temporary {
    /// A new file in the folder, for what will be called `name`. With `mode` no other bits of permission
    /// are ever set on it.
    ///
    /// # Errors
    /// If the system does not let one be made there.
    pub fn create(folder: &Path, name: &str, mode: Option<u32>) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        remove_abandoned(folder);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        if let Some(mode) = mode {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        }
        #[cfg(not(unix))]
        let _ = mode;
        // A long name would no longer be one with more letters around it.
        let name: String = name.chars().take(50).collect();
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".{name}.{}-{count}{ENDING}", process::id()));
            let file = match options.open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            // Before it was locked another process may have taken it for abandoned; then there is another
            // name.
            let locked = !matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if locked && fs::symlink_metadata(&path).is_ok() {
                return Ok(Temporary { path, file, renamed: false });
            }
        }
    }

    /// The file, open for reading and writing.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name, once its bytes are on the disk. What had the name before is gone.
    ///
    /// # Errors
    /// If the system refuses one or the other.
    pub fn rename(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, target)?;
        self.renamed = true;
        sync_folder(folder_of(target))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Removes the files of processes that ended before they could. What fails here fails nobody.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with('.') && name.ends_with(ENDING));
        // Not a link or a pipe that someone gave such a name.
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        if let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
            && still_named(&file, &entry.path())
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether the path still leads to this file.
fn still_named(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |found: fs::Metadata| (found.dev(), found.ino());
        let there = fs::symlink_metadata(path).map(place);
        there.is_ok_and(|there| file.metadata().map(place).is_ok_and(|here| here == there))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
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

    #[test]
    fn files_of_nobody_are_removed_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let in_use = Temporary::create(folder.path(), "a.model", None).unwrap();
        let abandoned = folder.path().join(".b.model.1-0.rushlight.tmp");
        let others = [".b.model.1-0.tmp", "b.rushlight.tmp", ".folder.rushlight.tmp"];
        for name in &others[..2] {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        fs::create_dir(folder.path().join(others[2])).unwrap();
        fs::write(&abandoned, b"half").unwrap();
        drop(Temporary::create(folder.path(), "c.model", None).unwrap());
        assert!(!abandoned.exists());
        assert!(in_use.path.exists());
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
        let path = in_use.path.clone();
        drop(in_use);
        assert!(!path.exists());
    }

    #[test]
    fn many_threads_do_not_take_each_others_files() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let folder = folder.path();
                scope.spawn(move || {
                    for round in 0..50 {
                        let target = folder.join(format!("{thread}"));
                        let new = Temporary::create(folder, "x", None).unwrap();
                        io::Write::write_all(&mut new.file(), format!("{round}").as_bytes()).unwrap();
                        new.rename(&target).unwrap();
                        assert_eq!(fs::read_to_string(target).unwrap(), format!("{round}"));
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 8);
    }
}
