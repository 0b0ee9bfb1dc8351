//! Operations that pick elements by an index or a mask.

use crate::op::{Table, Value, both, python, tensors};
use crate::sets::{COMPUTED, listed};
use tensor::Scalar;

pub(super) fn rows(t: &mut Table) {
    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:at:2
        DT:plain:2x3 i64:at:2
        DT:plain:2x3>t i32:at:4
        DT:special:12 i64:at3:5
        DT:plain:3 u8:at:2",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:3 i32:at:2
        DT:plain:3 i16:at:2
        DT:plain:3 bool:at:2
        DT:plain:3 f32:at:2
        DT:plain:3 i64:at:s
        DT:plain:s i64:first:1
        DT:plain:s i64:first:s
        DT:plain:s i64:at:0
        DT:plain:3 i64:at:0
        DT:plain:3 i64:back:2
        DT:plain:3 i64:beyond:2
        DT:plain:3 i64:at:2x2
        DT:plain:0 i64:at:0
        DT:plain:0 i64:first:1
        DT:plain:0x3 i64:at:2
        DT:plain:0x3 i64:at:0
        DT:plain:3x0 i64:at:2
        DT:plain:0x4>half i64:at:2
        DT:plain:2x0x3 i64:at:2
        DT:plain:6>odd i64:at:6>odd
        DT:plain:3>twice i64:at:2
        DT:plain:2x2x3>turn i32:at:2
        DT:nan:3 i64:at:2",
    );
    for dim in [0, 1, -1] {
        let torch = format!("x.index_select({dim}, y)");
        both!(t, index_select, torch, x, |x| x[0].index_select(dim, &x[1].as_tensor()));
    }

    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:at:2
        DT:plain:2x3 i64:at:2x3
        DT:plain:2x3 i64:at:1x2
        DT:plain:2x3>t i64:at:3x2
        DT:special:12 i64:at3:5",
    );
    let x = &extend(
        x,
        &["f32", "i64"],
        "DT:plain:3 i32:at:2
        DT:plain:3 i16:at:2
        DT:plain:3 u8:at:2
        DT:plain:3 f32:at:2
        DT:plain:s i64:first:1
        DT:plain:s i64:first:s
        DT:plain:3 i64:at:s
        DT:plain:3 i64:first:0
        DT:plain:3 i64:back:2
        DT:plain:3 i64:beyond:2
        DT:plain:2x3 i64:at:3x3
        DT:plain:2x3 i64:at:2
        DT:plain:0 i64:at:0
        DT:plain:0x3 i64:at:0x3
        DT:plain:0x3 i64:at:2x3
        DT:plain:3x0 i64:at:3x0
        DT:plain:2x3 i64:at:0x3
        DT:plain:0x4>half i64:at:0x2
        DT:plain:2x0x3 i64:at:2x0x3
        DT:plain:2x3 i64:at:2x3>t
        DT:plain:3x2 i64:at:2x3>t
        DT:plain:2x3 i32:at:2x3
        DT:plain:6>odd i64:at:6>odd
        DT:plain:3>twice i64:at:2x3",
    );
    for dim in [0, 1, -1] {
        let torch = format!("x.gather({dim}, y)");
        both!(t, gather, torch, x, |x| x[0].gather(dim, &x[1].as_tensor()));
    }

    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:at3:3 DT:plain:3
        DT:plain:2x3 i64:at:2x3 DT:plain:2x3
        DT:special:12 i64:order3:3 DT:special:3
        DT:plain:3x2 i64:order3:3x1 DT:ties:3x1
        DT:plain:2x3 i64:order3:2x3 DT:ties:2x3
        DT:ties:3 i64:first:3 DT:ties:3",
    );
    let x = &extend(
        x,
        &["f32", "i64", "bool"],
        "DT:plain:3 i32:order3:3 DT:plain:3
        DT:plain:3 i16:order3:3 DT:plain:3
        DT:plain:3 u8:order3:3 DT:plain:3
        DT:plain:3 f32:order3:3 DT:plain:3
        DT:plain:3 i64:order3:2 DT:plain:3
        DT:plain:3 i64:order3:3 DT:plain:2
        DT:plain:3 i64:order3:3 f64:plain:3
        DT:plain:3 i64:order3:3 i32:plain:3
        DT:plain:s i64:first:s DT:plain:s
        DT:plain:s i64:first:1 DT:plain:1
        DT:plain:3 i64:first:s DT:plain:s
        DT:plain:3 i64:first:0 DT:plain:0
        DT:plain:3 i64:back:2 DT:plain:2
        DT:plain:3 i64:beyond:2 DT:plain:2
        DT:plain:0 i64:first:0 DT:plain:0
        DT:plain:0 i64:first:1 DT:plain:1
        DT:plain:0x3 i64:at:0x3 DT:plain:0x3
        DT:plain:0x3 i64:at:2x3 DT:plain:2x3
        DT:plain:3x0 i64:at:3x0 DT:plain:3x0
        DT:plain:2x3 i64:at:0x3 DT:plain:2x3
        DT:plain:2x3 i64:at:2x3 DT:plain:1x3
        DT:plain:2x3>t i64:at:3x2 DT:plain:2x3>t
        DT:plain:0x4>half i64:at:0x2 DT:plain:0x4>half
        DT:plain:6>odd i64:order3:3 DT:plain:6>odd
        DT:plain:3>twice i64:at:2x3 DT:plain:2x3
        DT:plain:2x0x3 i64:at:2x0x3 DT:plain:2x0x3",
    );
    for dim in [0, 1, -1] {
        both!(t, scatter, format!("x.scatter({dim}, y, z)"), &unique(x), |x| x[0].scatter(
            dim,
            &x[1].as_tensor(),
            &x[2]
        ));
        both!(t, scatter_add, format!("x.scatter_add({dim}, y, z)"), x, |x| x[0].scatter_add(
            dim,
            &x[1].as_tensor(),
            &x[2]
        ));
    }

    let x = &listed(
        &COMPUTED,
        "DT:plain:3 i64:at:2 DT:plain:2
        DT:plain:2x3 i64:at:2 DT:plain:2x3
        DT:plain:3x2 i64:at3:2 DT:plain:3x2
        DT:ties:3 i64:first:3 DT:ties:3
        DT:special:12 i64:at3:5 DT:special:5",
    );
    let x = &extend(
        x,
        &["f32", "i64", "bool"],
        "DT:plain:3 i32:at:2 DT:plain:2
        DT:plain:3 i16:at:2 DT:plain:2
        DT:plain:3 u8:at:2 DT:plain:2
        DT:plain:3 i64:at:2 f64:plain:2
        DT:plain:3 i64:at:2 DT:plain:3
        DT:plain:s i64:first:1 DT:plain:s
        DT:plain:s i64:first:s DT:plain:s
        DT:plain:3 i64:first:s DT:plain:1
        DT:plain:3 i64:first:s DT:plain:s
        DT:plain:3 i64:at:0 DT:plain:0
        DT:plain:3 i64:back:2 DT:plain:2
        DT:plain:3 i64:beyond:2 DT:plain:2
        DT:plain:0x3 i64:at:0 DT:plain:0x3
        DT:plain:0x3 i64:at:2 DT:plain:2x3
        DT:plain:3x0 i64:at:2 DT:plain:2x0
        DT:plain:2x3>t i64:at:2 DT:plain:2x2
        DT:plain:0x4>half i64:at:0 DT:plain:0x2
        DT:plain:0x4>half i64:at:2 DT:plain:0x4>half
        DT:plain:3>twice i64:at:2 DT:plain:2x3
        DT:plain:2x3 i64:at:2 DT:plain:1x3",
    );
    for dim in [0, 1, -1] {
        let torch = format!("x.index_add({dim}, y, z)");
        both!(t, index_add, torch, x, |x| x[0].index_add(dim, &x[1].as_tensor(), &x[2]));
    }

    let x = &masked();
    both!(t, masked_select, "x.masked_select(y)", x, |x| x[0].masked_select(&x[1].as_tensor()));
    for value in [0.0, -0.0, 1.5, f64::NAN, f64::NEG_INFINITY, 1e300] {
        let torch = format!("x.masked_fill(y, {})", python(value.into()));
        both!(t, masked_fill, torch, x, |x| x[0].masked_fill(&x[1].as_tensor(), value));
    }
    for value in
        [Scalar::Int(2), Scalar::Int(-1), Scalar::Int(300), Scalar::Int(i64::MAX), Scalar::Bool(true)]
    {
        let torch = format!("x.masked_fill(y, {})", python(value));
        tensors!(t, masked_fill, torch, x, |x| x[0].masked_fill(&x[1], value));
    }
    both!(t, where_, "torch.where(x, y, z)", &chosen(), |x| Choose::choose(&x[0].as_tensor(), &x[1], &x[2]));

    let x = &listed(
        &["i64"],
        "DT:at3:3\nDT:at3:s\nDT:at3:0\nDT:at3:2x3\nDT:back:2\nDT:at:0x3\nDT:at3:3x2>t\nDT:at3:6>odd
        i32:at3:3\nf32:at3:3\nu8:at3:3\nbool:at:2",
    );
    for n in [None, Some(3), Some(1), Some(0)] {
        let torch = format!("F.one_hot(x, {})", n.map_or(-1, |n| n as isize));
        tensors!(t, one_hot, torch, x, |x| x[0].one_hot(n));
    }
}

pub(super) fn extend(x: &[String], dtypes: &[&str], text: &str) -> Vec<String> {
    x.iter().cloned().chain(listed(dtypes, text)).collect()
}

/// The cases in which no place is written twice: which write wins is nobody's promise.
fn unique(x: &[String]) -> Vec<String> {
    x.iter().filter(|x| !x.contains(":at") && !x.contains("first:3")).cloned().collect()
}

fn masked() -> Vec<String> {
    let x = listed(
        &COMPUTED,
        "DT:plain:3 bool:bits:3
        DT:plain:2x3 bool:bits:2x3
        DT:special:12 bool:bits:12
        DT:plain:2x3>t bool:bits:3x2
        DT:plain:3 u8:bits:3",
    );
    extend(
        &x,
        &["f32", "i64"],
        "DT:plain:s bool:bits:s
        DT:plain:s bool:zero:s
        DT:plain:s bool:bits:3
        DT:plain:3 bool:bits:s
        DT:plain:2x3 bool:bits:3
        DT:plain:2x3 bool:bits:2x1
        DT:plain:3 bool:bits:2x3
        DT:plain:2x3 bool:bits:2
        DT:plain:3 bool:zero:3
        DT:plain:0 bool:bits:0
        DT:plain:0 bool:bits:1
        DT:plain:0 bool:bits:s
        DT:plain:0x3 bool:bits:3
        DT:plain:0x4>half bool:bits:2
        DT:plain:3x0 bool:bits:3x1
        DT:plain:3 bool:bits:0
        DT:plain:3>twice bool:bits:2x3
        DT:plain:6>odd bool:bits:6>odd
        DT:plain:3 i64:bits:3
        DT:plain:3 f32:bits:3
        DT:plain:3 i32:bits:3",
    )
}

fn chosen() -> Vec<String> {
    let x = listed(
        &COMPUTED,
        "bool:bits:3 DT:plain:3 DT:ties:3
        bool:bits:2x1 DT:plain:3 DT:ties:s
        u8:bits:3 DT:plain:3 DT:ties:3
        bool:bits:12 DT:special:12 DT:plain:12
        bool:bits:3 DT:plain:3 f32:ties:3
        bool:bits:3 DT:plain:s i64:ties:3
        bool:bits:3 f64:plain:s DT:ties:3",
    );
    extend(
        &x,
        &["f32", "i64"],
        "bool:bits:s DT:plain:s DT:ties:s
        bool:bits:0 DT:plain:0 DT:ties:0
        bool:bits:0 DT:plain:1 DT:ties:s
        bool:bits:3 DT:plain:0 DT:ties:3
        bool:bits:0x3 DT:plain:3 DT:ties:1x3
        bool:bits:2 DT:plain:0x4>half DT:ties:s
        bool:bits:0x4>half DT:plain:2 DT:ties:2
        bool:bits:2x3>t DT:plain:3x2 DT:ties:2x3>t
        bool:bits:3 DT:plain:2x3 DT:ties:4
        bool:bits:6>odd DT:plain:6>odd DT:plain:3
        bool:bits:3 DT:nan:3 DT:plain:3
        i64:bits:3 DT:plain:3 DT:ties:3
        f32:bits:3 DT:plain:3 DT:ties:3",
    )
}

/// On tensors the condition is asked to choose, on variables the first of the two.
trait Choose: Sized {
    fn choose(condition: &tensor::Tensor, x: &Self, y: &Self) -> Self;
}

impl Choose for tensor::Tensor {
    fn choose(condition: &tensor::Tensor, x: &Self, y: &Self) -> Self {
        condition.where_(x, y)
    }
}

impl Choose for autograd::Variable {
    fn choose(condition: &tensor::Tensor, x: &Self, y: &Self) -> Self {
        x.where_(condition, y)
    }
}
