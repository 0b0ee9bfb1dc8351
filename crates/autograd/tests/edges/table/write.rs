//! Arrays with a part written over, by indices, masks and places, and what is taken by them.

use super::index::extend;
use crate::op::{Table, Value, both, python, tensors, variables};
use crate::sets::{COMPUTED, listed};
use tensor::{Scalar, ScatterReduction};

pub(super) fn rows(t: &mut Table) {
    slices(t);
    parts(t);
    taken(t);

    let x = &listed(
        &COMPUTED,
        "DT:plain:3 bool:bits:3 DT:ties:3
        DT:plain:2x3 bool:bits:2x3 DT:ties:5
        DT:special:12 bool:bits:12 DT:ties:12
        DT:plain:3 u8:bits:3 DT:ties:3
        DT:plain:3 bool:bits:3 f16:plain:3",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:s bool:bits:s DT:ties:s
        DT:plain:s bool:bits:s DT:ties:2x3
        DT:plain:s bool:bits:3 DT:ties:3
        DT:plain:3 bool:bits:s DT:ties:3
        DT:plain:3 bool:zero:s DT:plain:0
        DT:plain:2x3 bool:bits:3 DT:special:2x3
        DT:plain:2x3 bool:bits:2x1 DT:ties:3x2>t
        DT:plain:3 bool:bits:2x3 DT:ties:2x3
        DT:plain:2x3 bool:bits:2x3 DT:ties:2
        DT:plain:2x3 bool:bits:2 DT:ties:6
        DT:plain:0 bool:bits:1 DT:plain:0
        DT:plain:0x3 bool:bits:3 DT:plain:s
        DT:plain:2x3>t bool:bits:2x3>t DT:special:6>odd
        DT:plain:3>twice bool:bits:3 DT:ties:4
        DT:plain:3 bool:bits:3 DT:nan:3",
    );
    both!(t, masked_scatter, "x.masked_scatter(y, z)", x, |x| x[0].masked_scatter(&x[1].as_tensor(), &x[2]));

    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:at3:3 DT:plain:3
        DT:plain:2x3 i64:at:2x3 DT:plain:2x3
        DT:plain:3x2 i64:order3:3x1 DT:ties:3x1
        DT:ties:3 i64:first:3 DT:ties:3
        DT:plain:3 i64:first:3 DT:ties:3",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:3 i32:order3:3 DT:plain:3
        DT:plain:3 u8:order3:3 DT:plain:3
        DT:plain:3 i64:order3:2 DT:plain:3
        DT:plain:3 i64:order3:3 DT:plain:2
        DT:plain:3 i64:order3:3 f64:plain:3
        DT:plain:s i64:first:s DT:ties:s
        DT:plain:s i64:first:1 DT:ties:1
        DT:plain:3 i64:first:0 DT:plain:0
        DT:plain:3 i64:back:2 DT:plain:2
        DT:plain:3 i64:beyond:2 DT:plain:2
        DT:plain:0x3 i64:at:0x3 DT:plain:0x3
        DT:plain:0x3 i64:at:2x3 DT:plain:2x3
        DT:plain:2x3>t i64:at:3x2 DT:plain:2x3>t
        DT:plain:6>odd i64:order3:3 DT:plain:6>odd
        DT:plain:3>twice i64:at:2x3 DT:plain:2x3
        DT:plain:2x3 i64:at:2x3 DT:plain:1x3
        DT:special:12 i64:at3:5 DT:special:5
        DT:nan:3 i64:at3:3 DT:plain:3
        DT:plain:3 i64:at3:3 DT:nan:3
        DT:zero:3 i64:at3:3 DT:zero:3
        DT:inf:3 i64:at3:3 DT:inf:3",
    );
    for (name, reduce) in [
        ("sum", ScatterReduction::Sum),
        ("prod", ScatterReduction::Prod),
        ("mean", ScatterReduction::Mean),
        ("amax", ScatterReduction::Amax),
        ("amin", ScatterReduction::Amin),
    ] {
        for (dim, own) in [(0, true), (-1, true), (0, false), (1, false)] {
            let include = python(Scalar::Bool(own));
            let torch = format!("x.scatter_reduce({dim}, y, z, '{name}', include_self={include})");
            both!(t, scatter_reduce, torch, x, |x| x[0].scatter_reduce(
                dim,
                &x[1].as_tensor(),
                &x[2],
                reduce,
                own
            ))
            .within(0.0, 2.0);
        }
    }
}

/// Whole slices.
fn slices(t: &mut Table) {
    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:order3:2 DT:ties:2
        DT:plain:2x3 i64:at:2 DT:ties:2x3
        DT:plain:2x3 i64:order3:1 DT:ties:2x1
        DT:special:12 i64:order3:3 DT:special:3",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:3 i32:order3:2 DT:plain:2
        DT:plain:3 u8:order3:2 DT:plain:2
        DT:plain:3 i64:order3:2 f64:plain:2
        DT:plain:3 i64:order3:2 DT:plain:3
        DT:plain:3 i64:first:s DT:plain:s
        DT:plain:3 i64:first:1 DT:plain:s
        DT:plain:3 i64:first:s DT:plain:1
        DT:plain:s i64:first:s DT:ties:s
        DT:plain:s i64:first:1 DT:ties:1
        DT:plain:s i64:first:1 DT:ties:s
        DT:plain:2x3 i64:first:s DT:plain:s
        DT:plain:2x3 i64:first:1 DT:plain:3
        DT:plain:2x3 i64:first:1 DT:plain:1x3
        DT:plain:2x3 i64:first:1x1 DT:plain:1x3
        DT:plain:3 i64:at:0 DT:plain:0
        DT:plain:3 i64:back:2 DT:plain:2
        DT:plain:3 i64:beyond:2 DT:plain:2
        DT:plain:0x3 i64:at:0 DT:plain:0x3
        DT:plain:3x0 i64:at:2 DT:plain:2x0
        DT:plain:2x3>t i64:at:2 DT:plain:2x2
        DT:plain:3>twice i64:at:2 DT:plain:2x3",
    );
    for dim in [0, 1, -1] {
        let torch = format!("x.index_copy({dim}, y, z)");
        both!(t, index_copy, torch, x, |x| x[0].index_copy(dim, &x[1].as_tensor(), &x[2]));
    }
    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:at:2\nDT:plain:2x3 i64:back:2\nDT:special:12 i64:at3:3\nDT:plain:2x3>t i64:first:1",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:3 i32:at:2
        DT:plain:3 u8:at:2
        DT:plain:3 i64:first:s
        DT:plain:s i64:first:s
        DT:plain:s i64:first:1
        DT:plain:s i64:back:2
        DT:plain:s i64:at:1
        DT:plain:3 i64:at:0
        DT:plain:3 i64:at:1x2
        DT:plain:3 i64:beyond:2
        DT:plain:3x0 i64:at:2
        DT:plain:2x0x3 i64:at:2
        DT:plain:3>twice i64:at:2",
    );
    for dim in [0, 1, -1] {
        for value in [
            Scalar::Int(2),
            Scalar::Int(300),
            Scalar::Float(1.5),
            Scalar::Float(f64::NAN),
            Scalar::Float(1e300),
            Scalar::Bool(true),
        ] {
            let torch = format!("x.index_fill({dim}, y, {})", python(value));
            both!(t, index_fill, torch, x, |x| x[0].index_fill(dim, &x[1].as_tensor(), value));
        }
    }
    let values = |dtypes| {
        listed(
            dtypes,
            "DT:plain:3 i64:at:2 f32:plain:s\nDT:plain:2x3 i64:at:2 f64:plain:s\nDT:plain:3 i64:at:2 i64:plain:s
            DT:plain:3 i64:at:0 f32:plain:s\nDT:plain:3 i64:at:2 f32:plain:1\nDT:plain:s i64:first:1 f32:plain:s",
        )
    };
    let floats = &values(&["f32", "f64"]);
    both!(t, index_fill, "x.index_fill(0, y, z)", floats, |x| x[0].index_fill(0, &x[1].as_tensor(), &x[2]));
    // A variable that is cut to an integer would lose its gradient.
    let others = &values(&["i64", "bool"]);
    variables!(t, index_fill, "x.index_fill(0, y, z)", others, |x| x[0].index_fill(0, &x[1].data(), &x[2]));
    tensors!(t, index_fill, "x.index_fill(0, y, z)", others, |x| x[0].index_fill(0, &x[1], &x[2]));
}

/// What a view would read.
fn parts(t: &mut Table) {
    let x = &listed(
        &["f32", "f64", "i64", "u8", "bool", "f16"],
        "DT:plain:2x3 DT:ties:3\nDT:plain:2x3 DT:ties:2\nDT:plain:2x3 DT:ties:1x3\nDT:plain:2x3 DT:ties:2x2\nDT:plain:3 DT:ties:s
        DT:plain:3 DT:ties:2\nDT:special:3x3 DT:special:3",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:s DT:ties:s
        DT:plain:2x3 DT:ties:s
        DT:plain:2x3 DT:ties:2x1
        DT:plain:2x3 DT:plain:0
        DT:plain:2x3 DT:plain:2x0
        DT:plain:0x3 DT:plain:0
        DT:plain:0x3 DT:plain:3
        DT:plain:3x0 DT:plain:0
        DT:plain:2x3>t DT:special:3
        DT:plain:2x3>t DT:ties:2x2
        DT:plain:3>twice DT:ties:3
        DT:plain:2x2x3>turn DT:ties:2x2>t
        DT:plain:2x2x3>turn DT:ties:3x2
        DT:plain:6>odd DT:ties:2
        DT:plain:2x3 i32:plain:2",
    );
    let x = &extend(x, &["f32"], "DT:plain:2x3 f64:plain:3\nDT:plain:2x3 f64:special:2");
    // A variable that is cut to an integer would lose its gradient.
    let cut = &listed(&["i64", "u8", "bool"], "DT:plain:2x3 f32:plain:3\nDT:plain:2x3 f64:plain:2");
    for (dim, index) in [(0, 1), (0, -1), (1, 0), (-1, 2), (0, 9)] {
        let torch = format!("x.select_scatter(y, {dim}, {index})");
        both!(t, select_scatter, &torch, x, |x| x[0].select_scatter(&x[1], dim, index));
        variables!(t, select_scatter, &torch, cut, |x| x[0].select_scatter(&x[1], dim, index));
        tensors!(t, select_scatter, torch, cut, |x| x[0].select_scatter(&x[1], dim, index));
    }
    for (dim, start, end, step) in
        [(0, 0, 1, 1), (0, 1, 100, 1), (-1, 0, 100, 2), (1, -2, 100, 1), (1, 2, 1, 1), (0, 0, 2, 0)]
    {
        let torch = format!("x.slice_scatter(y, {dim}, {start}, {end}, {step})");
        both!(t, slice_scatter, torch, x, |x| x[0].slice_scatter(&x[1], dim, start, end, step));
    }
    for (offset, a, b) in [(0, 0, 1), (1, 0, 1), (-1, 1, 0), (0, -1, 0), (9, 0, 1), (0, 0, 0), (0, 1, 2)] {
        let torch = format!("x.diagonal_scatter(y, {offset}, {a}, {b})");
        both!(t, diagonal_scatter, torch, x, |x| x[0].diagonal_scatter(&x[1], offset, a, b));
    }
}

fn taken(t: &mut Table) {
    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:at:2\nDT:plain:2x3 i64:at3:2x3\nDT:special:12 i64:at3:5\nDT:plain:2x3>t i64:at3:3x2>t",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:3 i32:at:2
        DT:plain:3 u8:at:2
        DT:plain:3 i64:first:s
        DT:plain:s i64:first:s
        DT:plain:s i64:first:1
        DT:plain:s i64:back:2
        DT:plain:2x3 i64:back:1x2
        DT:plain:2x3 i64:back:2x1
        DT:plain:2x3 i64:at:3x1
        DT:plain:1x3 i64:at3:2x3
        DT:plain:2x3 i64:at:0
        DT:plain:2x3 i64:at:2x0
        DT:plain:3 i64:beyond:2
        DT:plain:0 i64:at:0
        DT:plain:0 i64:at:2
        DT:plain:0x3 i64:at:1x3
        DT:plain:3x0 i64:at:3x1
        DT:plain:3>twice i64:at3:2x3
        DT:plain:6>odd i64:at3:6>odd
        DT:plain:2x1x3 i64:at:2x2x1",
    );
    both!(t, take, "x.take(y)", x, |x| x[0].take(&x[1].as_tensor()));
    for dim in [None, Some(0), Some(1), Some(-1)] {
        let torch = format!(
            "torch.take_along_dim(x, y, {})",
            dim.map_or("None".to_owned(), |dim: isize| dim.to_string())
        );
        both!(t, take_along_dim, torch, x, |x| x[0].take_along_dim(&x[1].as_tensor(), dim));
    }
}
