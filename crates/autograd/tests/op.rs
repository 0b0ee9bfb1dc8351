//! Operations of the user's: several outputs, what is saved, what is refused.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use autograd::{
    Differentiable, Dy, GradOptions, Grads, Op, Outputs, Saved, Saver, Variable, apply, grad_with, gradcheck,
    gradgradcheck, no_grad, trace,
};
use tensor::{DType, Tensor, Value};

/// `x²`, `x³` and `c·x⁴`, from one node. It tells which outputs' gradients arrived.
struct Powers {
    c: f64,
    arrived: Arc<Mutex<Vec<[bool; 3]>>>,
}

impl Op for Powers {
    fn name(&self) -> &'static str {
        "PowersBackward"
    }

    fn attributes(&self) -> Vec<(&'static str, Value)> {
        vec![("c", self.c.into())]
    }

    fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
        save.input(0);
        save.output(0);
        let x2 = x[0].square();
        let [x3, x4] = [&x2 * &x[0], &x2 * &x2 * self.c];
        [x2, x3, x4].into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        let (x, x2) = (&saved[0], &saved[1]);
        let [d0, d1, d2] = dy.array();
        let parts = [
            d0.map(|dy| dy * x * 2.0),
            d1.map(|dy| dy * x2 * 3.0),
            d2.map(|dy| dy * x2 * x * (4.0 * self.c)),
        ];
        let arrived = [0, 1, 2].map(|i| parts[i].is_some());
        self.arrived.lock().expect("no one panics with it").push(arrived);
        parts.into_iter().flatten().reduce(|sum, part| sum + part).expect("one arrived").into()
    }
}

fn powers(x: &Variable) -> [Variable; 3] {
    apply(Powers { c: 0.5, arrived: Arc::default() }, &[x]).array()
}

fn leaf(x: f64) -> Variable {
    Variable::new(Tensor::from([x])).requires_grad_(true)
}

fn item(x: &Variable) -> f64 {
    x.grad().expect("it took part").item()
}

#[test]
fn three_outputs_have_right_gradients_of_either_order_in_any_company() {
    let x = [Tensor::from([0.5, -1.2, 2.0])];
    for used in 1..8 {
        let f = |x: &[Variable]| {
            let outputs = powers(&x[0]);
            let chosen = outputs.iter().enumerate().filter(|(i, _)| used >> i & 1 == 1);
            chosen.map(|(i, y)| y * (i as f64 + 1.5)).reduce(|sum, y| sum + y).expect("at least one")
        };
        gradcheck(f, &x);
        gradgradcheck(f, &x);
    }
    // An output of the operation, and one made of another, in one product.
    let f = |x: &[Variable]| {
        let [x2, x3, _] = powers(&x[0]);
        &x2 * powers(&x3)[2].sum()
    };
    gradcheck(f, &[Tensor::from([0.5, -0.7])]);
    gradgradcheck(f, &[Tensor::from([0.5, -0.7])]);
}

#[test]
fn an_output_that_nobody_used_brings_no_gradient_and_the_rule_runs_once() {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let x = leaf(3.0);
    let [x2, _, x4] = apply(Powers { c: 1.0, arrived: arrived.clone() }, &[&x]).array();
    (&x2 * 10.0 + &x4).sum().backward();
    assert_eq!(item(&x), 10.0 * 6.0 + 4.0 * 27.0);
    assert_eq!(*arrived.lock().expect("no one panics with it"), [[true, false, true]]);
}

#[test]
fn each_output_is_a_place_of_its_own() {
    let x = leaf(2.0);
    let [x2, x3, _] = powers(&x);
    assert_eq!(x2.grad_fn(), Some("PowersBackward"));
    let y = (&x2 * 5.0 + &x3 * &x3).sum();
    let found = grad_with(&y, &[&x2, &x3], GradOptions { retain_graph: Some(true), ..Default::default() });
    let found: Vec<f64> = found.iter().map(|g| g.as_ref().expect("it is used").item()).collect();
    assert_eq!(found, [5.0, 16.0]);
    x3.register_hook(|dy| dy * 0.0);
    y.backward();
    assert_eq!(item(&x), 20.0);
}

#[test]
fn nothing_is_saved_where_nothing_is_recorded() {
    struct Saves;
    impl Op for Saves {
        fn name(&self) -> &'static str {
            "SavesBackward"
        }
        fn forward(&self, x: &[Tensor], save: &mut Saver<'_>) -> Outputs<Tensor> {
            save.constant(|| panic!("it is asked for"));
            x[0].clone().into()
        }
        fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
            dy.single().into()
        }
    }
    apply(Saves, &[&Variable::new(Tensor::from([1.0]))]);
    no_grad(|| apply(Saves, &[&leaf(1.0)]));
    let asked = catch_unwind(AssertUnwindSafe(|| apply(Saves, &[&leaf(1.0)])));
    assert_eq!(asked.err().and_then(|e| e.downcast::<&str>().ok()).map(|e| *e), Some("it is asked for"));
}

#[test]
fn an_output_that_is_no_float_requires_no_gradient() {
    struct Rounded;
    impl Op for Rounded {
        fn name(&self) -> &'static str {
            "RoundedBackward"
        }
        fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
            [x[0].clone(), x[0].round().to_dtype(DType::I64)].into()
        }
        fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
            let [dy, _] = dy.array();
            [dy].into()
        }
    }
    let [y, rounded] = apply(Rounded, &[&leaf(1.6)]).array();
    assert!(y.requires_grad() && !rounded.requires_grad());
    assert_eq!(rounded.item(), 2.0);
}

/// `2x`, with a rule that gives what it is told, and that cannot be recorded.
struct Told(Vec<Option<Tensor>>);

impl Op for Told {
    fn name(&self) -> &'static str {
        "ToldBackward"
    }
    fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
        x[0].mul_scalar(2).into()
    }
    fn backward<V: Differentiable>(&self, _: Saved<'_, V>, dy: Dy<V>, _: &[bool]) -> Grads<V> {
        dy.single().plain_only(self.name());
        self.0.iter().map(|g| g.clone().map(V::constant)).collect()
    }
}

#[test]
fn what_a_rule_gives_is_checked() {
    let rows: [(Vec<Option<Tensor>>, bool, &str); 4] = [
        (
            vec![Some(tensor::ones([2]))],
            false,
            "Function ToldBackward returned an invalid gradient at index 0 - got [2] but expected shape compatible with [3]",
        ),
        (vec![None], false, "ToldBackward: gave no gradient for an input that needs one"),
        (
            vec![None, None],
            false,
            "Function ToldBackward returned an incorrect number of gradients (expected 1, got 2)",
        ),
        (vec![Some(tensor::ones([1]))], true, "derivative for ToldBackward is not implemented"),
    ];
    for (gives, create_graph, expected) in rows {
        let x = Variable::new(tensor::ones([3])).requires_grad_(true);
        let y = apply(Told(gives), &[&x]).single().sum();
        let options = GradOptions { create_graph, ..Default::default() };
        let panic = catch_unwind(AssertUnwindSafe(|| grad_with(&y, &x, options))).expect_err("it is refused");
        assert_eq!(panic.downcast_ref::<String>().expect("a text"), expected);
    }
}

#[test]
fn a_trace_lists_operations_recorded_or_not() {
    let x = leaf(3.0);
    for recorded in [false, true] {
        let run = || powers(&x)[1].sum();
        let (y, steps) = trace(|| if recorded { run() } else { no_grad(run) });
        assert_eq!(y.requires_grad(), recorded);
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        assert_eq!(names, ["PowersBackward", "SumBackward0"]);
        assert_eq!(format!("{:?}", steps[0].attributes), r#"[("c", Float(0.5))]"#);
        assert_eq!((steps[0].inputs.len(), steps[0].outputs.len()), (1, 3));
        assert!(steps[0].inputs[0].ptr_eq(&x) && steps[1].inputs[0].ptr_eq(&steps[0].outputs[1]));
    }
    let attributes = |steps: &[autograd::Step]| format!("{:?}", steps[0].attributes);
    assert_eq!(attributes(&trace(|| x.clamp(None, Some(2.0))).1), r#"[("max", Float(2.0))]"#);
    assert_eq!(attributes(&trace(|| x.powf(3.0)).1), r#"[("exponent", Float(3.0))]"#);
    assert!(trace(|| ()).1.is_empty());
}
