//! Products of vectors and matrices.

use crate::op::{Table, both, tensors, variables};
use crate::sets::{COMPUTED, listed};
use autograd::{ScaledDotProductAttentionOptions, scaled_dot_product_attention};

/// Sums whose order may differ.
const SUM: f64 = 4.0;

pub(super) fn rows(t: &mut Table) {
    let mut x = listed(
        &COMPUTED,
        "DT:plain:2x3 DT:plain:3x2
        DT:plain:3 DT:plain:3
        DT:plain:2x3 DT:plain:3
        DT:plain:3 DT:plain:3x2
        DT:plain:2x3>t DT:plain:2x3
        DT:plain:2x0 DT:plain:0x3
        DT:special:2x3 DT:special:3x2",
    );
    x.extend(listed(&["f32", "f64", "i64"], PRODUCTS));
    x.extend(mixed("plain:2x3", "plain:3x2"));
    let x = &x;
    both!(t, matmul, "x.matmul(y)", x, |x| x[0].matmul(&x[1])).within(SUM, 16.0);
    variables!(t, mm, "x.mm(y)", x, |x| x[0].mm(&x[1])).within(SUM, 16.0);

    let mut x = listed(
        &COMPUTED,
        "DT:plain:3 DT:plain:3
        DT:plain:6>odd DT:plain:1>wide
        DT:plain:0 DT:plain:0
        DT:special:12 DT:special:12",
    );
    x.extend(listed(
        &["f32", "f64"],
        "DT:plain:3 DT:plain:2
        DT:plain:s DT:plain:s
        DT:plain:s DT:plain:3
        DT:plain:2x3 DT:plain:3
        DT:plain:1 DT:plain:3
        DT:plain:0 DT:plain:3
        DT:plain:3 DT:plain:0
        DT:plain:37 DT:plain:37
        DT:plain:37 DT:nan:37
        DT:huge:3 DT:huge:3
        DT:zero:3 DT:inf:3",
    ));
    x.extend(mixed("plain:3", "plain:3"));
    let x = &x;
    both!(t, dot, "x.dot(y)", x, |x| x[0].dot(&x[1])).within(SUM, SUM);
    both!(t, outer, "x.outer(y)", x, |x| x[0].outer(&x[1])).within(0.0, SUM);

    let mut x =
        listed(&COMPUTED, "DT:plain:2x3 DT:plain:4x3 DT:plain:4\nDT:special:2x3 DT:special:4x3 DT:plain:4");
    x.extend(listed(&["f32", "f64"], LINEAR));
    x.extend(mixed("plain:2x3", "plain:4x3").iter().map(|x| format!("{x} f32:plain:4")));
    let x = &x;
    variables!(t, linear, "F.linear(x, y, z)", x, |x| autograd::linear(&x[0], &x[1], Some(&x[2])))
        .within(SUM, SUM);
    tensors!(t, linear, "F.linear(x, y, z)", x, |x| x[0].linear(&x[1], Some(&x[2]))).within(SUM, SUM);
    let x: &Vec<String> = &x.iter().map(|x| x.rsplit_once(' ').expect("three inputs").0.to_owned()).collect();
    variables!(t, linear, "F.linear(x, y)", x, |x| autograd::linear(&x[0], &x[1], None)).within(SUM, SUM);
    tensors!(t, linear, "F.linear(x, y)", x, |x| x[0].linear(&x[1], None)).within(SUM, SUM);

    let mut x = listed(
        &COMPUTED,
        "DT:plain:2x2 DT:plain:2x3 DT:plain:3x2\nDT:special:2 DT:special:2x3 DT:special:3x2",
    );
    x.extend(listed(
        &["f32", "i64"],
        "DT:plain:s DT:plain:2x3 DT:plain:3x2
        DT:plain:2x1 DT:plain:2x3 DT:plain:3x2
        DT:plain:3 DT:plain:2x3 DT:plain:3x2
        DT:plain:2x2x2 DT:plain:2x3 DT:plain:3x2
        DT:plain:2 DT:plain:2x0 DT:plain:0x2
        DT:plain:0 DT:plain:2x3 DT:plain:3x0
        DT:plain:s DT:plain:0x3 DT:plain:3x2
        DT:plain:0x2 DT:plain:0x3 DT:plain:3x2
        DT:plain:2 DT:plain:2x3 DT:plain:3
        DT:plain:2 DT:plain:2x3 DT:plain:2x2
        DT:plain:3x2>t DT:plain:3x2>t DT:plain:3x6>odd
        DT:plain:1>wide DT:plain:3>twice DT:plain:3x3>t
        DT:nan:2 DT:plain:2x3 DT:plain:3x2",
    ));
    x.extend(mixed("plain:2x3", "plain:3x2").iter().map(|x| format!("f32:plain:2 {x}")));
    let x = &x;
    both!(t, addmm, "torch.addmm(x, y, z)", x, |x| x[0].addmm(&x[1], &x[2])).within(SUM, SUM);

    let mut x = listed(
        &["f32", "f64", "i64"],
        "DT:plain:2x3 DT:plain:2x4 DT:plain:5x3x4 DT:plain:5
        DT:plain:2x3 DT:plain:3x4 DT:plain:5x3x4 DT:plain:5",
    );
    x.extend(listed(
        &["f32"],
        "DT:plain:3 DT:plain:4 DT:plain:2x3x4 DT:plain:2
        DT:plain:2x1x3 DT:plain:2x1x2 DT:plain:1x3x2 DT:plain:1
        DT:plain:0x3 DT:plain:0x4 DT:plain:2x3x4 DT:plain:2
        DT:plain:3x2>t DT:plain:4x2>t DT:plain:2x4x3>t DT:plain:2
        DT:plain:2x3 DT:plain:2x4 DT:plain:0x3x4 DT:plain:0
        DT:plain:2x3 DT:plain:4 DT:plain:2x3x4 DT:plain:2
        DT:plain:2x2 DT:plain:2x4 DT:plain:2x3x4 DT:plain:2
        DT:plain:2x3 DT:plain:2x3 DT:plain:2x3x4 DT:plain:2
        DT:plain:2x3 DT:plain:2x4 DT:plain:2x3x4 DT:plain:3
        DT:plain:2x3 DT:plain:2x4 DT:plain:3x4 DT:plain:3
        DT:plain:s DT:plain:s DT:plain:2x3x4 DT:plain:2
        DT:plain:2x3 f64:plain:2x4 DT:plain:2x3x4 DT:plain:2
        DT:nan:2x3 DT:plain:2x4 DT:plain:2x3x4 DT:plain:2",
    ));
    let x = &x;
    let torch = "F.bilinear(x, y, z, w)";
    variables!(t, bilinear, torch, x, |x| autograd::bilinear(&x[0], &x[1], &x[2], Some(&x[3])))
        .within(SUM, 16.0);
    tensors!(t, bilinear, torch, x, |x| x[0].bilinear(&x[1], &x[2], Some(&x[3]))).within(SUM, 16.0);

    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x3 DT:plain:4x3 DT:plain:4x2
        DT:plain:2x3x4 DT:plain:2x5x4 DT:plain:2x5x4
        DT:plain:2x3 DT:plain:0x3 DT:plain:0x2
        DT:plain:0x3 DT:plain:4x3 DT:plain:4x2
        DT:plain:3 DT:plain:4x3 DT:plain:4x2",
    );
    attention(t, "", x);
    attention(t, "is_causal=True", x);
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x3 DT:plain:4x3 DT:plain:4x2 DT:plain:2x4
        DT:plain:2x3 DT:plain:4x3 DT:plain:4x2 bool:plain:2x4
        DT:plain:2x3 DT:plain:4x3 DT:plain:4x2 i64:plain:2x4
        DT:plain:2x3 DT:plain:4x3 DT:plain:4x2 DT:plain:2x3",
    );
    attention(t, "attn_mask=w", x);
}

/// A row of settings, which are written as in torch's call; a fourth input is the mask.
fn attention(t: &mut Table, setting: &'static str, x: &[String]) {
    let comma = if setting.is_empty() { "" } else { ", " };
    let torch = format!("F.scaled_dot_product_attention(x, y, z{comma}{setting})");
    let options =
        ScaledDotProductAttentionOptions { is_causal: setting == "is_causal=True", ..Default::default() };
    t.add("scaled_dot_product_attention", torch, x)
        .variables(move |x| scaled_dot_product_attention(&x[0], &x[1], &x[2], x.get(3), options))
        .within(SUM, 32.0)
        .around(1.0);
}

/// Two dtypes that differ.
fn mixed(x: &str, y: &str) -> Vec<String> {
    [
        ("f32", "f64"),
        ("f64", "f32"),
        ("f32", "i64"),
        ("i64", "f32"),
        ("u8", "i64"),
        ("i32", "i64"),
        ("bool", "f32"),
    ]
    .iter()
    .map(|(a, b)| format!("{a}:{x} {b}:{y}"))
    .collect()
}

const PRODUCTS: &str = "DT:plain:s DT:plain:s
    DT:plain:s DT:plain:3
    DT:plain:3 DT:plain:s
    DT:plain:3 DT:plain:2
    DT:plain:2x3 DT:plain:2x3
    DT:plain:2x3 DT:plain:2
    DT:plain:0 DT:plain:0
    DT:plain:0 DT:plain:3
    DT:plain:0 DT:plain:0x3
    DT:plain:3x0 DT:plain:0
    DT:plain:0x3 DT:plain:3x2
    DT:plain:0x3 DT:plain:3
    DT:plain:2x3 DT:plain:3x0
    DT:plain:3 DT:plain:3x0
    DT:plain:0x3 DT:plain:3x0
    DT:plain:0x0 DT:plain:0x0
    DT:plain:0x4>half DT:plain:2x3
    DT:plain:0x4>half DT:plain:0x4>half
    DT:plain:2x3>tail DT:plain:3x2
    DT:plain:1x3 DT:plain:3x1
    DT:plain:3x1 DT:plain:1x3
    DT:plain:1x1 DT:plain:1x1
    DT:plain:2x3>t DT:plain:3x2>t
    DT:plain:2x6>odd DT:plain:3x4>half
    DT:plain:3>twice DT:plain:3x2
    DT:plain:1x3>wide DT:plain:3x3
    DT:plain:6>odd DT:plain:1>wide
    DT:plain:6>odd DT:plain:3x4>half
    DT:plain:2x2x3 DT:plain:3x2
    DT:plain:2x2x3 DT:plain:2x3x2
    DT:plain:2x2x3 DT:plain:1x3x2
    DT:plain:2x2x3 DT:plain:3
    DT:plain:3 DT:plain:2x3x2
    DT:plain:2x3 DT:plain:2x3x1
    DT:plain:2x1x2x3 DT:plain:2x3x1
    DT:plain:2x2x3 DT:plain:3x3x2
    DT:plain:2x0x3 DT:plain:3x2
    DT:plain:2x3x0 DT:plain:2x0x2
    DT:plain:0x2x3 DT:plain:3x2
    DT:plain:0x2x3 DT:plain:1x3x2
    DT:plain:2x2x3>turn DT:plain:2x3
    DT:plain:2x2x3 DT:plain:2x2x3>t
    DT:special:5x4 DT:special:4x6
    DT:nan:2x3 DT:zero:3x2
    DT:plain:37x5 DT:plain:5x37";

const LINEAR: &str = "DT:plain:3 DT:plain:4x3 DT:plain:4
    DT:plain:3 DT:plain:3 DT:plain:s
    DT:plain:2x3 DT:plain:3 DT:plain:s
    DT:plain:8x3 DT:plain:3 DT:plain:1
    DT:plain:2x2x3 DT:plain:4x3 DT:plain:4
    DT:plain:2x2x3 DT:plain:3 DT:plain:s
    DT:plain:2x3 DT:plain:4x3 DT:plain:1
    DT:plain:2x3 DT:plain:4x3 DT:plain:s
    DT:plain:2x3 DT:plain:4x3 DT:plain:2x4
    DT:plain:2x3 DT:plain:4x3 DT:plain:3
    DT:plain:2x3 DT:plain:4x2 DT:plain:4
    DT:plain:2x3 DT:plain:0x3 DT:plain:0
    DT:plain:0x3 DT:plain:4x3 DT:plain:4
    DT:plain:2x0 DT:plain:4x0 DT:plain:4
    DT:plain:0x0 DT:plain:4x0 DT:plain:4
    DT:plain:0x0 DT:plain:0x0 DT:plain:0
    DT:plain:2x0x3 DT:plain:4x3 DT:plain:4
    DT:plain:0x4>half DT:plain:4x2 DT:plain:4
    DT:plain:0 DT:plain:4x0 DT:plain:4
    DT:plain:s DT:plain:4x3 DT:plain:4
    DT:plain:2x3 DT:plain:2x4x3 DT:plain:4
    DT:plain:1x3 DT:plain:1x3 DT:plain:1
    DT:plain:2x3>t DT:plain:2x4>t DT:plain:8>odd
    DT:plain:2x6>odd DT:plain:4x6>half DT:plain:1
    DT:plain:3>twice DT:plain:4x3 DT:plain:1>wide
    DT:plain:37x5 DT:plain:37x5 DT:plain:37
    DT:nan:2x3 DT:plain:4x3 DT:plain:4
    DT:plain:2x3 DT:plain:4x3 DT:inf:4";
