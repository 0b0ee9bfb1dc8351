//! Which inputs the operations get.

use super::input::rust_name;
use tensor::DType;

/// The dtypes that are computed with.
pub(crate) const COMPUTED: [&str; 8] = ["f32", "f64", "i64", "i32", "i16", "i8", "u8", "bool"];

const INTEGERS: [&str; 6] = ["i64", "i32", "i16", "i8", "u8", "bool"];

/// Every kind of shape: no axes, no elements along each axis, axes of 1, and views that are not row by row,
/// repeat elements, begin late, or have no elements and an offset.
const LAYOUTS: &str = "s 3>pick 3 1 0 2x3 1x3 3x1 0x3 3x0 2x0x3 2x1x3 1x1 2x3>t 2x2x3>turn 2x4>half 6>odd 3>twice \
                       1>wide 1x3>wide 0x4>half 3x0>t 0x3>t 3x0>twice 2x6>odd 2x3>tail 37";

/// Names from a text, several dtypes for each.
fn names(out: &mut Vec<String>, dtypes: &[&str], pool: &str, layouts: &str) {
    for dtype in dtypes {
        out.extend(layouts.split_whitespace().map(|layout| format!("{dtype}:{pool}:{layout}")));
    }
}

/// One input.
pub(crate) fn one() -> Vec<String> {
    let mut out = vec![];
    names(&mut out, &["f32"], "plain", LAYOUTS);
    names(&mut out, &["f32"], "special", "37 4x6>t");
    names(&mut out, &["f32"], "nan", "s 3 2x3>t");
    names(&mut out, &["f32"], "nan_late", "3 2x3");
    names(&mut out, &["f32"], "inf", "s 2x3");
    names(&mut out, &["f32"], "-inf", "s 3");
    names(&mut out, &["f32"], "zero", "s 3 2x3");
    names(&mut out, &["f32"], "-zero", "s");
    names(&mut out, &["f32"], "huge", "s 3 2x3>t 37");
    names(&mut out, &["f32"], "ties", "3 2x3");
    names(&mut out, &["f32"], "tiny", "s 3");
    names(&mut out, &["f64"], "plain", "s 3 0 2x3>t 0x3 3x0 6>odd 3>twice");
    names(&mut out, &["f64"], "special", "37 4x6>t");
    names(&mut out, &["f64"], "nan", "s 3");
    names(&mut out, &["f64"], "huge", "2x3");
    names(&mut out, &["f64"], "zero", "s 3");
    names(&mut out, &INTEGERS, "plain", "s 3 0 2x3 2x3>t 0x4>half 6>odd 2x0x3");
    names(&mut out, &INTEGERS, "special", "12 2x3");
    names(&mut out, &INTEGERS, "ties", "3");
    out
}

/// One input, also of the dtypes that are only moved.
pub(crate) fn moved() -> Vec<String> {
    let mut out = one();
    for dtype in DType::ALL.map(rust_name).iter().filter(|name| !COMPUTED.contains(&name.as_str())) {
        names(&mut out, &[dtype], "plain", "s 0 2x3 2x3>t 2x1x3 2x4>half 0x4>half");
        names(&mut out, &[dtype], "special", "2x3");
    }
    out
}

/// Shapes that do and do not broadcast.
const PAIRS: &str = "s/s s/3 3/s 3/3 2x3/3 3/2x3 2x3/2x1 3x1/1x3 2x3>t/3x2 3/4 2x3/2 0/s s/0 0/1 1/0 0/3 0x3/3 \
                     0x3/1x3 3x0/3x1 2x0x3/3 2x0x3/2x1x3 0x4>half/2 0x4>half/s s/0x4>half 0x4>half/0x4>half 3x0>t/3 \
                     6>odd/3 3/6>odd 3>twice/2x3 1x3>wide/3x3 2x2x3>turn/2 2x4>half/2x2 3>pick/2x3 2x1x3/2x1 \
                     2x3>tail/3 2x3>tail/2x3>tail 37/37 37/s 1/37";

fn pairs_of(out: &mut Vec<String>, x: &str, y: &str, pool: &str, layouts: &str) {
    out.extend(layouts.split_whitespace().map(|layouts| {
        let (a, b) = layouts.split_once('/').expect("a pair");
        format!("{x}:{pool}:{a} {y}:{pool}:{b}")
    }));
}

/// Two inputs: shapes, mixed dtypes, special values against special values.
pub(crate) fn pairs() -> Vec<String> {
    let mut out = vec![];
    pairs_of(&mut out, "f32", "f32", "plain", PAIRS);
    for x in COMPUTED {
        for y in COMPUTED {
            pairs_of(&mut out, x, y, "plain", "3/3 3/s s/3 s/s");
        }
    }
    pairs_of(&mut out, "f32", "f64", "plain", "2x3/3 s/s 0/s s/0 2x3>t/3x2");
    pairs_of(&mut out, "f64", "f64", "plain", "s/s 2x3/3 0x4>half/2 2x3>t/3x2 6>odd/3");
    pairs_of(&mut out, "i64", "i64", "plain", "s/s 2x3/3 0x4>half/2 2x3>t/3x2 6>odd/3 3/4");
    pairs_of(&mut out, "u8", "i64", "plain", "2x3/3 0x4>half/2 2x3>t/3x2");
    pairs_of(&mut out, "bool", "bool", "plain", "s/s 2x3/3 0x4>half/2 2x3>t/3x2 3/4");
    for x in ["f32", "f64"] {
        pairs_of(&mut out, x, x, "special", "24x1/1x24 37/37 37/s");
        pairs_of(&mut out, x, x, "ties", "3/3 2x3/3");
    }
    for x in INTEGERS {
        pairs_of(&mut out, x, x, "special", "12x1/1x12");
    }
    pairs_of(&mut out, "f32", "f64", "special", "24/24");
    pairs_of(&mut out, "i64", "f32", "special", "12/12");
    pairs_of(&mut out, "i64", "u8", "special", "12x1/1x12");
    pairs_of(&mut out, "i8", "u8", "special", "12x1/1x12");
    out
}

/// One input, for an operation with a number.
pub(crate) fn beside_numbers() -> Vec<String> {
    let mut out = vec![];
    names(&mut out, &COMPUTED, "plain", "s 3 0");
    names(&mut out, &COMPUTED, "special", "24");
    names(&mut out, &["f32"], "plain", "2x3>t 0x4>half 6>odd 3>twice 2x0x3");
    out
}

/// The inputs that a text lists: lines are cases, `DT` stands for each of the dtypes.
pub(crate) fn listed(dtypes: &[&str], text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    dtypes.iter().flat_map(|dtype| lines.iter().map(move |line| line.replace("DT", dtype))).collect()
}
