//! Convolutions and their transposes, with and without a batch, bias, stride, padding, gaps and groups.

use tensor::{ConvFuncOptions, ConvTransposeFuncOptions, Convolution};

use crate::op::{Table, both, tensors};
use crate::sets::{COMPUTED, listed};

/// Sums whose order may differ.
const SUM: f64 = 4.0;

pub(super) fn rows(t: &mut Table) {
    let mut x = listed(
        &COMPUTED,
        "DT:plain:2x2x5 DT:plain:3x2x3 DT:plain:3
        DT:special:1x2x5 DT:plain:1x2x2 DT:plain:1",
    );
    x.extend(listed(
        &["f32", "f64"],
        "DT:plain:2x5 DT:plain:3x2x3 DT:plain:3
        DT:plain:2x2x5 DT:plain:3x2x6 DT:plain:3
        DT:plain:2x2x5 DT:plain:3x2x3 DT:plain:2
        DT:plain:2x2x5 DT:plain:3x3x3 DT:plain:3
        DT:plain:2x2x5 DT:plain:3x2x3 DT:plain:3x1
        DT:plain:0x2x5 DT:plain:3x2x3 DT:plain:3
        DT:plain:2x0x5 DT:plain:3x0x3 DT:plain:3
        DT:plain:2x2x0 DT:plain:3x2x3 DT:plain:3
        DT:plain:2x2x5 DT:plain:0x2x3 DT:plain:0
        DT:plain:2x2x5 DT:plain:3x2x0 DT:plain:3
        DT:plain:5 DT:plain:3x2x3 DT:plain:3
        DT:plain:2x2x5 DT:plain:2x3 DT:plain:3
        DT:plain:5x2x2>t DT:plain:3x2x3 DT:plain:3",
    ));
    let x = &x;
    both!(t, conv1d, "F.conv1d(x, y, z)", x, |x| x[0].conv1d(&x[1], Some(&x[2]), Default::default()))
        .within(SUM, 64.0);

    let mut x = listed(&["i64", "u8", "bool"], "DT:plain:2x2x4x5 DT:plain:4x2x3x2 DT:plain:4");
    x.extend(listed(
        &["f32", "f64"],
        "DT:plain:2x2x4x5 DT:plain:4x2x3x2 DT:plain:4
        DT:plain:1x4x5x4 DT:plain:2x2x2x3 DT:plain:2
        DT:plain:2x4x5 DT:plain:4x2x3x2 DT:plain:4
        DT:plain:2x2x4x5 DT:plain:4x2x1x1 DT:plain:4
        DT:plain:2x2x4x5 DT:plain:4x2x7x7 DT:plain:4
        DT:plain:1x9x3x3 DT:plain:9x9x2x2 DT:plain:9
        DT:plain:0x2x4x5 DT:plain:4x2x3x2 DT:plain:4
        DT:plain:2x2x4x5 f64:plain:4x2x3x2 DT:plain:4
        DT:plain:2x2x4x5 DT:plain:4x2x3x2 f64:plain:4
        DT:plain:4x5 DT:plain:4x2x3x2 DT:plain:4",
    ));
    let x = &x;
    for (torch, stride, padding, dilation, groups) in [
        ("", 1, 0, 1, 1),
        (", 2, 1", 2, 1, 1, 1),
        (", 1, 2, 2", 1, 2, 2, 1),
        (", 3, 2, 2, 2", 3, 2, 2, 2),
        (", 1, 0, 1, 0", 1, 0, 1, 0),
        (", 0", 0, 0, 1, 1),
    ] {
        let options = ConvFuncOptions {
            stride: stride.into(),
            padding: padding.into(),
            dilation: dilation.into(),
            groups,
        };
        both!(t, conv2d, format!("F.conv2d(x, y, z{torch})"), x, |x| x[0].conv2d(
            &x[1],
            Some(&x[2]),
            options
        ))
        .within(SUM, 64.0);
    }
    let without: &Vec<String> =
        &x.iter().map(|x| x.rsplit_once(' ').expect("three inputs").0.to_owned()).collect();
    for name in ["same", "valid"] {
        let options = ConvFuncOptions { padding: name.into(), ..Default::default() };
        let torch = format!("F.conv2d(x, y, padding='{name}')");
        both!(t, conv2d, torch, without, |x| x[0].conv2d(&x[1], None, options)).within(SUM, 64.0);
    }
    let strided = || by(2, 1);
    both!(t, conv, "F.conv2d(x, y, None, 2, 1)", without, |x| x[0].conv(&x[1], None, &strided()))
        .within(SUM, 64.0);

    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x2x3x4x3 DT:plain:3x2x2x3x2 DT:plain:3
        DT:plain:2x3x4x3 DT:plain:3x2x2x1x2 DT:plain:3",
    );
    let options =
        ConvFuncOptions { stride: [1, 2, 1].into(), padding: [0, 1, 1].into(), ..Default::default() };
    both!(t, conv3d, "F.conv3d(x, y, z, (1, 2, 1), (0, 1, 1))", x, |x| x[0].conv3d(
        &x[1],
        Some(&x[2]),
        options
    ))
    .within(SUM, 64.0);

    // The gradients by themselves: of an output [2, 4, 2, 3] for an input [2, 2, 4, 5].
    let x = &listed(&["f32", "f64"], "DT:plain:2x4x2x3 DT:plain:4x2x3x2");
    let torch = "torch.nn.grad.conv2d_input((2, 2, 4, 5), y, x, 2, 1)";
    both!(t, conv_input, torch, x, |x| x[0].conv_input(&x[1], &[2, 2, 4, 5], &by(2, 1))).within(SUM, 64.0);
    let x = &listed(&["f32", "f64"], "DT:plain:2x2x4x5 DT:plain:2x4x2x3");
    let torch = "torch.nn.grad.conv2d_weight(x, (4, 2, 3, 2), y, 2, 1)";
    both!(t, conv_weight, torch, x, |x| x[0].conv_weight(&x[1], &[4, 2, 3, 2], &by(2, 1))).within(SUM, 64.0);
    let torch = "[torch.nn.grad.conv2d_weight(x, (4, 2, 3, 2), y, 2, 1), y.sum((0, 2, 3))]";
    tensors!(t, conv_weight_and_bias, torch, x, |x| x[0].conv_weight_and_bias(
        &x[1],
        &[4, 2, 3, 2],
        &by(2, 1)
    ))
    .within(SUM, 64.0);
    tensors!(
        t,
        conv_bias,
        "x.sum((0, 2, 3))",
        &listed(&["f32", "f64"], "DT:plain:2x3x4x5 DT:plain:0x3x4x5"),
        |x| { x[0].conv_bias(&by(1, 0)) }
    )
    .within(SUM, 64.0);

    transposes(t);
}

fn transposes(t: &mut Table) {
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x2x4 DT:plain:2x3x3 DT:plain:3
        DT:plain:2x4 DT:plain:2x3x3 DT:plain:3
        DT:plain:0x2x4 DT:plain:2x3x3 DT:plain:3
        DT:plain:2x2x4 DT:plain:3x2x3 DT:plain:3
        DT:plain:2x2x4 DT:plain:2x3x3 DT:plain:2",
    );
    both!(t, conv_transpose1d, "F.conv_transpose1d(x, y, z)", x, |x| {
        x[0].conv_transpose1d(&x[1], Some(&x[2]), Default::default())
    })
    .within(SUM, 64.0);
    let x = &listed(
        &["f32", "f64"],
        "DT:plain:2x2x3x4 DT:plain:2x2x3x2 DT:plain:2
        DT:plain:2x2x3x4 DT:plain:2x2x3x2 DT:plain:4
        DT:plain:2x3x4 DT:plain:2x2x1x1 DT:plain:2
        DT:plain:1x9x3x2 DT:plain:9x9x2x2 DT:plain:9",
    );
    for (torch, stride, padding, output_padding, groups, dilation) in [
        ("", 1, 0, 0, 1, 1),
        (", 2, 1, 1", 2, 1, 1, 1, 1),
        (", 2, 0, 0, 2", 2, 0, 0, 2, 1),
        (", 1, 1, 1, 1, 2", 1, 1, 1, 1, 2),
        (", 1, 0, 1", 1, 0, 1, 1, 1),
    ] {
        let options = ConvTransposeFuncOptions {
            stride: stride.into(),
            padding: padding.into(),
            output_padding: output_padding.into(),
            groups,
            dilation: dilation.into(),
        };
        both!(t, conv_transpose2d, format!("F.conv_transpose2d(x, y, z{torch})"), x, |x| {
            x[0].conv_transpose2d(&x[1], Some(&x[2]), options)
        })
        .within(SUM, 64.0);
    }
    both!(t, conv_transpose, "F.conv_transpose2d(x, y, z, 2, 1, 1)", x, |x| {
        x[0].conv_transpose(&x[1], Some(&x[2]), &by(2, 1), &[1, 1])
    })
    .within(SUM, 64.0);
    let x = &listed(&["f32", "f64"], "DT:plain:1x2x2x3x2 DT:plain:2x3x2x1x2 DT:plain:3");
    let options = ConvTransposeFuncOptions { stride: [1, 2, 1].into(), ..Default::default() };
    both!(t, conv_transpose3d, "F.conv_transpose3d(x, y, z, (1, 2, 1))", x, |x| {
        x[0].conv_transpose3d(&x[1], Some(&x[2]), options)
    })
    .within(SUM, 64.0);
}

/// A convolution over two axes.
fn by(stride: usize, padding: usize) -> Convolution {
    ConvTransposeFuncOptions::<2> { stride: stride.into(), padding: padding.into(), ..Default::default() }
        .convolution()
}
