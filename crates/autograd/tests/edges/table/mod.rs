//! The operations with their arguments, one row each: what it is here, what it is in torch,
//! and on which inputs. A new operation is a new row; then
//! `cargo xtask record --python PATH autograd/edges` writes down what torch gives.

use super::op::Table;

/// The subjects, each a module with its rows and a recording of that name.
macro_rules! subjects {
    ($($subject:ident)*) => {
        $(mod $subject;)*

        pub(crate) fn tables() -> Vec<Table> {
            vec![$({
                let mut table = Table { subject: stringify!($subject), ops: Vec::new() };
                $subject::rows(&mut table);
                table
            }),*]
        }
    };
}

subjects! {
    elementwise functions binary pairs reduce statistics movement shape norm index indexing write embedding product linalg conv
    pad pool recurrent vision loss create random
}
