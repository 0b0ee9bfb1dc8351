//! Changes of shape that are made of others, diagonals, and functions of several arrays.

use super::index::extend;
use crate::op::{Table, both, tensors};
use crate::sets::listed;
use tensor::MeshgridIndexing;

pub(super) fn rows(t: &mut Table) {
    let x = &arrays();
    both!(t, fliplr, "x.fliplr()", x, |x| x[0].fliplr());
    both!(t, flipud, "x.flipud()", x, |x| x[0].flipud());
    for (k, dims) in
        [(1, &[0, 1][..]), (2, &[0, 1]), (3, &[1, 0]), (-1, &[0, -1]), (8, &[0, 1]), (1, &[0, 0]), (1, &[0])]
    {
        both!(t, rot90, format!("x.rot90({k}, {dims:?})"), x, |x| x[0].rot90(k, dims));
    }
    for dims in [&[2][..], &[1, 3], &[2, 2, 2], &[0, 2], &[2, -1], &[]] {
        both!(t, tile, format!("x.tile({dims:?})"), x, |x| x[0].tile(dims));
    }
    for (from, to) in [
        (&[0][..], &[1][..]),
        (&[0], &[-1]),
        (&[-1], &[0]),
        (&[0, 1], &[1, 2]),
        (&[0, 0], &[0, 1]),
        (&[0, 1], &[1, 1]),
        (&[0], &[0, 1]),
        (&[], &[]),
        (&[2], &[0]),
    ] {
        both!(t, movedim, format!("x.movedim({from:?}, {to:?})"), x, |x| x[0].movedim(from, to));
    }
    for (a, b) in [(0, 1), (0, -1), (2, 1)] {
        both!(t, swapaxes, format!("x.swapaxes({a}, {b})"), x, |x| x[0].swapaxes(a, b));
    }
    for (dim, sizes) in [
        (-1, &[3, 1][..]),
        (-1, &[1, -1]),
        (-1, &[-1, 3]),
        (0, &[2, 1, 1]),
        (0, &[0, -1]),
        (-1, &[]),
        (-1, &[-1, -1]),
        (-1, &[-3, -1]),
        (1, &[-1]),
    ] {
        both!(t, unflatten, format!("x.unflatten({dim}, {sizes:?})"), x, |x| x[0].unflatten(dim, sizes));
    }
    both!(t, atleast_1d, "torch.atleast_1d(x)", x, |x| x[0].atleast_1d());
    both!(t, atleast_2d, "torch.atleast_2d(x)", x, |x| x[0].atleast_2d());
    both!(t, atleast_3d, "torch.atleast_3d(x)", x, |x| x[0].atleast_3d());
    for n in [1, 2, 3, 5, 0] {
        for dim in [0, -1, 1] {
            both!(t, tensor_split, format!("x.tensor_split({n}, {dim})"), x, |x| x[0].tensor_split(n, dim));
        }
        both!(t, hsplit, format!("x.hsplit({n})"), x, |x| x[0].hsplit(n));
        both!(t, vsplit, format!("x.vsplit({n})"), x, |x| x[0].vsplit(n));
        both!(t, dsplit, format!("x.dsplit({n})"), x, |x| x[0].dsplit(n));
    }
    for at in [&[1][..], &[1, -1], &[2, 1], &[5, -9, 1], &[]] {
        for dim in [0, -1, 1] {
            let torch = format!("x.tensor_split({at:?}, {dim})");
            both!(t, tensor_split, torch, x, |x| x[0].tensor_split(at, dim));
        }
        both!(t, hsplit, format!("x.hsplit({at:?})"), x, |x| x[0].hsplit(at));
        both!(t, vsplit, format!("x.vsplit({at:?})"), x, |x| x[0].vsplit(at));
        both!(t, dsplit, format!("x.dsplit({at:?})"), x, |x| x[0].dsplit(at));
    }
    for (r, again) in [(2, false), (2, true), (1, false), (0, false), (3, true), (4, false)] {
        let torch = format!("torch.combinations(x, {r}, {})", if again { "True" } else { "False" });
        both!(t, combinations, torch, x, |x| x[0].combinations(r, again));
    }
    diagonals(t, x);
    lists(t);
}

fn diagonals(t: &mut Table, x: &[String]) {
    for (offset, a, b) in
        [(0, 0, 1), (1, 0, 1), (-1, 0, 1), (0, -1, 0), (1, 2, 1), (7, 0, 1), (-7, 0, 1), (0, 0, 0), (0, 1, -1)]
    {
        let torch = format!("x.diagonal({offset}, {a}, {b})");
        both!(t, diagonal, torch, x, |x| x[0].diagonal(offset, a, b));
        let torch = format!("x.diag_embed({offset}, {a}, {b})");
        both!(t, diag_embed, torch, x, |x| x[0].diag_embed(offset, a, b));
    }
    for offset in [0, 1, -1, 5, -5] {
        both!(t, diag, format!("x.diag({offset})"), x, |x| x[0].diag(offset));
        both!(t, diagflat, format!("x.diagflat({offset})"), x, |x| x[0].diagflat(offset));
    }
    let none = &listed(&[""], "-");
    for (row, col) in [(2, 3), (3, 2), (3, 3), (0, 2), (2, 0), (1, 1)] {
        for offset in [0, 1, -1, 9, -9] {
            let torch = format!("torch.tril_indices({row}, {col}, {offset})");
            tensors!(t, tril_indices, torch, none, |_x| tensor::tril_indices(row, col, offset));
            let torch = format!("torch.triu_indices({row}, {col}, {offset})");
            tensors!(t, triu_indices, torch, none, |_x| tensor::triu_indices(row, col, offset));
        }
    }
}

fn lists(t: &mut Table) {
    let several = &listed(
        &["f32", "f64", "i64", "u8", "bool", "f16"],
        "DT:plain:3 DT:ties:3
        DT:plain:2x3 DT:ties:2x3
        DT:plain:s DT:ties:s
        DT:special:2x3 DT:special:3x2>t",
    );
    let several = &extend(
        several,
        &["f32", "i64"],
        "DT:plain:3
        DT:plain:s
        DT:plain:0
        DT:plain:2x3
        DT:plain:2x1x3
        DT:plain:s DT:plain:3 DT:plain:2x3
        DT:plain:s DT:plain:3 DT:ties:2
        DT:plain:3 DT:plain:2
        DT:plain:3 DT:plain:1
        DT:plain:3 DT:plain:0
        DT:plain:0 DT:plain:0
        DT:plain:0 DT:plain:2x3
        DT:plain:3 DT:plain:3x2
        DT:plain:3 DT:plain:1x3
        DT:plain:2x0 DT:plain:2x3
        DT:plain:0x3 DT:plain:3
        DT:plain:2x3>t DT:plain:3x2
        DT:plain:6>odd DT:plain:3>twice
        DT:plain:0x4>half DT:plain:2
        DT:plain:2x1x3 DT:plain:2x1x3
        DT:plain:2x1x3 DT:plain:2x1
        DT:plain:2x1 DT:plain:3 DT:plain:s DT:ties:1x3
        DT:plain:3 DT:plain:2 DT:ties:2 DT:ties:1",
    );
    let mixed = "f32:plain:3 f64:plain:3\ni64:plain:3 f32:plain:s\nf32:plain:2x3 f64:plain:s\nu8:plain:s bool:plain:3
        i64:plain:s f32:plain:s bool:plain:2\ni64:plain:3 i32:plain:s\nf64:plain:s i64:plain:3";
    let several = &extend(several, &[""], mixed);
    both!(t, hstack, "torch.hstack(inputs)", several, |x| lib::hstack(x));
    both!(t, vstack, "torch.vstack(inputs)", several, |x| lib::vstack(x));
    both!(t, dstack, "torch.dstack(inputs)", several, |x| lib::dstack(x));
    both!(t, column_stack, "torch.column_stack(inputs)", several, |x| lib::column_stack(x));
    both!(t, block_diag, "torch.block_diag(*inputs)", several, |x| lib::block_diag(x));
    both!(t, cartesian_prod, "torch.cartesian_prod(*inputs)", several, |x| lib::cartesian_prod(x));
    for (name, indexing) in [("ij", MeshgridIndexing::Ij), ("xy", MeshgridIndexing::Xy)] {
        let torch = format!("torch.meshgrid(inputs, indexing='{name}')");
        both!(t, meshgrid, torch, several, |x| lib::meshgrid(x, indexing));
    }
    both!(t, broadcast_tensors, "torch.broadcast_tensors(*inputs)", several, |x| lib::broadcast_tensors(x));
}

fn arrays() -> Vec<String> {
    let x = listed(
        &["f32", "i64"],
        "DT:plain:s\nDT:plain:3\nDT:plain:0\nDT:plain:1\nDT:plain:2x3\nDT:plain:3x3\nDT:plain:0x3\nDT:plain:3x0
        DT:plain:2x3>t\nDT:plain:2x0x3\nDT:plain:2x1x3\nDT:plain:2x2x3>turn\nDT:plain:2x3x4\nDT:plain:6>odd\nDT:plain:3>twice
        DT:plain:0x4>half\nDT:special:4x6>t",
    );
    extend(&x, &["f64", "u8", "bool", "f16", "u32"], "DT:plain:2x3\nDT:plain:3")
}
