//! 60 steps of every optimizer and option against recorded torch runs (`fixtures/trajectories.py`).

mod common;

use common::{assert_close, build, flat, floats, set_grads, start};
use nn::Value;
use optim::Optimizer;
use serde_json::Value as Json;
use tensor::DType;
use tensor::kernels::mkl::Mkl;

fn check(fixture: &str, dtype: DType, tolerance: f64) {
    let cases: Json = serde_json::from_str(fixture).unwrap();
    for case in cases.as_array().unwrap() {
        let (name, options) = (case["optimizer"].as_str().unwrap(), &case["options"]);
        let what = format!("{name} {options} {dtype}");
        let params = start(dtype);
        let mut optim = build(name, options, params.clone());
        assert_eq!(optim.to_string(), case["repr"].as_str().unwrap(), "{what}");
        assert_eq!(group_keys(&*optim), strings(&case["group_keys"]), "{what}");
        for step in 1..=60 {
            set_grads(&params, step);
            optim.step();
            if let Some(expected) = case["at"].get(step.to_string()) {
                assert_close(
                    &format!("{what} after step {step}"),
                    &flat(&params),
                    &floats(expected),
                    tolerance,
                );
            }
        }
        check_state(&what, &optim.state_dict(), &case["state"], tolerance);
    }
}

fn group_keys(optim: &dyn Optimizer) -> Vec<String> {
    let dict = optim.state_dict();
    let groups = dict.get("param_groups").unwrap().as_list().unwrap();
    groups[0].as_dict().unwrap().iter().map(|(key, _)| key.as_str().unwrap().to_string()).collect()
}

fn strings(json: &Json) -> Vec<String> {
    json.as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_string()).collect()
}

/// The same entries in the same order with the same numbers; `step` a 0-dim f32 tensor.
fn check_state(what: &str, dict: &Value, expected: &Json, tolerance: f64) {
    let state = dict.get("state").unwrap().as_dict().unwrap();
    assert_eq!(state.len(), expected.as_object().unwrap().len(), "{what}");
    for (id, entries) in state {
        let expected = expected[id.as_int().unwrap().to_string()].as_object().unwrap();
        let entries = entries.as_dict().unwrap();
        assert_eq!(entries.len(), expected.len(), "{what}");
        for (key, value) in entries {
            let (key, t) = (key.as_str().unwrap(), value.as_tensor().unwrap());
            if key == "step" {
                assert_eq!((t.dtype(), t.ndim()), (DType::F32, 0), "{what}");
            }
            let found = t.to_dtype(DType::F64).to_vec::<f64>();
            assert_close(&format!("{what}: state {key}"), &found, &floats(&expected[key]), tolerance);
        }
    }
}

/// As torch is: its square root need not be the nearest, and a bit lost once is seen by every later step, since the
/// gradients depend on the parameters.
#[test]
fn trajectories_are_torchs() {
    check(include_str!("fixtures/trajectories_f32.json"), DType::F32, 4e-6);
    check(include_str!("fixtures/trajectories_f64.json"), DType::F64, 1e-14);
}

/// With the correctly rounded square root on both sides, nothing is left to the processor.
#[test]
fn trajectories_are_torchs_bit_for_bit() {
    Mkl::Absent.select();
    check(include_str!("fixtures/trajectories_exact_f32.json"), DType::F32, 0.0);
    check(include_str!("fixtures/trajectories_exact_f64.json"), DType::F64, 0.0);
}
