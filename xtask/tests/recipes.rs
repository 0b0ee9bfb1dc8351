//! The places that the pages name exist, so that recipes can be followed.

use std::path::Path;

/// Whether a text in backticks names a place in the repository rather than a name to be filled in.
fn is_place(text: &str) -> bool {
    let begins = ["crates/", "docs/", "examples/", "xtask/"].iter().any(|folder| text.starts_with(folder));
    begins && !["NAME", "SUBJECT", "*"].iter().any(|blank| text.contains(blank))
}

#[test]
fn what_the_pages_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the repository");
    let docs =
        std::fs::read_dir(root.join("docs")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let pages = docs.filter(|path| path.extension().is_some_and(|e| e == "md"));
    let mut found = 0;
    for page in pages.chain(["README.md", "CONTRIBUTING.md"].map(|name| root.join(name))) {
        let text = std::fs::read_to_string(&page).expect("text");
        let mut places: Vec<&str> =
            text.split('`').skip(1).step_by(2).filter(|text| is_place(text)).collect();
        found += places.len();
        places.retain(|place| !root.join(place).exists());
        assert!(places.is_empty(), "{} names what is not there: {places:?}", page.display());
    }
    assert!(found > 50, "only {found} places found");
}
