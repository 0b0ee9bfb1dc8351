//! Which of the names of `torch.nn` there are.

use nn::Registry;
use testing::recording;

/// What of torch's list of modules is no kind of the registry, and why.
const ABSENT: &[(&str, &str)] = &[
    ("Container", "torch's old name of Module"),
    (
        "CrossMapLRN2d",
        "torch's counts the first channel in windows that have it not: LocalResponseNorm does not",
    ),
    ("DataParallel", "there is one device"),
    ("Module", "a trait"),
    ("NLLLoss2d", "torch's old name of NLLLoss"),
    ("ParameterList", "a `Vec` of parameters"),
    ("RNNBase", "what torch's recurrent layers share"),
    ("RNNCellBase", "what torch's recurrent cells share"),
    ("SyncBatchNorm", "there is one device"),
];

#[test]
fn every_module_of_torch_is_here_or_has_a_reason() {
    let registry = Registry::new();
    let kinds: Vec<&str> = registry.kinds().collect();
    let names = recording!("names");
    let names: Vec<&str> = names.case("nn").text("names").lines().collect();
    for name in &names {
        let absent = ABSENT.iter().any(|(known, _)| known == name);
        assert!(kinds.contains(name) != absent, "{name}: absent {absent}");
    }
    assert_eq!(names.len(), 163);
    assert!(ABSENT.iter().all(|(name, _)| names.contains(name)));
}
