//! The programs that are ported line by line, run as a user runs them, against torch's, loss by loss.
//!
//! `cargo xtask record examples/programs` recorded torch's twice. Its own sine, tanh, exponential, logarithm
//! and fourth power are off by one in the last place now and then; with functions that give the nearest
//! number its losses are ours to the last bit.

mod common;

use std::path::Path;

use common::{command, json, number, output_of};
use tensor::Tensor;
use tensor::kernels::simd::Isa;
use testing::{Within, assert_bits, assert_close, recording};

/// Its output, with the sums and roots of AMD's processors, which torch's losses were recorded on.
fn stdout(folder: &Path, name: &str, arguments: &[&str]) -> String {
    let mut program = command(folder, name, arguments);
    program.env("RUSHLIGHT_ROUNDING", "amd");
    output_of(program)
}

/// A row of the book's table: `cargo test -p examples --test programs losses -- --nocapture` prints it.
fn row(what: &str, ours: &Tensor, torchs: &Tensor, nearest: &Tensor) -> String {
    let equal = |theirs: &Tensor| ours.eq(theirs).sum().item();
    let apart = ((ours - torchs) / torchs).abs().max().item();
    let [last, torchs_last] = [ours, torchs].map(|losses| losses.i(-1).item());
    format!(
        "| {what} | {} | {last} | {torchs_last} | {apart:.1e} | {} | {} |",
        ours.numel(),
        equal(torchs),
        equal(nearest)
    )
}

#[test]
fn losses_are_torchs() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording!("programs");
    assert_eq!(recording.cases().len(), 17);
    for case in recording.cases() {
        let arguments = case.texts("arguments");
        let what = format!("{} {arguments:?}", case.name());
        stdout(folder.path(), case.name(), &[&arguments[..], &["--json", "run.json"]].concat());
        let losses = json(&folder.path().join("run.json"))["losses"].take();
        let losses: Vec<f64> = serde_json::from_value(losses).unwrap();
        let (ours, torchs, nearest) = (Tensor::from(losses), case.tensor("losses"), case.tensor("nearest"));
        if !matches!(Isa::current(), Isa::Avx2 | Isa::Avx512) {
            // Other processors add in another order, and differences grow.
            assert_close(what, &ours.narrow(0, 0, 3), &torchs.narrow(0, 0, 3), Within::relative(1e-4));
            continue;
        }
        println!(
            "{}",
            row(&format!("`{}` `{}`", case.name(), arguments.join(" ")), &ours, &torchs, &nearest)
        );
        match (case.name(), &arguments[..2]) {
            // ndarray's sums, and products of float64, have orders of their own.
            ("polynomial", ["--form", "numpy"]) => {
                assert_close(what, &ours, &torchs, Within::relative(2e-15));
            }
            ("moons", _) => assert_close(what, &ours, &torchs, Within::relative(1e-14)),
            ("least_squares", _) => assert_close(what, &ours, &torchs, Within::relative(1e-15)),
            // The second derivative of tanh is multiplied in another order.
            ("pinn", _) => {
                assert_close(&what, &ours, &nearest, Within::relative(5e-7));
                assert_close(what, &ours, &torchs, Within::relative(5e-7));
            }
            _ => {
                assert_bits(&what, &ours, &nearest);
                assert_close(what, &ours, &torchs, Within::relative(1e-6));
            }
        }
    }
}

/// What `demo.ipynb` of micrograd prints at its first and last step.
#[test]
fn moons_has_micrograds_own_losses() {
    let folder = tempfile::tempdir().unwrap();
    let out = stdout(folder.path(), "moons", &[]);
    let loss = |step: &str| {
        let line = out.lines().find(|line| line.starts_with(step)).expect("every step is printed");
        number(line, " loss ")
    };
    assert!((loss("step 0 ") - 0.8958441028683222).abs() < 1e-14, "{out}");
    assert!((loss("step 99 ") - 0.010978370135492717).abs() < 1e-14, "{out}");
    assert!(out.contains("number of parameters 337\n") && out.contains(", accuracy 100%\n"), "{out}");
    assert!(folder.path().join("out/moons.svg").exists());
}

#[test]
fn programs_print_what_they_found() {
    let folder = tempfile::tempdir().unwrap();
    let printed = |name, arguments| stdout(folder.path(), name, arguments);
    let out = printed("polynomial", &[]);
    assert_eq!(out.matches("Result: y = ").count(), 8, "{out}");
    assert!(number(&out, "\n29999 ") < 10.0, "{out}");
    let out = printed("logistic_regression", &[]);
    assert!(number(&out, "Acc: ") > 0.9, "{out}");
    let out = printed("least_squares", &[]);
    assert!(number(&out, "farthest from the exact solution: ") < 1e-4, "{out}");
    let out = printed("gaussian_mixture", &[]);
    assert!(number(&out, "step: 400, negative log-likelihood: ") < 3.6, "{out}");
    let out = printed("matrix_factorisation", &[]);
    assert!(number(&out, "off by: ") < 0.5, "{out}");
    let out = printed("actor_critic", &["--steps", "120"]);
    assert!(number(&out, "Average reward: ") > 20.0, "{out}");
    let out = printed("pinn", &[]);
    assert!(number(&out, "farthest from cos ωt: ") < 0.01, "{out}");
    let out = printed("forward_forward", &["--epochs", "10", "--batch-size", "100"]);
    assert_eq!(out.matches("training layer: ").count(), 2, "{out}");
    assert!((0.0..1.0).contains(&number(&out, "test error: ")), "{out}");
    for picture in
        ["polynomial_optim_loss", "logistic_regression", "forward_forward_loss", "actor_critic_reward"]
    {
        assert!(folder.path().join(format!("out/{picture}.svg")).exists(), "{picture}");
    }
}
