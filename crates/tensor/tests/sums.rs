//! Sums over axes against torch's, to the last bit: `cargo xtask record tensor/sums`.

use serde_json::Value;
use tensor::{DType, Generator, Tensor, cat};
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
    let cases = recording.cases().iter().filter(|case| case.name() == "sum");
    assert_eq!(cases.clone().count(), 40);
    for case in cases {
        let list = |key: &str| -> Vec<isize> {
            case[key].as_array().unwrap().iter().map(|n| Value::as_i64(n).unwrap() as isize).collect()
        };
        let shape: Vec<usize> = list("shape").iter().map(|&n| n as usize).collect();
        let dims = list("dims");
        let dtype = if case.text("dtype") == "float32" { DType::F32 } else { DType::F64 };
        let x = Generator::new(0).rand(shape, dtype) - 0.5;
        assert_eq!(bits(&x.sum_dim(&dims, false)), case.text("sum"), "{case:?}");

        let last = x.ndim() as isize - 1;
        let turned = x.permute((0..=last).rev().collect::<Vec<_>>());
        let dims: Vec<isize> = dims.iter().map(|dim| last - dim).collect();
        assert_eq!(bits(&turned.sum_dim(&dims, false)), case.text("turned"), "turned {case:?}");
    }
}

#[test]
fn bits_are_torchs_at_every_length() {
    const SPECIAL: [f32; 11] =
        [0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, 1e-45, 1e-38, 3e38, -3e38, 1.0, -1.0];
    type Over = fn(&Tensor, &[isize]) -> Tensor;
    let functions: [(&str, Over); 2] =
        [("sum", |x, dims| x.sum_dim(dims, false)), ("mean", |x, dims| x.mean_dim(dims, false))];
    let recording = recording!("sums");
    for (name, f) in functions {
        let (mut draws, mut ys) = (Generator::new(0), Vec::new());
        let mut rand = |shape: &[usize]| draws.rand(shape, DType::F32) - 0.5;
        for n in 1..1025 {
            let x = rand(&[3, n]);
            let turned = x.t();
            ys.extend([f(&x, &[1]), f(&turned, &[0]), f(&turned.contiguous(), &[0])]);
            ys.push(f(&x, &[0, 1]).reshape([1]));
        }
        ys.push(f(&rand(&[100_003]), &[0]).reshape([1]));
        let special = Tensor::from(SPECIAL.repeat(3));
        ys.extend((0..22).map(|i| f(&special.narrow(0, i, 12), &[0]).reshape([1])));
        let y = cat(&ys, 0);
        let case = format!("every length of a {name}");
        let case = recording.cases().iter().find(|other| other.name() == case).expect("recorded");
        assert_eq!(checksum(&y.masked_fill(&y.isnan(), 12345.0)), case.text("y"), "{case:?}");
    }
}
