//! Kinds of a user's types: two of one name in a model, parameters, files from before kinds had paths, types
//! that have moved; and modules that are not layers.

mod common;

use std::sync::Arc;

use autograd::Variable;
use common::{assert_same, stored};
use nn::{
    Architecture, Error, Forward, Identity, Layer, Linear, MSELoss, Module, ReLU, Registry, Sequential,
    StateDict, sequential,
};

macro_rules! identity {
    ([$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> Forward for $layer {
            fn forward(&self, x: &Variable) -> Variable {
                x.clone()
            }
        }
    };
}

mod one {
    #[derive(nn::Module)]
    pub(crate) struct Net {
        pub(crate) inner: nn::Linear,
    }
}

mod two {
    #[derive(nn::Module)]
    pub(crate) struct Net {
        #[module(config)]
        pub(crate) width: usize,
    }
    #[derive(nn::Module)]
    pub(crate) struct Linear;
}

#[derive(Module)]
struct Block<T> {
    inner: T,
}

#[derive(Module)]
#[module(name = ["Conv1d", "Conv2d"][N - 1], check = Self::check)]
struct Conv<const N: usize> {
    #[module(config)]
    stride: usize,
}

impl<const N: usize> Conv<N> {
    fn check(&self) -> Result<(), String> {
        if self.stride > 0 { Ok(()) } else { Err("no stride".to_owned()) }
    }
}

identity!([] one::Net);
identity!([] two::Net);
identity!([] two::Linear);
identity!([T: Layer] Block<T>);
identity!([const N: usize] Conv<N>);

fn nets() -> Sequential {
    sequential![one::Net { inner: Linear::new(2, 2) }, two::Net { width: 3 }]
}

fn kinds(architecture: &Architecture) -> Vec<&str> {
    architecture.children.iter().map(|(_, child)| child.kind.as_str()).collect()
}

/// The architecture with other kinds, as it is in a file of another program or time.
fn renamed(architecture: &Architecture, rename: &impl Fn(&str) -> String) -> Architecture {
    let children = architecture.children.iter();
    let children = children.map(|(name, child)| (name.clone(), renamed(child, rename))).collect();
    Architecture { kind: rename(&architecture.kind), children, ..architecture.clone() }
}

fn bare(kind: &str) -> String {
    kind.split('<').next().and_then(|path| path.rsplit("::").next()).unwrap().to_owned()
}

#[test]
fn two_types_of_one_name_are_two_kinds() {
    let net = nets();
    assert_eq!(kinds(&net.architecture()), ["kinds::one::Net", "kinds::two::Net"]);
    assert_eq!(
        net.to_string(),
        "Sequential(\n  (0): Net(\n    (inner): Linear(in_features=2, out_features=2, bias=True)\n  )\n  \
         (1): Net(width=3)\n)"
    );
    assert_eq!(net.architecture().to_string().matches("): Net(").count(), 2);
    let mut registry = Registry::new();
    registry.register::<one::Net>().register::<two::Net>();
    assert_same(&*registry.build(&stored(&net.architecture()), &net.state_dict()).unwrap(), &net);
}

#[test]
fn a_generic_type_is_a_kind_for_each_of_its_parameters() {
    let net = sequential![
        Block { inner: ReLU::new() },
        Block { inner: Block { inner: one::Net { inner: Linear::new(1, 1) } } },
        Conv::<1> { stride: 1 },
        Conv::<2> { stride: 2 },
    ];
    assert_eq!(
        kinds(&net.architecture()),
        [
            "kinds::Block<ReLU>",
            "kinds::Block<kinds::Block<kinds::one::Net>>",
            "kinds::Conv1d<1>",
            "kinds::Conv2d<2>"
        ]
    );
    assert_eq!([net[2].to_string(), net[3].to_string()], ["Conv1d(stride=1)", "Conv2d(stride=2)"]);
    let mut registry = Registry::new();
    registry.register::<Block<ReLU>>().register::<Block<Block<one::Net>>>();
    registry.register::<Conv<1>>().register::<Conv<2>>();
    assert_same(&*registry.build(&stored(&net.architecture()), &net.state_dict()).unwrap(), &net);
    // The parameters stay when paths change.
    let moved = renamed(&net.architecture(), &|kind| kind.replace("kinds::", "before::models::"));
    assert_same(&*registry.build(&moved, &net.state_dict()).unwrap(), &net);
    // Without them a name is not enough here, and one type must not stand for the other.
    let error = registry.build(&renamed(&net.architecture(), &bare), &net.state_dict()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "0: the kind Block fits kinds::Block<ReLU> and kinds::Block<kinds::Block<kinds::one::Net>>: register only \
         one"
    );
    let error = registry.build_as::<Block<Linear>>(&net[0].architecture(), &StateDict::new()).err().unwrap();
    assert_eq!(error.to_string(), "expected Block<Linear>, found Block<ReLU>");
}

#[test]
fn a_parameter_that_is_no_part_goes_by_the_name_of_its_type() {
    #[derive(Module)]
    struct Marked<T, S> {
        #[module(config)]
        setting: S,
        many: Vec<T>,
    }
    let marked = Marked { setting: 1u8, many: vec![ReLU::new()] };
    let architecture = marked.architecture();
    assert!(architecture.kind.starts_with("kinds::Marked<") && architecture.kind.ends_with("ReLU, u8>"));
    let again: Marked<ReLU, u8> = Registry::new().build_as(&architecture, &StateDict::new()).unwrap();
    assert_eq!(again.setting, 1);
    let other = Registry::new().build_as::<Marked<ReLU, u16>>(&architecture, &StateDict::new());
    assert_eq!(other.err().unwrap().to_string(), "expected Marked<ReLU, u16>, found Marked<ReLU, u8>");
}

#[test]
fn a_file_without_paths_and_one_with_others_load() {
    let net = nets();
    let mut registry = Registry::new();
    registry.register::<one::Net>();
    let net_only = sequential![one::Net { inner: Linear::new(2, 2) }];
    for rename in [bare, |kind: &str| kind.replace("kinds::one", "old_crate::models")] {
        let architecture = renamed(&net_only.architecture(), &rename);
        assert_same(&*registry.build(&stored(&architecture), &net_only.state_dict()).unwrap(), &net_only);
        let child = &architecture.children[0].1;
        let state = net_only.layer::<one::Net>(0).state_dict();
        let known: one::Net = Registry::new().build_as(child, &state).unwrap();
        assert_same(&known, net_only[0].as_module());
    }
    registry.register::<two::Net>();
    let error = registry.build(&renamed(&net.architecture(), &bare), &net.state_dict()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "0: the kind Net fits kinds::one::Net and kinds::two::Net: register only one"
    );
}

#[test]
fn a_users_layer_is_never_taken_for_one_of_this_crate() {
    let net = sequential![two::Linear];
    let error = Registry::new().build(&net.architecture(), &net.state_dict()).unwrap_err();
    assert!(matches!(error, Error::UnknownKind { kind, .. } if kind == "kinds::two::Linear"));
    let error = Registry::new().build_as::<Linear>(&net[0].architecture(), &StateDict::new()).unwrap_err();
    assert_eq!(error.to_string(), "expected Linear, found kinds::two::Linear");
    let mut registry = Registry::new();
    registry.register::<two::Linear>();
    let both = sequential![two::Linear, Linear::new(2, 1)];
    assert_same(&*registry.build(&stored(&both.architecture()), &both.state_dict()).unwrap(), &both);
}

/// No layer: two inputs, and parts of any type.
#[derive(Module)]
struct Trainer {
    model: Box<dyn Module>,
    loss: Arc<dyn Module>,
    same: Arc<MSELoss>,
    layer: Arc<dyn Layer>,
    again: Arc<dyn Module>,
}

#[test]
fn a_module_that_is_no_layer_is_built_too() {
    let (loss, layer) = (Arc::new(MSELoss::new()), Arc::new(Linear::new(2, 1)));
    let trainer = Trainer {
        model: Box::new(one::Net { inner: Linear::new(1, 1) }),
        loss: loss.clone(),
        same: loss,
        layer: layer.clone(),
        again: layer,
    };
    let (architecture, state) = (stored(&trainer.architecture()), trainer.state_dict());
    let mut registry = Registry::new();
    let error = registry.build_as::<Trainer>(&architecture, &state).err().unwrap().to_string();
    assert_eq!(
        error,
        "model: unknown kind of module \"Net\": a type of your own needs `registry.register_module::<Net>()` \
         before loading"
    );
    registry.register_module::<Trainer>().register_module::<one::Net>();
    let again = registry.build_module(&architecture, &state).unwrap();
    assert_same(&*again, &trainer);
    let again = again.downcast_ref::<Trainer>().unwrap();
    assert!(again.model.is::<one::Net>() && again.loss.is::<MSELoss>());
    let address = |module: &dyn Module| std::ptr::from_ref(module).cast::<()>();
    assert_eq!(address(&*again.loss), address(&*again.same));
    assert_eq!(address(again.layer.as_module()), address(&*again.again));
}

#[test]
fn a_module_in_the_place_of_a_layer_says_what_to_call() {
    let mut registry = Registry::new();
    registry.register_module::<one::Net>();
    let net = nets();
    let error = registry.build(&net.architecture(), &net.state_dict()).unwrap_err().to_string();
    let not_a_layer = "Net is not a layer: `registry.register::<Net>()` is for a type with `Forward`, one without \
                       can only be a `dyn Module`";
    assert_eq!(error, format!("0: {not_a_layer}"));
    let net = one::Net { inner: Linear::new(2, 2) };
    let error = registry.build(&net.architecture(), &net.state_dict()).unwrap_err().to_string();
    assert_eq!(error, not_a_layer);
    registry.register::<one::Net>().register_module::<one::Net>();
    assert!(registry.build(&net.architecture(), &net.state_dict()).unwrap().is::<one::Net>());
}

#[test]
fn what_is_shared_as_another_type_is_refused() {
    #[derive(Module)]
    struct Shared {
        one: Arc<dyn Module>,
        two: Arc<dyn Layer>,
    }
    let layer = Arc::new(Identity::new());
    let shared = Shared { one: layer.clone(), two: layer };
    #[derive(Module)]
    #[module(name = "Shared")]
    struct Other {
        one: Arc<dyn Module>,
        two: Arc<ReLU>,
    }
    let error = Registry::new().build_as::<Other>(&shared.architecture(), &StateDict::new()).err().unwrap();
    assert_eq!(error.to_string(), "two: shares \"one\", which is of another type");
}
