//! Where a derivative is a matter of convention (a norm at 0, a product with zeros, ties,
//! infinities), torch's is taken.

use autograd::Variable;
use tensor::Tensor;
use testing::{Case, Within, assert_close, recording};

fn apply(case: &Case, x: &Variable) -> Variable {
    match case.name() {
        "norm" => x.norm(case.number("p")),
        "norm_dim" => x.norm_dim(case.number("p"), [1], false),
        "prod" => x.prod(),
        "prod_dim" => x.prod_dim(1, false),
        "logsumexp" => x.logsumexp(1, false),
        "cumsum" => x.cumsum(1),
        "tril" => x.tril(-1),
        "triu" => x.triu(1),
        "sort" => x.sort(1, false).0,
        "topk" => x.topk(1, 1, true).0,
        "amax" => x.amax(1, false),
        "amin" => x.amin([0, 1], false),
        "max" => x.max_dim(1, false).0,
        "masked_select" => x.masked_select(&x.data().gt(0)),
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

#[test]
fn values_and_gradients_are_torchs() {
    let recording = recording!("conventions");
    assert!(!recording.cases().is_empty());
    for case in recording.cases() {
        let x = Variable::new(case.tensor("x")).requires_grad_(true);
        let y = apply(case, &x);
        let what = format!("{case:?} of {}", case.tensor("x"));
        assert_eq!(y.grad_fn(), Some(case.text("grad_fn")), "{what}");
        assert_close(format!("{what}: y"), &y.data(), &case.tensor("y"), Within::relative(1e-14));
        let dy = (1..=y.numel()).map(|i| i as f64).collect();
        y.backward_with(Tensor::from_vec(dy, y.shape()));
        let dx = x.grad().expect("x took part");
        assert_close(format!("{what}: dx"), &dx, &case.tensor("dx"), Within::relative(1e-14));
    }
}
