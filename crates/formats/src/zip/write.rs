use super::{
    CENTRAL_HEADER, DESCRIPTOR, END, END_64, EXTRA_64, HAS_DESCRIPTOR, IN_EXTRA, LOCAL_HEADER, LOCATOR_64,
    STORED, UTF_8,
};
use byteorder::{LittleEndian, WriteBytesExt};
use std::io::{self, Write};

/// Every record starts at a multiple of this, so that a reader can map it in place.
const ALIGNMENT: u64 = 64;

/// Writes an archive front to back, byte for byte as `torch.save` lays it out: stored, aligned
/// through a padding field `FB` in the header, checksum and size repeated behind the data.
pub struct Writer<W> {
    out: W,
    at: u64,
    entries: Vec<Written>,
    /// From this value on a size or offset moves to the 64-bit fields; lowered only by tests.
    wide_from: u64,
}

struct Written {
    name: String,
    crc: u32,
    size: u64,
    header: u64,
}

impl<W: Write> Writer<W> {
    /// An archive without records yet.
    pub fn new(out: W) -> Self {
        Writer { out, at: 0, entries: Vec::new(), wide_from: IN_EXTRA }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// If the name has 65,536 bytes or more, or the output takes no more.
    pub fn add(&mut self, name: &str, data: &[u8]) -> io::Result<()> {
        let Ok(name_len) = u16::try_from(name.len()) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the name of a record is longer than a zip holds",
            ));
        };
        let entry = Written {
            name: name.to_owned(),
            crc: crc32fast::hash(data),
            size: data.len() as u64,
            header: self.at,
        };
        let extra = self.padded(&entry);
        let mut header = Vec::with_capacity(30 + name.len() + extra.len());
        header.write_u32::<LittleEndian>(LOCAL_HEADER)?;
        header.write_u16::<LittleEndian>(0)?;
        header.write_u16::<LittleEndian>(flags(&entry))?;
        header.write_u16::<LittleEndian>(STORED)?;
        header.extend([0; 4 + 4 + 4 + 4]); // time, checksum and sizes: they follow the data
        header.write_u16::<LittleEndian>(name_len)?;
        header.write_u16::<LittleEndian>(extra.len() as u16)?;
        header.extend(name.as_bytes());
        header.extend(extra);
        self.put(&header)?;
        self.put(data)?;
        self.put(&self.descriptor(&entry)?)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the directory and gives the output back.
    ///
    /// # Errors
    /// If the output takes no more.
    pub fn finish(mut self) -> io::Result<W> {
        let start = self.at;
        let mut directory = Vec::new();
        for entry in &self.entries {
            self.list(entry, &mut directory)?;
        }
        self.put(&directory)?;
        let (count, size) = (self.entries.len() as u64, directory.len() as u64);
        let mut end = Vec::new();
        if count >= 0xffff || start >= self.wide_from || size >= self.wide_from {
            end.write_u32::<LittleEndian>(END_64)?;
            end.write_u64::<LittleEndian>(44)?; // bytes that follow in this record
            end.extend([0; 2 + 2 + 4 + 4]); // versions and disks
            for field in [count, count, size, start] {
                end.write_u64::<LittleEndian>(field)?;
            }
            end.write_u32::<LittleEndian>(LOCATOR_64)?;
            end.write_u32::<LittleEndian>(0)?;
            end.write_u64::<LittleEndian>(self.at)?;
            end.write_u32::<LittleEndian>(1)?;
        }
        end.write_u32::<LittleEndian>(END)?;
        end.extend([0; 2 + 2]);
        end.write_u16::<LittleEndian>(count.min(0xffff) as u16)?;
        end.write_u16::<LittleEndian>(count.min(0xffff) as u16)?;
        end.write_u32::<LittleEndian>(self.narrow(size))?;
        end.write_u32::<LittleEndian>(self.narrow(start))?;
        end.write_u16::<LittleEndian>(0)?;
        self.put(&end)?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    fn narrow(&self, value: u64) -> u32 {
        if value >= self.wide_from { IN_EXTRA as u32 } else { value as u32 }
    }

    /// The 64-bit fields of those values that need them; none for most files.
    fn extra_64(&self, entry: &Written) -> Vec<u8> {
        let mut body = Vec::new();
        if entry.size >= self.wide_from {
            body.extend(entry.size.to_le_bytes()); // unpacked
            body.extend(entry.size.to_le_bytes()); // packed
        }
        if entry.header >= self.wide_from {
            body.extend(entry.header.to_le_bytes());
        }
        field(EXTRA_64, body)
    }

    /// The local header's extra field: 64-bit values, then padding up to the aligned data.
    fn padded(&self, entry: &Written) -> Vec<u8> {
        let mut extra = self.extra_64(entry);
        let unpadded = entry.header + 30 + (entry.name.len() + extra.len() + 4) as u64;
        let padding = unpadded.next_multiple_of(ALIGNMENT) - unpadded;
        let tag = u16::from_le_bytes(*b"FB");
        extra.extend(tag.to_le_bytes());
        extra.extend((padding as u16).to_le_bytes());
        extra.extend(std::iter::repeat_n(b'Z', padding as usize));
        extra
    }

    /// The bytes that follow the data; none after an empty record.
    fn descriptor(&self, entry: &Written) -> io::Result<Vec<u8>> {
        let mut descriptor = Vec::new();
        if entry.size > 0 {
            descriptor.write_u32::<LittleEndian>(DESCRIPTOR)?;
            descriptor.write_u32::<LittleEndian>(entry.crc)?;
            for _packed_then_unpacked in 0..2 {
                match entry.size >= self.wide_from || entry.header >= self.wide_from {
                    true => descriptor.write_u64::<LittleEndian>(entry.size)?,
                    false => descriptor.write_u32::<LittleEndian>(entry.size as u32)?,
                }
            }
        }
        Ok(descriptor)
    }

    fn list(&self, entry: &Written, directory: &mut Vec<u8>) -> io::Result<()> {
        let extra = self.extra_64(entry);
        directory.write_u32::<LittleEndian>(CENTRAL_HEADER)?;
        directory.extend([0; 2 + 2]);
        directory.write_u16::<LittleEndian>(flags(entry))?;
        directory.write_u16::<LittleEndian>(STORED)?;
        directory.extend([0; 4]);
        directory.write_u32::<LittleEndian>(entry.crc)?;
        directory.write_u32::<LittleEndian>(self.narrow(entry.size))?;
        directory.write_u32::<LittleEndian>(self.narrow(entry.size))?;
        directory.write_u16::<LittleEndian>(entry.name.len() as u16)?;
        directory.write_u16::<LittleEndian>(extra.len() as u16)?;
        directory.extend([0; 2 + 2 + 2 + 4]); // comment, disk, attributes
        directory.write_u32::<LittleEndian>(self.narrow(entry.header))?;
        directory.extend(entry.name.as_bytes());
        directory.extend(extra);
        Ok(())
    }
}

fn flags(entry: &Written) -> u16 {
    if entry.size > 0 { HAS_DESCRIPTOR | UTF_8 } else { UTF_8 }
}

fn field(tag: u16, body: Vec<u8>) -> Vec<u8> {
    if body.is_empty() {
        return body;
    }
    let mut field = Vec::with_capacity(4 + body.len());
    field.extend(tag.to_le_bytes());
    field.extend((body.len() as u16).to_le_bytes());
    field.extend(body);
    field
}

#[cfg(test)]
mod tests {
    use super::super::Archive;
    use super::*;
    use crate::{Budget, Error};

    fn archive(wide_from: u64) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        writer.wide_from = wide_from;
        writer.add("a/data.pkl", b"pickle").unwrap();
        writer.add("a/data/0", &[7; 1000]).unwrap();
        writer.add("a/data/1", &[]).unwrap();
        writer.add("a/version", b"3\n").unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_is_written_is_read_with_32_and_with_64_bit_fields() {
        for wide_from in [IN_EXTRA, 500, 0] {
            let bytes = archive(wide_from);
            let archive = Archive::open(&bytes).unwrap();
            let names: Vec<_> = archive.entries().iter().map(|e| e.name).collect();
            assert_eq!(names, ["a/data.pkl", "a/data/0", "a/data/1", "a/version"]);
            let mut budget = Budget::for_file(&bytes);
            let data = archive.read(archive.find("a/data/0").unwrap(), &mut budget).unwrap();
            assert_eq!(&*data, &[7; 1000]);
            let start = data.as_ptr() as usize - bytes.as_ptr() as usize;
            assert_eq!(start % 64, 0, "with 64-bit fields from {wide_from}");
        }
    }

    #[test]
    fn a_flipped_bit_in_a_record_is_found() {
        let mut bytes = archive(IN_EXTRA);
        let at = bytes.windows(4).position(|w| w == [7; 4]).unwrap();
        bytes[at + 500] ^= 1;
        let archive = Archive::open(&bytes).unwrap();
        let entry = archive.find("a/data/0").unwrap();
        let error = archive.read(entry, &mut Budget::for_file(&bytes)).unwrap_err();
        assert!(matches!(error, Error::Checksum { .. }), "{error}");
    }
}
