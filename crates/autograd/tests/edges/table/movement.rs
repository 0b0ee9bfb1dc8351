//! Views, and what copies elements without changing them.

use crate::op::{Table, Value, both, tensors, variables};
use crate::sets::{listed, moved};

pub(super) fn rows(t: &mut Table) {
    let x = &moved();
    for shape in [&[-1][..], &[3, -1], &[6], &[1, 3], &[0, -1], &[], &[3, 0], &[-1, -1], &[-2, 3], &[0, 0]] {
        both!(t, reshape, format!("x.reshape({shape:?})"), x, |x| x[0].reshape(shape));
        both!(t, view, format!("x.view({shape:?})"), x, |x| x[0].view(shape));
    }
    for shape in
        [&[3][..], &[2, 3], &[-1, 3], &[2, -1, 3], &[0, 3], &[-2, 3], &[], &[2, 2, -1, -1], &[0], &[3, 0]]
    {
        both!(t, expand, format!("x.expand({shape:?})"), x, |x| x[0].expand(shape));
        both!(t, broadcast_to, format!("x.broadcast_to({shape:?})"), x, |x| x[0].broadcast_to(shape));
    }
    for (a, b) in [(0, -1), (1, 2), (0, 0), (1, 0), (-2, -1)] {
        both!(t, flatten, format!("x.flatten({a}, {b})"), x, |x| x[0].flatten(a, b));
        both!(t, transpose, format!("x.transpose({a}, {b})"), x, |x| x[0].transpose(a, b));
    }
    both!(t, t, "x.t()", x, |x| x[0].t());
    for dims in [&[0][..], &[1, 0], &[2, 0, 1], &[0, 0], &[-1, -2], &[]] {
        both!(t, permute, format!("x.permute({dims:?})"), x, |x| x[0].permute(dims));
    }
    for dims in [&[0][..], &[-1], &[1], &[0, -1], &[-2, -1], &[1, 2], &[2, 0, 1], &[0, 0], &[100], &[]] {
        both!(t, flip, format!("x.flip({dims:?})"), x, |x| x[0].flip(dims));
    }
    both!(t, squeeze, "x.squeeze()", x, |x| x[0].squeeze(None));
    for dim in [0, -1, 1, -2, 2] {
        both!(t, squeeze, format!("x.squeeze({dim})"), x, |x| x[0].squeeze(dim));
        both!(t, unsqueeze, format!("x.unsqueeze({dim})"), x, |x| x[0].unsqueeze(dim));
    }
    for (dim, start, len) in
        [(0, 0, 1), (-1, 1, 2), (0, 0, 0), (1, 1, 1), (0, -1, 1), (0, 3, 0), (0, 0, 100), (-1, 2, 0)]
    {
        both!(t, narrow, format!("x.narrow({dim}, {start}, {len})"), x, |x| x[0].narrow(dim, start, len));
    }
    for (dim, start, end, step) in [
        (0, 0, 2, 1),
        (-1, 1, 100, 2),
        (0, -1, 100, 1),
        (0, 2, 1, 1),
        (1, 0, -1, 1),
        (0, -100, 100, 3),
        (0, 0, 2, 0),
    ] {
        let torch = format!("torch.ops.aten.slice.Tensor(x, {dim}, {start}, {end}, {step})");
        both!(t, slice, torch, x, |x| x[0].slice(dim, start, end, step));
    }
    for (dim, index) in [(0, 0), (-1, 1), (0, -1), (1, 2), (2, 0), (0, 100)] {
        both!(t, select, format!("x.select({dim}, {index})"), x, |x| x[0].select(dim, index));
    }
    for (size, dim) in [(1, 0), (2, -1), (2, 0), (0, 0), (100, 0), (2, 1)] {
        both!(t, split, format!("x.split({size}, {dim})"), x, |x| x[0].split(size, dim));
        both!(t, chunk, format!("x.chunk({size}, {dim})"), x, |x| x[0].chunk(size, dim));
    }
    for (sizes, dim) in
        [(&[1, 2][..], 0), (&[2, 1], -1), (&[0, 3], -1), (&[0], 0), (&[1, 1], 0), (&[0, 0, 2], 0), (&[], 0)]
    {
        both!(t, split_sizes, format!("x.split({sizes:?}, {dim})"), x, |x| x[0].split_sizes(sizes, dim));
    }
    for diagonal in [0, 1, -1, 100, -100] {
        both!(t, tril, format!("x.tril({diagonal})"), x, |x| x[0].tril(diagonal));
        both!(t, triu, format!("x.triu({diagonal})"), x, |x| x[0].triu(diagonal));
    }
    tensors!(t, contiguous, "x.contiguous()", x, |x| x[0].contiguous());

    let alike = &listed(
        &["f32", "i32", "bool"],
        "DT:plain:s DT:plain:3
        DT:plain:3 DT:plain:2x3
        DT:plain:2x1 DT:plain:2x3
        DT:plain:0 DT:plain:s
        DT:plain:1 DT:plain:0
        DT:plain:0 DT:plain:3
        DT:plain:2x3>t DT:plain:1x2
        DT:plain:0x4>half DT:plain:2
        DT:plain:2x3 DT:plain:3",
    );
    both!(t, expand_as, "x.expand_as(y)", alike, |x| x[0].expand_as(&x[1]));
    both!(t, broadcast_tensors, "torch.broadcast_tensors(*inputs)", alike, |x| lib::broadcast_tensors(x));

    let several = &several();
    for dim in [0, 1, -1, 2] {
        both!(t, cat, format!("torch.cat(inputs, {dim})"), several, |x| lib::cat(x, dim));
        both!(t, stack, format!("torch.stack(inputs, {dim})"), several, |x| lib::stack(x, dim));
    }
    let views = &listed(&["f32", "i64", "u8", "bool"], "DT:plain:12\nDT:plain:s\nDT:plain:0\nDT:special:12");
    for (shape, strides, offset) in [
        (&[2, 3][..], &[1, 2][..], 0),
        (&[2, 2], &[0, 1], 3),
        (&[], &[], 0),
        (&[0], &[1], 5),
        (&[3, 0], &[0, 1], 0),
        (&[3], &[5], 4),
        (&[2], &[1, 1], 0),
    ] {
        let torch = format!("x.as_strided({shape:?}, {strides:?}, {offset})");
        tensors!(t, as_strided, torch, views, |x| x[0].as_strided(shape, strides, offset));
    }
    repeated(t);
    variables!(t, detach, "x.detach()", &moved(), |x| x[0].detach());
}

/// What moves round, repeats, or overlaps.
fn repeated(t: &mut Table) {
    let x = &mut listed(
        &["f32", "i64"],
        "DT:plain:s\nDT:plain:3\nDT:plain:0\nDT:plain:2x3\nDT:plain:2x0x3\nDT:plain:2x3>t\nDT:plain:6>odd\nDT:plain:3>twice
        DT:plain:0x4>half\nDT:plain:37",
    );
    x.extend(listed(&["f64", "u8", "bool", "f16"], "DT:plain:2x3"));
    let x = &*x;
    for (shifts, dims) in [
        (&[1][..], &[0][..]),
        (&[-5], &[-1]),
        (&[2], &[]),
        (&[1, 1], &[0, 1]),
        (&[1, 2], &[0, 0]),
        (&[1, 2], &[]),
        (&[], &[0]),
    ] {
        both!(t, roll, format!("x.roll({shifts:?}, {dims:?})"), x, |x| x[0].roll(shifts, dims));
    }
    for repeats in [&[2][..], &[1, 3], &[2, 2, 2], &[0, 2], &[2, -1], &[]] {
        both!(t, repeat, format!("x.repeat({repeats:?})"), x, |x| x[0].repeat(repeats));
    }
    for (n, dim) in [(2, None), (3, Some(0)), (2, Some(-1)), (0, Some(0))] {
        let torch = format!(
            "x.repeat_interleave({n}, {})",
            dim.map_or("None".to_owned(), |dim: isize| dim.to_string())
        );
        both!(t, repeat_interleave, torch, x, |x| x[0].repeat_interleave(n, dim));
    }
    let each = &listed(
        &["f32", "i64"],
        "DT:plain:3 i64:at3:3\nDT:plain:3x2 i32:at3:3\nDT:plain:3 i64:two:1\nDT:plain:3 i64:two:s\nDT:plain:3 i64:at:2
        DT:plain:3 i64:back:3\nDT:plain:3 f32:two:3\nDT:plain:2x3>t i64:at3:3\nDT:plain:0 i64:at:0\nDT:plain:3 i64:at:3x1",
    );
    both!(t, repeat_interleave, "x.repeat_interleave(y, 0)", each, |x| x[0]
        .repeat_interleave(&x[1].as_tensor(), 0));
    for (dim, size, step) in [(0, 2, 1), (-1, 2, 2), (0, 1, 3), (1, 3, 1), (0, 0, 1), (0, 2, 0), (0, 5, 2)] {
        both!(t, unfold, format!("x.unfold({dim}, {size}, {step})"), x, |x| x[0].unfold(dim, size, step));
    }
}

/// Lists of tensors to be put together.
fn several() -> Vec<String> {
    let mut out = listed(
        &["f32", "f64", "i64", "i32", "i16", "i8", "u8", "bool", "f16", "bf16"],
        "DT:plain:3 DT:plain:3
         DT:plain:2x3 DT:plain:2x3
         DT:plain:0 DT:plain:2x3
         DT:plain:s DT:plain:s
         DT:special:2x3 DT:special:3x2>t",
    );
    out.extend(listed(
        &["f32", "i64"],
        "DT:plain:2x3 DT:plain:2x3 DT:special:2x3
         DT:plain:3
         DT:plain:0
         DT:plain:0 DT:plain:0
         DT:plain:0 DT:plain:0x3
         DT:plain:0x3 DT:plain:0x3
         DT:plain:0x3 DT:plain:2x3
         DT:plain:2x0 DT:plain:2x3
         DT:plain:2x3 DT:plain:0
         DT:plain:1 DT:plain:2x3
         DT:plain:2x3 DT:plain:3x3
         DT:plain:2x3 DT:plain:2x1
         DT:plain:2x3>t DT:plain:3x2
         DT:plain:0x4>half DT:plain:2x2
         DT:plain:0x4>half DT:plain:0x4>half
         DT:plain:2x4>half DT:plain:2x6>odd
         DT:plain:3>twice DT:plain:2x3
         DT:plain:2x1x3 DT:plain:2x1x3
         DT:plain:2x0x3 DT:plain:2x1x3
         DT:plain:2x3 DT:plain:2x1x3",
    ));
    for (x, y) in [
        ("f32", "f64"),
        ("i64", "f32"),
        ("u8", "i8"),
        ("bool", "i32"),
        ("i16", "u8"),
        ("f16", "bf16"),
        ("f16", "f32"),
    ] {
        out.push(format!("{x}:plain:2x3 {y}:plain:2x3"));
        out.push(format!("{x}:plain:0 {y}:plain:2x3"));
        out.push(format!("{y}:plain:2x3 {x}:plain:0"));
    }
    out
}
