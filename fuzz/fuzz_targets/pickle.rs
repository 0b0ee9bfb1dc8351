//! Pickles: as the `data.pkl` of a sound archive with two storages, and as a legacy file's object.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let records = [("a/data.pkl", bytes), ("a/data/0", &[1; 64]), ("a/data/1", &[])];
    fuzz::read(&fuzz::zip(&records));
    let head = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";
    fuzz::read(&[head, bytes].concat());
});
