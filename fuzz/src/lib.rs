//! Shared by the targets: files whose outer layers are sound, so that the fuzzer's bytes reach the inner
//! reader instead of failing a checksum, and an allocator that ends the run if a small file costs much.
//!
//! A finding is a panic, a hang, or memory out of proportion. Run one with
//! `cargo +nightly fuzz run TARGET` (or `cargo fuzz run --sanitizer none TARGET` on any toolchain that
//! allows it), seeded by `seed.py`.

use nn::Value;
use serialize::{Contents, Format};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Reads a file and uses what came out.
pub fn read(bytes: &[u8]) {
    let before = LIVE.get();
    PEAK.set(before);
    let read = Contents::from_bytes(bytes);
    let cost = PEAK.get() - before;
    // 1 kB may not cost 1 MB; beyond, DEFLATE's own ratio is the measure.
    let limit = if bytes.len() <= 1024 { 1_000_000 } else { 2_000_000 + 2_500 * bytes.len() as isize };
    assert!(cost < limit, "{} bytes cost {cost}", bytes.len());
    if let Ok(contents) = read
        && elements(&contents.value) < 10_000
    {
        // Reading every element through its strides, writing it, and reading that again.
        for format in [Format::Torch, Format::Native] {
            if let Ok(bytes) = contents.to_bytes(format) {
                let again = Contents::from_bytes(&bytes).expect("what was written can be read");
                if format == Format::Native {
                    assert_eq!(again.to_bytes(format).expect("as before"), bytes);
                }
            }
        }
    }
}

fn elements(value: &Value) -> usize {
    match value {
        Value::Tensor(tensor) => tensor.numel(),
        Value::List(items) | Value::Tuple(items) => items.iter().map(elements).sum(),
        Value::Dict(items) => items.iter().map(|(key, value)| elements(key) + elements(value)).sum(),
        _ => 1,
    }
}

/// A zip of stored records, without checksums.
pub fn zip(records: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in records {
        let header = bytes.len() as u32;
        let mut fields = vec![0; 10]; // stored, no time, no checksum
        fields.extend((data.len() as u32).to_le_bytes());
        fields.extend((data.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        bytes.extend(b"PK\x03\x04\0\0\0\0");
        bytes.extend(&fields);
        bytes.extend(name.bytes());
        bytes.extend(*data);
        directory.extend(b"PK\x01\x02\0\0\0\0\0\0");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(header.to_le_bytes());
        directory.extend(name.bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend((records.len() as u16).to_le_bytes());
    bytes.extend((records.len() as u16).to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// A container of this manifest and this data behind it, with a sound header.
pub fn container(manifest: &[u8], data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89RLT\r\n\x1a\n\x02\0\0\0".to_vec();
    bytes.extend(crc32fast::hash(manifest).to_le_bytes());
    bytes.extend((manifest.len() as u64).to_le_bytes());
    bytes.extend(((64 + manifest.len() + data.len()) as u64).to_le_bytes());
    bytes.resize(60, 0);
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes.extend(manifest);
    bytes.extend(data);
    bytes
}

struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    let _ = LIVE.try_with(|live| {
        live.set(live.get() + change);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(live.get())));
    });
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches only integers.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;
