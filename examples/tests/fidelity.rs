//! The tutorial's runs against torch's, loss by loss; `cargo xtask record examples/losses` recorded torch's.
//! All of MNIST and torch as it is on this machine are compared by `cargo xtask fidelity`.

use clap::ValueEnum;
use datasets::{DataLoader, Mnist};
use examples::{OptimizerKind, data_tf, mlp};
use nn::{CrossEntropyLoss, Forward, Module};
use tensor::Tensor;
use tensor::kernels::rounding::Rounding;
use tensor::kernels::simd::Isa;
use testing::{Case, Within, assert_bits, assert_close, recording};

/// The same run here.
fn losses(run: &Case, digits: &Mnist) -> Tensor {
    tensor::manual_seed(0);
    let (net, steps) = (mlp(&run.sizes("sizes")), run.tensor("losses").numel());
    let criterion = CrossEntropyLoss::new();
    let kind = OptimizerKind::from_str(run.name(), false).expect("one of the tutorial's");
    let mut optim = kind.build(net.parameters(), run.number("lr"));
    let train_data = DataLoader::new(digits).batch_size(64).shuffle(true);
    let mut losses = Vec::new();
    while losses.len() < steps {
        for (x, y) in train_data.iter().take(steps - losses.len()) {
            let loss = criterion.forward(&net.forward(&x.into()), &y);
            optim.zero_grad();
            loss.backward();
            optim.step();
            losses.push(loss.item() as f32);
        }
    }
    Tensor::from(losses)
}

#[test]
fn losses_are_torchs_to_the_last_bit_from_the_first_step_into_the_second_epoch() {
    let digits = Mnist::embedded_train(data_tf());
    // `Nearest` has one order for all; torch's with AVX-512 and that with AVX2 differ.
    let recordings = [
        (Rounding::Nearest, None, recording!("losses_nearest_avx512"), 14),
        (Rounding::Amd, Some(Isa::Avx512), recording!("losses_amd_avx512"), 6),
        (Rounding::Amd, Some(Isa::Avx2), recording!("losses_amd_avx2"), 6),
    ];
    // Elsewhere `matrixmultiply` sums in its own order, and the first differences soon grow.
    let same_sums = matches!(Isa::current(), Isa::Avx2 | Isa::Avx512);
    for (rounding, isa, recording, runs) in recordings {
        assert_eq!(recording.cases().len(), runs);
        if isa.is_some_and(|isa| isa != Isa::current()) {
            continue;
        }
        rounding.select();
        for run in recording.cases() {
            let (ours, torchs, what) =
                (losses(run, &digits), run.tensor("losses"), format!("{rounding}, {run:?}"));
            if same_sums {
                assert_bits(what, &ours, &torchs);
            } else {
                let first = |x: Tensor| x.narrow(0, 0, 5);
                assert_close(what, &first(ours), &first(torchs), Within::relative(1e-5));
            }
        }
    }
}
