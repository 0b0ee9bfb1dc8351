//! The operations that there are, read from the sources, so that none is left out of the table.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where a crate's operations stand.
const SOURCES: [(&str, &[&str]); 2] = [
    (
        "tensor",
        &[
            "../tensor/src/ops",
            "../tensor/src/create.rs",
            "../tensor/src/random",
            "../tensor/src/convert.rs",
            "../tensor/src/lapack",
        ],
    ),
    ("autograd", &["src/ops", "src/linalg"]),
];

/// Names that stand there and are no operations, or have a test of another kind.
const OTHERS: [(&str, &str); 32] = [
    ("tensor::assigned_shape", "belongs to set"),
    ("tensor::new", "belongs to indices"),
    ("tensor::places", "belongs to indices"),
    ("tensor::step", "belongs to indices"),
    ("tensor::put_at", "what index_put is made of"),
    ("tensor::embedded_shape", "what diag_embed is made of"),
    ("tensor::combined_places", "what combinations is made of"),
    ("tensor::taken_places", "what take is made of"),
    ("tensor::bound", "belongs to the options of pinv"),
    ("tensor::to_ndarray", "leads out of the library"),
    ("tensor::beside", "what functions of a tensor and a number are made of"),
    ("autograd::elementwise", "applies a function of the user's"),
    ("tensor::of_sorted", "what quantiles are made of"),
    ("autograd::pairwise", "applies a function of the user's"),
    ("autograd::padding_row", "belongs to options"),
    ("tensor::positions", "belongs to the numbers of repeat_interleave"),
    ("autograd::recurrent_steps", "applies a function of the user's"),
    ("tensor::native_lstm", "what recurrent layers are made of"),
    ("tensor::native_lstm_backward", "what recurrent layers are made of"),
    ("tensor::native_recurrent", "what recurrent layers are made of"),
    ("tensor::native_recurrent_backward", "what recurrent layers are made of"),
    ("tensor::native_attention", "what scaled_dot_product_attention is made of"),
    ("tensor::native_attention_backward", "what scaled_dot_product_attention is made of"),
    ("tensor::native_batch_norm", "what the norms are made of"),
    ("tensor::native_batch_norm_update", "what the norms are made of"),
    ("tensor::native_batch_norm_backward", "what the norms are made of"),
    ("tensor::native_layer_norm", "what the norms are made of"),
    ("tensor::native_layer_norm_backward", "what the norms are made of"),
    ("tensor::native_group_norm", "what the norms are made of"),
    ("tensor::native_group_norm_backward", "what the norms are made of"),
    ("tensor::native_rms_norm", "what the norms are made of"),
    ("tensor::native_rms_norm_backward", "what the norms are made of"),
];

/// `crate::name` of every public function and method among the operations.
pub(crate) fn operations() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (krate, places) in SOURCES {
        for place in places {
            for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(place)) {
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
    for (name, _) in OTHERS {
        out.remove(name);
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
