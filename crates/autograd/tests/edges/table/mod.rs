//! The operations with their arguments, one row each: what it is here, what it is in torch,
//! and on which inputs. A new operation is a new row; then
//! `cargo xtask record --python PATH autograd/edges` writes down what torch gives.

mod binary;
mod conv;
mod create;
mod elementwise;
mod embedding;
mod functions;
mod index;
mod loss;
mod movement;
mod norm;
mod pad;
mod pairs;
mod pool;
mod product;
mod random;
mod recurrent;
mod reduce;
mod vision;

use super::op::Table;

pub(crate) fn table() -> Table {
    let mut table = Table::default();
    elementwise::rows(&mut table);
    functions::rows(&mut table);
    binary::rows(&mut table);
    pairs::rows(&mut table);
    reduce::rows(&mut table);
    movement::rows(&mut table);
    norm::rows(&mut table);
    index::rows(&mut table);
    embedding::rows(&mut table);
    product::rows(&mut table);
    conv::rows(&mut table);
    pad::rows(&mut table);
    pool::rows(&mut table);
    recurrent::rows(&mut table);
    vision::rows(&mut table);
    loss::rows(&mut table);
    create::rows(&mut table);
    random::rows(&mut table);
    table
}
