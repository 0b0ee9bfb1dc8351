//! Norms, with and without scale and shift, on shapes that fit each other and not.

use autograd::{BatchNormFuncOptions, InstanceNormFuncOptions, LocalResponseNormOptions};

use crate::op::{Table, both, variables};
use crate::sets::{COMPUTED, listed};

pub(super) fn rows(t: &mut Table) {
    let before = t.ops.len();
    norms(t);
    // Sums whose order may differ: of f64, and of what does not lie row by row.
    t.ops[before..].iter_mut().for_each(|op| _ = op.within(8.0, 64.0).around(4.0).zeros_alike());
}

fn norms(t: &mut Table) {
    let mut x = listed(&["f32", "f64"], CHANNELS);
    x.extend(listed(&COMPUTED, "DT:plain:2x3 DT:plain:3 DT:plain:3\nDT:plain:2x3x2 DT:plain:3 DT:plain:3"));
    x.extend(listed(&["f32"], "DT:plain:2x3 f64:plain:3 f64:plain:3\nf64:plain:2x3 DT:plain:3 DT:plain:3"));
    let x = &x;
    let training = BatchNormFuncOptions { training: true, ..Default::default() };
    let evaluation = BatchNormFuncOptions::default();
    variables!(t, batch_norm, "F.batch_norm(x, None, None, y, z, True)", x, |x| {
        x[0].batch_norm(None, Some(&x[1]), Some(&x[2]), training)
    })
    .tensors(|x| x[0].batch_norm(None, Some(&x[1]), Some(&x[2]), 1e-5));
    variables!(t, batch_norm, "F.batch_norm(x, None, None, y, None, True, eps=0.5)", x, |x| {
        x[0].batch_norm(None, Some(&x[1]), None, BatchNormFuncOptions { eps: 0.5, ..training })
    })
    .tensors(|x| x[0].batch_norm(None, Some(&x[1]), None, 0.5));
    variables!(t, batch_norm, "F.batch_norm(x, y.detach(), z.detach().abs(), None, y)", x, |x| {
        let running = [x[1].detach(), x[2].detach().abs()];
        x[0].batch_norm(Some(running.each_ref()), None, Some(&x[1]), evaluation)
    })
    .tensors(|x| x[0].batch_norm(Some([&x[1], &x[2].abs()]), None, Some(&x[1]), 1e-5));
    let images = InstanceNormFuncOptions::default();
    variables!(t, instance_norm, "F.instance_norm(x, None, None, y, z)", x, |x| {
        x[0].instance_norm(None, Some(&x[1]), Some(&x[2]), images)
    });
    for groups in [1, 3] {
        let torch = format!("F.group_norm(x, {groups}, y, z)");
        both!(t, group_norm, torch, x, |x| x[0].group_norm(groups, Some(&x[1]), Some(&x[2]), 1e-5));
        let torch = format!("F.group_norm(x, {groups}, None, None, 0.5)");
        both!(t, group_norm, torch, x, |x| x[0].group_norm(groups, None, None, 0.5));
    }

    let mut x = listed(&["f32", "f64"], ROWS);
    x.extend(listed(&COMPUTED, "DT:plain:2x3 DT:plain:3 DT:plain:3"));
    x.extend(listed(&["f32"], "DT:plain:2x3 f64:plain:3 f64:plain:3"));
    let x = &x;
    for shape in [&[3][..], &[2, 3], &[0], &[]] {
        let torch = format!("F.layer_norm(x, {shape:?}, y, z)");
        both!(t, layer_norm, torch, x, |x| x[0].layer_norm(shape, Some(&x[1]), Some(&x[2]), 1e-5));
        let torch = format!("F.layer_norm(x, {shape:?}, None, None, 0.5)");
        both!(t, layer_norm, torch, x, |x| x[0].layer_norm(shape, None, None, 0.5));
        let torch = format!("F.rms_norm(x, {shape:?}, y)");
        both!(t, rms_norm, torch, x, |x| x[0].rms_norm(shape, Some(&x[1]), None));
        let torch = format!("F.rms_norm(x, {shape:?}, eps=0.5)");
        both!(t, rms_norm, torch, x, |x| x[0].rms_norm(shape, None, Some(0.5)));
    }

    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x3x2\nDT:plain:2x5x2x2\nDT:special:1x37x1\nDT:plain:2x3x4>t\nDT:plain:2x3\nDT:plain:2x0x3
        DT:plain:0x3x2\nDT:nan:1x3x1\nDT:zero:1x3x2",
    );
    for size in [0, 1, 2, 3, 8] {
        let torch = format!("F.local_response_norm(x, {size}, 0.5)");
        let options = LocalResponseNormOptions { alpha: 0.5.into(), ..Default::default() };
        variables!(t, local_response_norm, torch, x, |x| x[0].local_response_norm(size, options));
    }
}

const CHANNELS: &str = "DT:plain:4x3 DT:plain:3 DT:plain:3
    DT:plain:2x3x2 DT:plain:3 DT:plain:3
    DT:plain:2x3x2x2 DT:plain:3 DT:plain:3
    DT:plain:1x3x5 DT:plain:3 DT:plain:3
    DT:plain:5x37 DT:plain:37 DT:plain:37
    DT:plain:37x1x2 DT:plain:1 DT:plain:1
    DT:plain:3x4>t DT:plain:3 DT:plain:3
    DT:plain:2x2x3>turn DT:plain:3 DT:plain:3
    DT:plain:1x3 DT:plain:3 DT:plain:3
    DT:plain:1x3x1 DT:plain:3 DT:plain:3
    DT:plain:2x3x1 DT:plain:3 DT:plain:3
    DT:plain:0x3 DT:plain:3 DT:plain:3
    DT:plain:0x3x2 DT:plain:3 DT:plain:3
    DT:plain:2x3x0 DT:plain:3 DT:plain:3
    DT:plain:2x0x2 DT:plain:0 DT:plain:0
    DT:plain:3 DT:plain:3 DT:plain:3
    DT:plain:s DT:plain:3 DT:plain:3
    DT:plain:2x3x2 DT:plain:4 DT:plain:3
    DT:plain:2x3x2 DT:plain:3 DT:plain:4
    DT:plain:2x3x2 DT:plain:6>odd DT:plain:6>odd
    DT:zero:2x3x2 DT:plain:3 DT:plain:3
    DT:nan:2x3x2 DT:plain:3 DT:plain:3
    DT:plain:2x3x2 DT:nan:3 DT:plain:3";

const ROWS: &str = "DT:plain:4x3 DT:plain:3 DT:plain:3
    DT:plain:3 DT:plain:3 DT:plain:3
    DT:plain:5x2x3 DT:plain:2x3 DT:plain:2x3
    DT:plain:2x3 DT:plain:2x3 DT:plain:2x3
    DT:plain:3x4>t DT:plain:3 DT:plain:3
    DT:plain:4x6>half DT:plain:6>odd DT:plain:6>odd
    DT:plain:0x3 DT:plain:3 DT:plain:3
    DT:plain:2x0 DT:plain:0 DT:plain:0
    DT:plain:4x2 DT:plain:3 DT:plain:3
    DT:plain:4x3 DT:plain:2 DT:plain:3
    DT:plain:4x3 DT:plain:3 DT:plain:2x3
    DT:plain:s DT:plain:3 DT:plain:3
    DT:zero:4x3 DT:plain:3 DT:plain:3
    DT:nan:4x3 DT:plain:3 DT:plain:3
    DT:inf:2x3 DT:plain:3 DT:plain:3";
