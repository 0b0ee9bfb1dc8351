use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where a crate's operations stand, in its `src`.
const SOURCES: [(&str, &[&str]); 2] =
    [("tensor", &["ops", "create.rs", "random", "convert", "lapack"]), ("autograd", &["ops", "linalg"])];

/// `crate::name` of every public function and method among the operations of `tensor` and `autograd`, read
/// from the sources, so that none is left out of what goes through all.
///
/// # Panics
///
/// If a source cannot be read, or defines functions by a macro that is not understood.
pub fn operations() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (krate, places) in SOURCES {
        for place in places {
            for file in
                files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src").join(place))
            {
                let text = std::fs::read_to_string(&file).expect("a source file");
                let named = functions(&text);
                // What the table of functions becomes; its rows are read below.
                let of_the_table =
                    ["elementwise_functions!(", "pair_functions!("].iter().any(|table| text.contains(table))
                        || file.ends_with("rows.rs");
                assert!(
                    !text.contains("pub fn $") || named.len() > 1 || of_the_table,
                    "{}: its macros were not understood",
                    file.display()
                );
                out.extend(named.into_iter().map(|name| format!("{krate}::{name}")));
            }
        }
    }
    macro_rules! rows {
        ($($(#[$doc:meta])* $name:ident $(($($arg:ident = $default:literal),*))? $kind:ident { $($rule:tt)* })*) => {
            [$(stringify!($name)),*]
        };
    }
    for name in tensor::elementwise_functions!(rows).into_iter().chain(tensor::pair_functions!(rows)) {
        out.extend(SOURCES.map(|(krate, _)| format!("{krate}::{name}")));
    }
    out
}

fn files(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let entries = std::fs::read_dir(place).unwrap_or_else(|e| panic!("{}: {e}", place.display()));
    entries.flat_map(|entry| files(&entry.expect("an entry").path())).collect()
}

/// The names after `pub fn`, and those in the rows of a macro that defines such functions: the words in small
/// letters before a row's first bar.
fn functions(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut in_rows = false;
    let mut macros = BTreeSet::new();
    let mut defining = String::new();
    for line in text.lines() {
        let code = line.trim();
        if let Some(name) = line.strip_prefix("macro_rules! ") {
            defining = name.trim_end_matches(" {").to_owned();
        }
        if let Some(rest) = code.strip_prefix("pub fn ") {
            match rest.strip_prefix('$') {
                Some(_) => drop(macros.insert(defining.clone())),
                None => drop(out.insert(rest.split(['(', '<']).next().expect("a name").to_owned())),
            }
        }
        if line == "}" {
            in_rows = false;
        }
        if in_rows && !code.starts_with('/') && code.ends_with(';') {
            let names = code.split('|').next().expect("what comes before a bar").split(' ');
            let small = |name: &&str| name.starts_with(|c: char| c.is_ascii_lowercase());
            out.extend(names.filter(small).map(|name| name.trim_end_matches(';').to_owned()));
        }
        if let Some(name) = line.strip_suffix("! {") {
            in_rows = macros.contains(name);
        }
    }
    out
}
