//! The folder the files go to. Whatever arrives is written beside its place under a temporary name,
//! checked, and only then renamed: a file with its proper name is always a whole and right one.

use super::collection::{Archive, DataFile, Known};
use super::{Failure, Result};
use flate2::read::GzDecoder;
use formats::Temporary;
use md5::Md5;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// A packed file may not be longer than its content by more than this; gzip adds far less.
const GZIP_SLACK: u64 = 1 << 20;

/// torchvision's folder for the collection, such as `ROOT/MNIST/raw`.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens the folder, making it if need be.
    pub(crate) fn new(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
        Ok(Self { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Is the unpacked file there, and right? Without a known checksum it has to equal what a right `.gz`
    /// holds; one that only its archive vouches for got its name when it was whole.
    pub(crate) fn holds(&self, file: &DataFile) -> bool {
        let path = self.folder.join(file.name);
        let there = || checksum(file, File::open(&path)?, &mut io::sink());
        match (right_checksum(file), file.known) {
            (Some(right), _) => there().is_ok_and(|there| there == right),
            (None, Known::ByArchive) => path.is_file(),
            (None, _) => {
                let packed = || checksum(file, self.unpacked(file)?, &mut io::sink());
                self.holds_gz(file)
                    && matches!((there(), packed()), (Ok(there), Ok(packed)) if there == packed)
            }
        }
    }

    /// Is the packed file there, and right?
    pub(crate) fn holds_gz(&self, file: &DataFile) -> bool {
        let Known::Packed { md5, .. } = file.known else { return false };
        File::open(self.gz(file))
            .and_then(|gz| digest::<Md5>(gz, &mut io::sink(), file.at_most + GZIP_SLACK))
            .is_ok_and(|there| there == md5)
    }

    /// Takes a packed file: checks it, keeps it, unpacks it. One whose `.gz` has no checksum of its own is
    /// only unpacked.
    pub(crate) fn put_gz(&self, file: &DataFile, gz: impl Read) -> Result<()> {
        let Known::Packed { md5: right, .. } = file.known else {
            return self.put_unpacked(file, GzDecoder::new(BufReader::new(gz)));
        };
        let partial = self.partial(&format!("{}.gz", file.name))?;
        let md5 = digest::<Md5>(gz, &mut partial.file(), file.at_most + GZIP_SLACK)?;
        if md5 != right {
            let len = partial.file().metadata()?.len();
            return Err(wrong(&format!("{}.gz", file.name), len, "MD5", &md5, right));
        }
        keep(partial, &self.gz(file))?;
        self.unpack(file)
    }

    /// Unpacks the `.gz` that is there.
    pub(crate) fn unpack(&self, file: &DataFile) -> Result<()> {
        self.put(file, self.unpacked(file)?)
    }

    /// Takes an unpacked file, which only a known checksum can vouch for.
    pub(crate) fn put_unpacked(&self, file: &DataFile, content: impl Read) -> Result<()> {
        let name = file.name;
        match (right_checksum(file), file.known) {
            (Some(_), _) => self.put(file, content),
            (None, Known::ByArchive) => {
                Err(format!("{name}: no checksum is published for the file, give the archive that holds it")
                    .into())
            }
            (None, _) => {
                Err(format!("{name}: no checksum is published for the unpacked file, give {name}.gz").into())
            }
        }
    }

    /// A new file beside the others, removed again unless it is renamed.
    pub(crate) fn partial(&self, name: &str) -> Result<Temporary> {
        Ok(Temporary::create(&self.folder, name, None)
            .map_err(|e| format!("cannot write to {}: {e}", self.folder.display()))?)
    }

    /// Takes an unpacked file that its checksum vouches for, or the archive that it comes out of.
    pub(crate) fn put(&self, file: &DataFile, content: impl Read) -> Result<()> {
        let partial = self.partial(file.name)?;
        let found = checksum(file, content, &mut partial.file())?;
        let len = partial.file().metadata()?.len();
        let right = right_checksum(file);
        if len > file.at_most || right.is_some_and(|right| right != found) {
            return Err(wrong(file.name, len, "checksum", &found, right.unwrap_or("any")));
        }
        keep(partial, &self.folder.join(file.name))
    }

    fn unpacked(&self, file: &DataFile) -> io::Result<impl Read> {
        Ok(GzDecoder::new(BufReader::new(File::open(self.gz(file))?)))
    }

    fn gz(&self, file: &DataFile) -> PathBuf {
        self.folder.join(format!("{}.gz", file.name))
    }
}

/// The checksum that an unpacked file has to have, where one is known.
fn right_checksum(file: &DataFile) -> Option<&'static str> {
    match file.known {
        Known::Packed { sha256, .. } => sha256,
        Known::Md5(md5) => Some(md5),
        Known::ByArchive => None,
    }
}

/// Copies an unpacked file; returns its checksum, of the kind of the right one.
fn checksum(file: &DataFile, from: impl Read, to: &mut impl Write) -> io::Result<String> {
    match file.known {
        Known::Md5(_) => digest::<Md5>(from, to, file.at_most),
        Known::Packed { .. } | Known::ByArchive => digest::<Sha256>(from, to, file.at_most),
    }
}

/// Whether an archive is the right one.
pub(crate) fn check_archive(archive: &Archive, content: impl Read) -> Result<()> {
    let mut len = Counted(0);
    let md5 = digest::<Md5>(content, &mut len, archive.at_most)?;
    match md5 == archive.md5 {
        true => Ok(()),
        false => Err(wrong(archive.name, len.0, "MD5", &md5, archive.md5)),
    }
}

/// How many bytes were written.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn wrong(name: &str, len: u64, kind: &str, found: &str, right: &str) -> Failure {
    format!("{name} is not the file expected: {len} bytes with {kind} {found}, not {right}").into()
}

/// Gives a checked file its name.
fn keep(partial: Temporary, path: &Path) -> Result<()> {
    Ok(partial.rename(path).map_err(|e| format!("cannot rename to {}: {e}", path.display()))?)
}

/// Copies at most `limit` bytes, and one more to show that there were too many; returns their digest in hex.
fn digest<D: Digest>(from: impl Read, to: &mut impl Write, limit: u64) -> io::Result<String> {
    let (mut from, mut hash, mut buffer) = (from.take(limit + 1), D::new(), vec![0; 1 << 16]);
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        hash.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
