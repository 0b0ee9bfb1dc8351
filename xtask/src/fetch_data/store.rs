//! The folder the files go to. Whatever arrives is written beside its place under a temporary name,
//! checked, and only then renamed: a file with its proper name is always a whole and right one.

use super::collection::DataFile;
use crate::Result;
use flate2::read::GzDecoder;
use formats::Temporary;
use md5::Md5;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// A packed file may not be longer than its content by more than this; gzip adds far less.
const GZIP_SLACK: u64 = 1 << 20;

/// torchvision's `ROOT/<collection>/raw`.
#[derive(Debug)]
pub(crate) struct Store {
    raw: PathBuf,
}

impl Store {
    /// Opens the folder, making it if need be.
    pub(crate) fn new(raw: PathBuf) -> Result<Self> {
        fs::create_dir_all(&raw).map_err(|e| format!("cannot create {}: {e}", raw.display()))?;
        Ok(Self { raw })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.raw
    }

    /// Is the unpacked file there, and right? Without a known checksum it has to
    /// equal what a right `.gz` holds.
    pub(crate) fn holds(&self, file: &DataFile) -> bool {
        let right = || -> io::Result<bool> {
            let path = self.raw.join(file.name);
            if fs::metadata(&path)?.len() != file.len {
                return Ok(false);
            }
            let there = digest::<Sha256>(File::open(path)?, &mut io::sink(), file.len)?;
            Ok(match file.sha256 {
                Some(sha256) => there == sha256,
                None => {
                    self.holds_gz(file)
                        && there == {
                            let gz = GzDecoder::new(BufReader::new(File::open(self.gz(file))?));
                            digest::<Sha256>(gz, &mut io::sink(), file.len)?
                        }
                }
            })
        };
        right().unwrap_or(false)
    }

    /// Is the packed file there, and right?
    pub(crate) fn holds_gz(&self, file: &DataFile) -> bool {
        File::open(self.gz(file))
            .and_then(|gz| digest::<Md5>(gz, &mut io::sink(), file.len + GZIP_SLACK))
            .is_ok_and(|md5| md5 == file.gz_md5)
    }

    /// Takes a packed file: checks it, keeps it, unpacks it.
    pub(crate) fn put_gz(&self, file: &DataFile, gz: impl Read) -> Result<()> {
        let partial = self.partial(&format!("{}.gz", file.name))?;
        let md5 = digest::<Md5>(gz, &mut partial.file(), file.len + GZIP_SLACK)?;
        if md5 != file.gz_md5 {
            let len = partial.file().metadata()?.len();
            return Err(format!(
                "{}.gz is not the file expected: {len} bytes with MD5 {md5}, not {}",
                file.name, file.gz_md5
            )
            .into());
        }
        keep(partial, &self.gz(file))?;
        self.unpack(file)
    }

    /// Unpacks the `.gz` that is there.
    pub(crate) fn unpack(&self, file: &DataFile) -> Result<()> {
        let gz = GzDecoder::new(BufReader::new(File::open(self.gz(file))?));
        self.put(file, gz)
    }

    /// Takes an unpacked file, which only a known checksum can vouch for.
    pub(crate) fn put_unpacked(&self, file: &DataFile, content: impl Read) -> Result<()> {
        if file.sha256.is_none() {
            let name = file.name;
            return Err(
                format!("{name}: no checksum is published for the unpacked file, give {name}.gz").into()
            );
        }
        self.put(file, content)
    }

    /// A new file beside the others, removed again unless it is renamed.
    pub(crate) fn partial(&self, name: &str) -> Result<Temporary> {
        Ok(Temporary::create(&self.raw, name, None)
            .map_err(|e| format!("cannot write to {}: {e}", self.raw.display()))?)
    }

    fn put(&self, file: &DataFile, content: impl Read) -> Result<()> {
        let partial = self.partial(file.name)?;
        let sha256 = digest::<Sha256>(content, &mut partial.file(), file.len)?;
        let len = partial.file().metadata()?.len();
        if len != file.len || file.sha256.is_some_and(|right| right != sha256) {
            return Err(format!(
                "{} is not the file expected: {len} bytes with SHA-256 {sha256}, not {} bytes with {}",
                file.name,
                file.len,
                file.sha256.unwrap_or("any")
            )
            .into());
        }
        keep(partial, &self.raw.join(file.name))
    }

    fn gz(&self, file: &DataFile) -> PathBuf {
        self.raw.join(format!("{}.gz", file.name))
    }
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
