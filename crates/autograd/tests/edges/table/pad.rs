//! Padding in each mode, of one axis to three, with ends that are cut.

use tensor::PadMode;

use crate::op::{Table, both};
use crate::sets::{listed, moved};

pub(super) fn rows(t: &mut Table) {
    for (padding, value) in [
        (&[1, 2][..], "0"),
        (&[1, 0, 0, 2], "2.5"),
        (&[-1, 1], "0"),
        (&[-1, -3], "0"),
        (&[1], "0"),
        (&[], "0"),
    ] {
        let torch = format!("F.pad(x, {padding:?}, value={value})");
        let number: f64 = value.parse().expect("a number");
        let inputs = if number == 0.0 {
            moved()
        } else {
            listed(&["f32", "f64"], "DT:plain:2x3\nDT:special:2x3\nDT:plain:3")
        };
        let mode = if number == 0.0 { PadMode::Constant(false.into()) } else { number.into() };
        both!(t, pad, torch, &inputs, |x| x[0].pad(padding, mode));
    }
    let images = &listed(
        &["f32"],
        "DT:plain:2x3 DT:plain:2x3x4 DT:plain:2x2x4x5 DT:plain:1x2x3x4x3 DT:special:2x4x6 DT:plain:2x4x3>t DT:plain:3
         DT:plain:0x2x3x3 DT:plain:2x0x3x3 DT:plain:2x3x0 DT:plain:1x1x1 DT:plain:1x1x2x2"
            .replace(' ', "\n")
            .as_str(),
    );
    let others = &listed(&["f64", "i64", "u8", "f16"], "DT:special:2x4x6\nDT:plain:2x3x4x5");
    let inputs = &[&images[..], others].concat();
    for (mode, name) in
        [(PadMode::Reflect, "reflect"), (PadMode::Replicate, "replicate"), (PadMode::Circular, "circular")]
    {
        for padding in [
            &[1, 2][..],
            &[2, 2, 1, 1],
            &[1, 1, 0, 1, 2, 1],
            &[3, 2, 2, 2],
            &[2, -1],
            &[-1, -2, 1, 0],
            &[0, 0],
            &[5, 0, 0, 3],
            &[-3, 1, 0, -2],
        ] {
            both!(t, pad, format!("F.pad(x, {padding:?}, mode='{name}')"), inputs, |x| x[0]
                .pad(padding, mode));
        }
    }
}
