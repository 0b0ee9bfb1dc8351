//! IDX, the files of MNIST.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(x) = datasets::idx::read_bytes("fuzz", bytes) {
        assert!(x.numel() * x.dtype().size_in_bytes() < 2000 * bytes.len().max(1024));
    }
});
