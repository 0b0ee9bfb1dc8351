//! The losses.

use crate::op::{Table, variables};
use crate::sets::{COMPUTED, listed};
use autograd::{ClassLossOptions, Reduction};
use tensor::Tensor;

const REDUCTIONS: [(&str, Reduction); 3] =
    [("none", Reduction::None), ("mean", Reduction::Mean), ("sum", Reduction::Sum)];

/// Logarithms, and sums whose order may differ.
const LOSS: f64 = 8.0;

pub(super) fn rows(t: &mut Table) {
    for (name, reduction) in REDUCTIONS {
        let r = format!("reduction='{name}'");
        let x = &regression();
        variables!(t, mse_loss, format!("F.mse_loss(x, y, {r})"), x, |x| {
            autograd::mse_loss(&x[0], &x[1], reduction)
        })
        .within(LOSS, LOSS);
        variables!(t, l1_loss, format!("F.l1_loss(x, y, {r})"), x, |x| autograd::l1_loss(
            &x[0], &x[1], reduction
        ))
        .within(LOSS, LOSS);
        for scale in [1.0, 0.5] {
            let args = format!("{r}, delta={scale}");
            variables!(t, huber_loss, format!("F.huber_loss(x, y, {args})"), x, |x| {
                autograd::huber_loss(&x[0], &x[1], scale, reduction)
            })
            .within(LOSS, LOSS);
        }
        for beta in [1.0, 0.0] {
            let args = format!("{r}, beta={beta}");
            variables!(t, smooth_l1_loss, format!("F.smooth_l1_loss(x, y, {args})"), x, |x| {
                autograd::smooth_l1_loss(&x[0], &x[1], beta, reduction)
            })
            .within(LOSS, LOSS);
        }
        let x = &binary();
        variables!(t, bce_loss, format!("F.binary_cross_entropy(x, y, {r})"), x, |x| {
            autograd::bce_loss(&x[0], &x[1], None, reduction)
        })
        .within(LOSS, LOSS);
        variables!(t, bce_with_logits, format!("F.binary_cross_entropy_with_logits(x, y, {r})"), x, |x| {
            autograd::bce_with_logits(&x[0], &x[1], None, None, reduction)
        })
        .within(LOSS, 16.0);
        let x = &with_weights(x);
        let args = format!("x, y, weight=z.detach(), {r}");
        variables!(t, bce_loss, format!("F.binary_cross_entropy({args})"), x, |x| {
            autograd::bce_loss(&x[0], &x[1], Some(&x[2].data()), reduction)
        })
        .within(LOSS, LOSS);
        variables!(t, bce_with_logits, format!("F.binary_cross_entropy_with_logits({args})"), x, |x| {
            autograd::bce_with_logits(&x[0], &x[1], Some(&x[2].data()), None, reduction)
        })
        .within(LOSS, 16.0);
        let args = format!("x, y, pos_weight=z.detach(), {r}");
        variables!(t, bce_with_logits, format!("F.binary_cross_entropy_with_logits({args})"), x, |x| {
            autograd::bce_with_logits(&x[0], &x[1], None, Some(&x[2].data()), reduction)
        })
        .within(LOSS, 16.0);
        classes(t, &r, reduction);
    }
}

fn classes(t: &mut Table, r: &str, reduction: Reduction) {
    let options = move |weight: Option<Tensor>, ignore_index, label_smoothing| ClassLossOptions {
        weight,
        ignore_index,
        reduction,
        label_smoothing,
    };
    let x = &class_targets();
    for ignore in [-100, 0, 7] {
        let args = format!("x, y, ignore_index={ignore}, {r}");
        variables!(t, nll_loss, format!("F.nll_loss({args})"), x, |x| {
            autograd::nll_loss(&x[0], &x[1].data(), &options(None, ignore, 0.0))
        })
        .within(LOSS, LOSS);
        variables!(t, cross_entropy, format!("F.cross_entropy({args})"), x, |x| {
            autograd::cross_entropy(&x[0], &x[1], &options(None, ignore, 0.0))
        })
        .within(LOSS, 32.0)
        .around(1.0)
        .zeros_alike();
    }
    for smoothing in [0.1, 1.0, 1.5] {
        let torch = format!("F.cross_entropy(x, y, label_smoothing={smoothing}, {r})");
        variables!(t, cross_entropy, torch, x, |x| {
            autograd::cross_entropy(&x[0], &x[1], &options(None, -100, smoothing))
        })
        .within(LOSS, 32.0)
        .around(1.0)
        .zeros_alike();
    }
    let x = &class_weights(x);
    let args = format!("x, y, weight=z.detach(), {r}");
    variables!(t, nll_loss, format!("F.nll_loss({args})"), x, |x| {
        autograd::nll_loss(&x[0], &x[1].data(), &options(Some(x[2].data()), -100, 0.0))
    })
    .within(LOSS, LOSS);
    for smoothing in [0.0, 0.1] {
        let torch = format!("F.cross_entropy({args}, label_smoothing={smoothing})");
        variables!(t, cross_entropy, torch, x, |x| {
            autograd::cross_entropy(&x[0], &x[1], &options(Some(x[2].data()), -100, smoothing))
        })
        .within(LOSS, 32.0)
        .around(1.0)
        .zeros_alike();
    }
}

fn regression() -> Vec<String> {
    let mut x = listed(
        &["f32", "f64"],
        "DT:plain:s DT:ties:s
        DT:plain:3 DT:ties:3
        DT:plain:2x3 DT:ties:2x3
        DT:plain:2x3>t DT:ties:3x2
        DT:plain:3 DT:plain:3
        DT:plain:0 DT:ties:0
        DT:plain:0x3 DT:ties:0x3
        DT:plain:0x4>half DT:ties:0x4>half
        DT:plain:6>odd DT:ties:6>odd
        DT:plain:3>twice DT:ties:2x3
        DT:special:24 DT:plain:24
        DT:plain:24 DT:special:24
        DT:special:24 DT:special:24
        DT:nan:3 DT:ties:3
        DT:huge:3 DT:zero:3
        DT:plain:2x3 DT:ties:3
        DT:plain:2x1 DT:ties:3
        DT:plain:3 DT:ties:s
        DT:plain:0 DT:ties:1
        DT:plain:3 DT:ties:2
        DT:plain:37 DT:ties:37",
    );
    for a in COMPUTED {
        for b in ["f32", "i64", "u8", "bool"] {
            x.push(format!("{a}:plain:3 {b}:ties:3"));
            x.push(format!("{b}:plain:2x3 {a}:ties:2x3"));
        }
    }
    x.push("f32:plain:3 f64:ties:3".into());
    x.push("f64:plain:3 f32:ties:3".into());
    x.push("f32:plain:3 f64:ties:s".into());
    x.sort();
    x.dedup();
    x
}

fn binary() -> Vec<String> {
    let mut x = listed(
        &["f32", "f64"],
        "DT:unit:s DT:bits:s
        DT:unit:3 DT:bits:3
        DT:unit:2x3 DT:unit:2x3
        DT:unit:2x3>t DT:bits:3x2
        DT:unit:0 DT:bits:0
        DT:unit:0x3 DT:bits:0x3
        DT:unit:0x4>half DT:bits:0x4>half
        DT:unit:6>odd DT:bits:6>odd
        DT:unit:3>twice DT:unit:2x3
        DT:unit:37 DT:unit:37
        DT:zero:3 DT:bits:3
        DT:one:3 DT:bits:3
        DT:plain:3 DT:bits:3
        DT:unit:3 DT:plain:3
        DT:unit:3 DT:two:3
        DT:unit:3 DT:nan:3
        DT:nan:3 DT:bits:3
        DT:unit:2x3 DT:bits:3
        DT:unit:3 DT:bits:2
        DT:special:24 DT:unit:24",
    );
    for (a, b) in [
        ("f32", "f64"),
        ("f64", "f32"),
        ("f32", "i64"),
        ("f32", "bool"),
        ("i64", "f32"),
        ("u8", "f32"),
        ("bool", "bool"),
    ] {
        let (from_a, from_b) = (if a.starts_with('f') { "unit" } else { "bits" }, "bits");
        x.push(format!("{a}:{from_a}:3 {b}:{from_b}:3"));
    }
    x
}

fn with_weights(x: &[String]) -> Vec<String> {
    let alike = x.iter().filter(|x| x.contains(":3 ") || x.contains(":2x3 ") || x.contains(":0x3 "));
    alike
        .flat_map(|x| {
            let weights = if x.contains("f64") {
                ["f64:positive:3", "f64:positive:s", "f32:positive:3"]
            } else {
                ["f32:positive:3", "f32:positive:2x1", "f64:positive:3"]
            };
            weights.map(|w| format!("{x} {w}"))
        })
        .collect()
}

fn class_targets() -> Vec<String> {
    let mut x = listed(
        &["f32", "f64"],
        "DT:plain:3x2 i64:at:3
        DT:plain:2 i64:at:s
        DT:plain:2 i64:at:1
        DT:plain:2x3 i64:at:2
        DT:plain:2x3>t i64:at:3
        DT:plain:3x2 i64:skip:3
        DT:plain:3x2 i64:beyond:3
        DT:plain:3x2 i64:back:3
        DT:plain:3x2 i64:at:2
        DT:plain:0x3 i64:at:0
        DT:plain:2x0 i64:at:2
        DT:plain:0 i64:first:s
        DT:plain:0x4>half i64:at:0
        DT:plain:2x2x3 i64:at:2x3
        DT:plain:2x0x3 i64:at:2x3
        DT:plain:0x2x3 i64:at:0x3
        DT:plain:2x2x0 i64:at:2x0
        DT:plain:2x2x3>turn i64:at:3x3
        DT:plain:1x2 i64:at:1
        DT:plain:3x1 i64:first:3
        DT:plain:s i64:at:s
        DT:special:6x4 i64:at3:6
        DT:nan:3x2 i64:at:3
        DT:inf:3x2 i64:at:3
        DT:-inf:3x2 i64:at:3
        DT:huge:3x2 i64:at:3
        DT:plain:3x2 i32:at:3
        DT:plain:3x2 u8:at:3
        DT:plain:3x2 i16:at:3
        DT:plain:3x2 bool:at:3
        DT:plain:3x4>odd i64:at:6>odd
        DT:plain:3x2 DT:unit:3x2
        DT:plain:2 DT:unit:2
        DT:plain:2x2x3 DT:unit:2x2x3
        DT:plain:0x3 DT:unit:0x3
        DT:special:6x4 DT:unit:6x4
        DT:plain:3x2 DT:unit:2x3>t",
    );
    x.extend(listed(&["i64", "bool"], "DT:plain:3x2 i64:at:3"));
    x.extend(["f32:plain:3x2 f64:unit:3x2", "f64:plain:3x2 f32:unit:3x2"].map(String::from));
    x
}

fn class_weights(x: &[String]) -> Vec<String> {
    let two = x.iter().filter(|x| x.contains("3x2 ") || x.contains(":2 ") || x.contains("2x2x3 "));
    let mut out: Vec<String> = two
        .flat_map(|x| {
            let dtype = x.split(':').next().expect("a dtype");
            [format!("{x} f32:positive:2"), format!("{x} {dtype}:positive:2")]
        })
        .filter(|x| !x.contains("bool:positive") && !x.contains("i64:positive"))
        .collect();
    out.extend(listed(
        &["f32"],
        "DT:plain:3x2 i64:at:3 f64:positive:2
        DT:plain:3x2 i64:at:3 i64:positive:2
        DT:plain:3x2 i64:at:3 DT:positive:3
        DT:plain:3x2 i64:at:3 DT:positive:s
        DT:plain:3x2 i64:at:3 DT:zero:2
        DT:plain:3x2 i64:at:3 DT:nan:2
        DT:plain:3x2 i64:at:3 DT:positive:4>odd
        DT:plain:0x3 i64:at:0 DT:positive:3",
    ));
    out.sort();
    out.dedup();
    out
}
