//! Operations that look up rows of a table.

use autograd::{EmbeddingBagMode, EmbeddingBagOptions, EmbeddingOptions};

use super::index::extend;
use crate::op::{Table, python, variables};
use crate::sets::listed;

pub(super) fn rows(t: &mut Table) {
    let x = listed(
        &["f32", "f64"],
        "i64:at3:3 DT:plain:3x2\ni32:at3:2x3 DT:plain:3x5\ni64:at:s DT:plain:2x3>t\ni64:at:0x2 DT:plain:2x3",
    );
    let x = &extend(
        &x,
        &["f32"],
        "i64:beyond:2 DT:plain:3x2\ni64:back:2 DT:plain:3x2\nf32:at:2 DT:plain:3x2\nu8:at:2 DT:plain:3x2
        i64:at3:3 DT:plain:3\ni64:at3:3 DT:plain:3x2x2\ni64:at3:3 DT:plain:3x0",
    );
    for padding_idx in [None, Some(0), Some(-1)] {
        for scale_grad_by_freq in [false, true] {
            let torch = format!(
                "F.embedding(x, y, {}, scale_grad_by_freq={})",
                padding_idx.map_or("None".to_owned(), |i: isize| i.to_string()),
                python(scale_grad_by_freq.into())
            );
            let options = EmbeddingOptions { padding_idx, scale_grad_by_freq, ..Default::default() };
            variables!(t, embedding, torch, x, |x| autograd::embedding(&x[0], &x[1], options));
        }
    }
    bags(t);
}

fn bags(t: &mut Table) {
    let x = listed(
        &["f32", "f64"],
        "i64:at3:2x3 DT:plain:3x2\ni32:at3:4x1 DT:plain:3x5\ni64:at3:3x2>t DT:plain:2x3>t\ni64:at:0x2 DT:plain:2x3",
    );
    let x = &extend(
        &x,
        &["f32"],
        "i64:at3:2x3 DT:nan:3x2\ni64:at3:2x3 DT:nan_late:3x3\ni64:at3:2x3 DT:plain:3x0\ni64:at3:3 DT:plain:3x2
        i64:beyond:1x2 DT:plain:3x2\ni64:back:1x2 DT:plain:3x2\nf32:at:1x2 DT:plain:3x2\ni64:at3:2x3 DT:plain:3",
    );
    let with = &listed(
        &["f32", "f64"],
        "i64:at3:6 DT:plain:3x2 i64:first:2\ni32:at3:5 DT:plain:3x2 i32:first:1\ni64:at3:0 DT:plain:3x2 i64:first:2
        i64:at3:4 DT:plain:3x2 i64:at:2\ni64:at3:4 DT:plain:3x2 f32:first:1\ni64:at3:2x2 DT:plain:3x2 i64:first:2",
    );
    let weighed = &listed(
        &["f32", "f64"],
        "i64:at3:2x3 DT:plain:3x2 DT:plain:2x3\ni64:at3:2x3 DT:plain:3x2 DT:special:2x3
        i64:at3:2x3 DT:plain:3x2 DT:plain:6\ni64:at3:2x3 DT:plain:3x2 i64:plain:2x3",
    );
    use EmbeddingBagMode::{Max, Mean, Sum};
    for (mode, name) in [(Sum, "sum"), (Mean, "mean"), (Max, "max")] {
        for padding_idx in [None, Some(0), Some(-1)] {
            let options = EmbeddingBagOptions { mode, padding_idx, ..Default::default() };
            let padding = padding_idx.map_or("None".to_owned(), |i: isize| i.to_string());
            let torch =
                |inputs: &str| format!("F.embedding_bag({inputs}, mode='{name}', padding_idx={padding})");
            variables!(t, embedding_bag, torch("x, y"), x, |x| {
                autograd::embedding_bag(&x[0], &x[1], None, None, options)
            });
            if padding_idx != Some(0) {
                variables!(t, embedding_bag, torch("x, y, z"), with, |x| {
                    autograd::embedding_bag(&x[0], &x[1], Some(&x[2]), None, options)
                });
            }
            if mode != Max {
                variables!(t, embedding_bag, torch("x, y, per_sample_weights=z"), weighed, |x| {
                    autograd::embedding_bag(&x[0], &x[1], None, Some(&x[2]), options)
                });
            }
        }
        let torch = format!("F.embedding_bag(x, y, mode='{name}', scale_grad_by_freq=True)");
        let options = EmbeddingBagOptions { mode, scale_grad_by_freq: true, ..Default::default() };
        variables!(t, embedding_bag, torch, x, |x| {
            autograd::embedding_bag(&x[0], &x[1], None, None, options)
        });
    }
}
