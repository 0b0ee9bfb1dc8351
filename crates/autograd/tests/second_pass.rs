//! Which graphs can be gone through a second time without being kept: in torch those whose
//! operations saved no tensor. Each case was run in torch 2.15:
//! `y.backward(ones); y.backward(ones)` on `x = [[1, 2], [3, 4]]`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use autograd::{
    BatchNormFuncOptions, Variable, bilinear, block_diag, cat, embedding, embedding_bag, fold, linear,
    scaled_dot_product_attention, stack, unfold,
};
use tensor::{DType, GridSampleOptions, InterpolateMode, InterpolateOptions, ScatterReduction, Tensor};

fn x() -> Tensor {
    Tensor::from([[1.0f32, 2.0], [3.0, 4.0]])
}

/// The outcome of two passes: the gradient of `x`, or `None` if the second was refused.
fn twice(f: impl Fn(&Variable) -> Variable) -> Option<Vec<f32>> {
    let x = Variable::new(x()).requires_grad_(true);
    let y = f(&x);
    let pass = || y.backward_with(tensor::ones(y.shape()));
    pass();
    match catch_unwind(AssertUnwindSafe(pass)) {
        Ok(()) => x.grad().map(|grad| grad.to_vec()),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().expect("a panic with a message");
            assert!(message.contains("trying to go through the graph a second time"), "{message}");
            None
        }
    }
}

/// To two by two elements.
fn two() -> InterpolateOptions {
    InterpolateOptions { size: Some(2.into()), ..Default::default() }
}

/// Matrices whose last column is that of `x`.
fn shifts(x: &Variable) -> Variable {
    cat(&[Variable::new(tensor::zeros([2, 1])), x.clone()], 1).unsqueeze(0)
}

type Case = (&'static str, Box<dyn Fn(&Variable) -> Variable>);

fn case(name: &'static str, f: impl Fn(&Variable) -> Variable + 'static) -> Case {
    (name, Box::new(f))
}

#[test]
fn what_saved_nothing_can_be_gone_through_again() {
    let c = || Variable::new(x());
    let index = || Tensor::from([0i64, 1]);
    let all = |g: f32| vec![g; 4];
    let cases = [
        (case("add", |x| x + x), all(4.0)),
        (case("add a number", |x| x + 1.0), all(2.0)),
        (case("sub", move |x| c() - x), all(-2.0)),
        (case("sub a number", |x| x - 1.0), all(2.0)),
        (case("from a number", |x| 1.0 - x), all(-2.0)),
        (case("neg", |x| -x), all(-2.0)),
        (case("sum", |x| x.sum()), all(2.0)),
        (case("sum_dim", |x| x.sum_dim(0, false)), all(2.0)),
        (case("mean", |x| x.mean()), all(0.5)),
        (case("mean_dim", |x| x.mean_dim(0, true)), all(1.0)),
        (case("view", |x| x.view([4])), all(2.0)),
        (case("reshape", |x| x.reshape([4])), all(2.0)),
        (case("flatten", |x| x.flatten(0, -1)), all(2.0)),
        (case("squeeze", |x| x.unsqueeze(0).squeeze(0)), all(2.0)),
        (case("expand", |x| x.expand([3, 2, 2])), all(6.0)),
        (case("broadcast_to", |x| x.broadcast_to([3, 2, 2])), all(6.0)),
        (case("t", |x| x.t()), all(2.0)),
        (case("transpose", |x| x.transpose(0, 1)), all(2.0)),
        (case("permute", |x| x.permute([1, 0])), all(2.0)),
        (case("flip", |x| x.flip([0, 1])), all(2.0)),
        (case("roll", |x| x.roll([1], ())), all(2.0)),
        (case("repeat", |x| x.repeat([2, 1])), all(4.0)),
        (case("Variable::unfold", |x| x.unfold(0, 2, 1)), all(2.0)),
        (case("select", |x| x.select(0, 1)), vec![0.0, 0.0, 2.0, 2.0]),
        (case("narrow", |x| x.narrow(0, 0, 1)), vec![2.0, 2.0, 0.0, 0.0]),
        (case("slice", |x| x.slice(0, 0, 2, 1)), all(2.0)),
        (case("chunk", |x| x.chunk(2, 0).remove(0)), vec![2.0, 2.0, 0.0, 0.0]),
        (case("cat", |x| cat(&[x.clone(), x.clone()], 0)), all(4.0)),
        (case("stack", |x| stack(&[x.clone(), x.clone()], 0)), all(4.0)),
        (case("diag", |x| x.diag(0)), vec![2.0, 0.0, 0.0, 2.0]),
        (case("diag_embed", |x| x.diag_embed(0, -2, -1)), all(2.0)),
        (
            case("select_scatter", move |x| x.select_scatter(&c().select(0, 0), 0, 0)),
            vec![0.0, 0.0, 2.0, 2.0],
        ),
        (case("slice_scatter of it", move |x| c().slice_scatter(x, 0, 0, 2, 1)), all(2.0)),
        (case("block_diag", |x| block_diag(&[x, x])), all(4.0)),
        (case("rot90", |x| x.rot90(1, [0, 1])), all(2.0)),
        (case("cumsum", |x| x.cumsum(0)), vec![4.0, 4.0, 2.0, 2.0]),
        (case("unfold", |x| unfold(&x.reshape([1, 2, 2]), 1, Default::default())), all(2.0)),
        (case("fold", |x| fold(&x.reshape([1, 4]), 2, 1, Default::default())), all(2.0)),
        (case("pixel_shuffle", |x| x.reshape([4, 1, 1]).pixel_shuffle(2)), all(2.0)),
        (case("interpolate", |x| x.reshape([1, 1, 2, 2]).interpolate(&two())), all(2.0)),
        (case("affine_grid", move |x| shifts(x).affine_grid(&[1, 1, 1, 1], false)), vec![0.0, 2.0, 0.0, 2.0]),
        (case("tril", |x| x.tril(0)), vec![2.0, 0.0, 2.0, 2.0]),
        (case("triu", |x| x.triu(0)), vec![2.0, 2.0, 0.0, 2.0]),
        (case("positive", |x| x.positive()), all(2.0)),
        (case("frac", |x| x.frac()), all(2.0)),
        (case("rad2deg", |x| x.rad2deg()), all(114.59156)),
        (case("fmod", move |x| x.fmod(&c())), all(2.0)),
        (case("remainder", move |x| x.remainder(2)), all(2.0)),
        (case("lerp from it by a number", move |x| x.lerp(&c(), 0.5)), all(1.0)),
        (case("addcmul to it", move |x| x.addcmul(&c(), &c(), 1)), all(2.0)),
        (case("diff", |x| x.diff(1, -1, None, None)), vec![-2.0, 2.0, -2.0, 2.0]),
        (case("to_dtype", |x| x.to_dtype(DType::F64)), all(2.0)),
        (case("scatter_add into it", move |x| x.scatter_add(0, &index().unsqueeze(0), &c())), all(2.0)),
        (case("addmm with it added", move |x| x.addmm(&c(), &c())), all(2.0)),
        (
            case("linear with it as bias", move |x| linear(&c(), &c(), Some(&x.select(0, 0)))),
            vec![4., 4., 0., 0.],
        ),
    ];
    for ((name, f), expected) in cases {
        assert_eq!(twice(f), Some(expected), "{name}");
    }
}

#[test]
fn what_saved_something_is_refused_the_second_time() {
    let c = || Variable::new(x());
    let index = || Tensor::from([0i64, 1]);
    let cases = [
        case("mul", |x| x * x),
        case("mul by a number", |x| x * 3.0),
        case("div by a number", |x| x / 3.0),
        case("div", move |x| c() / x),
        case("from a number", |x| 1.0 / x),
        case("exp", |x| x.exp()),
        case("exp before a sum", |x| x.exp().sum()),
        case("abs", |x| x.abs()),
        case("square", |x| x.square()),
        case("relu", |x| x.relu()),
        case("tan", |x| x.tan()),
        case("atan2", move |x| x.atan2(&c())),
        case("clamp between variables", move |x| x.clamp(Some(&c()), Some(&c()))),
        case("median", |x| x.median()),
        case("var_mean", |x| x.var_mean().0),
        case("cumprod", |x| x.cumprod(0)),
        case("max", |x| x.max()),
        case("sort", |x| x.sort(0, false).0),
        case("index_select", move |x| x.index_select(0, &index())),
        case("gather", move |x| x.gather(0, &index().unsqueeze(0))),
        case("index_add of it", move |x| c().index_add(0, &index(), x)),
        case("scatter_add of it", move |x| c().scatter_add(0, &index().unsqueeze(0), &x.narrow(0, 0, 1))),
        case("scatter of it", move |x| c().scatter(0, &index().unsqueeze(0), &x.narrow(0, 0, 1))),
        case("index_copy", move |x| x.index_copy(0, &index(), &c())),
        case("index_copy of it", move |x| c().index_copy(0, &index(), x)),
        case("index_fill", move |x| x.index_fill(0, &index(), 1.0)),
        case("masked_scatter of it", move |x| c().masked_scatter(&c().gt(1), x)),
        case("scatter_reduce", move |x| {
            x.scatter_reduce(0, &index().unsqueeze(0), &c(), ScatterReduction::Sum, true)
        }),
        case("take", move |x| x.take(&index())),
        case("combinations", |x| x.reshape(4).combinations(2, false)),
        case("matmul", move |x| x.matmul(&c())),
        case("bmm", move |x| x.unsqueeze(0).bmm(&c().unsqueeze(0))),
        case("embedding", move |x| embedding(&Variable::new(index()), x, Default::default())),
        case("embedding_bag", move |x| {
            embedding_bag(&Variable::new(index().unsqueeze(0)), x, None, None, Default::default())
        }),
        case("addmm with it multiplied", move |x| c().addmm(x, &c())),
        case("linear with it as weight", move |x| linear(&c(), x, None)),
        case("var", |x| x.var()),
        case("softmax", |x| x.softmax(0)),
        case("attention", |x| {
            let x = x.unsqueeze(0);
            scaled_dot_product_attention(&x, &x, &x, None, Default::default()).squeeze(0)
        }),
        case("glu", |x| x.glu(0)),
        case("prelu", move |x| x.prelu(&c().select(0, 0))),
        case("bilinear", move |x| bilinear(x, &c(), &c().unsqueeze(0), None)),
        case("interpolate by means", |x| {
            x.reshape([1, 1, 2, 2]).interpolate(&InterpolateOptions { mode: InterpolateMode::Area, ..two() })
        }),
        case("grid_sample", |x| {
            let middle = Variable::new(tensor::zeros([1, 1, 1, 2]));
            x.reshape([1, 1, 2, 2]).grid_sample(&middle, GridSampleOptions::default())
        }),
        case("batch_norm", |x| {
            x.batch_norm(None, None, None, BatchNormFuncOptions { training: true, ..Default::default() })
        }),
        case("layer_norm", |x| x.layer_norm(&[2], None, None, 1e-5)),
        case("masked_fill", |x| x.masked_fill(&Tensor::from([[true, false], [true, true]]), 0.0)),
    ];
    for (name, f) in cases {
        assert_eq!(twice(f), None, "{name}");
    }
}

#[test]
fn a_gradient_to_start_from_becomes_of_the_variables_dtype() {
    let start = |gradient: Tensor| {
        let x = Variable::new(Tensor::from([1.0f32, 2.0])).requires_grad_(true);
        (&x * 3.0f32).backward_with(gradient);
        x.grad().expect("the leaf took part").to_vec::<f32>()
    };
    assert_eq!(start(Tensor::from([1.0f64, 1.0])), [3.0, 3.0]);
    assert_eq!(start(Tensor::from([1.1f64, 1.0])), [1.1f32 * 3.0, 3.0]);
    assert_eq!(start(Tensor::from([1i64, 2])), [3.0, 6.0]);
    assert_eq!(start(Tensor::from([true, false])), [3.0, 0.0]);
    let x = Variable::new(Tensor::from([1.0f32])).requires_grad_(true);
    x.backward_with(Tensor::from([2.0f64])); // a leaf of its own
    assert_eq!(x.grad().expect("it was given one").to_vec::<f32>(), [2.0]);
}

#[test]
#[should_panic(expected = "backward_with: the gradient is [3], the variable [2]")]
fn a_gradient_to_start_from_has_the_variables_shape() {
    let x = Variable::new(Tensor::from([1.0f32, 2.0])).requires_grad_(true);
    (&x + 3.0f32).backward_with(tensor::ones([3]));
}
