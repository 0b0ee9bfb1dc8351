//! Where a derivative is a matter of convention (a norm at 0, a product with zeros, ties, infinities), torch's is taken:
//! `fixtures/conventions.py` recorded it.

use autograd::Variable;
use serde_json::Value;
use tensor::Tensor;

fn number(v: &Value) -> f64 {
    v.as_f64().unwrap_or_else(|| v.as_str().expect("a number").parse().expect("inf, -inf or nan"))
}

fn list(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(number).collect()
}

fn apply(case: &Value, x: &Variable) -> Variable {
    match case["op"].as_str().expect("a name") {
        "norm" => x.norm(number(&case["p"])),
        "norm_dim" => x.norm_dim(number(&case["p"]), &[1], false),
        "prod" => x.prod(),
        "prod_dim" => x.prod_dim(&[1], false),
        "logsumexp" => x.logsumexp(&[1], false),
        "cumsum" => x.cumsum(1),
        "tril" => x.tril(-1),
        "triu" => x.triu(1),
        "sort" => x.sort(1, false).0,
        "topk" => x.topk(1, 1, true).0,
        "amax" => x.amax(&[1], false),
        "amin" => x.amin(&[0, 1], false),
        "max" => x.max_dim(1, false).0,
        "masked_select" => x.masked_select(&x.data().gt_scalar(0)),
        "chunk" => x.chunk(2, 1)[0].clone(),
        "split_sizes" => x.split_sizes(&[1, 3], 0)[1].clone(),
        "index_add" => x.index_add(0, &Tensor::from([3i64, 3]), &x.narrow(0, 0, 2)),
        "scatter" => x.scatter(1, &Tensor::from([[2i64, 0, 0], [1, 1, 2]]), &x.narrow(0, 0, 2)),
        "scatter_add" => x.scatter_add(1, &Tensor::from([[2i64, 0, 0], [1, 1, 2]]), &x.narrow(0, 0, 2)),
        "addmm" => x.select(0, 0).addmm(x, &x.narrow(0, 1, 3)),
        "dot" => x.dot(x),
        "outer" => x.outer(x),
        other => panic!("{other} is not known here"),
    }
}

fn assert_close(what: &str, got: &Tensor, expected: &[f64]) {
    for (i, (got, &expected)) in got.to_vec::<f64>().into_iter().zip(expected).enumerate() {
        let same = got == expected || (got.is_nan() && expected.is_nan());
        let near = (got - expected).abs() <= 1e-14 * expected.abs();
        assert!(same || near, "{what}: element {i} is {got:e}, torch has {expected:e}");
    }
}

#[test]
fn values_and_gradients_are_torchs() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("fixtures/conventions.json")).expect("valid JSON");
    assert!(!cases.is_empty());
    for case in &cases {
        let shape: Vec<usize> = list(&case["shape"]).iter().map(|&n| n as usize).collect();
        let x = Variable::new(Tensor::from_vec(list(&case["x"]), shape)).requires_grad_(true);
        let y = apply(case, &x);
        let what = format!("{} of {} (p = {})", case["op"], case["x"], case["p"]);
        assert_eq!(y.grad_fn(), case["grad_fn"].as_str(), "{what}");
        assert_close(&format!("{what}: y"), &y.data(), &list(&case["y"]));
        let dy = (1..=y.numel()).map(|i| i as f64).collect();
        y.backward_with(Tensor::from_vec(dy, y.shape()));
        let dx = x.grad().expect("x took part");
        assert_eq!(dx.shape(), x.shape(), "{what}");
        assert_close(&format!("{what}: dx"), &dx, &list(&case["dx"]));
    }
}
