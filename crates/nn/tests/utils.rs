//! `nn::utils` does what `torch.nn.utils` does.

use autograd::Variable;
use nn::utils::parametrizations::{
    OrthogonalMap, Parametrization, Parametrized, SpectralNormOptions, Weighted, orthogonal, orthogonal_with,
    spectral_norm_with, weight_norm_with,
};
use nn::utils::{fuse_conv_bn_eval, fuse_linear_bn_eval, parameters_to_vector, prune, vector_to_parameters};
use nn::{
    BatchNorm, BatchNorm1d, BatchNorm2d, Conv2d, ConvOptions, ConvTranspose2d, ConvTransposeOptions, Forward,
    Layer, Linear, LinearOptions, Module,
};
use tensor::{DType, OptionValue, Scalar, Tensor, Value, arange};
use testing::{Case, Within, alone, assert_bits, assert_close, ramp, recording};

fn seeded<L>(make: impl FnOnce() -> L) -> L {
    tensor::manual_seed(3);
    make()
}

fn linear(bias: bool) -> Linear {
    seeded(|| Linear::with(4, 6, LinearOptions { bias }))
}

fn conv(bias: bool) -> Conv2d {
    seeded(|| Conv2d::with(4, 6, 3, ConvOptions { bias, ..Default::default() }))
}

fn conv_transpose(bias: bool) -> ConvTranspose2d {
    seeded(|| ConvTranspose2d::with(4, 6, 3, ConvTransposeOptions { bias, ..Default::default() }))
}

#[track_caller]
fn close(what: &str, got: &Tensor, expected: &Tensor) {
    assert_close(what, got, expected, Within::relative(3e-6).plus(3e-6));
}

#[test]
fn batch_norms_are_folded_as_torch_does() {
    let _alone = alone();
    fn norm<const D: usize>() -> BatchNorm<D> {
        let norm = BatchNorm::new(6);
        norm.weight.as_ref().unwrap().set_data(arange(1.0, 7.0, 1.0) / 4.0);
        norm.bias.as_ref().unwrap().set_data(arange(0.0, 6.0, 1.0) / 8.0 - 0.3);
        norm.running_mean.as_ref().unwrap().set_data(arange(0.0, 6.0, 1.0) / 5.0 - 0.5);
        norm.running_var.as_ref().unwrap().set_data(arange(1.0, 7.0, 1.0) / 3.0);
        norm.eval();
        norm
    }
    for case in recording!("utils").named("fuse") {
        let bias = case["learnt"] == true;
        let draws = || tensor::rand([1]).item();
        let fused: Box<dyn Layer> = match case.text("kind") {
            "Linear" => {
                let layer = linear(bias);
                layer.eval();
                tensor::manual_seed(1);
                Box::new(fuse_linear_bn_eval(&layer, &norm()))
            }
            "Conv2d" => {
                let layer = conv(bias);
                layer.eval();
                tensor::manual_seed(1);
                Box::new(fuse_conv_bn_eval(&layer, &norm::<2>()))
            }
            _ => {
                let layer = conv_transpose(bias);
                layer.eval();
                tensor::manual_seed(1);
                Box::new(fuse_conv_bn_eval(&layer, &norm::<2>()))
            }
        };
        let after = draws();
        tensor::manual_seed(1);
        assert_eq!(after, draws(), "folding draws nothing");
        assert!(!fused.is_training());
        for (name, parameter) in fused.named_parameters() {
            close(&format!("{name} of {}", fused.repr()), &parameter.data(), &case.tensor(&name));
            assert_eq!(parameter.requires_grad(), name == "weight" || bias);
        }
    }
}

#[test]
#[should_panic(expected = "fuse_linear_bn_eval: Fusion only for eval!")]
fn folding_is_for_evaluation() {
    let _alone = alone();
    fuse_linear_bn_eval(&linear(true), &BatchNorm1d::new(6));
}

#[test]
#[should_panic(expected = "fuse_conv_bn_eval: the layer has 6 outputs, the norm 5 features")]
fn the_norm_is_of_the_outputs() {
    let _alone = alone();
    let (conv, norm) = (conv(true), BatchNorm2d::new(5));
    conv.eval();
    norm.eval();
    fuse_conv_bn_eval(&conv, &norm);
}

#[test]
fn what_is_folded_keeps_its_dtype() {
    let _alone = alone();
    let (conv, norm, x) = (conv(true), BatchNorm2d::new(6), Variable::new(tensor::randn([2, 4, 5, 5])));
    let (linear, norm1d, rows) = (linear(false), BatchNorm1d::new(6), Variable::new(tensor::randn([3, 4])));
    for module in [&conv as &dyn Module, &norm, &linear, &norm1d] {
        module.to_dtype(DType::F64);
        module.eval();
    }
    let (x, rows) = (x.to_dtype(DType::F64), rows.to_dtype(DType::F64));
    let fused = fuse_conv_bn_eval(&conv, &norm);
    assert!(fused.forward(&x).data().allclose(&norm.forward(&conv.forward(&x)).data(), 1e-10, 1e-10));
    let fused = fuse_linear_bn_eval(&linear, &norm1d);
    assert!(fused.forward(&rows).data().allclose(
        &norm1d.forward(&linear.forward(&rows)).data(),
        1e-10,
        1e-10
    ));
}

#[test]
#[should_panic(
    expected = "weight_norm: Dimension out of range (expected to be in range of [-2, 1] but got 5)"
)]
fn lengths_lie_along_an_axis_of_the_weight() {
    let _alone = alone();
    weight_norm_with(linear(true), Some(5));
}

/// The arguments of a call, from Python's tuple.
fn arguments(case: &Case) -> Vec<Value> {
    case.python("arguments").as_list().expect("a tuple").to_vec()
}

#[test]
fn pruning_chooses_what_torch_does() {
    let _alone = alone();
    let recording = recording!("utils");
    let mut layer: Box<dyn Layer> = Box::new(linear(true));
    let (mut kind, mut start) = ("", -1.0);
    let inputs = |kind: &str| {
        let results = recording.cases().iter().zip(&recording.cases()[1..]);
        let first =
            results.into_iter().find(|(case, _)| case.name() == "parametrized" && case.text("kind") == kind);
        Variable::new(first.expect("one of this kind").1.tensor("x"))
    };
    for case in recording.cases().iter().filter(|case| ["prune", "gradient"].contains(&case.name())) {
        if case.name() == "gradient" {
            layer.forward(&inputs(kind)).sum().backward();
            let weight = layer.get_parameter("weight");
            close(&format!("gradient of {layer}"), &weight.grad().unwrap(), &case.tensor("grad"));
            // As an optimizer with a momentum from before does.
            weight.update_data(|w| *w = &*w + 1.0);
            layer.forward(&inputs(kind));
            let mask = prune::mask(layer.as_module(), "weight").unwrap();
            assert_bits("after a step", &weight.data(), &weight.data().mul(&mask));
            prune::remove(layer.as_module(), "weight");
            assert!(!prune::is_pruned(layer.as_module()));
            weight.set_data(weight.data() + 1.0);
            layer.forward(&inputs(kind));
            assert!(weight.data().abs().min().item() > 0.0);
            continue;
        }
        if case.text("kind") != kind || case.number("start") != start {
            (kind, start) = (case.text("kind"), case.number("start"));
            layer = match kind {
                "Linear" => Box::new(linear(true)),
                "Conv2d" => Box::new(conv(true)),
                _ => Box::new(conv_transpose(true)),
            };
            tensor::manual_seed(5);
        }
        let arguments = arguments(case);
        let amount = || Scalar::from_value(&arguments[0]).expect("an amount");
        let number = |at: usize| f64::from_value(&arguments[at]).expect("a number");
        let module = layer.as_module();
        match case.text("function") {
            "l1_unstructured" => prune::l1_unstructured(module, "weight", amount()),
            "random_unstructured" => prune::random_unstructured(module, "weight", amount()),
            "ln_structured" => {
                prune::ln_structured(module, "weight", amount(), number(1), number(2) as isize)
            }
            "random_structured" => prune::random_structured(module, "weight", amount(), number(1) as isize),
            _ => prune::identity(module, "weight"),
        }
        let what = format!("{} {} of {layer}", case.text("function"), case.text("arguments"));
        assert_bits(
            format!("mask after {what}"),
            &prune::mask(module, "weight").unwrap(),
            &case.tensor("mask"),
        );
        assert_close(
            what,
            &module.get_parameter("weight").data(),
            &case.tensor("weight"),
            Within::relative(0.0),
        );
    }
    for case in recording.named("global") {
        let (first, second) = (seeded(|| Linear::new(4, 6)), seeded(|| Linear::new(6, 3)));
        prune::l1_unstructured(&first, "weight", 0.2);
        tensor::manual_seed(5);
        let method =
            if case.text("method") == "L1" { prune::Unstructured::L1 } else { prune::Unstructured::Random };
        let all: [(&dyn Module, &str); 3] = [(&first, "weight"), (&second, "weight"), (&second, "bias")];
        prune::global_unstructured(&all, method, 0.4);
        for (name, parameter) in
            [("first", &first.weight), ("second", &second.weight), ("bias", second.bias.as_ref().unwrap())]
        {
            assert_close(name, &parameter.data(), &case.tensor(name), Within::relative(0.0));
        }
    }
}

#[test]
#[should_panic(
    expected = "remove: Parameter 'weight' of module Linear has to be pruned before pruning can be removed"
)]
fn what_is_not_pruned_is_not_removed() {
    let _alone = alone();
    prune::remove(&linear(true), "weight");
}

#[test]
#[should_panic(expected = "prune: amount=30 should be smaller than the number of parameters to prune=24")]
fn no_more_than_all_is_pruned() {
    let _alone = alone();
    prune::l1_unstructured(&linear(true), "weight", 30);
}

/// Compares a parametrized layer with the five lines of its case.
fn parametrized<L: Weighted, R: Parametrization>(layer: Parametrized<L, R>, cases: &[&Case]) {
    let [case, results, state, gradients, removed] = cases else { panic!("five lines") };
    assert_eq!(layer.to_string(), case.text("repr"));
    assert_eq!(layer.state_dict().keys().collect::<Vec<_>>().join("\n"), case.text("names"));
    let what = format!("{} {} of {}", case.text("function"), case.text("options"), case.text("kind"));
    let x = Variable::new(results.tensor("x")).requires_grad_(true);
    layer.forward(&x);
    let y = layer.forward(&x);
    y.backward_with(ramp(&y.data()));
    close(&format!("output of {what}"), &y.data(), &results.tensor("y"));
    close(&format!("gradient of {what}"), &x.grad().unwrap(), &results.tensor("dx"));
    layer.eval();
    close(&format!("evaluated {what}"), &layer.forward(&x).data(), &results.tensor("evaluated"));
    let short = |name: &str| name.trim_start_matches("parametrizations.weight.").to_owned();
    for (name, tensor) in layer.state_dict() {
        close(&format!("{name} of {what}"), &tensor, &state.tensor(&short(&name)));
    }
    for (name, parameter) in layer.named_parameters() {
        let expected = gradients.tensor(&format!("d{}", short(&name)));
        assert_close(
            format!("d{name} of {what}"),
            &parameter.grad().unwrap(),
            &expected,
            Within::of_largest(3e-6),
        );
    }
    close(&what, &layer.remove().weight().data(), &removed.tensor("weight"));
}

#[test]
fn parametrized_weights_are_torchs() {
    let _alone = alone();
    fn check<L: Weighted>(layer: L, cases: &[&Case]) {
        let options = cases[0].python("options");
        match cases[0].text("function") {
            "weight_norm" => {
                let dim = options.get("dim").map_or(Some(0), |dim| Option::from_value(dim).expect("an axis"));
                parametrized(weight_norm_with(layer, dim), cases);
            }
            "orthogonal" => match cases[0].text("options") {
                "{}" => parametrized(orthogonal(layer), cases),
                map if map.contains("matrix_exp") => {
                    parametrized(orthogonal_with(layer, OrthogonalMap::MatrixExp), cases);
                }
                map if map.contains("cayley") => {
                    parametrized(orthogonal_with(layer, OrthogonalMap::Cayley), cases);
                }
                _ => parametrized(orthogonal_with(layer, OrthogonalMap::Householder), cases),
            },
            _ => {
                let options: SpectralNormOptions = cases[0].options();
                parametrized(spectral_norm_with(layer, options), cases);
            }
        }
    }
    let recording = recording!("utils");
    let at = recording.cases().iter().position(|case| case.name() == "parametrized").expect("some");
    let cases: Vec<&Case> =
        recording.cases()[at..].iter().filter(|case| case.name() != "orthogonal").collect();
    assert_eq!(cases.len(), 3 * 10 * 5);
    for cases in cases.chunks(5) {
        match cases[0].text("kind") {
            "Linear" => check(linear(true), cases),
            "Conv2d" => check(conv(true), cases),
            _ => check(conv_transpose(true), cases),
        }
    }
}

#[test]
fn rows_and_kernels_become_orthogonal_as_in_torch() {
    let _alone = alone();
    fn check<L: Weighted>(layer: L, case: &Case) {
        tensor::manual_seed(5);
        let layer = orthogonal(layer);
        let kind = case.text("kind");
        let y = layer.forward(&Variable::new(case.tensor("x")));
        y.backward_with(ramp(&y.data()));
        close(kind, &y.data(), &case.tensor("y"));
        let original = layer.get_parameter("parametrizations.weight.original");
        assert_close(kind, &original.grad().unwrap(), &case.tensor("dw"), Within::of_largest(3e-6));
        close(kind, &original.data(), &case.tensor("original"));
        close(kind, &layer.state_dict()["parametrizations.weight.0.base"], &case.tensor("base"));
    }
    for case in recording!("utils").named("orthogonal") {
        match case.text("kind") {
            "wide" => check(seeded(|| Linear::new(6, 4)), case),
            "rectangular" => check(seeded(|| Conv2d::new(4, 6, [3, 5])), case),
            _ => {
                let layer = linear(true);
                layer.to_dtype(DType::F64);
                check(layer, case);
            }
        }
    }
}

#[test]
fn a_vector_of_parameters_has_a_gradient() {
    let _alone = alone();
    let layer = linear(true);
    let vector = parameters_to_vector(&layer.parameters());
    vector.square().sum().backward();
    let expected = layer.weight.data() * 2.0;
    assert_bits("gradient", &layer.weight.grad().unwrap(), &expected);
    let other = seeded(|| Linear::new(4, 6));
    vector_to_parameters(&arange(0.0, 30.0, 1.0), &other.parameters());
    assert_eq!(other.bias.as_ref().unwrap().data().to_vec::<f32>(), [24.0, 25.0, 26.0, 27.0, 28.0, 29.0]);
}
