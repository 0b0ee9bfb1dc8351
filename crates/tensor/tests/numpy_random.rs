//! `NumpyRandomState` against what NumPy drew (`fixtures/numpy_random.py`).

use serde_json::{Value, json};
use tensor::NumpyRandomState;

fn draw(rng: &mut NumpyRandomState, step: &Value) -> Vec<Value> {
    let n = step["n"].as_u64().unwrap() as usize;
    let float = |i: usize| step["args"][i].as_f64().unwrap();
    let int = |i: usize| step["args"][i].as_i64().unwrap();
    let floats = |x: ndarray::Array1<f64>| x.iter().map(|x| json!(x)).collect();
    let ints = |x: ndarray::Array1<i64>| x.iter().map(|x| json!(x)).collect();
    match step["op"].as_str().unwrap() {
        "rand" => floats(rng.rand(n)),
        "randn" => floats(rng.randn(n)),
        "uniform" => floats(rng.uniform(float(0), float(1), n)),
        "normal" => floats(rng.normal(float(0), float(1), n)),
        "permutation" => ints(rng.permutation(n)),
        "randint" => ints(rng.randint(int(0), int(1), n)),
        "shuffle" => {
            let mut x: Vec<i64> = (0..n as i64).collect();
            rng.shuffle(&mut x);
            ints(x.into())
        }
        op => panic!("{op}: unknown to this test"),
    }
}

#[test]
fn every_draw_equals_numpys_from_every_seed() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/numpy_random.json")).unwrap();
    for run in fixture["runs"].as_array().unwrap() {
        let mut rng = NumpyRandomState::new(run["seed"].as_u64().unwrap() as u32);
        for step in run["steps"].as_array().unwrap() {
            let drawn = draw(&mut rng, step);
            let context = format!("seed {}: {} {}", run["seed"], step["op"], step["args"]);
            match step["drawn"].as_array() {
                Some(expected) => assert_eq!(&drawn, expected, "{context}"),
                // Of the long ones only the last value is recorded.
                None => assert_eq!(drawn.last().unwrap().as_f64(), step["drawn"].as_f64(), "{context}"),
            }
        }
    }
}
