//! Averages of models, and batch norms of these, against torch's.

mod common;

use common::fill;
use nn::{BatchNorm1d, Linear, Module, Sequential, sequential};
use optim::swa_utils::*;
use tensor::{DType, Tensor, cat};
use testing::{assert_bits, recording, refusal};

fn net(dtype: DType) -> Sequential {
    let net = sequential![Linear::new(3, 4), BatchNorm1d::new(4), Linear::new(4, 1)];
    net.to_dtype(dtype);
    net
}

fn set_numbers(net: &Sequential, step: u64) {
    let parameters = net.parameters();
    for (k, p) in parameters.iter().enumerate() {
        p.set_data(fill(&p.shape(), step, 100 * k as u64, p.dtype()));
    }
    for (k, buffer) in net.buffers().iter().enumerate() {
        buffer.set_data(match buffer.dtype() {
            DType::I64 => Tensor::from(7 * step as i64 + 1),
            dtype => fill(&buffer.shape(), step, 100 * (parameters.len() + k) as u64, dtype),
        });
    }
}

fn flat(net: &Sequential, dtype: DType) -> Tensor {
    let all =
        net.parameters().into_iter().map(|p| p.data()).chain(net.buffers().into_iter().map(|b| b.data()));
    cat(&all.map(|t| t.reshape(-1).to_dtype(dtype)).collect::<Vec<_>>(), 0)
}

#[test]
fn averages_are_torchs() {
    for case in recording!("swa").named("AveragedModel") {
        let at = case.tensor("at");
        let avg_fn = match case.text("fn") {
            "default" => AvgFn::default(),
            "swa" => get_swa_avg_fn(),
            "swa_multi" => get_swa_multi_avg_fn(),
            "ema" => get_ema_avg_fn(0.9),
            _ => get_ema_multi_avg_fn(0.3),
        };
        let net = net(at.dtype());
        let options = AveragedModelOptions { avg_fn, use_buffers: case["use_buffers"] == true };
        let averaged = AveragedModel::with(&net, options);
        for step in 0..5 {
            set_numbers(&net, step);
            averaged.update_parameters(&net);
            let (found, row) = (flat(&averaged.module, at.dtype()), at.select(0, step as isize));
            assert_bits(format!("{case:?} after update {step}"), &found, &row);
        }
        assert_eq!(averaged.n_averaged() as f64, case.number("n"));
        assert_eq!(averaged.state_dict().keys().collect::<Vec<_>>(), case.texts("keys"));
        assert_eq!(averaged.to_string(), case.text("repr"));
        let again = AveragedModel::new(&net);
        let _ = again.load_state_dict(&averaged.state_dict()).unwrap();
        assert_eq!(again.n_averaged(), 5);
        assert_bits("loaded", &flat(&again.module, at.dtype()), &at.select(0, 4));
    }
}

#[test]
fn batch_norms_get_the_mean_of_all_batches() {
    for case in recording!("swa").named("update_bn") {
        let at = case.tensor("at");
        let net = net(at.dtype());
        set_numbers(&net, 9);
        net.eval();
        update_bn([8, 5, 11].map(|n| fill(&[n, 3], n as u64, 0, at.dtype())), &net);
        assert!(!net.is_training());
        assert_bits(format!("{case:?}"), &flat(&net, at.dtype()), &at);
    }
}

#[test]
fn a_net_without_batch_norms_is_not_run() {
    let inputs = std::iter::from_fn(|| -> Option<Tensor> { panic!("nobody needs it") });
    update_bn(inputs, &sequential![Linear::new(3, 4)]);
}

#[test]
fn a_decay_is_a_share() {
    let words = "Invalid decay value 1.5 provided. Please provide a value in [0,1] range.";
    assert_eq!(refusal(|| get_ema_avg_fn(1.5)), words);
    assert_eq!(refusal(|| get_ema_multi_avg_fn(1.5)), words);
}
