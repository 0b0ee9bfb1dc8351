//! 60 steps of every optimizer and option against torch's, what it prints, and the keys of its groups.

mod common;

use common::{build, check_steps, near, start_for};
use nn::Value;
use optim::{Optimizer, Roots};
use tensor::kernels::rounding::Rounding;
use tensor::{DType, Tensor};
use testing::{Case, Recording, alone, assert_bits, assert_close, recording};

/// The runs with this square root.
fn check(root: &str, compare: impl Fn(&str, &Tensor, &Tensor)) {
    let recording: Recording = recording!("trajectories");
    let runs = recording.cases().iter().filter(|case| case.text("root") == root);
    assert_eq!(runs.clone().count(), 2 * recording!("optimizers").cases().len());
    for case in runs {
        let at = case.tensor("at");
        let what = format!("{case:?} {}", at.dtype());
        let params = start_for(case.name(), at.dtype());
        let mut optim = build(case.name(), case.fields(), params.clone());
        check_steps(&what, &mut *optim, &params, &at, &compare);
        check_state(&what, &optim.state_dict(), case, &compare);
    }
}

/// The same entries in the same order with the same numbers; `step` a 0-dim f32 tensor.
fn check_state(what: &str, dict: &Value, case: &Case, compare: impl Fn(&str, &Tensor, &Tensor)) {
    let mut keys: Vec<&str> = case.tensors().into_iter().filter(|key| *key != "at").collect();
    for (id, entries) in dict.get("state").unwrap().as_dict().unwrap() {
        for (key, value) in entries.as_dict().unwrap() {
            let key = key.as_str().unwrap();
            let t = match value {
                Value::Int(i) => &Tensor::from(*i),
                value => value.as_tensor().unwrap(),
            };
            if key == "step" {
                let counts = if what.starts_with("SparseAdam") { DType::I64 } else { DType::F32 };
                assert_eq!((t.dtype(), t.ndim()), (counts, 0), "{what}");
            }
            let key = format!("{}.{key}", id.as_int().unwrap());
            assert_eq!(keys.first(), Some(&&*key), "{what}");
            compare(&format!("{what}: state {key}"), t, &case.tensor(&key));
            keys.remove(0);
        }
    }
    assert!(keys.is_empty(), "{what}: without {keys:?}");
}

/// As torch is: its square root need not be the nearest. Where this processor has the roots of that which
/// torch was recorded on, the bits are the same; elsewhere a bit lost once is seen by every later step, since
/// the gradients depend on the parameters.
#[test]
fn trajectories_are_torchs() {
    let _alone = alone();
    Rounding::of_processor().select();
    let same_roots = roots_as_recorded();
    check("torch", |what, got, expected| match same_roots {
        true => assert_bits(what, got, expected),
        false => assert_close(what, got, expected, near(expected.dtype())),
    });
}

fn roots_as_recorded() -> bool {
    let roots = Roots::current();
    recording!("trajectories").named("roots").into_iter().all(|case| {
        let [x, y] = ["x", "y"].map(|name| case.tensor(name));
        match x.dtype() {
            DType::F32 => {
                x.to_vec::<f32>().as_chunks().0.iter().flat_map(|x| roots.of(*x)).eq(y.to_vec::<f32>())
            }
            _ => x.to_vec::<f64>().as_chunks().0.iter().flat_map(|x| roots.of_f64(*x)).eq(y.to_vec::<f64>()),
        }
    })
}

/// With the correctly rounded square root on both sides, nothing is left to the processor.
#[test]
fn trajectories_are_torchs_bit_for_bit() {
    let _alone = alone();
    Rounding::Nearest.select();
    check("exact", |what, got, expected| assert_bits(what, got, expected));
}

#[test]
fn optimizers_print_and_name_their_options_as_torchs() {
    let recording = recording!("optimizers");
    let book = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/09-optimizers.md");
    let book = std::fs::read_to_string(book).unwrap();
    for name in optim::NAMES {
        assert!(!recording.named(name).is_empty(), "{name} is not recorded");
        assert!(book.contains(&format!("\n| `{name}` | ")), "{name} is not in the book's table");
    }
    for case in recording.cases() {
        for dtype in [DType::F32, DType::F64] {
            let optim = build(case.name(), case.fields(), start_for(case.name(), dtype));
            assert_eq!(optim.to_string(), case.text("repr"), "{case:?}");
            assert_eq!(group_keys(&*optim), case.texts("group_keys"), "{case:?}");
        }
    }
}

fn group_keys(optim: &dyn Optimizer) -> Vec<String> {
    let dict = optim.state_dict();
    let groups = dict.get("param_groups").unwrap().as_list().unwrap();
    groups[0].as_dict().unwrap().iter().map(|(key, _)| key.as_str().unwrap().to_string()).collect()
}
