//! Names that are a program's own stay free beside the prelude's glob.

mod own {
    pub(crate) const NAMES: [&str; 1] = ["mine"];

    pub(crate) fn by_name() -> &'static str {
        NAMES[0]
    }
}

use own::*;
use rushlight::prelude::*;

#[test]
fn general_names_are_the_programs() {
    assert_eq!((by_name(), NAMES), ("mine", ["mine"]));
    assert!(optim::NAMES.contains(&"Adam"));
}
