use super::read::{FORMAT, malformed};
use super::{END, END_64, IN_EXTRA, LOCATOR_64};
use crate::Error;
use crate::cursor::Cursor;

/// Where the directory lies and how many records it lists.
pub(super) struct Directory {
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) entries: u64,
}

impl Directory {
    /// The end record is the last thing in the file except for a comment of up to 65,535 bytes.
    pub(super) fn find(bytes: &[u8]) -> Result<Self, Error> {
        const LEN: usize = 22;
        let earliest = bytes.len().saturating_sub(LEN + usize::from(u16::MAX));
        let tail = &bytes[earliest..];
        let end = tail.windows(LEN).enumerate().rev().find(|(at, record)| {
            record.starts_with(&END.to_le_bytes())
                && at + LEN + usize::from(u16::from_le_bytes([record[LEN - 2], record[LEN - 1]]))
                    == tail.len()
        });
        let Some(at) = end.map(|(at, _)| earliest + at) else {
            return Err(malformed("no end record: the file is cut short or is not a zip archive"));
        };
        let mut record = Cursor::starting(bytes, at as u64 + 4, FORMAT)?;
        let (disk, directory_disk) = (record.u16()?, record.u16()?);
        let (on_disk, entries) = (u64::from(record.u16()?), u64::from(record.u16()?));
        let (size, offset) = (u64::from(record.u32()?), u64::from(record.u32()?));
        let wide = entries == 0xffff || size == IN_EXTRA || offset == IN_EXTRA;
        let (directory, end) = match wide {
            true => Self::find_64(bytes, at)?,
            false if disk != 0 || directory_disk != 0 || on_disk != entries => {
                return Err(Error::unsupported("a zip archive in several parts"));
            }
            false => (Directory { offset, size, entries }, at as u64),
        };
        match directory.offset.checked_add(directory.size) {
            Some(stop) if stop <= end => Ok(directory),
            _ => Err(malformed(format!(
                "the directory of {} bytes at offset {} runs into the end record at {end}",
                directory.size, directory.offset
            ))),
        }
    }

    /// The 64-bit end record, found through the locator just before the 32-bit one at `end`.
    fn find_64(bytes: &[u8], end: usize) -> Result<(Self, u64), Error> {
        const LOCATOR_LEN: u64 = 20;
        let Some(locator) = (end as u64).checked_sub(LOCATOR_LEN) else {
            return Err(malformed("no room for the 64-bit locator"));
        };
        let mut record = Cursor::starting(bytes, locator, FORMAT)?;
        if record.u32()? != LOCATOR_64 {
            return Err(malformed("the 64-bit locator is missing"));
        }
        record.u32()?;
        let at = record.u64()?;
        let mut record = Cursor::starting(bytes, at, FORMAT)?;
        if record.u32()? != END_64 {
            return Err(malformed(format!("no 64-bit end record at offset {at}")));
        }
        record.take(8 + 2 + 2 + 4 + 4)?;
        let (on_disk, entries) = (record.u64()?, record.u64()?);
        if on_disk != entries {
            return Err(Error::unsupported("a zip archive in several parts"));
        }
        let (size, offset) = (record.u64()?, record.u64()?);
        Ok((Directory { offset, size, entries }, at))
    }
}
