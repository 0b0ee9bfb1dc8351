//! Runs of convolutional nets against torch's, loss by loss; `cargo xtask record examples/images`
//! recorded torch's on one thread.

use datasets::{DataLoader, Mnist};
use examples::image_tf;
use nn::models::{LeNet5, MnistNet};
use nn::{CrossEntropyLoss, Layer, NLLLoss, Parameter};
use optim::{Adadelta, Adam, Optimizer};
use tensor::Tensor;
use tensor::kernels::simd::Isa;
use testing::{Case, Within, assert_bits, assert_close, recording};

/// The same run here.
fn losses(run: &Case, digits: &Mnist) -> Tensor {
    tensor::manual_seed(1);
    let (net, lenet): (Box<dyn Layer>, bool) = match run.name() {
        "LeNet5" => (Box::new(LeNet5::new()), true),
        _ => (Box::new(MnistNet::new()), false),
    };
    let parameters: Vec<Parameter> = net.parameters();
    let mut optim: Box<dyn Optimizer> =
        if lenet { Box::new(Adam::new(parameters, 1e-3)) } else { Box::new(Adadelta::new(parameters, 1.0)) };
    let train_data = DataLoader::new(digits).batch_size(64);
    let step = |(x, y): (Tensor, Tensor)| {
        let out = net.forward(&x.into());
        let loss =
            if lenet { CrossEntropyLoss::new().forward(&out, &y) } else { NLLLoss::new().forward(&out, &y) };
        optim.zero_grad();
        loss.backward();
        optim.step();
        loss.item() as f32
    };
    let steps = run.tensor("losses").numel();
    Tensor::from(train_data.iter().take(steps).map(step).collect::<Vec<f32>>())
}

#[test]
fn losses_are_torchs() {
    let digits = Mnist::embedded_train(image_tf());
    let recording = recording!("images_avx2");
    assert_eq!(recording.cases().len(), 2);
    for run in recording.cases() {
        let (ours, torchs) = (losses(run, &digits), run.tensor("losses"));
        // Other processors add in another order, and the differences soon grow.
        if Isa::current() == Isa::Avx2 {
            assert_bits(run.name(), &ours, &torchs);
        } else {
            let first = |x: Tensor| x.narrow(0, 0, 3);
            assert_close(run.name(), &first(ours), &first(torchs), Within::relative(1e-4));
        }
    }
}
