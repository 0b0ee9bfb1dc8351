//! Products of vectors and matrices.

use crate::op::{Table, both, tensors, variables};
use crate::sets::{COMPUTED, listed};
use autograd::{ScaledDotProductAttentionOptions, scaled_dot_product_attention};
use tensor::SolveTriangularOptions;

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
    both!(t, mm, "x.mm(y)", x, |x| x[0].mm(&x[1])).within(SUM, 16.0);

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
        "DT:plain:2x2x3 DT:plain:2x3x2
        DT:plain:1x3x37 DT:plain:1x37x5
        DT:plain:2x3x2>t DT:plain:2x2x3>t",
    );
    x.extend(listed(
        &["f32"],
        "DT:plain:2x2x3 DT:plain:1x3x2
        DT:plain:2x2x3 DT:plain:2x2x3
        DT:plain:2x3 DT:plain:2x3x2
        DT:plain:2x2x3 DT:plain:3x2
        DT:plain:0x2x3 DT:plain:0x3x2
        DT:plain:2x3x0 DT:plain:2x0x2
        DT:plain:2x2x3 f64:plain:2x3x2
        DT:nan:2x2x3 DT:plain:2x3x2",
    ));
    let x = &x;
    both!(t, bmm, "x.bmm(y)", x, |x| x[0].bmm(&x[1])).within(SUM, 16.0);
    for added in ["s", "2", "2x2", "2x2x2", "3x2x2", "1x2x1"] {
        let x = &listed(&["f32", "i64"], &format!("DT:plain:{added} DT:plain:2x2x3 DT:plain:2x3x2"));
        both!(t, baddbmm, "torch.baddbmm(x, y, z)", x, |x| x[0].baddbmm(&x[1], &x[2])).within(SUM, SUM);
    }
    for (equation, shapes) in EQUATIONS {
        let inputs: Vec<String> = shapes.split(' ').map(|shape| format!("DT:plain:{shape}")).collect();
        let x = &listed(&["f32", "f64", "i64"], &inputs.join(" "));
        both!(t, einsum, format!("torch.einsum({equation:?}, *inputs)"), x, |x| {
            autograd::einsum(equation, &x.iter().collect::<Vec<_>>())
        })
        .within(SUM, 16.0);
    }

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

    triangles(t);

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

/// What is solved.
fn triangles(t: &mut Table) {
    let definite = "DT:positive:3x3\nDT:positive:2x2x2>turn\nDT:positive:4x4>t\nDT:plain:0x0\nDT:plain:2x0x0";
    let x = &listed(&["f32", "f64"], definite);
    let torch = "torch.linalg.cholesky_ex(x.tril() @ x.tril().mT)";
    tensors!(t, cholesky_ex, torch, x, |x| x[0]
        .tril(0)
        .matmul(&x[0].tril(0).transpose(-2, -1))
        .cholesky_ex())
    .within(SUM, SUM);
    let x = &listed(&["f32", "f64"], &format!("{definite}\nDT:nan:2x2"));
    let torch = "torch.linalg.cholesky(x.tril() @ x.tril().mT)";
    both!(t, cholesky, torch, x, |x| x[0].tril(0).matmul(&x[0].tril(0).transpose(-2, -1)).cholesky())
        .within(SUM, 16.0)
        .around(1.0);
    let x = &listed(&["f32", "i64"], "DT:plain:2x3\nDT:plain:3\nDT:plain:s\nDT:zero:2x2");
    both!(t, cholesky, "torch.linalg.cholesky(x)", x, |x| x[0].cholesky());
    for (upper, left, unitriangular) in (0..8).map(|bits| (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0)) {
        let x = &listed(
            &["f32", "f64"],
            "DT:positive:3x3 DT:plain:3x3\nDT:positive:2x1x2x2 DT:plain:3x2x2\nDT:positive:3x3>t DT:plain:3x2\nDT:positive:0x0 DT:plain:0x2
            DT:positive:3x3 DT:plain:3\nDT:positive:3x3 DT:nan:2x3",
        );
        let python = |flag| if flag { "True" } else { "False" };
        let (u, l, d) = (python(upper), python(left), python(unitriangular));
        let torch = format!("torch.linalg.solve_triangular(x, y, upper={u}, left={l}, unitriangular={d})");
        let options = SolveTriangularOptions { upper, left, unitriangular };
        both!(t, solve_triangular, torch, x, |x| x[0].solve_triangular(&x[1], options))
            .within(16.0, 64.0)
            .around(1.0);
    }
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

/// Equations of `einsum`, and the shapes of operands.
const EQUATIONS: [(&str, &str); 33] = [
    ("ij->ji", "2x3"),
    ("ij", "2x3"),
    ("ba", "2x3"),
    ("Ab", "2x3"),
    ("ii", "3x3"),
    ("ii->i", "3x3"),
    ("iij->ij", "3x3x2"),
    ("iji->j", "2x3x2"),
    ("ii", "2x3"),
    ("...ii->...i", "2x3x3"),
    ("ij->", "2x3"),
    ("...j->...", "2x3x4"),
    ("i...->i", "2x3x4"),
    ("ij,jk", "2x3 3x4"),
    ("ij,jk->ki", "2x3 3x4"),
    (" i j , j -> i ", "2x3 3"),
    ("bij,bjk->bik", "2x3x4 2x4x3"),
    ("bhqd,bhkd->bhqk", "2x2x3x4 2x2x5x4"),
    ("bij,bkj", "2x3x4 2x2x4"),
    ("i,i", "37 37"),
    ("i,j", "2 3"),
    ("ij,ij->ij", "2x3 2x3"),
    ("ij,ik->jk", "0x3 0x2"),
    ("...ij,...jk->...ik", "2x1x2x3 4x3x2"),
    ("i...,j...", "2x3 4x1"),
    ("b,b", "1 3"),
    ("ij,jk,kl->il", "2x3 3x4 4x2"),
    ("ij,j,kj,->k", "2x3 3 4x3 s"),
    ("ab,ab,ab->b", "2x3 2x3 2x3"),
    ("ijk,ilm,njm,nlk,abc->", "1x2x3 1x2x2 2x2x2 2x2x3 2x1x1"),
    ("ij,jk", "2x3 4x2"),
    ("i", "2x3"),
    ("ij,jk", "2x3"),
];
