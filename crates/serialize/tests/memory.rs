//! A file of 1 kB never costs 1 MB, whatever it claims. Every allocation of this thread is counted.

#[path = "common/hostile.rs"]
mod hostile;

use hostile::{Zip, pickle, tensor, with_pickle};
use serialize::Contents;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(change: isize) {
    LIVE.set(LIVE.get() + change);
    PEAK.set(PEAK.get().max(LIVE.get()));
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches only thread-local integers.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// The most that was allocated at one time while reading.
fn cost(bytes: &[u8]) -> isize {
    let before = LIVE.get();
    PEAK.set(before);
    let read = Contents::from_bytes(bytes);
    let peak = PEAK.get() - before;
    drop(read);
    peak
}

#[track_caller]
fn assert_cheap(bytes: &[u8], what: &str) {
    assert!(bytes.len() <= 1024, "{what}: the file has {} bytes", bytes.len());
    let cost = cost(bytes);
    assert!(cost < 1_000_000, "{what}: {} bytes cost {cost}", bytes.len());
}

#[test]
fn the_counter_counts() {
    let bytes = Contents::from(nn::Value::from(tensor::zeros([1000, 100])));
    let bytes = bytes.to_bytes(serialize::Format::Torch).unwrap();
    assert!((400_000..900_000).contains(&cost(&bytes)), "{}", cost(&bytes));
}

/// As many repeats of `unit` as 1 kB holds behind `head`.
fn filled(head: &[u8], unit: &[u8], tail: &[u8]) -> Vec<u8> {
    let room = 1024 - with_pickle(&[head, tail].concat()).len();
    with_pickle(&[head, &unit.repeat(room / unit.len()), tail].concat())
}

#[test]
fn pickles_of_a_kilobyte_are_cheap() {
    for unit in
        [&b"N"[..], b")", b"]", b"}", b"(", b"\x88", b"K\x01", b"(t", b"N\x85", b"(lt", b"]N\x86", b"q\0"]
    {
        assert_cheap(&filled(b"N(", unit, b"t"), &format!("{unit:02x?} in a tuple"));
        assert_cheap(&filled(b"](", unit, b"e"), &format!("{unit:02x?} in a list"));
        assert_cheap(&filled(b"}(N", unit, b"u"), &format!("{unit:02x?} in a dictionary"));
        assert_cheap(&filled(b"", unit, b""), &format!("{unit:02x?}"));
    }
    // Memo slots far apart, texts and shapes named many times.
    let slots: Vec<u8> =
        (0..150_u32).flat_map(|i| [&b"r"[..], &(i * 28_000_000).to_le_bytes()].concat()).collect();
    assert_cheap(&with_pickle(&[b"N", &slots[..]].concat()), "memo slots");
    let text = [&b"X\x40\x01\0\0"[..], &[b'x'; 320], b"q\0]("].concat();
    assert_cheap(&filled(&text, b"h\0", b"e"), "texts");
    let dict = [&b"X\x40\x01\0\0"[..], &[b'x'; 320], b"q\0}("].concat();
    assert_cheap(&filled(&dict, b"h\0h\0", b"u"), "keys");
    let mut shared = tensor(2, 0, &[1; 20], &[0; 20]);
    shared.extend(b"q\0](");
    assert_cheap(&filled(&shared, b"h\0", b"e"), "tensors");
    let mut levels = b"]q\0".to_vec();
    for level in 0..40 {
        levels.extend([b']', b'(', b'h', level, b'h', level, b'h', level, b'e', b'q', level + 1]);
    }
    assert_cheap(&with_pickle(&levels), "lists of lists");
}

#[test]
fn archives_of_a_kilobyte_are_cheap() {
    for numel in [1_000, 10_000, 40_000, 60_000, 100_000, 150_000] {
        let pickle = pickle(&tensor(numel, 0, &[numel], &[1]));
        let bomb =
            Zip::default().deflated("a/data.pkl", &pickle).deflated("a/data/0", &vec![0; 4 * numel as usize]);
        assert_cheap(&bomb.finish(), &format!("{numel} zeros"));
    }
    for (what, unit) in [("None", &b"N"[..]), ("lists", b"]"), ("tuples", b")"), ("marks", b"(")] {
        for n in [500, 1_000, 2_000, 10_000, 100_000, 300_000] {
            let bomb =
                Zip::default().deflated("a/data.pkl", &pickle(&[b"](", &unit.repeat(n)[..], b"e"].concat()));
            assert_cheap(&bomb.finish(), &format!("{n} packed {what}"));
        }
    }
    // The longest directory: records of no name and no length.
    let mut many = Zip::default().stored("a/data.pkl", &pickle(b"N"));
    for i in 0..10 {
        many = many.stored(&format!("{i}"), b"");
    }
    assert_cheap(&many.finish(), "records");
}

#[test]
fn lengths_that_lie_are_cheap() {
    for fixture in [&b"\x89RLT\r\n\x1a\n"[..], b"PK\x03\x04", b"\x80\x02", b"\xff\xff\xff\x05\0\0\0\0{"] {
        for fill in [0, 0x01, 0x7f, 0x80, 0xfd, 0xff] {
            let mut bytes = fixture.to_vec();
            bytes.resize(1024, fill);
            assert_cheap(&bytes, &format!("{fixture:02x?} and {fill:#x}"));
        }
    }
    let json = r#"{"__metadata__":{"rushlight.architecture":"["#.to_owned() + &r#"{},"#.repeat(300);
    let header = [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat();
    assert_cheap(&header, "descriptions");
    let shape = format!(r#"{{"x":{{"dtype":"U8","shape":[{}0],"data_offsets":[0,0]}}}}"#, "1,".repeat(450));
    let header = [&(shape.len() as u64).to_le_bytes()[..], shape.as_bytes()].concat();
    assert_cheap(&header, "axes");
}

/// Containers with sound checksums, so that the manifest itself is decoded.
#[test]
fn manifests_that_lie_are_cheap() {
    let container = |version: u8, manifest: &[u8]| {
        let mut bytes = [b"\x89RLT\r\n\x1a\n", &[version, 0, 0, 0][..]].concat();
        bytes.extend(crc32fast::hash(manifest).to_le_bytes());
        bytes.extend((manifest.len() as u64).to_le_bytes());
        bytes.extend((64 + manifest.len() as u64).to_le_bytes());
        bytes.resize(60, 0);
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        bytes.extend(manifest);
        bytes
    };
    // An empty state dict is four zeros: no architecture, no metadata, no tensors, no value.
    assert!(Contents::from_bytes(&container(2, &[0; 4])).is_ok());
    for unit in [0, 1, 2, 5, 6, 7, 8, 0xfb, 0xfc, 0xfd, 0xff] {
        for head in [
            &[][..],
            &[0],
            &[0, 0],
            &[1],
            &[0, 0, 0, 1],
            &[0, 0, 0, 1, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ] {
            let mut manifest = head.to_vec();
            manifest.resize(900, unit);
            for version in [1, 2] {
                assert_cheap(&container(version, &manifest), &format!("{version}: {head:?} and {unit}"));
            }
        }
    }
    // 700 honest nodes.
    let mut manifest = vec![0, 0, 0, 1, 0xfb, 0xbd, 0x02, 5, 0xfb, 0xbc, 0x02];
    manifest.resize(711, 0);
    let bytes = container(2, &manifest);
    assert!(Contents::from_bytes(&bytes).is_ok());
    assert_cheap(&bytes, "700 nodes");
}
