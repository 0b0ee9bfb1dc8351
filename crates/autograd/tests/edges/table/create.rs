//! New tensors.

use crate::op::{Table, python, tensors};
use crate::sets::{listed, moved};
use tensor::{DType, Scalar, Tensor};

pub(super) fn rows(t: &mut Table) {
    let none = &listed(&[""], "-");
    for shape in [&[][..], &[3], &[0], &[2, 0, 3], &[2, 3]] {
        tensors!(t, zeros, format!("torch.zeros({shape:?})"), none, |_x| tensor::zeros(shape));
        tensors!(t, ones, format!("torch.ones({shape:?})"), none, |_x| tensor::ones(shape));
        for dtype in DType::ALL {
            let args = format!("{shape:?}, dtype={dtype}");
            tensors!(t, zeros_dtype, format!("torch.zeros({args})"), none, |_x| tensor::zeros_dtype(
                shape, dtype
            ));
            tensors!(t, ones_dtype, format!("torch.ones({args})"), none, |_x| tensor::ones_dtype(
                shape, dtype
            ));
        }
        for value in numbers() {
            let torch = format!("torch.full({shape:?}, {})", python(value));
            tensors!(t, full, torch, none, |_x| tensor::full(shape, value));
        }
    }
    for dtype in DType::ALL {
        for value in numbers() {
            let torch = format!("torch.full([2], {}, dtype={dtype})", python(value));
            tensors!(t, full_dtype, torch, none, |_x| tensor::full_dtype([2], value, dtype));
        }
    }
    for n in [0, 1, 3, 16] {
        tensors!(t, eye, format!("torch.eye({n})"), none, |_x| tensor::eye(n));
        for (start, end) in
            [(0.0, 1.0), (1.0, -1.0), (0.1, 0.7), (2.0, 2.0), (1e30, -1e30), (0.0, f64::INFINITY)]
        {
            let torch = format!("torch.linspace({}, {}, {n})", python(start.into()), python(end.into()));
            tensors!(t, linspace, torch, none, |_x| tensor::linspace(start, end, n));
        }
        for m in [0, 2, 5] {
            tensors!(t, eye, format!("torch.eye({n}, {m})"), none, |_x| tensor::eye((n, m)));
        }
    }
    for dtype in DType::ALL {
        if matches!(dtype, DType::U16 | DType::U32 | DType::U64) {
            continue; // torch has them for a few operations only
        }
        let torch = format!("torch.eye(3, 4, dtype={dtype})");
        tensors!(t, eye_dtype, torch, none, |_x| tensor::eye_dtype([3, 4], dtype));
        for (start, end, n) in [(0.0, 10.0, 4), (-3.0, 3.0, 7), (0.1, 0.9, 37), (5.0, 1.0, 1), (5.0, 2.0, 2)] {
            let args = format!("{start:?}, {end:?}, {n}");
            if (dtype == DType::U8 && start < 0.0) || matches!(dtype, DType::F16 | DType::BF16 | DType::Bool) {
                continue;
            }
            let torch = format!("torch.linspace({args}, dtype={dtype})");
            tensors!(t, linspace_dtype, torch, none, |_x| tensor::linspace_dtype(start, end, n, dtype));
            for base in [10.0, 2.0] {
                let torch = format!("torch.logspace({args}, base={base:?}, dtype={dtype})");
                tensors!(t, logspace_dtype, torch, none, |_x| {
                    tensor::logspace_dtype(start, end, n, base, dtype)
                })
                .within(2.0, 0.0);
            }
        }
    }
    tensors!(t, logspace, "torch.logspace(-1.0, 1.0, 5)", none, |_x| tensor::logspace(-1.0, 1.0, 5, 10.0))
        .within(1.0, 0.0);
    tensors!(t, tensor, "torch.tensor([[1, -2]])", none, |_x| tensor::tensor([[1, -2]]));
    tensors!(t, tensor, "torch.tensor([0.1, 2.0])", none, |_x| tensor::tensor([0.1, 2.0]));
    tensors!(t, tensor, "torch.tensor(True)", none, |_x| tensor::tensor(true));
    for (start, end, step) in ranges() {
        let torch = format!("torch.arange({}, {}, {})", python(start), python(end), python(step));
        tensors!(t, arange, torch, none, |_x| tensor::arange(start, end, step));
    }

    let x = &moved();
    tensors!(t, zeros_like, "torch.zeros_like(x)", x, |x| x[0].zeros_like());
    tensors!(t, ones_like, "torch.ones_like(x)", x, |x| x[0].ones_like());
    tensors!(t, zero_, "x.clone().zero_()", x, |x| {
        let mut y = x[0].clone();
        y.zero_();
        y
    });
    for value in numbers() {
        let n = python(value);
        let x: &Vec<String> = &x
            .iter()
            .filter(|x| x.ends_with("plain:2x3>t") || x.ends_with("plain:0") || x.ends_with("plain:s"))
            .cloned()
            .collect();
        tensors!(t, full_like, format!("torch.full_like(x, {n})"), x, |x| x[0].full_like(value));
        tensors!(t, fill_, format!("x.clone().fill_({n})"), x, |x| {
            let mut y = x[0].clone();
            y.fill_(value);
            y
        });
    }
    tensors!(
        t,
        item,
        "torch.tensor(float(x.item()))",
        &listed(
            &["f32", "i64", "u8", "bool"],
            "DT:plain:s
        DT:plain:1
        DT:plain:3
        DT:plain:0
        DT:plain:3>pick
        DT:plain:1x1"
        ),
        |x| Tensor::from(x[0].item()).to_dtype(DType::F32)
    );
}

fn numbers() -> [Scalar; 9] {
    [
        Scalar::Int(0),
        Scalar::Int(7),
        Scalar::Int(-1),
        Scalar::Int(300),
        Scalar::Int(9007199254740993),
        Scalar::Float(2.5),
        Scalar::Float(-0.0),
        Scalar::Float(f64::NAN),
        Scalar::Bool(true),
    ]
}

fn ranges() -> Vec<(Scalar, Scalar, Scalar)> {
    let whole = [
        (0i64, 6i64, 2i64),
        (0, 5, 2),
        (5, 0, -2),
        (3, 3, 1),
        (0, 3, -1),
        (0, 3, 0),
        (-3, 3, 3),
        (9007199254740993, 9007199254740995, 1),
    ];
    let real = [
        (0.0, 1.0, 0.25),
        (0.0, 1.0, 0.3),
        (1.0, 0.0, -0.5),
        (0.0, 0.0, 1.0),
        (0.0, 1.0, -1.0),
        (0.0, f64::INFINITY, 1.0),
        (0.0, 1.0, f64::NAN),
    ];
    let whole = whole.map(|(a, b, c)| (a.into(), b.into(), c.into()));
    let real = real.map(|(a, b, c)| (a.into(), b.into(), c.into()));
    let mixed = [
        (Scalar::Int(0), Scalar::Float(1.0), Scalar::Float(0.5)),
        (Scalar::Int(0), Scalar::Int(3), Scalar::Float(1.0)),
    ];
    whole.into_iter().chain(real).chain(mixed).collect()
}
