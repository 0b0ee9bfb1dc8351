//! The native container: the first byte says how much of the rest is manifest; its checksum is right.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let [split, rest @ ..] = bytes {
        let split = rest.len() * usize::from(*split) / 255;
        fuzz::read(&fuzz::container(&rest[..split], &rest[split..]));
        fuzz::read(rest);
    }
});
