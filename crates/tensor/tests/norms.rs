//! Norms, products, variances and deviations against torch's, to the last bit: `cargo xtask record
//! tensor/norms`.

use tensor::{DType, Generator, Tensor, cat};
use testing::{checksum, recording};

/// As the script has them.
fn shapes() -> Vec<Vec<usize>> {
    let rows = (2..70).chain([100, 1000, 1025, 5000]).map(|n| vec![5, n]);
    rows.chain((2..20).map(|n| vec![3, n, 4])).chain([vec![2, 3, 40, 9], vec![100_003]]).collect()
}

/// Over everything, each axis, and the outer two of several, of both orders of memory.
fn results(f: impl Fn(&Tensor, &[isize]) -> Tensor, dims_too: bool, shift: f64, dtype: DType) -> String {
    let mut draws = Generator::new(0);
    let mut ys = Vec::new();
    for shape in shapes() {
        let x = (draws.rand(&shape[..], DType::F32) - shift).to_dtype(dtype);
        let axes = x.ndim() as isize;
        let mut dims: Vec<Vec<isize>> = (0..axes).map(|dim| vec![dim]).collect();
        dims.push((0..axes).collect());
        if axes == 3 && dims_too {
            dims.extend([vec![0, 1], vec![0, 2], vec![1, 2]]);
        }
        ys.extend(dims.iter().map(|dims| f(&x, dims).flatten(0, -1)));
        ys.push(f(&if axes == 2 { x.t() } else { x }, &[0]).flatten(0, -1));
    }
    checksum(&cat(&ys, 0))
}

#[test]
fn bits_are_torchs() {
    let recording = recording!("norms");
    assert_eq!(recording.cases().len(), 12);
    let others: Vec<_> = recording
        .cases()
        .iter()
        .filter(|case| {
            let dtype = if case["dtype"] == "f64" { DType::F64 } else { DType::F32 };
            let y = match case.name() {
                "norm" => results(|x, dims| x.norm_dim(case.number("p"), dims, false), true, 0.5, dtype),
                "prod" => results(|x, dims| x.prod_dim(dims, false), false, -0.5, dtype),
                "var" => results(|x, dims| x.var_dim(dims, 1, false), true, 0.5, dtype),
                _ => results(|x, dims| x.std_dim(dims, 1, false), true, 0.5, dtype),
            };
            y != case.text("y")
        })
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}
