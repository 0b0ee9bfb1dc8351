//! The book's page of torch's names: what of them is here, under another name, or not.
//!
//! Torch's names are recorded from its test tables and namespaces, ours are read from where they are
//! defined; what differs stands in two lists, `other_names`, whose forms are compared with torch's values,
//! and `absent`, with the reasons. When the page is no longer what these say, the test writes it anew and
//! fails.

mod absent;
mod other_names;
mod page;

use std::collections::BTreeSet;
use std::path::Path;

use absent::Absent;
use nn::Registry;
use other_names::{Inputs, Row};
use page::Part;
use tensor::Tensor;
use testing::{Recording, Within, assert_close, recording};

/// Torch's optimizers that are here, each of which is a type of `optim`.
macro_rules! optimizers {
    ($($name:ident)+) => {
        const OPTIMIZERS: &[&str] = &[$(stringify!($name)),+];
        const _: () = {
            $(let _ = size_of::<optim::$name>();)+
        };
    };
}

optimizers! {
    ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax LBFGS Muon NAdam RAdam RMSprop Rprop SGD SparseAdam
}

/// Sorts torch's names of one kind into what is here and what is not.
fn part(names: &str, here: impl Fn(&str) -> bool, other: &[Row], absent: Absent) -> Part {
    let names = recording!("torch_names").case(names).text("names").to_owned();
    let mut part = Part::default();
    let mut used = BTreeSet::new();
    for name in names.lines() {
        let form = other.iter().find(|(known, ..)| known.contains(&name)).map(|(_, _, form)| *form);
        let matches = |known: &&&str| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => **known == name,
        };
        let reason = absent
            .iter()
            .find_map(|(reason, known)| known.iter().find(matches).map(|pattern| (*reason, *pattern)));
        match (form, reason) {
            (Some(form), _) => {
                // Ours is `torch.linalg.svd`, and what follows a bar is another use of the name.
                assert!(!here(name) || name == "svd" || name.contains('/'), "{name} is here under its name");
                part.add_other(name, form);
            }
            (None, None) => {
                part.here.push(name.to_owned());
            }
            (None, Some((reason, pattern))) => {
                assert!(!here(name) || pattern.contains(['*', '/']), "{name} is here");
                used.insert(pattern);
                part.add_absent(name, reason);
            }
        }
    }
    let missing: Vec<&String> = part.here.iter().filter(|name| !here(name)).collect();
    assert!(missing.is_empty(), "say what stands for them, or why there is nothing: {missing:?}");
    let written = other.iter().flat_map(|(known, ..)| *known).copied();
    for name in written {
        assert!(names.lines().any(|known| known == name), "torch has no {name}");
    }
    for pattern in absent.iter().flat_map(|(_, known)| *known) {
        assert!(used.contains(pattern), "nothing of torch's is {pattern}, or it is here");
    }
    part
}

fn operators(functionals: &Part) -> Part {
    let ours = testing::operations();
    let known =
        |name: &str| ["tensor", "autograd"].iter().any(|krate| ours.contains(&format!("{krate}::{name}")));
    let here = |name: &str| {
        let name = name.split('/').next().expect("the name before a variant's");
        match name.strip_prefix("nn.functional.") {
            Some(name) => functionals.here.iter().any(|known| known == name),
            // A module's name is a prefix, what torch changes in place ends in `_`, as do two words of Rust's
            // here, and a copy is what every view is.
            None => {
                let name = name.trim_start_matches("linalg.").trim_start_matches("special.");
                known(name)
                    || known(&format!("{name}_"))
                    || name.strip_suffix("_copy").is_some_and(known)
                    || METHODS.contains(&name)
            }
        }
    };
    part("operators", here, other_names::OPERATORS, absent::OPERATORS)
}

/// Operators that stand with the types and not with the operations.
const METHODS: [&str; 4] = ["contiguous", "item", "add", "sub"];

fn functionals() -> Part {
    let table =
        Recording::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/nn/tests/fixtures/functional"));
    // Each line of it compiles in a test of `nn`.
    let here = |name: &str| table.cases().iter().any(|case| case.name().starts_with(&format!("F.{name}(")));
    part("functional", here, other_names::FUNCTIONALS, absent::FUNCTIONALS)
}

fn classes() -> Part {
    let registry = Registry::new();
    let kinds: Vec<&str> = registry.kinds().collect();
    part("nn", |name| kinds.contains(&name) || name == "ParameterList", other_names::CLASSES, absent::CLASSES)
}

#[test]
fn what_has_another_name_has_the_same_value() {
    let recording = recording!("torch_names");
    let inputs = Inputs::of(&recording);
    let check = |rows: &[Row], values: Vec<Tensor>| {
        for ((_, expression, form), value) in rows.iter().zip(values) {
            let expected = recording.case(expression).tensor("value");
            assert_close(
                format!("{form} for {expression}"),
                &value,
                &expected,
                Within::relative(1e-5).plus(1e-6),
            );
        }
    };
    check(other_names::OPERATORS, other_names::operators(&inputs));
    check(other_names::FUNCTIONALS, other_names::functionals(&inputs));
}

#[test]
fn the_page_is_what_the_crates_have() {
    let functionals = functionals();
    let parts = [
        ("Operators", page::OPERATORS, operators(&functionals)),
        ("Classes of `torch.nn`", page::CLASSES, classes()),
        ("`torch.nn.functional`", page::FUNCTIONALS, functionals),
        ("Optimizers", page::OPTIMIZERS, part("optim", |name| OPTIMIZERS.contains(&name), &[], &[])),
    ];
    let text = page::written(&parts);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("torch-names.md");
    if std::fs::read_to_string(&path).unwrap_or_default() != text {
        std::fs::write(&path, text).expect("the page can be written");
        panic!("docs/torch-names.md was not what the crates have; it has been written anew");
    }
}
