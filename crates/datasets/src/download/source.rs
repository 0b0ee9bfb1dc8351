//! Where files may come from, and how each place is asked.

use super::collection::{DataFile, Listing};
use super::http;
use super::store::{self, Store};
use super::{Client, Result};
use flate2::read::GzDecoder;
use formats::Budget;
use formats::zip::Archive;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

/// One place to ask for files.
#[derive(Debug)]
pub(crate) enum Source {
    /// An address that the name of a `.gz` or of the archive is appended to.
    Mirror(String),
    /// The address of a tar or zip file.
    ArchiveUrl(String),
    /// A folder with the files, packed or not; or one that holds torchvision's layout.
    Dir(PathBuf),
    /// One of the files, packed or not, or a tar or zip file.
    File(PathBuf),
}

impl Source {
    /// The collection's own sources, in the order in which they are tried.
    pub(crate) fn of(collection: &Listing) -> Vec<Source> {
        collection.mirrors.iter().map(|url| Source::Mirror(url.to_string())).collect()
    }

    /// The source that is named like this.
    pub(crate) fn parse(from: &str) -> Result<Source> {
        if from.starts_with("http://") || from.starts_with("https://") {
            let is_archive = [".tgz", ".tar.gz", ".tar", ".zip"].iter().any(|end| from.ends_with(end));
            return Ok(match is_archive {
                true => Source::ArchiveUrl(from.to_string()),
                false => Source::Mirror(format!("{}/", from.trim_end_matches('/'))),
            });
        }
        let path = PathBuf::from(from);
        match path.metadata() {
            Ok(there) if there.is_dir() => Ok(Source::Dir(path)),
            Ok(_) => Ok(Source::File(path)),
            Err(e) => Err(format!("{from}: {e}").into()),
        }
    }

    /// Fetches the wanted files into the store, stopping at the first that cannot be had.
    pub(crate) fn fetch(
        &self,
        wanted: &[&DataFile],
        store: &Store,
        collection: &Listing,
        client: Client<'_>,
    ) -> Result<()> {
        let from_url = |url: &str| {
            let (archive, content) = (store.partial("archive")?, http::get(url, client)?);
            let at_most = collection.archive.map_or(u64::MAX, |archive| archive.at_most + 1);
            io::copy(&mut content.take(at_most), &mut archive.file())?;
            from_archive(&mut archive.file(), wanted, store, collection)
        };
        match (self, &collection.archive) {
            (Source::Mirror(base), Some(archive)) => from_url(&format!("{base}{}", archive.name)),
            (Source::Mirror(base), None) => wanted.iter().try_for_each(|file| {
                store.put_gz(file, http::get(&format!("{base}{}.gz", file.name), client)?)
            }),
            (Source::ArchiveUrl(url), _) => from_url(url),
            (Source::Dir(dir), Some(archive)) if dir.join(archive.name).is_file() => {
                from_archive(&mut File::open(dir.join(archive.name))?, wanted, store, collection)
            }
            (Source::Dir(dir), _) => {
                wanted.iter().try_for_each(|file| from_dir(dir, file, store, collection))
            }
            (Source::File(path), _) => from_file(path, wanted, store, collection),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Mirror(url) | Source::ArchiveUrl(url) => url.fmt(f),
            Source::Dir(path) | Source::File(path) => path.display().fmt(f),
        }
    }
}

fn from_dir(dir: &Path, file: &DataFile, store: &Store, collection: &Listing) -> Result<()> {
    let folder = Path::new(collection.folder);
    let folders = [dir.to_path_buf(), dir.join(folder.file_name().unwrap_or_default()), dir.join(folder)];
    let mut why = None;
    for folder in &folders {
        for name in [format!("{}.gz", file.name), file.name.to_string()] {
            let path = folder.join(name);
            if path.is_file() {
                match take(&path, file, store) {
                    Ok(()) => return Ok(()),
                    Err(e) => why = Some(e),
                }
            }
        }
    }
    Err(why.unwrap_or_else(|| format!("holds neither {0}.gz nor {0}", file.name).into()))
}

fn from_file(path: &Path, wanted: &[&DataFile], store: &Store, collection: &Listing) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match wanted.iter().find(|file| name.trim_end_matches(".gz") == file.name) {
        Some(file) => take(path, file, store),
        None => from_archive(&mut File::open(path)?, wanted, store, collection),
    }
}

/// Takes one file from the disk.
fn take(path: &Path, file: &DataFile, store: &Store) -> Result<()> {
    let content = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
    match path.extension().is_some_and(|end| end == "gz") {
        true => store.put_gz(file, content),
        false => store.put_unpacked(file, content),
    }
}

/// Takes the wanted files out of a zip or tar file, gzipped or not, whatever folder they lie in: only their
/// own names are ever written to. Where the archive's checksum is known, it has to be the right one.
fn from_archive(
    archive: &mut (impl Read + Seek),
    wanted: &[&DataFile],
    store: &Store,
    collection: &Listing,
) -> Result<()> {
    let mut magic = [0; 2];
    archive.rewind()?;
    let begins = archive.read_exact(&mut magic).map(|()| magic).unwrap_or_default();
    archive.rewind()?;
    if let Some(known) = &collection.archive {
        store::check_archive(known, &mut *archive)?;
        archive.rewind()?;
    }
    let mut missing: Vec<&DataFile> = wanted.to_vec();
    let mut put = |path: &Path, content: &mut dyn Read| -> Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(i) = missing.iter().position(|file| name.trim_end_matches(".gz") == file.name) else {
            return Ok(());
        };
        match (name.ends_with(".gz"), &collection.archive) {
            (true, Some(_)) => store.put(missing[i], GzDecoder::new(BufReader::new(content)))?,
            (false, Some(_)) => store.put(missing[i], content)?,
            (true, None) => store.put_gz(missing[i], content)?,
            (false, None) => store.put_unpacked(missing[i], content)?,
        }
        missing.remove(i);
        Ok(())
    };
    match begins {
        [b'P', b'K'] => from_zip(archive, &mut put)?,
        [0x1f, 0x8b] => from_tar(GzDecoder::new(BufReader::new(archive)), &mut put)?,
        _ => from_tar(BufReader::new(archive), &mut put)?,
    }
    match missing.iter().map(|file| file.name).collect::<Vec<_>>() {
        names if names.is_empty() => Ok(()),
        names => Err(format!("the archive holds no {}", names.join(", ")).into()),
    }
}

/// What takes a file of an archive, by its path there.
type Put<'a> = dyn FnMut(&Path, &mut dyn Read) -> Result<()> + 'a;

fn from_tar(content: impl Read, put: &mut Put<'_>) -> Result<()> {
    for entry in tar::Archive::new(content).entries()? {
        let mut entry = entry.map_err(|e| format!("not a tar file: {e}"))?;
        let path = entry.path()?.into_owned();
        put(&path, &mut entry)?;
    }
    Ok(())
}

fn from_zip(content: &mut impl Read, put: &mut Put<'_>) -> Result<()> {
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    let (archive, mut budget) = (Archive::open(&bytes)?, Budget::for_file(&bytes));
    for entry in archive.entries() {
        if !entry.name.ends_with('/') {
            put(Path::new(entry.name), &mut &*archive.read(entry, &mut budget)?)?;
        }
    }
    Ok(())
}
