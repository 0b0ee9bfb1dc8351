//! Lines that rustfmt leaves alone: comments keep within its width, recordings within what a diff can show.

use std::path::{Path, PathBuf};

/// rustfmt's `max_width`.
const WIDTH: usize = 110;

/// The longest line of a recording.
const RECORDING: usize = 400;

#[test]
fn comments_are_within_the_formatters_width() {
    let wide = lines("rs", |line| line.trim_start().starts_with("//") && line.chars().count() > WIDTH);
    assert!(wide.is_empty(), "comments wider than {WIDTH}:\n{}", wide.join("\n"));
}

#[test]
fn recordings_have_short_lines() {
    for extension in ["json", "txt"] {
        let long = lines(extension, |line| line.chars().count() > RECORDING);
        assert!(long.is_empty(), "lines longer than {RECORDING}:\n{}", long.join("\n"));
    }
}

/// Where a line of a file with this extension is one that `found` looks for.
fn lines(extension: &str, found: impl Fn(&str) -> bool) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut places = Vec::new();
    let mut seen = 0;
    for folder in ["crates", "docs", "examples", "fuzz", "xtask"] {
        for file in files(&root.join(folder)) {
            if file.extension().is_some_and(|e| e == extension) {
                seen += 1;
                let text = std::fs::read_to_string(&file).expect("text");
                let at = text.lines().enumerate().filter(|(_, line)| found(line));
                places.extend(at.map(|(i, _)| format!("{}:{}", file.display(), i + 1)));
            }
        }
    }
    assert!(seen > 0, "no .{extension} below {}", root.display());
    places
}

/// The files of the repository below a folder, without what was built.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let kept = entries.filter(|path| !path.ends_with("target") && !path.ends_with("out"));
    kept.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
