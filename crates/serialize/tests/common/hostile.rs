//! Archives and pickles that torch would not write.

use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;

/// A zip archive, front to back, with every field open to lies.
#[derive(Default)]
pub(crate) struct Zip {
    pub(crate) bytes: Vec<u8>,
    pub(crate) directory: Vec<Listed>,
}

#[derive(Clone)]
pub(crate) struct Listed {
    pub(crate) name: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u32,
    pub(crate) size: u32,
    pub(crate) header: u32,
    pub(crate) extra: Vec<u8>,
}

impl Zip {
    pub(crate) fn stored(mut self, name: &str, data: &[u8]) -> Self {
        self.push(name, 0, data, data.len(), crc32fast::hash(data));
        self
    }

    pub(crate) fn deflated(mut self, name: &str, data: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).expect("to memory");
        let packed = encoder.finish().expect("to memory");
        self.push(name, 8, &packed, data.len(), crc32fast::hash(data));
        self
    }

    fn push(&mut self, name: &str, method: u16, packed: &[u8], size: usize, crc: u32) {
        let listed = Listed {
            name: name.into(),
            method,
            flags: 0,
            crc,
            packed: packed.len() as u32,
            size: size as u32,
            header: self.bytes.len() as u32,
            extra: Vec::new(),
        };
        self.bytes.extend(b"PK\x03\x04\0\0\0\0");
        self.bytes.extend(method.to_le_bytes());
        self.bytes.extend([0; 16]);
        self.bytes.extend((name.len() as u16).to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes.extend(name.bytes());
        self.bytes.extend(packed);
        self.directory.push(listed);
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let start = self.bytes.len() as u32;
        for listed in &self.directory {
            self.bytes.extend(b"PK\x01\x02\0\0\0\0");
            self.bytes.extend(listed.flags.to_le_bytes());
            self.bytes.extend(listed.method.to_le_bytes());
            self.bytes.extend([0; 4]);
            for field in [listed.crc, listed.packed, listed.size] {
                self.bytes.extend(field.to_le_bytes());
            }
            self.bytes.extend((listed.name.len() as u16).to_le_bytes());
            self.bytes.extend((listed.extra.len() as u16).to_le_bytes());
            self.bytes.extend([0; 10]);
            self.bytes.extend(listed.header.to_le_bytes());
            self.bytes.extend(&listed.name);
            self.bytes.extend(&listed.extra);
        }
        let size = self.bytes.len() as u32 - start;
        let count = (self.directory.len() as u16).to_le_bytes();
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(count);
        self.bytes.extend(count);
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(start.to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

/// A file whose pickle is this, protocol and end added, beside one storage of 8 bytes.
pub(crate) fn with_pickle(body: &[u8]) -> Vec<u8> {
    Zip::default().stored("a/data.pkl", &pickle(body)).stored("a/data/0", &[1; 8]).finish()
}

pub(crate) fn pickle(body: &[u8]) -> Vec<u8> {
    [b"\x80\x02", body, b"."].concat()
}

/// Instructions that leave a tensor on the stack: of the storage `0` with `numel` floats.
pub(crate) fn tensor(numel: i64, offset: i64, shape: &[i64], strides: &[i64]) -> Vec<u8> {
    let mut body = b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n".to_vec();
    body.extend(b"X\x01\0\0\x000X\x03\0\0\0cpu");
    body.extend(int(numel));
    body.extend(b"tQ");
    body.extend(int(offset));
    for sizes in [shape, strides] {
        body.push(b'(');
        sizes.iter().for_each(|&size| body.extend(int(size)));
        body.push(b't');
    }
    body.extend(b"\x89ccollections\nOrderedDict\n)RtR");
    body
}

pub(crate) fn int(x: i64) -> Vec<u8> {
    [&b"\x8a\x08"[..], &x.to_le_bytes()].concat()
}
