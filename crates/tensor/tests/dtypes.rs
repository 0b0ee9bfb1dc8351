//! Operations on integers and booleans, against torch's: the dtype and
//! every value exactly, or a refusal.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tensor::{DType, Scalar, Tensor, cat};
use testing::{difference, recording, refusal};

fn inputs() -> [Tensor; 6] {
    [
        Tensor::from([true, false, true, false]),
        Tensor::from([0u8, 3, 255, 7]),
        Tensor::from([-128i8, -3, 0, 127]),
        Tensor::from([-32768i16, -3, 0, 7]),
        Tensor::from([i32::MIN, -3, 0, 7]),
        Tensor::from([i64::MIN, -3, 0, (1 << 53) + 1]),
    ]
}

fn mask() -> Tensor {
    Tensor::from([true, true, false, false])
}

/// The operation that a case of the recording names.
fn run(case: &str, x: &Tensor) -> Tensor {
    let words: Vec<&str> = case.split(' ').collect();
    match words[..] {
        ["x", op, y] => binary(op, x, scalar(y)),
        [y, op, "x"] => binary_from(op, scalar(y), x),
        ["full", y] => x.full_like(scalar(y)),
        ["fill", y] => {
            let mut x = x.clone();
            x.fill_(scalar(y));
            x
        }
        ["masked_fill", y] => x.masked_fill(&mask(), scalar(y)),
        ["clamp", "min", y] => x.clamp(Some(scalar(y)), None),
        ["clamp", "max", y] => x.clamp(None, Some(scalar(y))),
        ["clamp", y, z] => x.clamp(Some(scalar(y)), Some(scalar(z))),
        _ => named(case, x),
    }
}

fn scalar(name: &str) -> Scalar {
    match name.parse::<i64>() {
        Ok(x) => x.into(),
        Err(_) if name == "true" => true.into(),
        Err(_) => name.parse::<f64>().expect("a number").into(),
    }
}

fn binary(op: &str, x: &Tensor, y: Scalar) -> Tensor {
    match op {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => x / y,
        "==" => x.eq(y),
        "<" => x.lt(y),
        "**" => x.pow(y),
        _ => unreachable!("{op} is not recorded"),
    }
}

fn binary_from(op: &str, y: Scalar, x: &Tensor) -> Tensor {
    match (op, y) {
        ("-", Scalar::Float(y)) => y - x,
        ("-", Scalar::Int(y)) => y - x,
        ("-", Scalar::Bool(_)) => x.rsub_scalar(y),
        ("/", Scalar::Float(y)) => y / x,
        ("/", Scalar::Int(y)) => y / x,
        ("/", Scalar::Bool(y)) => i64::from(y) / x,
        _ => unreachable!("{op} is not recorded"),
    }
}

fn named(case: &str, x: &Tensor) -> Tensor {
    let index = Tensor::from([0i32, 0, 1]);
    let other =
        if x.dtype() == DType::Bool { mask() } else { x.index_select(0, &Tensor::from([3i32, 2, 1, 0])) };
    let square = x.reshape([2, 2]);
    match case {
        "neg" => x.neg(),
        "abs" => x.abs(),
        "sign" => x.sign(),
        "square" => x.square(),
        "relu" => x.relu(),
        "floor" => x.floor(),
        "ceil" => x.ceil(),
        "round" => x.round(),
        "trunc" => x.trunc(),
        "sqrt" => x.sqrt(),
        "isnan" => x.isnan(),
        "logical_not" => x.logical_not(),
        "add" => x + &other,
        "sub" => x - &other,
        "mul" => x * &other,
        "div" => x / &other,
        "maximum" => x.maximum(&other),
        "minimum" => x.minimum(&other),
        "pow" => x.pow(&other),
        "eq" => x.eq(&other),
        "ne" => x.ne(&other),
        "lt" => x.lt(&other),
        "le" => x.le(&other),
        "gt" => x.gt(&other),
        "ge" => x.ge(&other),
        "logical_and" => x.logical_and(&other),
        "logical_xor" => x.logical_xor(&other),
        "sum" => x.sum(),
        "prod" => x.narrow(0, 0, 2).prod(),
        "cumsum" => x.cumsum(0),
        "mean" => x.mean(),
        "max" => x.max(),
        "amin" => x.amin(0, false),
        "max_dim" => x.max_dim(0, false).1,
        "argmax" => x.argmax(None, false),
        "argmin" => x.argmin(0, false),
        "any" => x.any(),
        "all" => x.all(),
        "sort" => x.sort(0, true).0,
        "argsort" => x.argsort(0, false),
        "topk" => x.topk(2, 0, true).0,
        "var" => x.var(),
        "softmax" => x.softmax(0),
        "matmul" => square.matmul(&square),
        "dot" => x.dot(x),
        "outer" => x.outer(x),
        "linear" => square.linear(&square, Some(&x.narrow(0, 0, 2))),
        "tril" => square.tril(0),
        "gather" => x.gather(0, &index),
        "index_select" => x.index_select(0, &index),
        "scatter" => x.scatter(0, &index.narrow(0, 1, 2), &x.narrow(0, 1, 3)),
        "scatter_add" => x.scatter_add(0, &index, &x.narrow(0, 1, 3)),
        "index_add" => x.index_add(0, &index, &x.narrow(0, 1, 3)),
        "where_u8" => Tensor::from([0u8, 2, 1, 0]).where_(x, &other),
        "masked_select" => x.masked_select(&mask()),
        "cat" => cat(&[x.clone(), mask()], 0),
        "add_no_axes" => x + Tensor::from(300i64),
        "div_no_axes" => x / Tensor::from(300i64),
        "mul_float_no_axes" => x * Tensor::from(0.5f64),
        "to_bool" => x.to_dtype(DType::Bool),
        "to_u8" => x.to_dtype(DType::U8),
        "to_i16" => x.to_dtype(DType::I16),
        "to_f32" => x.to_dtype(DType::F32),
        _ => panic!("{case} is recorded, but this test does not run it"),
    }
}

#[test]
fn every_case_is_torchs() {
    let recording = recording!("dtypes");
    let mut wrong = Vec::new();
    for case in recording.cases() {
        for x in inputs() {
            let what = format!("{} of {}", case.name(), x.dtype());
            let got = catch_unwind(AssertUnwindSafe(|| run(case.name(), &x).reshape([-1])));
            match (got, case.get_tensor(x.dtype().name())) {
                (Ok(y), Some(expected)) => {
                    wrong.extend(difference(&y, &expected, None).map(|why| format!("{what}: {why}")));
                }
                (Err(_), None) => assert_eq!(case.text(x.dtype().name()), "refused", "{what}"),
                (Ok(y), None) => wrong.push(format!("{what}: {y} where torch refuses")),
                (Err(_), Some(expected)) => wrong.push(format!("{what}: refused where torch has {expected}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The types of files: arithmetic on them is refused in one sentence that says what they are for.
#[test]
fn types_of_files_are_not_computed_with() {
    for dtype in [DType::F16, DType::BF16, DType::U16, DType::U32, DType::U64] {
        let x = tensor::ones_dtype([2, 2], dtype);
        let operations: [&dyn Fn() -> Tensor; 12] = [
            &|| &x + &x,
            &|| x.neg(),
            &|| x.floor(),
            &|| x.eq(&x),
            &|| x.amax(0, false),
            &|| x.argmax(0, false),
            &|| x.sort(0, false).0,
            &|| x.matmul(&x),
            &|| x.clamp(Some(0), Some(1)),
            &|| x.pow(&x),
            &|| x.scatter_add(0, &Tensor::from([[0i64, 0]]), &x),
            &|| x.index_add(0, &Tensor::from([0i64, 0]), &x),
        ];
        for (i, operation) in operations.iter().enumerate() {
            let message = refusal(operation);
            let says = format!("{dtype} is for files and conversion, not for computing (shape [2, 2])");
            assert!(message.contains(&says), "operation {i}: {message}");
        }
        let mut y = x.clone();
        y.fill_(2);
        assert_eq!(y.to_dtype(DType::F32).to_vec::<f32>(), [2.0; 4], "{dtype} can be filled and converted");
    }
}

/// Floats that an integer type does not hold, as torch on x86-64 converts them.
#[test]
fn floats_beyond_the_integers_are_torchs() {
    let x = [300.0, -1.0, -300.0, 1e5, -1e5, 3e9, -3e9, 1e19, -1e19, f64::INFINITY, f64::NAN, 1.7, -1.7];
    let (f32s, f64s) = (Tensor::from(x.map(|x| x as f32)), Tensor::from(x));
    let small = [300, -1, -300, 100_000, -100_000];
    for x in [&f32s, &f64s] {
        let as_i64 = |dtype| x.to_dtype(dtype).to_dtype(DType::I64).to_vec::<i64>();
        assert_eq!(as_i64(DType::U8), [44, 255, 212, 160, 96, 0, 0, 0, 0, 0, 0, 1, 255]);
        assert_eq!(as_i64(DType::I8), [44, -1, -44, -96, 96, 0, 0, 0, 0, 0, 0, 1, -1]);
        assert_eq!(as_i64(DType::I16), [300, -1, -300, -31072, 31072, 0, 0, 0, 0, 0, 0, 1, -1]);
        let least = i64::from(i32::MIN);
        assert_eq!(as_i64(DType::I32)[..5], small);
        assert_eq!(as_i64(DType::I32)[5..], [least, least, least, least, least, least, 1, -1]);
        let wide = [3_000_000_000, -3_000_000_000, i64::MIN, i64::MIN, i64::MIN, i64::MIN, 1, -1];
        assert_eq!(as_i64(DType::I64), [&small[..], &wide].concat());
        let high = 1u64 << 63;
        let u64s = x.to_dtype(DType::U64).to_vec::<u64>();
        assert_eq!((u64s[1], u64s[8..11].to_vec()), (u64::MAX, vec![high, 0, high]));
    }
}
