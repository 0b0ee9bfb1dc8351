//! Variables of integers, and integers beside variables: what torch 2.15 makes of them.

use std::panic::{AssertUnwindSafe, catch_unwind};

use autograd::Variable;
use tensor::{DType, Tensor};

fn leaf(data: [[f32; 3]; 2]) -> Variable {
    Variable::new(Tensor::from(data)).requires_grad_(true)
}

#[test]
fn integers_stay_integers() {
    let large = (1i64 << 53) + 1;
    let x = Variable::new(Tensor::from([-3i64, 0, large]));
    let results = [
        (x.clamp(Some(-1), Some(large)), [-1, 0, large]),
        (x.pow(3), [-27, 0, 27_021_597_764_222_977]),
        (x.pow(&Variable::new(Tensor::from(2i64))), [9, 0, 18_014_398_509_481_985]),
        (x.abs(), [3, 0, large]),
        (x.relu(), [0, 0, large]),
        (x.neg(), [3, 0, -large]),
        (x.square(), [9, 0, 18_014_398_509_481_985]),
        (x.hardtanh(0.0, 6.0), [0, 0, 6]),
        (x.masked_fill(&Tensor::from([true, false, false]), large), [large, 0, large]),
        (2 - &x, [5, 2, 2 - large]),
    ];
    for (i, (y, expected)) in results.iter().enumerate() {
        assert_eq!(y.data().to_vec::<i64>(), expected, "result {i}");
    }
    assert_eq!(x.data().select(0, 2).item_as::<i64>(), large);
    assert_eq!(Variable::new(Tensor::from(large)).item_as::<i64>(), large);
    assert_eq!((2.5 - Variable::new(Tensor::from([3u8]))).data().to_vec::<f32>(), [-0.5]);
    assert_eq!((Variable::new(Tensor::from([3u8])) / 300).data().to_vec::<f32>(), [0.01]);
}

#[test]
fn functions_that_torch_has_for_floats_alone_refuse_the_others() {
    type Function = fn(&Variable) -> Variable;
    let functions: [(&str, Function); 9] = [
        ("elu", |x| x.elu(1.0)),
        ("selu", |x| x.selu()),
        ("gelu", |x| x.gelu()),
        ("gelu_tanh", |x| x.gelu_tanh()),
        ("silu", |x| x.silu()),
        ("softplus", |x| x.softplus(1.0, 20.0)),
        ("log_sigmoid", |x| x.log_sigmoid()),
        ("leaky_relu", |x| x.leaky_relu(0.01)),
        ("softmax", |x| x.softmax(0)),
    ];
    for dtype in [DType::I64, DType::I32, DType::I16, DType::I8, DType::U8, DType::Bool] {
        let x = Variable::new(tensor::ones_dtype([2], dtype));
        for (name, f) in functions {
            let panic = catch_unwind(AssertUnwindSafe(|| f(&x))).expect_err("refused");
            let message = panic.downcast::<String>().expect("a message");
            assert!(message.starts_with(name) && message.contains(&dtype.to_string()), "{message}");
        }
    }
    let bools = Variable::new(Tensor::from([true]));
    assert!(catch_unwind(AssertUnwindSafe(|| bools.hardtanh(0.0, 6.0))).is_err());
}

/// An index of int32 leads the gradient to where one of int64 does.
#[test]
fn an_index_may_be_int32() {
    let rows: [fn(&Variable, &Tensor) -> Variable; 5] = [
        |x, index| x.gather(1, index),
        |x, index| x.scatter(1, index, &Variable::new(tensor::ones([1, 2]))),
        |x, index| x.scatter_add(1, index, &Variable::new(tensor::ones([1, 2]))),
        |x, index| x.index_select(1, &index.select(0, 0)),
        |x, index| x.index_add(1, &index.select(0, 0), &Variable::new(tensor::ones([2, 2]))),
    ];
    for (i, f) in rows.iter().enumerate() {
        let gradient = |index: &Tensor| {
            let x = leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
            let y = f(&x, index);
            y.square().sum().backward();
            (y.data().to_vec::<f32>(), x.grad().expect("x took part").to_vec::<f32>())
        };
        let index = Tensor::from([[2i64, 0]]);
        assert_eq!(gradient(&index.to_dtype(DType::I32)), gradient(&index), "row {i}");
    }
}

#[test]
fn a_condition_may_be_bytes() {
    let (x, y) = (leaf([[1.0; 3]; 2]), leaf([[2.0; 3]; 2]));
    let z = x.where_(&Tensor::from([0u8, 2, 1]), &y);
    z.sum().backward();
    assert_eq!(z.data().to_vec::<f32>(), [2.0, 1.0, 1.0, 2.0, 1.0, 1.0]);
    assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(y.grad().expect("y took part").to_vec::<f32>(), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
}

#[test]
fn a_scalar_minus_a_variable_is_one_operation() {
    let x = leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let y = 2 - &x;
    assert_eq!(y.grad_fn(), Some("RsubBackward1"));
    y.sum().backward();
    assert_eq!(x.grad().expect("x took part").to_vec::<f32>(), [-1.0; 6]);
}
