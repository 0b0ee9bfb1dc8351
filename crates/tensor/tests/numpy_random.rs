//! `NumpyRandomState` against what NumPy drew.

use tensor::{NumpyRandomState, Tensor};
use testing::{Case, assert_bits, recording};

fn draw(rng: &mut NumpyRandomState, step: &Case) -> Tensor {
    let n = step.number("n") as usize;
    let float = |i: usize| step["args"][i].as_f64().unwrap();
    let int = |i: usize| step["args"][i].as_i64().unwrap();
    match step.name() {
        "rand" => Tensor::from(rng.rand(n)),
        "randn" => Tensor::from(rng.randn(n)),
        "uniform" => Tensor::from(rng.uniform(float(0), float(1), n)),
        "normal" => Tensor::from(rng.normal(float(0), float(1), n)),
        "permutation" => Tensor::from(rng.permutation(n)),
        "randint" => Tensor::from(rng.randint(int(0), int(1), n)),
        "shuffle" => {
            let mut x: Vec<i64> = (0..n as i64).collect();
            rng.shuffle(&mut x);
            Tensor::from(x)
        }
        op => panic!("{op}: unknown to this test"),
    }
}

#[test]
fn every_draw_equals_numpys_from_every_seed() {
    let (mut rng, mut context) = (NumpyRandomState::new(0), String::new());
    for case in recording!("numpy_random").cases() {
        if let Some(seed) = case["seed"].as_u64() {
            (rng, context) = (NumpyRandomState::new(seed as u32), format!("seed {seed}"));
            continue;
        }
        let (drawn, expected) = (draw(&mut rng, case), case.tensor("drawn"));
        // Of the long ones only the last value is recorded.
        let from = if drawn.numel() > 20 { drawn.numel() - 1 } else { 0 };
        let kept = drawn.narrow(0, from as isize, drawn.numel() - from);
        assert_bits(format!("{context}: {case:?}"), &kept, &expected);
    }
}
