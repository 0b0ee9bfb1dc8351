//! Sums over axes against torch's, to the last bit: `cargo xtask record tensor/sums`.

use serde_json::Value;
use tensor::{DType, Generator, Tensor};
use testing::{checksum, recording};

/// Of the bits, whatever the dtype.
fn bits(y: &Tensor) -> String {
    let floats: Vec<f32> =
        y.contiguous().bytes().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    checksum(&Tensor::from(floats))
}

#[test]
fn bits_are_torchs_over_all_axes_of_all_layouts() {
    let recording = recording!("sums");
    assert_eq!(recording.cases().len(), 40);
    for case in recording.cases() {
        let list = |key: &str| -> Vec<isize> {
            case[key].as_array().unwrap().iter().map(|n| Value::as_i64(n).unwrap() as isize).collect()
        };
        let shape: Vec<usize> = list("shape").iter().map(|&n| n as usize).collect();
        let dims = list("dims");
        let dtype = if case.text("dtype") == "float32" { DType::F32 } else { DType::F64 };
        let x = Generator::new(0).rand(shape, dtype) - 0.5;
        assert_eq!(bits(&x.sum_dim(&dims, false)), case.text("sum"), "{case:?}");

        let last = x.ndim() as isize - 1;
        let turned = x.permute(&(0..=last).rev().collect::<Vec<_>>());
        let dims: Vec<isize> = dims.iter().map(|dim| last - dim).collect();
        assert_eq!(bits(&turned.sum_dim(&dims, false)), case.text("turned"), "turned {case:?}");
    }
}
