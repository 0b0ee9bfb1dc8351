//! The places that ARCHITECTURE.md names exist, so that its recipes can be followed.

use std::path::Path;

/// Whether a text in backticks names a place in the repository rather than a name to be filled in.
fn is_place(text: &str) -> bool {
    let begins = ["crates/", "docs/", "examples/", "xtask/"].iter().any(|folder| text.starts_with(folder));
    begins && !text.contains("NAME") && !text.contains("SUBJECT")
}

#[test]
fn what_the_architecture_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the repository");
    let page = std::fs::read_to_string(root.join("docs/ARCHITECTURE.md")).expect("the page is there");
    let places: Vec<&str> = page.split('`').skip(1).step_by(2).filter(|text| is_place(text)).collect();
    assert!(places.len() > 40, "only {} places found", places.len());
    let missing: Vec<&str> = places.into_iter().filter(|place| !root.join(place).exists()).collect();
    assert!(missing.is_empty(), "not there: {missing:?}");
}
