//! IDX files that are right, and IDX files that lie.

use std::fs;
use std::io::Write;
use std::path::Path;

use datasets::{Error, idx};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tensor::{DType, Tensor};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn header(code: u8, sizes: &[u32]) -> Vec<u8> {
    let mut bytes = vec![0, 0, code, sizes.len() as u8];
    sizes.iter().for_each(|n| bytes.extend(n.to_be_bytes()));
    bytes
}

/// The error of a plain file and of the same file gzipped; both from memory and from the disk.
fn errors(bytes: &[u8]) -> Vec<Error> {
    let dir = tempfile::tempdir().unwrap();
    [bytes.to_vec(), gzip(bytes)]
        .into_iter()
        .enumerate()
        .flat_map(|(i, bytes)| {
            let path = dir.path().join(i.to_string());
            fs::write(&path, &bytes).unwrap();
            [idx::read_bytes("memory", &bytes).err().unwrap(), idx::read(&path).err().unwrap()]
        })
        .collect()
}

#[test]
fn every_element_type_is_big_endian() {
    let read = |code, sizes: &[u32], data: &[u8]| {
        idx::read_bytes("x", &[&header(code, sizes), data].concat()).unwrap()
    };
    assert_eq!(read(0x08, &[2], &[1, 255]).to_vec::<u8>(), [1, 255]);
    assert_eq!(read(0x09, &[2], &[1, 255]).to_vec::<i8>(), [1, -1]);
    assert_eq!(read(0x0b, &[2], &[0, 1, 0xff, 0xfe]).to_vec::<i16>(), [1, -2]);
    assert_eq!(read(0x0c, &[1], &[0xff, 0xff, 0xff, 0xfd]).to_vec::<i32>(), [-3]);
    assert_eq!(read(0x0d, &[1], &[0xc0, 0x20, 0, 0]).to_vec::<f32>(), [-2.5]);
    assert_eq!(read(0x0e, &[1, 1], &[0x3f, 0xf8, 0, 0, 0, 0, 0, 0]).to_vec::<f64>(), [1.5]);
}

/// Writes and reads, plain and packed, and looks for leftovers.
fn survives(x: &Tensor) {
    let dir = tempfile::tempdir().unwrap();
    for name in ["x-idx", "x-idx.gz"] {
        let path = dir.path().join(name);
        idx::write(&path, x).unwrap();
        let y = idx::read(&path).unwrap();
        assert_eq!((y.dtype(), y.shape(), y.bytes()), (x.dtype(), x.shape(), x.bytes()));
    }
    assert!(fs::read(dir.path().join("x-idx.gz")).unwrap().starts_with(&[0x1f, 0x8b]));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no temporary file stays");
}

#[test]
fn what_is_written_is_read_back() {
    survives(&Tensor::from([[1u8, 2, 3], [4, 5, 255]]));
    survives(&Tensor::from([-128i8, 127]));
    survives(&Tensor::from([[[i16::MIN], [i16::MAX]]]));
    survives(&Tensor::from([i32::MIN, i32::MAX]));
    survives(&Tensor::from([f32::MIN_POSITIVE, -0.0, f32::INFINITY, f32::from_bits(0x7fc0_1234)]));
    survives(&Tensor::from([f64::MAX, 1e-310]));
    survives(&Tensor::from_vec((0..100_000).collect::<Vec<i32>>(), [10, 100, 100])); // more than one chunk
    survives(&Tensor::from_vec(Vec::<u8>::new(), [0, 28, 28]));
    survives(&Tensor::from_vec(vec![7u8], vec![1; 255]));
}

#[test]
fn what_idx_cannot_hold_is_refused_and_the_old_file_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x");
    fs::write(&path, "old").unwrap();
    assert!(matches!(
        idx::write(&path, &Tensor::from([1i64])),
        Err(Error::Unwritable { dtype: DType::I64, .. })
    ));
    assert!(matches!(idx::write(&path, &Tensor::from(1u8)), Err(Error::UnwritableShape { .. })));
    assert!(matches!(
        idx::write(&path, &Tensor::from_vec(vec![1u8], vec![1; 256])),
        Err(Error::UnwritableShape { .. })
    ));
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    let error = idx::write(dir.path().join("no/such/folder"), &Tensor::from([1u8])).err().unwrap();
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("no/such/folder"));
}

#[test]
fn every_truncation_is_found() {
    let whole = [header(0x0b, &[2, 3]), vec![9; 12]].concat();
    for n in 0..whole.len() {
        for error in errors(&whole[..n]) {
            assert!(matches!(error, Error::Truncated { found, .. } if found == n as u64), "{n}: {error}");
        }
    }
}

#[test]
fn bytes_after_the_end_are_found() {
    for error in errors(&[header(0x08, &[2]), vec![1, 2, 3]].concat()) {
        assert!(matches!(error, Error::TooLong { expected: 10, .. }), "{error}");
    }
    for error in errors(&[header(0x08, &[0, 5]), vec![1]].concat()) {
        assert!(matches!(error, Error::TooLong { .. }), "{error}");
    }
}

#[test]
fn a_gzip_stream_cut_anywhere_or_damaged_is_an_error() {
    let gz = gzip(&[header(0x08, &[500]), (0..250).chain(0..250).collect()].concat());
    for n in 2..gz.len() {
        assert!(idx::read_bytes("cut", &gz[..n]).is_err(), "cut after {n} bytes");
    }
    let mut damaged = gz.clone();
    let crc = gz.len() - 8;
    damaged[crc] ^= 1;
    assert!(matches!(idx::read_bytes("damaged", &damaged), Err(Error::Io { .. })));
}

#[test]
fn what_follows_a_gzip_stream_is_treated_as_python_treats_it() {
    let gz = gzip(&[header(0x08, &[4]), vec![1, 2, 3, 4]].concat());
    let behind = |more: &[u8]| idx::read_bytes("labels.gz", &[&gz[..], more].concat());
    for zeros in [1, 100, 100_000] {
        assert_eq!(behind(&vec![0; zeros]).unwrap().to_vec::<u8>(), [1, 2, 3, 4]);
    }
    let empty_member = [&[0; 3][..], &gzip(b"")].concat();
    assert_eq!(behind(&empty_member).unwrap().to_vec::<u8>(), [1, 2, 3, 4]);
    let rubbish = "labels.gz: bytes that are not gzip follow the gzip data";
    for more in
        [&b"garbage"[..], b"g", b"\0\0g", b"\x1f garbage", b"\x1f\x8b garbage and more", b"PK\x03\x04"]
    {
        assert_eq!(behind(more).unwrap_err().to_string(), rubbish, "{}", more.escape_ascii());
    }
    let cut = behind(b"\x1f\x8b\x08").unwrap_err().to_string();
    assert!(cut.starts_with("labels.gz: ") && cut != rubbish, "{cut}");
    // More elements than promised stay the error that they are.
    let more = behind(&gzip(&[5])).unwrap_err();
    assert!(matches!(more, Error::TooLong { expected: 12, .. }), "{more}");
}

#[test]
fn a_truncated_gzip_file_says_how_far_it_goes() {
    let whole = [header(0x08, &[100]), (0..100).collect()].concat();
    let error = idx::read_bytes("labels.gz", &gzip(&whole[..50])).unwrap_err();
    assert!(matches!(error, Error::Truncated { expected: 108, found: 50, .. }), "{error}");
}

#[test]
fn another_kind_of_file_is_named() {
    let page = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title>";
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9912422\n";
    for (bytes, expected) in [
        (&page[..], "not an IDX file but what looks like a web page (HTML)"),
        (
            pointer,
            "not an IDX file but a Git LFS pointer to 9912422 bytes, which `git lfs pull` replaces by the file",
        ),
        (b"PK\x03\x04", "not an IDX file but a zip archive"),
        (b"\x93NUMPY\x01\0", "not an IDX file but a NumPy array (.npy)"),
        (b"\x89PNG\r\n\x1a\n", "not an IDX file but a PNG picture"),
    ] {
        for bytes in [bytes.to_vec(), gzip(bytes)] {
            let error = idx::read_bytes("labels", &bytes).unwrap_err();
            assert_eq!(error.to_string(), format!("labels: {expected}"));
        }
    }
}

#[test]
fn a_gzip_file_of_several_members_is_one_file() {
    let whole = [header(0x08, &[4]), vec![1, 2, 3, 4]].concat();
    let gz = [gzip(&whole[..7]), gzip(&whole[7..])].concat();
    assert_eq!(idx::read_bytes("members", &gz).unwrap().to_vec::<u8>(), [1, 2, 3, 4]);
}

#[test]
fn a_wrong_magic_and_a_wrong_type_are_named() {
    for error in errors(b"PK\x03\x04 surely not") {
        assert!(matches!(error, Error::NotIdx { magic: [b'P', b'K', 3, 4], .. }), "{error}");
    }
    for error in errors(&[0, 0, 0x0a, 1, 0, 0, 0, 0]) {
        assert!(matches!(error, Error::UnknownElementType { code: 0x0a, .. }), "{error}");
    }
    for error in errors(&[0, 0, 8, 0, 5]) {
        assert!(matches!(error, Error::NoDimensions { .. }), "{error}");
    }
}

#[test]
fn a_lying_header_costs_no_memory() {
    // 64 GiB, 2^94 bytes, and the same hidden behind a size of 0.
    for error in errors(&[header(0x08, &[1 << 31, 32]), vec![0; 10]].concat()) {
        assert!(matches!(error, Error::Truncated { .. }), "{error}");
    }
    for sizes in [&[u32::MAX; 3][..], &[u32::MAX, u32::MAX, u32::MAX, 0]] {
        for error in errors(&header(0x0e, sizes)) {
            assert!(matches!(error, Error::TooLarge { .. }), "{error}");
        }
    }
    if let Some(peak) = peak_resident_mib() {
        assert!(peak < 300, "{peak} MiB were in use");
    }
}

/// The most memory that this process ever held, where the system tells.
fn peak_resident_mib() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok().map(|kib: usize| kib / 1024)
}

#[test]
fn the_message_names_the_file() {
    let error = idx::read(Path::new("no/such/idx")).err().unwrap().to_string();
    assert!(error.starts_with("no/such/idx: "), "{error}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), gz in any::<bool>()) {
        let _ = idx::read_bytes("arbitrary", &if gz { gzip(&bytes) } else { bytes });
    }

    #[test]
    fn a_flipped_byte_is_an_error_or_a_tensor_of_that_length(at in 0..24usize, flip in 1..=255u8) {
        let mut bytes = [header(0x08, &[3, 4]), (0..12).collect()].concat();
        bytes[at] ^= flip;
        if let Ok(x) = idx::read_bytes("flipped", &bytes) {
            prop_assert_eq!(x.numel() * x.dtype().size_in_bytes(), 12);
        }
    }
}
