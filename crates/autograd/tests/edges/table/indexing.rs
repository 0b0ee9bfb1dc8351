//! Parts of a tensor by indices as Python writes them, read and written.

use crate::op::{Table, Value, both};
use crate::sets::listed;
use tensor::{Ellipsis, NewAxis, Tensor, step};

pub(super) fn rows(t: &mut Table) {
    let shapes = "DT:plain:3x4x2\nDT:plain:3x2x4>t\nDT:plain:4x2x3>turn\nDT:plain:3x4x4>odd\nDT:plain:3x4x0\nDT:plain:3";
    let x = &listed(&["f32", "f64", "i64", "bool"], shapes);
    let values = &listed(&["f32", "i64"], "DT:plain:3x4x2\nDT:plain:3x2x4>t\nDT:plain:3");
    macro_rules! index {
        ($($torch:literal: $index:expr;)*) => {$(
            both!(t, i, concat!("x[", $torch, "]"), x, |x| x[0].i($index));
            both!(t, set, concat!("assigned(x, ", $torch, ", 7)"), values, |x| {
                let mut y = x[0].abs();
                y.set($index, 7);
                y
            });
        )*};
    }
    index! {
        "()": ();
        "0": 0;
        "-1": -1;
        "3": 3;
        "slice(1, None)": 1..;
        "slice(None, -1)": ..-1;
        "slice(2, 2)": 2..2;
        "slice(None, None, 2)": step(.., 2);
        "None": NewAxis;
        "...": Ellipsis;
        "(..., 0)": (Ellipsis, 0);
        "(slice(None), 1)": (.., 1);
        "(0, slice(1, 3), None)": (0, 1..3, NewAxis);
        "(slice(None), slice(None, None, 3), -1)": (.., step(.., 3), -1);
        "(0, 0, 0)": (0, 0, 0);
        "(0, 0, 0, 0)": (0, 0, 0, 0);
        "(..., ...)": (Ellipsis, Ellipsis);
    }

    let picked = &listed(
        &["f32", "i64"],
        "DT:plain:3x4x2 i64:at:2 i64:at:2
        DT:plain:3x4x2 i64:back:2 i64:at:2
        DT:plain:3x2x4>t i32:at:2x2 i64:at:2
        DT:plain:3x4x2 i64:at:2x1 i64:at:2
        DT:plain:3x4x2 i64:at:0 i64:at:0
        DT:plain:3x4x2 i64:beyond:2 i64:at:2
        DT:plain:3x4x2 i64:first:s i64:at:2
        DT:plain:3x4x2 f32:at:2 i64:at:2",
    );
    macro_rules! picked {
        ($($torch:literal: |$x:ident, $y:ident| $index:expr;)*) => {$(
            both!(t, i, concat!("x[", $torch, "]"), picked, |x| {
                let ($x, $y) = (&x[1].as_tensor(), &x[2].as_tensor());
                x[0].i($index)
            });
            both!(t, set, concat!("assigned(x, ", $torch, ", 7)"), picked, |x| {
                let ($x, $y) = (&x[1].as_tensor(), &x[2].as_tensor());
                let mut z = x[0].abs();
                z.set($index, 7);
                z
            });
        )*};
    }
    picked! {
        "y": |y, _z| y;
        "(slice(None), y)": |y, _z| (.., y);
        "(y, z)": |y, z| (y, z);
        "(y, slice(None), z.clamp(max=1))": |y, z| (y, .., &z.clamp(None, Some(1)));
        "(None, y, 0, z.clamp(max=1))": |y, z| (NewAxis, y, 0, &z.clamp(None, Some(1)));
        "(slice(None), y, z.clamp(max=1))": |y, z| (.., y, &z.clamp(None, Some(1)));
        "(..., z.clamp(max=1))": |_y, z| (Ellipsis, &z.clamp(None, Some(1)));
    }

    let masked = &listed(
        &["f32", "i64"],
        "DT:plain:3x4x2 bool:plain:3x4x2
        DT:plain:3x4x2 bool:plain:3x4
        DT:plain:3x4x2 bool:plain:3
        DT:plain:3x2x4>t bool:plain:3x4
        DT:plain:3x4x2 bool:plain:4
        DT:plain:3x4x2 bool:plain:3x4x2x1",
    );
    both!(t, i, "x[y]", masked, |x| x[0].i(x[1].as_tensor()));
    both!(t, set, "assigned(x, y, 7)", masked, |x| {
        let mut y = x[0].abs();
        y.set(x[1].as_tensor(), 7);
        y
    });

    let put = &listed(
        &["f32", "f64"],
        "DT:plain:3x4 DT:plain:2x4 i64:at:2
        DT:plain:3x4 DT:plain:4 i64:at:2
        DT:plain:3x4 DT:plain:s i64:at:2
        DT:plain:4x3>t DT:plain:2x4 i64:at:2
        DT:plain:3x4 DT:plain:3 i64:at:2
        DT:plain:3x4 i64:plain:4 i64:at:2",
    );
    for accumulate in [true, false] {
        let torch = if accumulate { "True" } else { "False" };
        let torch = format!("x.index_put((z,), y, accumulate={torch})");
        both!(t, index_put, torch, put, |x| x[0].index_put(x[2].as_tensor(), &x[1], accumulate));
    }

    for dim in [0, -1, 1, 3] {
        both!(t, unbind, format!("x.unbind({dim})"), x, |x| x[0].unbind(dim));
    }
    let x = &listed(&["f32"], "DT:plain:3x4\nDT:plain:0x3\nDT:plain:s");
    both!(t, iter, "list(x)", x, |x| x[0].iter().collect::<Vec<_>>());
    both!(t, len, "torch.tensor(len(x))", x, |x| Tensor::from(x[0].len() as i64));
}
