//! A struct with `#[derive(Options)]`: defaults, names, printing, saving and checks follow from its fields.

use nn::{Module, Options, Registry, Shown, Value};
use serde::{Deserialize, Serialize};
use tensor::{Tensor, ones};

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Formula {
    #[default]
    Torch,
    Textbook,
}

tensor::option_value!(Formula);

#[derive(Clone, Debug, PartialEq, Options)]
#[options(check(!amsgrad || eps > 0.0, "amsgrad divides by eps: {eps}"))]
struct AdamOptions {
    #[option(default = 1e-3, check(lr >= 0.0, "Invalid learning rate: {lr}"))]
    lr: f64,
    #[option(
        default = (0.9, 0.999),
        check((0.0..1.0).contains(&betas.0), "Invalid beta parameter at index 0: {}", betas.0),
        check((0.0..1.0).contains(&betas.1), "Invalid beta parameter at index 1: {}", betas.1)
    )]
    betas: (f64, f64),
    #[option(default = 1e-8)]
    eps: f64,
    #[option(int_if_zero)]
    weight_decay: f64,
    amsgrad: bool,
    #[option(followed_by(foreach = None, capturable = false))]
    maximize: bool,
    #[option(skip)]
    formula: Formula,
}

fn value(text: &str) -> Value {
    text.parse().unwrap()
}

#[test]
fn defaults_and_names_are_those_of_the_fields() {
    let options = AdamOptions::default();
    assert_eq!((options.lr, options.betas, options.amsgrad), (1e-3, (0.9, 0.999), false));
    let torchs = ["lr", "betas", "eps", "weight_decay", "amsgrad", "maximize", "foreach", "capturable"];
    assert_eq!(AdamOptions::NAMES, [&torchs[..], &["formula"]].concat());
}

#[test]
fn options_are_saved_in_torchs_order_and_read_back() {
    let mut options = AdamOptions { weight_decay: 0.5, ..Default::default() };
    let saved = "{'lr': 0.001, 'betas': (0.9, 0.999), 'eps': 1e-08, 'weight_decay': 0.5, 'amsgrad': False, \
                 'maximize': False, 'foreach': None, 'capturable': False}";
    assert_eq!(options.to_value().to_string(), saved);
    assert_eq!(AdamOptions::from_value(&value(saved)).unwrap(), options);
    assert_eq!(AdamOptions::default().get("weight_decay"), Some(Value::Int(0)));

    options.formula = Formula::Textbook; // saved where it is not the default
    assert_eq!(AdamOptions::from_value(&options.to_value()).unwrap(), options);
    let few = AdamOptions::from_value(&value("{'lr': 1, 'foreach': True}")).unwrap();
    assert_eq!(few, AdamOptions { lr: 1.0, ..Default::default() });
}

#[test]
fn an_option_is_set_by_its_name_or_nothing_changes() {
    let mut options = AdamOptions::default();
    options.set("betas", &value("[0.5, 0.75]")).unwrap();
    options.set("lr", &ones([1]).into()).unwrap();
    options.set("formula", &"Textbook".into()).unwrap();
    assert_eq!((options.betas, options.lr, options.formula), ((0.5, 0.75), 1.0, Formula::Textbook));
    let before = options.clone();
    for (name, given, problem) in [
        ("lr", "-1.0", "Invalid learning rate: -1"),
        ("betas", "(0.5, 1.0)", "Invalid beta parameter at index 1: 1"),
        ("lr", "'fast'", "lr cannot be 'fast': invalid type: string \"fast\", expected f64"),
        ("amsgrad", "1", "amsgrad cannot be 1: invalid type: integer `1`, expected a boolean"),
        ("learning_rate", "1", "no option \"learning_rate\" among [\"lr\", \"betas\","),
    ] {
        let error = options.set(name, &value(given)).unwrap_err().to_string();
        assert!(error.starts_with(problem), "{error}");
        assert_eq!(options, before);
    }
    assert_eq!(options.get("learning_rate"), None);
}

#[test]
fn every_problem_is_reported_at_once() {
    let wrong = value("{'lr': -1, 'beta': 0.5, 'eps': 'small', 'betas': (2.0, 0.5), 3: 4}");
    let error = AdamOptions::from_value(&wrong).unwrap_err();
    assert_eq!(error.problems().len(), 5, "{error}");
    let error = AdamOptions { amsgrad: true, eps: 0.0, lr: f64::NAN, ..Default::default() }.check();
    let error = error.unwrap_err().to_string();
    assert_eq!(error, "Invalid learning rate: NaN; amsgrad divides by eps: 0");
    assert!(AdamOptions::from_value(&Value::Int(1)).is_err());
}

#[test]
#[should_panic(expected = "Adam: Invalid learning rate: -2")]
fn a_wrong_value_in_a_program_is_a_mistake() {
    AdamOptions { lr: -2.0, ..Default::default() }.assert_valid("Adam");
}

#[derive(Clone, Debug, Options)]
#[options(crate = tensor, shown = changed)]
struct ScaleOptions {
    #[option(default = 2, shown = always, check(times > 0, "times must be positive"))]
    times: usize,
    #[option(default = "up".to_owned(), followed_by(inplace = false))]
    r#where: String,
    #[option(skip)]
    weight: Option<Tensor>,
    #[option(shown = never)]
    seed: Option<i64>,
}

#[derive(Module)]
struct Scale {
    #[module(config)]
    size: usize,
    #[module(options)]
    options: ScaleOptions,
}

#[test]
fn a_module_prints_and_saves_its_options_as_its_settings() {
    let options = ScaleOptions { seed: Some(1), ..Default::default() };
    let shown: Vec<_> = options.entries().iter().map(|entry| entry.shown).collect();
    assert_eq!(shown, [Shown::Always, Shown::Changed, Shown::Always, Shown::Changed, Shown::Never]);
    let scale = Scale { size: 3, options };
    assert_eq!(scale.to_string(), "Scale(size=3, times=2, inplace=False)");
    let options = ScaleOptions { r#where: "down".into(), ..scale.options };
    let scale = Scale { size: 3, options };
    assert_eq!(scale.to_string(), "Scale(size=3, times=2, where='down', inplace=False)");

    let mut architecture = scale.architecture();
    let names: Vec<_> = architecture.config.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["size", "times", "where", "inplace", "seed"]);
    let again: Scale = Registry::new().build_as(&architecture, &scale.state_dict()).unwrap();
    assert_eq!(again.options.to_value(), scale.options.to_value());
    assert_eq!(again.size, 3);

    architecture.config[1].1 = Value::Int(0);
    let error = Registry::new().build_as::<Scale>(&architecture, &scale.state_dict()).err().unwrap();
    assert_eq!(error.to_string(), "the settings of Scale: times must be positive");
    architecture.config.truncate(1); // a file from before there were options
    let old: Scale = Registry::new().build_as(&architecture, &scale.state_dict()).unwrap();
    assert_eq!(old.options.to_value(), ScaleOptions::default().to_value());
}

#[test]
fn a_tensor_is_an_option_too() {
    let mut options = ScaleOptions::default();
    assert!(!options.to_value().to_string().contains("weight"));
    options.set("weight", &ones([2]).into()).unwrap();
    assert_eq!(options.get("weight"), Some(ones([2]).into()));
    let error = options.set("weight", &Value::Int(1)).unwrap_err().to_string();
    assert_eq!(error, "weight cannot be 1: expected a tensor, found an int");
}
