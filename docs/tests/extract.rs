//! Turns the Rust blocks of the pages into tests; `book.rs` says how.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let docs = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed={}", docs.display());
    println!("cargo::rerun-if-changed=../README.md");
    let mut pages: Vec<PathBuf> = fs::read_dir(&docs)
        .expect("the folder of the book")
        .map(|entry| entry.expect("a file of the book").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(docs.join("../README.md"));
    pages.sort();

    let tests: String = pages.iter().map(|page| tests(page)).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("pages.rs"), tests).expect("the output folder can be written to");
}

/// A section's program so far.
#[derive(Default)]
struct Section {
    code: String,
    not_run: String,
}

fn tests(page: &Path) -> String {
    let text = fs::read_to_string(page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
    let name =
        page.file_stem().expect("a page has a name").to_string_lossy().replace('-', "_").to_lowercase();
    let file = page.file_name().expect("a page has a name").to_string_lossy();
    let mut module = format!("mod page_{name} {{\n");
    let mut heading = 1;
    let mut section = Section::default();
    let mut after_rust = false;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let line_number = number + 1;
        if let Some(language) = line.strip_prefix("```") {
            let block: String = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| !line.starts_with("```"))
                .flat_map(|line| [line, "\n"])
                .collect();
            after_rust = section.add(language, &block, after_rust, &format!("{file}:{line_number}"));
        } else if line.starts_with('#') {
            section.finish(&mut module, heading);
            heading = line_number;
            after_rust = false;
        } else if !line.trim().is_empty() {
            after_rust = false;
        }
    }
    section.finish(&mut module, heading);
    module + "}\n"
}

impl Section {
    /// Takes a block in; says whether a `text` block may now show what it prints.
    fn add(&mut self, language: &str, block: &str, after_rust: bool, place: &str) -> bool {
        let code = &mut self.code;
        match language {
            "rust" => writeln!(code, "// {place}\n{block}"),
            "rust,should_panic" => writeln!(code, "// {place}\ncrate::should_panic(|| {{\n{block}\n}});"),
            "rust,no_run" => {
                let function = self.not_run.matches("fn not_run_").count();
                let head = format!("fn not_run_{function}() -> Result<(), Box<dyn std::error::Error>>");
                writeln!(
                    self.not_run,
                    "// {place}\n{head} {{\n{block}\nOk(()) }}\nlet _ = not_run_{function};"
                )
                .expect("writing to a string");
                return false;
            }
            "text" if after_rust => writeln!(code, "crate::printed({place:?}, {block:?});"),
            other if other.starts_with("rust") => panic!("{place}: a block of {other:?}"),
            _ => Ok(()),
        }
        .expect("writing to a string");
        language.starts_with("rust")
    }

    /// Writes the section's test.
    fn finish(&mut self, module: &mut String, heading: usize) {
        let Section { code, not_run } = std::mem::take(self);
        if code.is_empty() && not_run.is_empty() {
            return;
        }
        write!(
            module,
            "#[test]\nfn line_{heading}() {{\n{not_run}\n\
             crate::section(|| {{\n{code}\nOk(())\n}});\n}}\n"
        )
        .expect("writing to a string");
    }
}
