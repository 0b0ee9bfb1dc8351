//! Recognises a file by its first bytes, for messages about one that is not what it should be.

/// How many bytes [`describe`] makes use of.
const ENOUGH: usize = 512;

/// Kinds of files that begin with the same bytes always.
const MAGIC: [(&[u8], &str); 25] = [
    (b"\x1f\x8b", "a gzip file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\0", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstandard file"),
    (b"\x04\x22\x4d\x18", "an lz4 file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x93NUMPY", "a NumPy array (.npy)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes"),
    (b"GGUF", "a GGUF model, as llama.cpp reads"),
    (b"lmgg", "a GGML model"),
    (b"tjgg", "a GGML model"),
    (b"\x89RLT\r\n\x1a\n", "a Rushlight container"),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file"),
    (b"ARROW1\0\0", "an Arrow file"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program or shared library"),
    (b"MZ", "a program for Windows"),
];

/// Names the kind of a file that begins with these bytes, in words that follow "found"; 512 are enough. A
/// pointer of a version-control system says how to get the file itself.
///
/// ```
/// assert_eq!(formats::describe(b"\x1f\x8b\x08"), "a gzip file");
/// assert_eq!(formats::describe(b"<!DOCTYPE html>"), "what looks like a web page (HTML)");
/// assert_eq!(formats::describe(&[1, 2, 3]), "bytes that begin with [01, 02, 03]");
/// ```
pub fn describe(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "an empty file".into();
    }
    let head = &bytes[..bytes.len().min(ENOUGH)];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return (*what).into();
    }
    match head {
        // Before a pickle: its header's length may be 0x0280.
        [_, _, _, _, 0, 0, 0, 0, b'{', ..] => return "a safetensors file".into(),
        [0x80, protocol @ 2..=5, ..] => return format!("a pickle of protocol {protocol}"),
        [0, 0, 0x08..=0x0e, 1..=255, ..] => return "an IDX file, as MNIST's are".into(),
        // A protocol buffer: the version of the format, then the name of what wrote it.
        [0x08, 1..=20, 0x12, 1..=64, letter, ..] if letter.is_ascii_alphanumeric() => {
            return "what looks like an ONNX model".into();
        }
        _ if head.get(4..8) == Some(b"TFL3") => return "a TensorFlow Lite model".into(),
        _ if head.get(257..262) == Some(b"ustar") => return "a tar archive".into(),
        _ if head.iter().all(|&byte| byte == 0) => return "zeros".into(),
        _ => {}
    }
    text(head).unwrap_or_else(|| format!("bytes that begin with {:02x?}", &head[..head.len().min(8)]))
}

/// The kind of a text, if it is one.
fn text(head: &[u8]) -> Option<String> {
    // A character may be cut at the end, and only there.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() || text.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let begins = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    let first: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
    Some(if begins("version https://git-lfs.github.com/spec/") {
        let size = text.lines().find_map(|line| line.strip_prefix("size ")?.parse::<u64>().ok());
        let size = size.map_or(String::new(), |size| format!(" to {size} bytes"));
        format!("a Git LFS pointer{size}, which `git lfs pull` replaces by the file")
    } else if begins("/annex/objects/") {
        "a git-annex pointer, which `git annex get` replaces by the file".into()
    } else if begins("outs:") && text.contains("md5:") {
        "a DVC pointer: `dvc pull` gets the file".into()
    } else if begins("<?xml") {
        "an XML document".into()
    } else if begins("<") {
        "what looks like a web page (HTML)".into()
    } else if begins("{") && text.contains("\"weight_map\"") {
        "the index of a model in several files: read those that it names".into()
    } else if begins("{") || begins("[") {
        format!("what looks like JSON that begins with `{first}`")
    } else if begins("import ") {
        format!("a Python program or path configuration (`{first}`)")
    } else {
        format!("text that begins with `{first}`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_have_names() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        for (bytes, expected) in [
            (&b""[..], "an empty file"),
            (b"\x89PNG\r\n\x1a\n\0", "a PNG picture"),
            (&tar, "a tar archive"),
            (b"\x80\x04\x95", "a pickle of protocol 4"),
            (b"\0\0\x08\x03\0\0", "an IDX file, as MNIST's are"),
            (b"\0\0\0\0\0\0", "zeros"),
            (b"\x08\x07\x12\x07pytorch", "what looks like an ONNX model"),
            (b"\n  <html><head>", "what looks like a web page (HTML)"),
            (b"\xef\xbb\xbf<!doctype HTML>", "what looks like a web page (HTML)"),
            (b"<?xml version='1.0'?>", "an XML document"),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 102530333\n",
                "a Git LFS pointer to 102530333 bytes, which `git lfs pull` replaces by the file",
            ),
            (
                b"/annex/objects/SHA256E-s1--x.pth\n",
                "a git-annex pointer, which `git annex get` replaces by the file",
            ),
            (b"outs:\n- md5: a304\n", "a DVC pointer: `dvc pull` gets the file"),
            (
                b"{\"metadata\": {}, \"weight_map\": {}}",
                "the index of a model in several files: read those that it names",
            ),
            (
                b"{\"error\": \"not found\"}",
                "what looks like JSON that begins with `{\"error\": \"not found\"}`",
            ),
            (b"import os; import sys\n", "a Python program or path configuration (`import os; import sys`)"),
            (b"Not Found", "text that begins with `Not Found`"),
            (b"\x01\x02", "bytes that begin with [01, 02]"),
            (b"abc\0def", "bytes that begin with [61, 62, 63, 00, 64, 65, 66]"),
            (b"ab\xff", "bytes that begin with [61, 62, ff]"),
        ] {
            assert_eq!(describe(bytes), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_character_cut_at_the_end_is_still_text() {
        let long = "ü".repeat(400);
        assert_eq!(
            describe(&long.as_bytes()[..1 + 510]),
            format!("text that begins with `{}`", "ü".repeat(40))
        );
        for n in 0..long.len() {
            describe(&long.as_bytes()[n..]);
        }
    }
}
