//! The losses.

use crate::op::{Op, Table};
use crate::sets::{COMPUTED, listed};
use autograd::{
    Variable, bce_loss, bce_with_logits, cosine_embedding_loss, cross_entropy, ctc_loss, gaussian_nll_loss,
    hinge_embedding_loss, huber_loss, kl_div, l1_loss, margin_ranking_loss, mse_loss, multi_margin_loss,
    multilabel_margin_loss, multilabel_soft_margin_loss, nll_loss, poisson_nll_loss, smooth_l1_loss,
    soft_margin_loss, triplet_margin_loss, triplet_margin_with_distance_loss,
};
use tensor::{Options, Value};

pub(super) fn rows(t: &mut Table) {
    // Logarithms, and sums whose order may differ.
    let near: Bound = |op| op.within(8.0, 8.0);
    let x = &regression();
    loss(t, ("mse_loss", mse_loss), "mse_loss", &[""], x, near);
    loss(t, ("l1_loss", l1_loss), "l1_loss", &[""], x, near);
    loss(t, ("huber_loss", huber_loss), "huber_loss", &["delta=1", "delta=0.5"], x, near);
    loss(t, ("smooth_l1_loss", smooth_l1_loss), "smooth_l1_loss", &["beta=1", "beta=0"], x, near);

    // The exponential and the product may cancel.
    let cancelled: Bound = |op| op.within(8.0, 8.0).around(1.0).zeros_alike();
    loss(t, ("poisson_nll_loss", poisson_nll_loss), "poisson_nll_loss", &["", "log_input=False"], x, cancelled);
    // So may the terms of Stirling's formula, which are 461 for a target of 100.
    let settings = ["full=True", "log_input=False, eps=0.5, full=True"];
    let cancelled: Bound = |op| op.within(8.0, 8.0).around(461.0).zeros_alike();
    loss(t, ("poisson_nll_loss", poisson_nll_loss), "poisson_nll_loss", &settings, x, cancelled);

    let [bce, logits] = ["binary_cross_entropy", "binary_cross_entropy_with_logits"];
    let nearly: Bound = |op| op.within(8.0, 16.0);
    let x = &binary();
    loss(t, ("bce_loss", bce_loss), bce, &[""], x, near);
    loss(t, ("bce_with_logits", bce_with_logits), logits, &[""], x, nearly);
    let x = &with_weights(x);
    loss(t, ("bce_loss", bce_loss), bce, &["weight=z.detach()"], x, near);
    let weights = ["weight=z.detach()", "pos_weight=z.detach()"];
    loss(t, ("bce_with_logits", bce_with_logits), logits, &weights, x, nearly);

    let around: Bound = |op| op.within(8.0, 32.0).around(1.0).zeros_alike();
    let x = &class_targets();
    let ignored = ["ignore_index=-100", "ignore_index=0", "ignore_index=7"];
    let smoothed = ["label_smoothing=0.1", "label_smoothing=1", "label_smoothing=1.5"];
    loss(t, ("nll_loss", nll_loss), "nll_loss", &ignored, x, near);
    loss(t, ("cross_entropy", cross_entropy), "cross_entropy", &[ignored, smoothed].concat(), x, around);
    let x = &class_weights(x);
    loss(t, ("nll_loss", nll_loss), "nll_loss", &["weight=z.detach()"], x, near);
    let weights = ["weight=z.detach(), label_smoothing=0", "weight=z.detach(), label_smoothing=0.1"];
    loss(t, ("cross_entropy", cross_entropy), "cross_entropy", &weights, x, around);

    let x = &a_few("DT:ties:3 DT:ties:2 i64:ties:3");
    loss(t, ("kl_div", kl_div), "kl_div", &["", "log_target=True"], x, around);
    loss(t, ("hinge_embedding_loss", hinge_embedding_loss), "hinge_embedding_loss", &["margin=1"], x, near);
    let soft = "multilabel_soft_margin_loss";
    loss(t, (soft, multilabel_soft_margin_loss), soft, &[""], x, around);
    let logistic = |x: &[Variable], options: &_| soft_margin_loss(&x[0], &x[1].detach(), options);
    calls(t, "soft_margin_loss", "soft_margin_loss(x, y.detach(), ", logistic, &[""], x, around);
    let classes =
        listed(&["f32", "f64"], "DT:plain:3x2 i64:at:3\nDT:plain:3x2 i64:beyond:3\nDT:plain:2 i64:at:s");
    let multi = "multi_margin_loss";
    loss(t, (multi, multi_margin_loss), multi, &["p=1", "p=2, margin=0.5"], &classes, near);
    let labels =
        listed(&["f32", "f64"], "DT:plain:2x3 i64:order3:2x3\nDT:plain:3 i64:back:3\nDT:plain:3 i64:at:2");
    loss(
        t,
        ("multilabel_margin_loss", multilabel_margin_loss),
        "multilabel_margin_loss",
        &[""],
        &labels,
        near,
    );
    three(t, ("margin_ranking_loss", margin_ranking_loss), &["margin=0.5"], "DT:ties:3 DT:two:3", near);
    three(t, ("gaussian_nll_loss", gaussian_nll_loss), &["full=True"], "DT:ties:3 DT:positive:3", around);
    three(t, ("triplet_margin_loss", triplet_margin_loss), &["", "swap=True"], "DT:ties:3 DT:two:3", around);
    let furthest = |x: &Variable, y: &Variable| (x - y).abs().amax(-1, false);
    let of_own = move |x: &[Variable], options: &_| {
        triplet_margin_with_distance_loss(&x[0], &x[1], &x[2], furthest, options)
    };
    let call =
        "triplet_margin_with_distance_loss(x, y, z, distance_function=lambda a, b: (a - b).abs().amax(-1), ";
    let own = "triplet_margin_with_distance_loss";
    let x = &listed(&["f32", "f64"], "DT:plain:3 DT:ties:3 DT:two:3\nDT:plain:2x3 DT:ties:3 DT:two:3");
    calls(t, own, call, of_own, &["", "margin=2.5, swap=True", "margin=0"], x, near);
    let cosine = "cosine_embedding_loss";
    three(t, (cosine, cosine_embedding_loss), &["margin=0.5"], "DT:ties:3 DT:one:s", around);
    let whole = |n: i64| Variable::new(tensor::Tensor::from([n]));
    let ctc = move |x: &[Variable], options: &_| ctc_loss(&x[0], &x[1], &whole(3), &whole(1), options);
    let x =
        &listed(&["f32", "f64"], "DT:plain:3x1x4 i64:at:1x2\nDT:plain:3x4 i64:at:1\nDT:plain:3x4 i64:at:2");
    let call = "ctc_loss(x, y, torch.tensor([3]), torch.tensor([1]), ";
    calls(t, "ctc_loss", call, ctc, &["blank=0", "blank=2", "blank=7"], x, around);
}

/// A few inputs, floats beside what the text lists behind them.
fn a_few(others: &str) -> Vec<String> {
    against(
        &["f32", "f64"],
        &format!("DT:plain:3 | {others}\nDT:plain:2x3 | DT:unit:2x3\nDT:plain:0x3 | DT:unit:0x3"),
    )
}

type Bound = fn(&mut Op) -> &mut Op;

type Loss<O> = fn(&Variable, &Variable, &O) -> Variable;

type LossOfThree<O> = fn(&Variable, &Variable, &Variable, &O) -> Variable;

/// A row for each reduction and each of the settings, which are written as in torch's call.
fn loss<O: Options>(
    t: &mut Table,
    (name, function): (&'static str, Loss<O>),
    torch: &str,
    settings: &[&'static str],
    x: &[String],
    bound: Bound,
) {
    let of_two = move |x: &[Variable], options: &O| function(&x[0], &x[1], options);
    calls(t, name, &format!("{torch}(x, y, "), of_two, settings, x, bound);
}

/// The same for a loss of three inputs, on two other inputs and where shapes and dtypes differ.
fn three<O: Options>(
    t: &mut Table,
    (name, function): (&'static str, LossOfThree<O>),
    settings: &[&'static str],
    others: &str,
    bound: Bound,
) {
    let x = format!("DT:plain:3 {others}\nDT:plain:2 {others}\nf32:plain:3 {others}\nDT:plain:2x3 {others}");
    let of_three = move |x: &[Variable], options: &O| function(&x[0], &x[1], &x[2], options);
    calls(t, name, &format!("{name}(x, y, z, "), of_three, settings, &listed(&["f32", "f64"], &x), bound);
}

/// The same for the beginning of torch's call.
fn calls<O: Options>(
    t: &mut Table,
    name: &'static str,
    torch: &str,
    function: impl Fn(&[Variable], &O) -> Variable + Copy + 'static,
    settings: &[&'static str],
    x: &[String],
    bound: Bound,
) {
    for &setting in settings {
        for reduction in ["none", "mean", "sum"] {
            let comma = if setting.is_empty() { "" } else { ", " };
            let torch = format!("F.{torch}{setting}{comma}reduction='{reduction}')");
            let op = t.add(name, torch, x).variables(move |x| {
                let mut options = O::default();
                for (name, text) in setting.split(", ").filter_map(|setting| setting.split_once('=')) {
                    let value = match text {
                        "z.detach()" => x[2].data().into(),
                        _ => text.parse::<Value>().expect("a number"),
                    };
                    options.put(name, &value).expect("an option of this loss");
                }
                options.put("reduction", &reduction.into()).expect("every loss has it");
                function(x, &options)
            });
            bound(op);
        }
    }
}

/// The pairs that a text lists: each line has a first input and, behind a bar, all second ones for it.
fn against(dtypes: &[&str], text: &str) -> Vec<String> {
    let pairs = |line: &String| {
        let (x, targets) = line.split_once(" | ").expect("a bar");
        targets.split(' ').map(|target| format!("{x} {target}")).collect::<Vec<_>>()
    };
    listed(dtypes, text).iter().flat_map(pairs).collect()
}

fn regression() -> Vec<String> {
    let mut x = against(
        &["f32", "f64"],
        "DT:plain:s | DT:ties:s
        DT:plain:3 | DT:ties:3 DT:plain:3 DT:ties:s DT:ties:2
        DT:plain:2x3 | DT:ties:2x3 DT:ties:3
        DT:plain:2x3>t | DT:ties:3x2
        DT:plain:0 | DT:ties:0 DT:ties:1
        DT:plain:0x3 | DT:ties:0x3
        DT:plain:0x4>half | DT:ties:0x4>half
        DT:plain:6>odd | DT:ties:6>odd
        DT:plain:3>twice | DT:ties:2x3
        DT:special:24 | DT:plain:24 DT:special:24
        DT:plain:24 | DT:special:24
        DT:nan:3 | DT:ties:3
        DT:huge:3 | DT:zero:3
        DT:plain:2x1 | DT:ties:3
        DT:plain:37 | DT:ties:37",
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
    let mut x = against(
        &["f32", "f64"],
        "DT:unit:s | DT:bits:s
        DT:unit:3 | DT:bits:3 DT:plain:3 DT:two:3 DT:nan:3 DT:bits:2
        DT:unit:2x3 | DT:unit:2x3 DT:bits:3
        DT:unit:2x3>t | DT:bits:3x2
        DT:unit:0 | DT:bits:0
        DT:unit:0x3 | DT:bits:0x3
        DT:unit:0x4>half | DT:bits:0x4>half
        DT:unit:6>odd | DT:bits:6>odd
        DT:unit:3>twice | DT:unit:2x3
        DT:unit:37 | DT:unit:37
        DT:zero:3 | DT:bits:3
        DT:one:3 | DT:bits:3
        DT:plain:3 | DT:bits:3
        DT:nan:3 | DT:bits:3
        DT:special:24 | DT:unit:24",
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
    let mut x = against(
        &["f32", "f64"],
        "DT:plain:3x2 | i64:at:3 i64:skip:3 i64:beyond:3 i64:back:3 i64:at:2 i32:at:3 u8:at:3 i16:at:3
        DT:plain:3x2 | bool:at:3 DT:unit:3x2 DT:unit:2x3>t
        DT:plain:2 | i64:at:s i64:at:1 DT:unit:2
        DT:plain:2x3 | i64:at:2
        DT:plain:2x3>t | i64:at:3
        DT:plain:0x3 | i64:at:0 DT:unit:0x3
        DT:plain:2x0 | i64:at:2
        DT:plain:0 | i64:first:s
        DT:plain:0x4>half | i64:at:0
        DT:plain:2x2x3 | i64:at:2x3 DT:unit:2x2x3
        DT:plain:2x0x3 | i64:at:2x3
        DT:plain:0x2x3 | i64:at:0x3
        DT:plain:2x2x0 | i64:at:2x0
        DT:plain:2x2x3>turn | i64:at:3x3
        DT:plain:1x2 | i64:at:1
        DT:plain:3x1 | i64:first:3
        DT:plain:s | i64:at:s
        DT:special:6x4 | i64:at3:6 DT:unit:6x4
        DT:nan:3x2 | i64:at:3
        DT:inf:3x2 | i64:at:3
        DT:-inf:3x2 | i64:at:3
        DT:huge:3x2 | i64:at:3
        DT:plain:3x4>odd | i64:at:6>odd",
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
