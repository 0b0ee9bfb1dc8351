//! `check-torch`: files written here, loaded by a real torch, trained on there, and back.

mod sequences;

use crate::Result;
use autograd::{Variable, no_grad};
use clap::Args;
use nn::{
    Forward, Layer, Linear, MSELoss, Module, Parameter, Sequential, StateDict, Tanh, Value, models,
    sequential,
};
use optim::Optimizer;
use serialize::{Contents, load_checkpoint, save, save_checkpoint, save_state_dict};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tensor::{DType, Tensor};

const SCRIPT: &str = include_str!("check_torch.py");

/// Check with torch that files go both ways: dtypes, values, models, layers, optimizers in training
///
/// The tests hold recorded files and need no Python; this is for new versions of torch.
#[derive(Args)]
pub(crate) struct CheckTorch {
    /// A Python that has torch, torchvision, numpy and safetensors
    #[arg(long, default_value = "python3")]
    python: PathBuf,
}

impl CheckTorch {
    pub(crate) fn run(self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        write_values(folder.path())?;
        let runs: Vec<Run> = optim::NAMES.iter().map(|name| Run::new(name)).collect();
        for run in &runs {
            run.write(folder.path())?;
        }
        for (name, make) in MODELS {
            write_model(name, &*make(10), folder.path())?;
        }
        let sequences = sequences::nets();
        for net in &sequences {
            net.write(folder.path())?;
        }
        println!("torch reads what Rushlight wrote:");
        let mut command = Command::new(&self.python);
        let script = command
            .arg("-c")
            .arg(SCRIPT)
            .arg(folder.path())
            .args(optim::NAMES)
            .stderr(Stdio::inherit())
            .output()?;
        println!("{}", String::from_utf8_lossy(&script.stdout).trim_end());
        if !script.status.success() {
            return Err(format!("{}: {}", self.python.display(), script.status).into());
        }
        println!("Rushlight reads what torch wrote:");
        for run in runs {
            let apart = run.compare_with_torch(folder.path())?;
            println!("  {}: after a step each way, {apart:.1e} apart", run.name);
            if apart >= 1e-6 {
                return Err(format!("{}: {apart:e} is more than roundings", run.name).into());
            }
        }
        for (name, make) in MODELS {
            let apart = scores_of_torchs_model(name, &*make(10), folder.path())?;
            println!("  {name}: scores are {apart:.1e} apart");
            if apart >= 1e-5 {
                return Err(format!("{name}: {apart:e} is more than roundings").into());
            }
        }
        for net in &sequences {
            net.report(folder.path())?;
        }
        Ok(())
    }
}

fn write_values(folder: &Path) -> Result<()> {
    let numbers = tensor::arange(0, 6, 1).reshape([2, 3]);
    let mut tensors: StateDict =
        DType::ALL.into_iter().map(|dtype| (dtype.name().to_owned(), numbers.to_dtype(dtype))).collect();
    tensors.insert("scalar", Tensor::from(2.5_f32));
    tensors.insert("empty", tensor::zeros([3, 0, 2]));
    save_state_dict(&tensors, folder.join("dtypes.pth"))?;
    let mut contents = Contents::from(tensors);
    contents.metadata = vec![("author".into(), "naïve ✓".into())];
    contents.write(folder.join("dtypes.safetensors"))?;
    let state = contents.state_dict()?;
    let known = state.into_iter().filter(|(_, tensor)| tensor.dtype() != DType::BF16); // NumPy has none
    save_state_dict(&known.collect(), folder.join("dtypes.npz"))?;

    let ints = [0, 255, 256, 65535, 65536, -1, 1 << 31, -(1 << 31) - 1, i64::MAX, i64::MIN];
    let floats = [0.1, f64::INFINITY, -0.0, 5e-324];
    let nest = Value::Tuple(vec![Value::dict([("er", Value::Tuple(vec![]))])]);
    let deep = Value::dict([("deep", Value::List(vec![nest]))]);
    let entries: [(Value, Value); 7] = [
        ("none".into(), Value::None),
        ("flags".into(), Value::List(vec![true.into(), false.into()])),
        ("numbers".into(), Value::Tuple(ints.map(Value::Int).into())),
        ("floats".into(), Value::List(floats.map(Value::Float).into())),
        ("text".into(), "naïve ✓ \0 \u{1f600}".into()),
        ("".into(), Value::Dict(vec![])),
        (Value::Int(7), Value::List(vec![Value::List(vec![]), Value::Tuple(vec![]), deep])),
    ];
    save_checkpoint(&Value::Dict(entries.into()), folder.join("values.pth"))?;
    save(&net(), folder.join("model.pth"))?;
    let (first, mut second) = (Linear::new(3, 3), Linear::new(3, 3));
    second.weight = first.weight.clone();
    save_state_dict(&sequential![first, second].state_dict(), folder.join("tied.pth"))?;
    Ok(())
}

/// torchvision's nets, by their names there, from their number of classes.
const MODELS: [(&str, Make); 13] = [
    ("alexnet", |classes| Box::new(models::alexnet(classes))),
    ("densenet121", |classes| Box::new(models::densenet121(classes))),
    ("googlenet", |classes| Box::new(models::googlenet(classes))),
    ("mobilenet_v2", |classes| Box::new(models::mobilenet_v2(classes))),
    ("resnet18", |classes| Box::new(models::resnet18(classes))),
    ("resnet34", |classes| Box::new(models::resnet34(classes))),
    ("resnet50", |classes| Box::new(models::resnet50(classes))),
    ("squeezenet1_0", |classes| Box::new(models::squeezenet1_0(classes))),
    ("squeezenet1_1", |classes| Box::new(models::squeezenet1_1(classes))),
    ("vgg11", |classes| Box::new(models::vgg11(classes))),
    ("vgg11_bn", |classes| Box::new(models::vgg11_bn(classes))),
    ("vgg16", |classes| Box::new(models::vgg16(classes))),
    ("vgg16_bn", |classes| Box::new(models::vgg16_bn(classes))),
];

type Make = fn(usize) -> Box<dyn Layer>;

/// The net's state, an input and the scores.
fn write_model(name: &str, net: &dyn Layer, folder: &Path) -> Result<()> {
    tensor::manual_seed(0);
    let x = Variable::new(tensor::rand([2, 3, 64, 64]));
    no_grad(|| net.forward(&x)); // the norms' running statistics
    net.eval();
    let y = no_grad(|| net.forward(&x)).data();
    let run = [("state", net.state_dict().into()), ("x", x.data().into()), ("y", y.into())];
    Ok(save_checkpoint(&Value::dict(run), folder.join(format!("torchvision_{name}.pth")))?)
}

/// How far the scores of the net that torch saved are from torch's.
fn scores_of_torchs_model(name: &str, net: &dyn Layer, folder: &Path) -> Result<f64> {
    let back = load_checkpoint(folder.join(format!("back_{name}.pth")))?;
    let part = |name| back.get(name).ok_or("the script saved no such part");
    let tensor = |name| part(name)?.as_tensor().ok_or("the script saved no tensor");
    let _ = net.load_state_dict(&StateDict::try_from(part("state")?)?)?;
    net.eval();
    let x = Variable::new(tensor("x")?.clone());
    Ok((no_grad(|| net.forward(&x)).data() - tensor("y")?).abs().max().item())
}

fn net() -> Sequential {
    sequential![Linear::new(3, 4), Tanh::new(), Linear::new(4, 2)]
}

/// A model in training, two steps in.
struct Run {
    name: &'static str,
    x: Variable,
    y: Variable,
    net: Sequential,
    before: Value,
    after: Value,
}

impl Run {
    fn new(name: &'static str) -> Run {
        tensor::manual_seed(0);
        let (x, y) = (Variable::new(tensor::randn([8, 3])), Variable::new(tensor::randn([8, 2])));
        let net = net();
        let mut optimizer = optimizer(name, net.parameters());
        train(&net, &mut *optimizer, &x, &y, 2);
        let before = Value::dict([("model", net.state_dict().into()), ("optimizer", optimizer.state_dict())]);
        train(&net, &mut *optimizer, &x, &y, 1);
        let after = net.state_dict().into();
        train(&net, &mut *optimizer, &x, &y, 1);
        Run { name, x, y, net, before, after }
    }

    fn write(&self, folder: &Path) -> Result<()> {
        let Value::Dict(mut entries) = self.before.clone() else { unreachable!("made as one above") };
        entries.push(("after".into(), self.after.clone()));
        entries.push(("x".into(), self.x.data().into()));
        entries.push(("y".into(), self.y.data().into()));
        Ok(save_checkpoint(&Value::Dict(entries), folder.join(format!("{}.pth", self.name)))?)
    }

    /// Continues from what torch saved after its step, and returns how far that ends from going on here.
    fn compare_with_torch(&self, folder: &Path) -> Result<f64> {
        let back = load_checkpoint(folder.join(format!("{}_back.pth", self.name)))?;
        let part = |name| back.get(name).ok_or("the script saved no such part");
        let net = net();
        let mut optimizer = optimizer(self.name, net.parameters());
        let _ = net.load_state_dict(&StateDict::try_from(part("model")?)?)?;
        optimizer.load_state_dict(part("optimizer")?)?;
        train(&net, &mut *optimizer, &self.x, &self.y, 1);
        let (here, there) = (self.net.state_dict(), net.state_dict());
        let apart = there.iter().map(|(key, there)| (there - &here[key]).abs().max().item());
        Ok(apart.fold(0.0, f64::max))
    }
}

fn optimizer(name: &str, parameters: Vec<Parameter>) -> Box<dyn Optimizer> {
    let options = match name {
        "SGD" => Value::dict([("lr", Value::Float(0.1)), ("momentum", Value::Float(0.9))]),
        _ => Value::dict([("lr", Value::Float(0.01))]),
    };
    let takes = |p: &Parameter| name != "Muon" || p.ndim() == 2;
    let parameters = parameters.into_iter().filter(takes);
    optim::by_name(name, parameters, &options).expect("these are options of every optimizer")
}

fn train(net: &Sequential, optimizer: &mut dyn Optimizer, x: &Variable, y: &Variable, steps: usize) {
    for _ in 0..steps {
        optimizer.zero_grad();
        MSELoss::new().forward(&net.forward(x), y).backward();
        optimizer.step();
    }
}
