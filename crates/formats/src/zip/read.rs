use super::directory::Directory;
use super::{CENTRAL_HEADER, DEFLATED, ENCRYPTED, EXTRA_64, IN_EXTRA, LOCAL_HEADER, STORED};
use crate::cursor::Cursor;
use crate::error::{Error, verify};
use crate::limits::{Budget, DEFLATE_RATIO};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::ops::Range;

pub(super) const FORMAT: &str = "zip archive";

/// An opened archive: the directory has been read and every record lies inside the file, apart
/// from the others.
pub struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry<'a>>,
    by_name: HashMap<&'a str, usize>,
}

/// One record.
pub struct Entry<'a> {
    /// Its name, with the folders before it.
    pub name: &'a str,
    size: u64,
    method: u16,
    crc: u32,
    header: u64,
    packed: Range<usize>,
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    ///
    /// # Errors
    /// If it is damaged, or names what is not in the file, or holds what cannot be read.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Error> {
        let directory = Directory::find(bytes)?;
        let mut cursor = Cursor::starting(bytes, directory.offset, FORMAT)?;
        let mut cursor = Cursor::new(cursor.take_u64(directory.size)?, FORMAT);
        let mut entries = Vec::new();
        let mut by_name = HashMap::new();
        while cursor.left() > 0 {
            let entry = read_entry(&mut cursor, bytes)?;
            if by_name.insert(entry.name, entries.len()).is_some() {
                return Err(malformed(format!("two records are named `{}`", entry.name)));
            }
            entries.push(entry);
        }
        if entries.len() as u64 != directory.entries {
            return Err(malformed(format!(
                "the end record counts {} records, the directory lists {}",
                directory.entries,
                entries.len()
            )));
        }
        refuse_overlaps(&entries, directory.offset)?;
        Ok(Archive { bytes, entries, by_name })
    }

    /// The records in the directory's order.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The record of this name.
    pub fn find(&self, name: &str) -> Option<&Entry<'a>> {
        self.by_name.get(name).map(|&index| &self.entries[index])
    }

    /// The contents of a record: borrowed if stored, unpacked if deflated. Its checksum is
    /// verified, unless it is zero: `torch.serialization.set_crc32_options(False)` writes that.
    ///
    /// # Errors
    /// If it is damaged or larger than the budget allows.
    pub fn read(&self, entry: &Entry<'a>, budget: &mut Budget) -> Result<Cow<'a, [u8]>, Error> {
        let packed = &self.bytes[entry.packed.clone()];
        let contents = match entry.method {
            STORED => Cow::Borrowed(packed),
            _ => Cow::Owned(inflate(packed, entry, budget)?),
        };
        if entry.crc != 0 {
            verify(|| format!("record `{}`", entry.name), &contents, entry.crc)?;
        }
        Ok(contents)
    }
}

pub(super) fn malformed(what: impl Into<String>) -> Error {
    Error::malformed(FORMAT, what)
}

fn read_entry<'a>(cursor: &mut Cursor<'a>, bytes: &'a [u8]) -> Result<Entry<'a>, Error> {
    if cursor.u32()? != CENTRAL_HEADER {
        return Err(malformed("the directory holds something else than records"));
    }
    cursor.take(2 + 2)?; // versions
    let (flags, method) = (cursor.u16()?, cursor.u16()?);
    cursor.take(2 + 2)?; // time and date
    let crc = cursor.u32()?;
    let (mut packed, mut size) = (u64::from(cursor.u32()?), u64::from(cursor.u32()?));
    let (name_len, extra_len, comment_len) = (cursor.u16()?, cursor.u16()?, cursor.u16()?);
    cursor.take(2 + 2 + 4)?; // disk, attributes
    let mut header = u64::from(cursor.u32()?);
    let name = cursor.take(usize::from(name_len))?;
    let name = std::str::from_utf8(name)
        .map_err(|_| malformed(format!("a record's name is not UTF-8: {name:02x?}")))?;
    let extra = cursor.take(usize::from(extra_len))?;
    cursor.take(usize::from(comment_len))?;
    widen(extra, &mut [&mut size, &mut packed, &mut header])?;

    if flags & ENCRYPTED != 0 {
        return Err(Error::unsupported(format!("record `{name}` is encrypted")));
    }
    if method != STORED && method != DEFLATED {
        return Err(Error::unsupported(format!(
            "record `{name}` is compressed by method {method} (stored and DEFLATE are read)"
        )));
    }
    if method == STORED && packed != size {
        return Err(malformed(format!("record `{name}` is stored in {packed} bytes but its size is {size}")));
    }
    if method == DEFLATED && size > packed.saturating_mul(DEFLATE_RATIO) {
        return Err(malformed(format!("record `{name}` cannot hold {size} bytes in {packed} deflated ones")));
    }
    let packed = local_data(bytes, name, method, header, packed)?;
    Ok(Entry { name, size, method, crc, header, packed })
}

/// Replaces, in the order given, those fields that are too small by the 64-bit extra field's.
fn widen(extra: &[u8], fields: &mut [&mut u64]) -> Result<(), Error> {
    let mut extra = Cursor::new(extra, FORMAT);
    while extra.left() >= 4 {
        let (tag, len) = (extra.u16()?, extra.u16()?);
        let mut body = Cursor::new(extra.take(usize::from(len))?, FORMAT);
        if tag == EXTRA_64 {
            for field in fields.iter_mut().filter(|field| ***field == IN_EXTRA) {
                **field = body.u64()?;
            }
        }
    }
    Ok(())
}

/// Where a record's bytes lie, from its local header, which must agree with the directory.
fn local_data(
    bytes: &[u8],
    name: &str,
    method: u16,
    header: u64,
    packed: u64,
) -> Result<Range<usize>, Error> {
    let mut cursor = Cursor::starting(bytes, header, FORMAT)?;
    if cursor.u32()? != LOCAL_HEADER {
        return Err(malformed(format!("record `{name}` has no header at offset {header}")));
    }
    cursor.take(2 + 2)?; // version, flags
    let local_method = cursor.u16()?;
    cursor.take(2 + 2 + 4 + 4 + 4)?; // time, date, checksum and sizes, which may only follow later
    let (name_len, extra_len) = (cursor.u16()?, cursor.u16()?);
    let local_name = cursor.take(usize::from(name_len))?;
    if local_name != name.as_bytes() || local_method != method {
        return Err(malformed(format!("record `{name}` and its header at {header} disagree")));
    }
    cursor.take(usize::from(extra_len))?;
    let start = cursor.at();
    if cursor.take_u64(packed).is_err() {
        return Err(malformed(format!(
            "record `{name}` of {packed} bytes at offset {start} runs past the end at {}",
            bytes.len()
        )));
    }
    Ok(start..cursor.at())
}

/// No byte belongs to two records, or to a record and the directory.
fn refuse_overlaps(entries: &[Entry<'_>], directory: u64) -> Result<(), Error> {
    let mut spans: Vec<_> = entries.iter().map(|e| (e.header, e.packed.end as u64, e.name)).collect();
    spans.sort_unstable();
    spans.push((directory, u64::MAX, "the directory"));
    match spans.windows(2).find(|pair| pair[0].1 > pair[1].0) {
        Some(pair) => Err(malformed(format!("`{}` and `{}` overlap", pair[0].2, pair[1].2))),
        None => Ok(()),
    }
}

fn inflate(packed: &[u8], entry: &Entry<'_>, budget: &mut Budget) -> Result<Vec<u8>, Error> {
    budget.charge(entry.size, || format!("record `{}`", entry.name))?;
    let wrong = |found: String| {
        malformed(format!("record `{}` should unpack to {} bytes: {found}", entry.name, entry.size))
    };
    let size = usize::try_from(entry.size).map_err(|_| wrong("too many".into()))?;
    let mut contents = vec![0; size];
    let mut decoder = flate2::bufread::DeflateDecoder::new(packed);
    decoder.read_exact(&mut contents).map_err(|error| wrong(error.to_string()))?;
    match decoder.read(&mut [0]) {
        Ok(0) => Ok(contents),
        Ok(_) => Err(wrong("there are more".into())),
        Err(error) => Err(wrong(error.to_string())),
    }
}
