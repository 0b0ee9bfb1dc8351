//! Zip archives as they come.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuzz::read(&[b"PK\x03\x04", bytes].concat());
});
