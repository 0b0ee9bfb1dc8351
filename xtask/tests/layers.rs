//! The crates form layers, and dependencies point down only.

use std::collections::BTreeMap;

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand};

/// The crates that each crate of the workspace may build on, directly. `docs`, `examples` and
/// `xtask` stand on top of everything.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("formats", &[]),
    ("tensor", &[]),
    ("autograd", &["tensor", "nn-derive"]),
    ("nn-derive", &[]),
    ("nn", &["tensor", "autograd", "nn-derive"]),
    ("optim", &["tensor", "autograd", "nn"]),
    ("datasets", &["formats", "tensor"]),
    ("serialize", &["formats", "tensor", "autograd", "nn", "optim"]),
    ("rushlight", &["tensor", "autograd", "nn-derive", "nn", "optim", "datasets", "serialize"]),
    ("distributed", &["tensor", "autograd", "nn", "optim", "datasets", "serialize"]),
    ("monitor", &["formats", "tensor", "autograd", "nn"]),
    ("testing", &["tensor"]),
];

#[test]
fn no_crate_depends_on_one_above_it() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata runs");
    let members: Vec<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let allowed = BTreeMap::from(MAY_USE);
    for package in &metadata.packages {
        let name = package.name.as_str();
        let folder = package.manifest_path.parent().and_then(|p| p.file_name());
        assert_eq!(folder, Some(name), "a package is named as its folder");
        let only_tests = |d: &&Dependency| d.name == "testing" && d.kind != DependencyKind::Development;
        assert!(!package.dependencies.iter().any(|d| only_tests(&d)), "{name}: only tests may use `testing`");
        let Some(allowed) = allowed.get(name) else {
            assert!(["docs", "examples", "xtask"].contains(&name), "{name}: say in MAY_USE what it may use");
            continue;
        };
        // Tests may look anywhere; what is built may not.
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            let used = dependency.name.as_str();
            assert!(
                !members.contains(&used) || allowed.contains(&used),
                "{name} depends on {used}, which is not below it"
            );
        }
    }
}
