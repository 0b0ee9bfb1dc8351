//! Kinds of modules as descriptions have them: the name for a module of this crate, `Linear` or `Conv2d`, and
//! for any other the path of its type with the parameters, `mycrate::models::Block<Linear, 2>`.

/// The kind of the type `name` at `path`, a path of Rust modules, with these parameters.
#[doc(hidden)]
pub fn kind_path(path: &str, name: &str, parameters: &[String]) -> String {
    let [crate_name, this_crate] = [path, module_path!()].map(|path| path.split("::").next());
    if crate_name == this_crate {
        return name.to_owned();
    }
    let parameters = parameters.join(", ");
    if parameters.is_empty() { format!("{path}::{name}") } else { format!("{path}::{name}<{parameters}>") }
}

/// The kind without paths, as the type stands in a program: `Block<Linear, 2>`.
pub(crate) fn short(kind: &str) -> String {
    kind.split_inclusive(['<', '>', ',', ' ']).filter_map(|part| part.rsplit("::").next()).collect()
}

/// The name alone, as it prints: `Block`.
pub(crate) fn name(kind: &str) -> &str {
    let path = kind.split('<').next().unwrap_or(kind);
    path.rsplit("::").next().unwrap_or(path)
}

/// Whether a file's kind may mean the type of kind `known`: the same up to paths, since types move and crates
/// are renamed, and up to parameters where one of the two has none, as in files from before kinds had them.
/// A path never means a module of this crate.
pub(crate) fn fits(found: &str, known: &str) -> bool {
    if found == known {
        return true; // nearly always
    }
    let [is_path, is_known_path] = [found, known].map(|kind| !kind.starts_with(name(kind)));
    let both_have_parameters = found.contains('<') && known.contains('<');
    (is_known_path || !is_path)
        && name(found) == name(known)
        && (!both_have_parameters || short(found) == short(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_a_path_unless_it_is_of_this_crate() {
        let parameters = ["Linear".to_owned(), "2".to_owned()];
        assert_eq!(kind_path("mine::models", "Block", &parameters), "mine::models::Block<Linear, 2>");
        assert_eq!(kind_path("nnet", "Net", &[]), "nnet::Net");
        assert_eq!(kind_path(module_path!(), "Conv2d", &["2".to_owned()]), "Conv2d");
        let kind = "a::Block<b::Pair<Linear, c::Net>, 2>";
        assert_eq!((name(kind), &*short(kind)), ("Block", "Block<Pair<Linear, Net>, 2>"));
    }

    #[test]
    fn paths_may_differ_and_parameters_be_absent() {
        for known in ["a::Net", "b::c::Net"] {
            assert!(fits("a::Net", known) && fits("Net", known) && !fits("a::Nets", known));
        }
        assert!(fits("a::Block<b::Net, 2>", "c::Block<d::Net, 2>"));
        assert!(!fits("a::Block<b::Net, 2>", "a::Block<b::Net, 3>"));
        assert!(fits("Block", "a::Block<b::Net, 2>") && fits("a::Block<b::Net>", "a::Block"));
        assert!(fits("Linear", "Linear") && fits("Linear", "a::Linear") && !fits("a::Linear", "Linear"));
    }
}
