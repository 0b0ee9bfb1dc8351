//! Printed tensors against torch's text.

use tensor::{PrintOptions, Tensor};
use testing::{Case, recording};

/// The elements of the case, repeated until the shape is full.
fn tensor(case: &Case) -> Tensor {
    let base = case.tensor("base");
    let Some(shape) = case.get_sizes("shape") else { return base };
    let bytes = shape.iter().product::<usize>() * base.dtype().size_in_bytes();
    let repeated: Vec<u8> = base.bytes().iter().copied().cycle().take(bytes).collect();
    Tensor::from_bytes(base.dtype(), shape, &repeated)
}

fn options(case: &Case) -> PrintOptions {
    let mut options = PrintOptions::DEFAULT;
    for (name, value) in case.fields().as_object().unwrap() {
        let number = || value.as_u64().unwrap() as usize;
        match name.as_str() {
            "precision" => options.precision = number(),
            "threshold" => options.threshold = number(),
            "edgeitems" => options.edgeitems = number(),
            "linewidth" => options.linewidth = number(),
            "sci_mode" => options.sci_mode = value.as_bool(),
            "shape" | "suffixes" | "text" => (),
            _ => panic!("{name}: unknown to this test"),
        }
    }
    options
}

#[test]
fn every_tensor_prints_as_in_torch() {
    let recording = recording!("display");
    assert!(recording.cases().len() > 400);
    for case in recording.cases() {
        let suffixes = if case["suffixes"].is_null() { Vec::new() } else { case.texts("suffixes") };
        let ours = tensor(case).format_with(&options(case), &suffixes);
        let theirs = case.text("text");
        assert_eq!(ours, theirs, "\n{ours}\nbut torch prints\n{theirs}\nfor {case:?}");
    }
}

#[test]
fn display_takes_the_default_options() {
    assert_eq!(Tensor::from([[1.5f32, -2.0], [0.0, 3.25]]).to_string(), {
        "tensor([[ 1.5000, -2.0000],\n        [ 0.0000,  3.2500]])"
    });
}

#[test]
fn a_view_prints_as_its_elements_lie_in_it() {
    let x = Tensor::from([[1i64, 2, 3], [4, 5, 6]]);
    assert_eq!(x.transpose(0, 1).to_string(), "tensor([[1, 4],\n        [2, 5],\n        [3, 6]])");
    assert_eq!(x.select(1, 1).to_string(), "tensor([2, 5])");
    assert_eq!(x.select(1, 1).select(0, 0).expand([3]).to_string(), "tensor([2, 2, 2])");
}
