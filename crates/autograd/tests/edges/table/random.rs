//! Random numbers after a seed, whatever the memory they are written to looks like.

use crate::op::{Table, tensors, variables};
use crate::sets::listed;
use autograd::Variable;
use tensor::{DType, Tensor, manual_seed};

pub(super) fn rows(t: &mut Table) {
    let none = &listed(&[""], "-");
    for shape in [&[][..], &[3], &[0], &[2, 0, 3], &[4, 5], &[2, 1, 3]] {
        tensors!(t, rand, format!("seeded(torch.rand, {shape:?})"), none, |_x| seeded(|| tensor::rand(
            shape
        )));
        tensors!(t, randn, format!("seeded(torch.randn, {shape:?})"), none, |_x| seeded(|| tensor::randn(
            shape
        )))
        .within(4.0, 0.0);
        tensors!(t, randint, format!("seeded(torch.randint, -3, 9, {shape:?})"), none, |_x| {
            seeded(|| tensor::randint(-3, 9, shape))
        });
        // Without elements, torch forgets to refuse the integers.
        for dtype in DType::ALL.into_iter().filter(|dtype| dtype.is_float() || !shape.contains(&0)) {
            let args = format!("{shape:?}, dtype={dtype}");
            tensors!(t, rand_dtype, format!("seeded(torch.rand, {args})"), none, |_x| {
                seeded(|| tensor::rand_dtype(shape, dtype))
            });
            tensors!(t, randn_dtype, format!("seeded(torch.randn, {args})"), none, |_x| {
                seeded(|| tensor::randn_dtype(shape, dtype))
            })
            .within(4.0, 0.0);
            tensors!(t, randint_dtype, format!("seeded(torch.randint, 0, 9, {args})"), none, |_x| {
                seeded(|| tensor::randint_dtype(0, 9, shape, dtype))
            });
        }
    }
    for (low, high) in [(0, 0), (3, 1), (0, 300), (-1, 1)] {
        for dtype in [DType::I64, DType::U8, DType::F32] {
            let torch = format!("seeded(torch.randint, {low}, {high}, [3], dtype={dtype})");
            tensors!(t, randint_dtype, torch, none, |_x| seeded(|| tensor::randint_dtype(
                low,
                high,
                [3],
                dtype
            )));
        }
    }
    for n in [0, 1, 5] {
        tensors!(t, randperm, format!("seeded(torch.randperm, {n})"), none, |_x| seeded(
            || tensor::randperm(n)
        ));
    }

    let x = &listed(&["f32", "f64"], LAYOUTS);
    let x = &x
        .iter()
        .cloned()
        .chain(listed(&["i64", "u8", "bool", "f16", "bf16"], "DT:plain:2x3\nDT:plain:2x4>t"))
        .collect::<Vec<_>>();
    for (low, high) in [(0.0, 1.0), (-2.0, 2.0), (1.0, 0.0)] {
        let torch = format!("seeded(x.clone().uniform_, {low}, {high})");
        tensors!(t, uniform_, torch, x, |x| in_place(&x[0], |y| y.uniform_(low, high)));
    }
    for (mean, std) in [(0.0, 1.0), (2.0, 0.0), (0.0, -1.0)] {
        let torch = format!("seeded(x.clone().normal_, {mean}, {std})");
        tensors!(t, normal_, torch, x, |x| in_place(&x[0], |y| y.normal_(mean, std))).within(4.0, 0.0);
    }
    let like = &x.iter().filter(|x| !x.contains('>')).cloned().collect::<Vec<_>>();
    tensors!(t, rand_like, "seeded(torch.rand_like, x)", like, |x| seeded(|| x[0].rand_like()));
    tensors!(t, randn_like, "seeded(torch.randn_like, x)", like, |x| seeded(|| x[0].randn_like()))
        .within(4.0, 0.0);
    tensors!(t, randint_like, "seeded(torch.randint_like, x, 0, 2)", like, |x| {
        seeded(|| x[0].randint_like(0, 2))
    });
    for p in [0.5, 0.0, 1.0, 1.5] {
        let torch = format!("seeded(x.clone().bernoulli_, {p})");
        tensors!(t, bernoulli_, torch, x, |x| in_place(&x[0], |y| y.bernoulli_(p)));
    }
    let floats: &Vec<String> =
        &x.iter().filter(|x| x.starts_with('f') && !x.contains("f16")).cloned().collect();
    for p in [0.5, 0.0, 1.0, 0.3, 1.5] {
        variables!(t, dropout, format!("seeded(F.dropout, x, {p})"), floats, |x| {
            manual_seed(0);
            autograd::dropout(&x[0], p)
        })
        .within(1.0, 1.0);
    }
    let channels = &listed(
        &["f32", "f64"],
        "DT:plain:s\nDT:plain:3\nDT:plain:0\nDT:plain:2x3\nDT:plain:2x1x3\nDT:plain:2x4>t\nDT:plain:2x2x3>turn\nDT:plain:2x0x3
        DT:plain:4x3x1x2\nDT:plain:3x2x1x2x1\nDT:nan:2x3",
    );
    type Dropout = fn(&Variable, f64) -> Variable;
    let functions: [(&str, Dropout); 5] = [
        ("dropout1d", autograd::dropout1d),
        ("dropout2d", autograd::dropout2d),
        ("dropout3d", autograd::dropout3d),
        ("alpha_dropout", autograd::alpha_dropout),
        ("feature_alpha_dropout", autograd::feature_alpha_dropout),
    ];
    for (name, f) in functions {
        for p in [0.5, 0.0, 1.0, 0.3, 1.5] {
            let op = t.add(name, format!("seeded(F.{name}, x, {p}, True)"), channels);
            op.variables(move |x| {
                manual_seed(0);
                f(&x[0], p)
            });
            op.within(1.0, 1.0);
        }
    }
    let unit = &listed(
        &["f32", "f64"],
        "DT:unit:2x3\nDT:unit:2x4>t\nDT:unit:s\nDT:unit:0\nDT:unit:6>odd\nDT:plain:3\nDT:nan:3",
    );
    tensors!(t, bernoulli, "seeded(torch.bernoulli, x)", unit, |x| {
        manual_seed(0);
        x[0].bernoulli()
    });
    for lambd in [1.0, 0.3, 0.0] {
        let torch = format!("seeded(x.clone().exponential_, {lambd})");
        tensors!(t, exponential_, torch, floats, |x| in_place(&x[0], |y| y.exponential_(lambd)));
    }
    distributions(t, x, floats);
    gammas(t);
    let weights = &listed(
        &["f32", "f64"],
        "DT:positive:7\nDT:positive:2x7\nDT:positive:4x2>t\nDT:positive:1\nDT:unit:0x3\nDT:positive:s\nDT:plain:3\nDT:zero:3
        DT:inf:3\nDT:nan:3\nDT:positive:2x3x2",
    );
    for (n, replacement) in [(1, false), (3, false), (1, true), (5, true), (0, true), (8, false)] {
        let torch =
            format!("seeded(torch.multinomial, x, {n}, {})", if replacement { "True" } else { "False" });
        tensors!(t, multinomial, torch, weights, |x| seeded(|| x[0].multinomial(n, replacement)));
    }
}

/// Draws from other distributions, in place and after the parameters.
fn distributions(t: &mut Table, x: &[String], floats: &[String]) {
    for p in [0.5, 0.01, 0.0, 1.0] {
        let torch = format!("seeded(x.clone().geometric_, {p})");
        tensors!(t, geometric_, torch, x, |x| in_place(&x[0], |y| y.geometric_(p)));
    }
    for (a, b) in [(0.0, 1.0), (2.0, 0.3), (0.0, 0.0), (1.0, -1.0)] {
        let torch = format!("seeded(x.clone().cauchy_, {a}, {b})");
        tensors!(t, cauchy_, torch, x, |x| in_place(&x[0], |y| y.cauchy_(a, b)));
        let torch = format!("seeded(x.clone().log_normal_, {a}, {b})");
        tensors!(t, log_normal_, torch, x, |x| in_place(&x[0], |y| y.log_normal_(a, b)));
    }
    let rates = &listed(
        &["f32", "f64", "f16", "bf16"],
        "DT:positive:7\nDT:positive:2x3>t\nDT:positive:s\nDT:plain:0\nDT:rate:2x6\nDT:rate:6>odd\nDT:zero:3\nDT:plain:3\nDT:nan:3
        i64:positive:7",
    );
    tensors!(t, poisson, "seeded(torch.poisson, x)", rates, |x| seeded(|| x[0].poisson()));
    for std in [1.0, 0.3, 0.0, -1.0] {
        let torch = format!("seeded(torch.normal, x, {std})");
        tensors!(t, normal, torch, floats, |x| seeded(|| tensor::normal(&x[0], std))).within(4.0, 0.0);
    }
    let stds = &listed(
        &["f32", "f64"],
        "DT:positive:7\nDT:positive:2x3>t\nDT:positive:s\nDT:positive:37\nDT:plain:0\nDT:plain:3\nDT:nan:3\nDT:zero:3",
    );
    for mean in [0.0, 0.3, -100.0] {
        let torch = format!("seeded(torch.normal, {mean}, x)");
        tensors!(t, normal, torch, stds, |x| seeded(|| tensor::normal(mean, &x[0]))).within(4.0, 0.0).around(100.0);
    }
    let both = &listed(
        &["f32", "f64"],
        "DT:plain:7 DT:positive:7\nDT:plain:3 DT:positive:2x3\nDT:plain:2x3>t DT:positive:s\nDT:plain:37 DT:positive:37
        DT:plain:0 DT:positive:1\nDT:plain:3 f64:positive:3\nDT:plain:3 f32:positive:3\nDT:plain:3 DT:plain:3\nDT:plain:3 DT:positive:2",
    );
    tensors!(t, normal, "seeded(torch.normal, x, y)", both, |x| seeded(|| tensor::normal(&x[0], &x[1])))
        .within(4.0, 0.0)
        .around(4.0);
    let none = &listed(&[""], "-");
    for (mean, std) in [(0.0, 1.0), (2.0, 0.5), (0.0, -1.0)] {
        let torch = format!("seeded(torch.normal, {mean}, {std}, [2, 3])");
        tensors!(t, normal_shape, torch, none, |_x| seeded(|| tensor::normal_shape(mean, std, [2, 3])))
            .within(4.0, 0.0);
    }
}

/// Draws from gamma and Dirichlet's distributions, and how they move with the parameters.
fn gammas(t: &mut Table) {
    let x = &listed(
        &["f32", "f64"],
        "DT:positive:7\nDT:positive:2x3>t\nDT:unit:3\nDT:zero:3\nDT:plain:0\nDT:positive:s",
    );
    tensors!(t, standard_gamma, "seeded(torch._standard_gamma, x)", x, |x| seeded(|| x[0].standard_gamma()));
    let x =
        &listed(&["f32", "f64"], "DT:positive:7\nDT:positive:2x3>t\nDT:positive:0x3\nDT:positive:2x2x2>turn");
    tensors!(t, sample_dirichlet, "seeded(torch._sample_dirichlet, x)", x, |x| seeded(
        || x[0].sample_dirichlet()
    ));
    let x = &listed(
        &["f32", "f64"],
        "DT:positive:7 DT:positive:6>odd\nDT:positive:6>odd DT:unit:3\nDT:positive:3 DT:positive:3\nDT:plain:0 DT:plain:0",
    );
    tensors!(t, standard_gamma_grad, "torch._standard_gamma_grad(x, y)", x, |x| x[0]
        .standard_gamma_grad(&x[1]));
    let x = &listed(
        &["f32", "f64"],
        "DT:unit:3 DT:positive:3 DT:one:3\nDT:unit:6>odd DT:positive:3 DT:positive:3",
    );
    tensors!(t, dirichlet_grad, "torch._dirichlet_grad(x, y, y + z)", x, |x| x[0]
        .dirichlet_grad(&x[1], &x[1].add(&x[2])));
}

const LAYOUTS: &str =
    "DT:plain:s\nDT:plain:3\nDT:plain:1\nDT:plain:0\nDT:plain:2x3\nDT:plain:0x3\nDT:plain:3x0
    DT:plain:2x1x3\nDT:plain:2x4>t\nDT:plain:5x7>t\nDT:plain:2x2x3>turn\nDT:plain:2x4>half\nDT:plain:6>odd
    DT:plain:3>twice\nDT:plain:1>wide\nDT:plain:0x4>half\nDT:plain:37";

fn seeded(f: impl FnOnce() -> Tensor) -> Tensor {
    manual_seed(0);
    f()
}

fn in_place(x: &Tensor, f: impl FnOnce(&mut Tensor) -> &mut Tensor) -> Tensor {
    manual_seed(0);
    let mut y = x.clone();
    f(&mut y);
    y
}
