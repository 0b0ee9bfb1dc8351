//! A gradient comes back in the shape and dtype of what it is the gradient of, whatever the graph computed
//! in. The expected numbers are torch 2.15's.

use autograd::{
    Differentiable, Dy, Grads, HuberLossOptions, Op, Outputs, Reduction, Saved, Saver, Variable, apply,
    bce_with_logits, cat, cross_entropy, huber_loss, l1_loss, linear, mse_loss, smooth_l1_loss, stack,
};
use tensor::DType::{self, F32, F64};
use tensor::{Tensor, ones, ones_dtype};

fn leaf(x: Tensor) -> Variable {
    Variable::new(x).requires_grad_(true)
}

fn single() -> Variable {
    leaf(Tensor::from([1.0f32, 2.0]))
}

fn double() -> Variable {
    leaf(Tensor::from([3.0f64, 4.0]))
}

type Binary = fn(&Variable, &Variable) -> Variable;

/// The result's dtype, and the gradients of an `F32` and an `F64` leaf for a `dy` of ones.
fn check(what: &str, f: Binary, y: &Variable, dtype: DType, expected: [&[f64]; 2]) {
    let x = single();
    let z = f(&x, y);
    assert_eq!(z.dtype(), dtype, "{what}");
    z.backward_with(z.data().ones_like());
    for (leaf, expected) in [(&x, expected[0]), (y, expected[1])] {
        let g = leaf.grad().expect("both take part");
        assert_eq!((g.dtype(), g.shape().to_vec()), (leaf.dtype(), leaf.shape()), "{what}");
        for (g, e) in g.to_dtype(F64).to_vec::<f64>().into_iter().zip(expected) {
            assert!((g - e).abs() <= 1e-6 * e.abs(), "{what}: {g}, torch has {e}");
        }
    }
}

#[test]
fn every_operation_of_two_dtypes_hands_back_each_ones_own() {
    let rows: [(&str, Binary, [[f64; 2]; 2]); 16] = [
        ("add", |x, y| x + y, [[1.0, 1.0], [1.0, 1.0]]),
        ("sub", |x, y| x - y, [[1.0, 1.0], [-1.0, -1.0]]),
        ("mul", |x, y| x * y, [[3.0, 4.0], [1.0, 2.0]]),
        ("div", |x, y| x / y, [[0.3333333432674408, 0.25], [-0.1111111111111111, -0.125]]),
        ("pow", |x, y| x.pow(y), [[3.0, 32.0], [0.0, 11.090354888959125]]),
        ("maximum", |x, y| x.maximum(y), [[0.0, 0.0], [1.0, 1.0]]),
        ("minimum", |x, y| x.minimum(y), [[1.0, 1.0], [0.0, 0.0]]),
        ("outer", |x, y| x.outer(y), [[7.0, 7.0], [3.0, 3.0]]),
        ("where", |x, y| x.where_(&Tensor::from([true, false]), y), [[1.0, 0.0], [0.0, 1.0]]),
        ("cat", |x, y| cat(&[x.clone(), y.clone()], 0), [[1.0, 1.0], [1.0, 1.0]]),
        ("stack", |x, y| stack(&[x.clone(), y.clone()], 0), [[1.0, 1.0], [1.0, 1.0]]),
        ("mse_loss", |x, y| mse_loss(x, y, &Default::default()), [[-2.0, -2.0], [2.0, 2.0]]),
        ("l1_loss", |x, y| l1_loss(x, y, &Default::default()), [[-0.5, -0.5], [0.5, 0.5]]),
        ("smooth_l1_loss", |x, y| smooth_l1_loss(x, y, &Default::default()), [[-0.5, -0.5], [0.5, 0.5]]),
        (
            "bce_with_logits",
            |x, y| bce_with_logits(x, y, &Default::default()),
            [[-1.1344707012176514, -1.5596015453338623], [-0.5, -1.0]],
        ),
        (
            "cross_entropy",
            |x, y| cross_entropy(x, y, &Default::default()),
            [[-1.1174099445343018, 1.1174101829528809], [1.31326162815094, 0.31326165795326233]],
        ),
    ];
    for (what, f, [dx, dy]) in rows {
        check(what, f, &double(), F64, [&dx, &dy]);
    }
}

#[test]
fn a_number_of_a_wider_dtype_changes_neither_result_nor_gradients() {
    let rows: [(&str, Binary, [f64; 2], f64); 10] = [
        ("x + one", |x, one| x + one, [1.0, 1.0], 2.0),
        ("x - one", |x, one| x - one, [1.0, 1.0], -2.0),
        ("x * one", |x, one| x * one, [1.0, 1.0], 3.0),
        ("x / one", |x, one| x / one, [1.0, 1.0], -3.0),
        ("pow(x, one)", |x, one| x.pow(one), [1.0, 1.0], 1.3862943649291992),
        ("maximum(x, one)", |x, one| x.maximum(one), [0.5, 1.0], 0.5),
        ("one - x", |x, one| one - x, [-1.0, -1.0], 2.0),
        ("one * x", |x, one| one * x, [1.0, 1.0], 3.0),
        ("one / x", |x, one| one / x, [-1.0, -0.25], 1.5),
        ("pow(one, x)", |x, one| one.pow(x), [0.0, 0.0], 3.0),
    ];
    for (what, f, dx, dy) in rows {
        check(what, f, &leaf(Tensor::from(1.0f64)), F32, [&dx, &[dy]]);
    }
}

#[test]
fn huber_loss_has_the_dtype_of_its_input() {
    let sum = HuberLossOptions { reduction: Reduction::Sum, ..Default::default() };
    let x = single();
    let y = huber_loss(&x, &double(), &sum);
    assert_eq!((y.dtype(), y.item()), (F32, 3.0));
    y.backward();
    assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [-1.0, -1.0]);
    assert_eq!(huber_loss(&double(), &x, &sum).dtype(), F64);
}

#[test]
fn a_bare_number_in_a_network_leaves_f32_gradients() {
    let w = leaf(Tensor::from([[0.5f32, -0.25]]));
    let x = Variable::new(Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]));
    (linear(&x, &w, None) - Variable::new(Tensor::from([[0.5f64], [0.5]]))).square().mean().backward();
    assert_eq!(w.grad().expect("w took part").to_vec::<f32>(), [-0.5, -1.0]);
    w.zero_grad();
    (linear(&x, &w, None) - 0.5f64).square().mean().backward();
    assert_eq!(w.grad().expect("w took part").to_vec::<f32>(), [-0.5, -1.0]);
}

/// `2x`, with whatever gradient it is told.
fn told(x: &Variable, gradient: Tensor) -> Variable {
    struct Told(Tensor);
    impl Op for Told {
        fn name(&self) -> &'static str {
            "ToldBackward"
        }
        fn forward(&self, x: &[Tensor], _: &mut Saver<'_>) -> Outputs<Tensor> {
            x[0].mul_scalar(2).into()
        }
        fn backward<V: Differentiable>(&self, _: Saved<'_, V>, _: Dy<V>, _: &[bool]) -> Grads<V> {
            V::constant(self.0.clone()).into()
        }
    }
    apply(Told(gradient), &[x]).single()
}

#[test]
fn the_gradient_of_a_rule_of_the_users_is_fitted_to_its_input() {
    let rows = [
        (ones_dtype([3], F64), vec![1.0; 3]),
        (ones_dtype([3], DType::I64), vec![1.0; 3]),
        (ones_dtype([3], DType::Bool), vec![1.0; 3]),
        (ones([2, 3]), vec![2.0; 3]),
        (ones([1, 3]), vec![1.0; 3]),
    ];
    for (gradient, expected) in rows {
        let what = gradient.to_string();
        let x = leaf(Tensor::from([1.0f32, 2.0, 3.0]));
        told(&x, gradient.clone()).sum().backward();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), expected, "{what}");
        // The same on the way to another operation.
        x.zero_grad();
        told(&(&x * 3.0), gradient).sum().backward();
        let expected: Vec<f32> = expected.iter().map(|x| x * 3.0).collect();
        assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), expected, "{what}");
    }
    let x = leaf(Tensor::from(1.0f32));
    told(&x, ones([3])).backward();
    assert_eq!(x.grad().expect("x took part").item(), 3.0);
}

fn panic_of(f: impl FnOnce()) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).expect_err("it panics");
    payload.downcast_ref::<String>().expect("a text").clone()
}

#[test]
fn a_gradient_of_a_shape_that_cannot_be_meant_is_refused() {
    let rows: [(&[usize], &[usize]); 4] = [(&[2], &[3]), (&[1], &[3]), (&[], &[3]), (&[], &[0])];
    for (got, shape) in rows {
        let x = leaf(ones(shape));
        let message = panic_of(|| told(&x, ones(got)).sum().backward());
        let expected = format!(
            "Function ToldBackward returned an invalid gradient at index 0 - got {got:?} but expected shape compatible \
             with {shape:?}"
        );
        assert_eq!(message, expected);
        assert!(x.grad().is_none());
    }
}

#[test]
fn a_gradient_is_set_in_the_variables_shape_and_dtype_only() {
    let x = single();
    let rows = [
        (ones_dtype([2], F64), "torch.float64, the data torch.float32"),
        (ones_dtype([2], DType::I64), "torch.int64, the data torch.float32"),
        (ones([3]), "[3], the data [2]"),
        (ones([1, 2]), "[1, 2], the data [2]"),
    ];
    for (g, expected) in rows {
        let message = panic_of(|| x.set_grad(Some(g)));
        assert_eq!(message, format!("set_grad: the gradient is {expected}"));
    }
}

/// Dtypes that torch refuses to mix.
#[test]
fn products_and_scatters_take_one_dtype() {
    type Row = (&'static str, fn() -> Variable);
    let rows: [Row; 9] = [
        ("matmul", || matrix(F32).matmul(&matrix(F64))),
        ("matmul", || matrix(F64).matmul(&matrix(F32))),
        ("linear", || linear(&matrix(F32), &matrix(F64), None)),
        ("linear", || linear(&matrix(F32), &matrix(F32), Some(&double()))),
        ("addmm", || matrix(F64).addmm(&matrix(F32), &matrix(F32))),
        ("dot", || single().dot(&double())),
        ("index_add", || matrix(F32).index_add(0, &Tensor::from([0i64, 0]), &matrix(F64))),
        ("scatter", || matrix(F32).scatter(0, &Tensor::from([[0i64, 0], [1, 1]]), &matrix(F64))),
        ("scatter_add", || matrix(F32).scatter_add(0, &Tensor::from([[0i64, 0], [1, 1]]), &matrix(F64))),
    ];
    for (op, f) in rows {
        let message = panic_of(|| drop(f()));
        assert!(message.contains("dtype") && message.contains("float64"), "{op}: {message}");
    }
}

fn matrix(dtype: DType) -> Variable {
    leaf(ones_dtype([2, 2], dtype))
}
