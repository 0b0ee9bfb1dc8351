//! Modules of two inputs print, compute and differentiate as torch's.

use autograd::Variable;
use nn::{Bilinear, BilinearOptions, CosineSimilarity, Module, PairwiseDistance, Registry};
use tensor::{DType, Tensor, Value};
use testing::{Case, Within, alone, assert_close, ramp, recording};

/// The module of a case.
fn module(case: &Case) -> Box<dyn Module> {
    match case.name() {
        "CosineSimilarity" => Box::new(CosineSimilarity::with(case.options())),
        "PairwiseDistance" => Box::new(PairwiseDistance::with(case.options())),
        _ => {
            let options = case.python("options");
            let size = |name| options.get(name).and_then(Value::as_int).expect("a size") as usize;
            let [in1, in2, out] = ["in1_features", "in2_features", "out_features"].map(size);
            let bias = options.get("bias").and_then(Value::as_bool).unwrap_or(true);
            Box::new(Bilinear::with(in1, in2, out, BilinearOptions { bias }))
        }
    }
}

/// The output and all gradients by the names of the recording.
fn differentiated(module: &dyn Module, inputs: [Tensor; 2]) -> Vec<(String, Tensor)> {
    let [x1, x2] = inputs.map(|x| Variable::new(x).requires_grad_(true));
    let y = if let Some(module) = module.downcast_ref::<CosineSimilarity>() {
        module.forward(&x1, &x2)
    } else if let Some(module) = module.downcast_ref::<PairwiseDistance>() {
        module.forward(&x1, &x2)
    } else {
        module.downcast_ref::<Bilinear>().expect("one of three").forward(&x1, &x2)
    };
    y.backward_with(ramp(&y.data()));
    let gradient =
        |(name, variable): (&str, &Variable)| (format!("d{name}"), variable.grad().expect("a leaf"));
    let mut results = vec![("y".to_owned(), y.data()), gradient(("x1", &x1)), gradient(("x2", &x2))];
    results.extend(module.named_parameters().iter().map(|(name, parameter)| gradient((name, parameter))));
    results
}

#[test]
fn pairs_are_torchs() {
    let _alone = alone();
    for case in recording!("pairs").cases().iter() {
        let module = module(case);
        assert_eq!(module.repr(), case.text("repr"));
        let inputs = ["x1", "x2"].map(|name| case.tensor(name));
        module.to_dtype(inputs[0].dtype());
        module.named_parameters().iter().for_each(|(name, p)| p.set_data(case.tensor(name)));
        for (name, got) in differentiated(&*module, inputs) {
            let expected = case.tensor(&name);
            let what = format!("{name} of {} {}, {}", module.repr(), case.text("options"), got.dtype());
            // A product adds up many terms.
            let size = if module.is::<Bilinear>() { Within::of_largest } else { Within::relative };
            let within =
                if got.dtype() == DType::F32 { size(1e-6).plus(3e-7) } else { size(1e-13).plus(1e-15) };
            assert_close(what, &got, &expected, within);
        }
        let again =
            Registry::new().build_module(&module.architecture(), &module.state_dict()).expect("the same");
        assert_eq!(again.architecture(), module.architecture());
    }
}

#[test]
#[should_panic(expected = "in1_features must be > 0, but got (in1_features=0)")]
fn a_bilinear_map_has_a_first_input() {
    Bilinear::new(0, 3, 2);
}

/// Right values: `torch.manual_seed(0); nn.Bilinear(2, 3, 4)`.
#[test]
fn a_bilinear_map_begins_as_torchs() {
    let _alone = alone();
    tensor::manual_seed(0);
    let layer = Bilinear::new(2, 3, 4);
    let first = [-0.005_293_981, 0.379_322_9, -0.581_980_76, -0.520_387_5];
    assert_eq!(layer.weight.data().to_vec::<f32>()[..4], first);
    let bias = layer.bias.as_ref().expect("by default").data();
    assert_eq!(bias.to_vec::<f32>(), [-0.113_973_84, 0.074_821_87, 0.640_268_4, -0.655_962]);
    assert_eq!(layer.state_dict().keys().collect::<Vec<_>>(), ["weight", "bias"]);
}
