//! Layers that few nets have print, start, compute and differentiate as torch's.

use autograd::Variable;
use nn::functional::FractionalMaxPoolOptions;
use nn::{
    AdaptiveLogSoftmaxWithLoss, Forward, FractionalMaxPool, FractionalMaxPool2d, FractionalMaxPool3d,
    LinearCrossEntropyLoss, Module, Options, Registry,
};
use tensor::{OptionValue, PerAxis, Spatial, Tensor};
use testing::{Case, Within, alone, assert_close, ramp, recording};

fn argument<T: OptionValue>(case: &Case, at: usize) -> Option<T> {
    let arguments = case.python("arguments");
    let argument = arguments.as_list().expect("a tuple").get(at)?;
    Some(T::from_value(argument).expect("an argument of this type"))
}

fn size(case: &Case, at: usize) -> usize {
    argument(case, at).expect("a size")
}

fn pool<const D: usize>(case: &Case) -> FractionalMaxPool<D> {
    let kernel: PerAxis<D> = argument(case, 0).expect("a kernel");
    match argument::<Spatial<usize>>(case, 1) {
        Some(size) => FractionalMaxPool::with(
            kernel,
            FractionalMaxPoolOptions { output_size: Some(size), ..Default::default() },
        ),
        None => {
            let mut options =
                FractionalMaxPoolOptions { output_ratio: Some(1.0.into()), ..Default::default() };
            let ratio = case.python("options");
            options
                .set("output_ratio", ratio.get("output_ratio").expect("a ratio"))
                .expect("one of its options");
            FractionalMaxPool::with(kernel, options)
        }
    }
}

/// The options of a case, from Python's.
fn options<O: Options>(case: &Case) -> O {
    O::from_value(&case.python("options")).expect("options of this layer")
}

#[test]
fn they_are_torchs() {
    let _alone = alone();
    let recording = recording!("rare_layers");
    for cases in recording.cases().chunks(3) {
        let [case, first, gradients] = cases else { panic!("three lines") };
        let x = Variable::new(case.tensor("x")).requires_grad_(true);
        let close = |what: &str, got: &Tensor, expected: &Tensor| {
            let what = format!("{what} of {} {}", case.text("repr"), case.text("options"));
            assert_close(what, got, expected, Within::relative(2e-6).plus(2e-6));
        };
        tensor::manual_seed(3);
        let target = case.get_tensor("target");
        let (module, y): (Box<dyn Module>, Variable) = match case.name() {
            "FractionalMaxPool2d" => {
                let layer: FractionalMaxPool2d = pool(case);
                tensor::manual_seed(5);
                let y = layer.forward(&x);
                (Box::new(layer), y)
            }
            "FractionalMaxPool3d" => {
                let layer: FractionalMaxPool3d = pool(case);
                tensor::manual_seed(5);
                let y = layer.forward(&x);
                (Box::new(layer), y)
            }
            "AdaptiveLogSoftmaxWithLoss" => {
                let cutoffs: Vec<usize> = argument(case, 2).expect("cutoffs");
                let layer =
                    AdaptiveLogSoftmaxWithLoss::with(size(case, 0), size(case, 1), &cutoffs, options(case));
                let (y, loss) = layer.forward(&x, &target.expect("a target"));
                close("loss", &loss.data(), &first.tensor("loss"));
                if x.ndim() == 2 {
                    close("log_prob", &layer.log_prob(&x).data(), &first.tensor("log_prob"));
                    assert_eq!(layer.predict(&x).to_vec::<i64>(), first.tensor("predicted").to_vec::<i64>());
                }
                (Box::new(layer), y)
            }
            _ => {
                let layer = LinearCrossEntropyLoss::with(size(case, 0), size(case, 1), linear_options(case));
                let y = layer.forward(&x, &target.expect("a target"));
                (Box::new(layer), y)
            }
        };
        for (name, parameter) in module.named_parameters() {
            testing::assert_bits(&name, &parameter.data(), &first.tensor(&name));
        }
        close("output", &y.data(), &case.tensor("y"));
        y.backward_with(ramp(&y.data()));
        close("gradient", &x.grad().expect("it took part"), &case.tensor("dx"));
        for (name, parameter) in module.named_parameters() {
            match (parameter.grad(), gradients.get_tensor(&format!("d{name}"))) {
                (Some(got), Some(expected)) => close(&name, &got, &expected),
                (got, expected) => assert!(got.is_none() && expected.is_none(), "{name}"),
            }
        }
        assert_eq!(module.repr(), case.text("repr"));
        let again = Registry::new().build_module(&module.architecture(), &module.state_dict()).unwrap();
        assert_eq!((again.repr(), again.architecture()), (module.repr(), module.architecture()));
    }
}

/// The weights are a tensor, which Python does not write down.
fn linear_options(case: &Case) -> nn::LinearCrossEntropyLossOptions {
    let text = case.text("options");
    if text.contains("tensor") {
        let weight = (1..21).map(|i| i as f32 / 7.0).collect::<Vec<_>>();
        return nn::LinearCrossEntropyLossOptions {
            weight: Some(Tensor::from(weight)),
            ignore_index: Some(4),
            label_smoothing: 0.2,
            ..Default::default()
        };
    }
    options(case)
}

#[test]
fn a_pool_keeps_its_samples_in_the_state_dict() {
    let samples = Tensor::from([[[0.25f32, 0.5]]]);
    let options = FractionalMaxPoolOptions {
        output_size: Some(2.into()),
        random_samples: Some(samples),
        ..Default::default()
    };
    let layer = FractionalMaxPool2d::with(2, options);
    assert_eq!(layer.state_dict().keys().collect::<Vec<_>>(), ["_random_samples"]);
    let x = Variable::new(tensor::randn([1, 1, 5, 5]));
    let again: FractionalMaxPool2d = layer.deepcopy();
    assert_eq!(again.forward(&x).data().to_vec::<f32>(), layer.forward(&x).data().to_vec::<f32>());
}

#[test]
#[should_panic(expected = "Target values should be in [0, 9], but values in range [0, 10] were found. ")]
fn a_class_that_there_is_not_is_refused() {
    let layer = AdaptiveLogSoftmaxWithLoss::new(4, 10, &[2]);
    layer.forward(&Variable::new(tensor::ones([2, 4])), &Tensor::from([0i64, 10]));
}

#[test]
#[should_panic(
    expected = "cutoffs should be a sequence of unique, positive integers sorted in an increasing order"
)]
fn cutoffs_grow() {
    AdaptiveLogSoftmaxWithLoss::new(4, 10, &[4, 4]);
}

#[test]
#[should_panic(
    expected = "fractional_max_pool2d: pool size 3 too large relative to input size 4 for 3 windows"
)]
fn windows_must_fit() {
    FractionalMaxPool2d::new(3, 3).forward(&Variable::new(tensor::ones([1, 4, 4])));
}

#[test]
#[should_panic(expected = "FractionalMaxPool2d: only one of output_size and output_ratio may be specified")]
fn a_size_and_a_ratio_are_too_much() {
    let options = FractionalMaxPoolOptions {
        output_size: Some(2.into()),
        output_ratio: Some(0.5.into()),
        ..Default::default()
    };
    FractionalMaxPool2d::with(2, options);
}
