//! Printed tensors against torch's text (`fixtures/display.py`).

use serde_json::Value;
use tensor::{DType, PrintOptions, Tensor};

fn tensor(case: &Value) -> Tensor {
    let dtype = DType::ALL.into_iter().find(|d| d.name() == case["dtype"]).unwrap();
    let shape: Vec<usize> = sizes(&case["shape"]);
    let numel: usize = shape.iter().product();
    let hex = case["bytes"].as_str().unwrap();
    let base = (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap());
    let bytes: Vec<u8> =
        base.collect::<Vec<_>>().into_iter().cycle().take(numel * dtype.size_in_bytes()).collect();
    Tensor::from_bytes(dtype, shape, &bytes)
}

fn sizes(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect()
}

fn options(case: &Value) -> PrintOptions {
    let mut options = PrintOptions::DEFAULT;
    for (name, value) in case["options"].as_object().unwrap() {
        let number = || value.as_u64().unwrap() as usize;
        match name.as_str() {
            "precision" => options.precision = number(),
            "threshold" => options.threshold = number(),
            "edgeitems" => options.edgeitems = number(),
            "linewidth" => options.linewidth = number(),
            "sci_mode" => options.sci_mode = value.as_bool(),
            _ => panic!("{name}: unknown to this test"),
        }
    }
    options
}

#[test]
fn every_tensor_prints_as_in_torch() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/display.json")).unwrap();
    let cases = fixture["cases"].as_array().unwrap();
    assert!(cases.len() > 400);
    for case in cases {
        let suffixes: Vec<&str> =
            case["suffixes"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        let ours = tensor(case).format_with(&options(case), &suffixes);
        let theirs = case["text"].as_str().unwrap();
        assert_eq!(
            ours, theirs,
            "\n{ours}\nbut torch prints\n{theirs}\nfor {} {} {}",
            case["dtype"], case["shape"], case["options"]
        );
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
