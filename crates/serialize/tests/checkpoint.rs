//! A run's checkpoint is taken up whole or not at all.

use nn::{Linear, Module, Sequential, Value, sequential};
use optim::lr_scheduler::{LRScheduler, StepLR};
use optim::{Adam, Optimizer};
use serialize::{Checkpoint, load_checkpoint, save_checkpoint};
use tensor::{DType, Generator, Tensor, rand, use_generator, with_default_generator};

struct Run {
    net: Sequential,
    optim: Adam,
    scheduler: StepLR,
}

impl Run {
    /// After a step, so that the optimizer has a state.
    fn new(width: usize) -> Run {
        let net = sequential![Linear::new(2, width), Linear::new(width, 1)];
        let mut optim = Adam::new(net.parameters(), 0.1);
        let scheduler = StepLR::new(&mut optim, 1);
        for p in net.parameters() {
            p.set_grad(Some(rand(p.shape())));
        }
        optim.step();
        Run { net, optim, scheduler }
    }

    fn checkpoint(&mut self) -> Checkpoint<'_> {
        Checkpoint::new(&self.net, &mut self.optim).scheduler(&mut self.scheduler)
    }

    /// All of it as text; of the generator, its next number.
    fn print(&self) -> String {
        let next = with_default_generator(|g| g.clone()).rand([1], DType::F32);
        let parts = [self.net.state_dict().into(), self.optim.state_dict(), self.scheduler.state_dict()];
        format!("{parts:?} {next}")
    }
}

#[test]
fn a_run_is_taken_up_whole() {
    use_generator(&mut Generator::new(0), take_up);
}

fn take_up() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["run.pth", "run.checkpoint"] {
        let path = folder.path().join(name);
        let mut run = Run::new(3);
        run.scheduler.step(&mut run.optim);
        run.checkpoint().with("epoch", 7).save(&path).unwrap();
        let expected = run.print();
        rand([5]);
        let mut again = Run::new(3);
        let saved = again.checkpoint().with("epoch", 0).resume(&path).unwrap();
        assert_eq!(saved.get("epoch").and_then(Value::as_int), Some(7));
        assert_eq!(again.print(), expected);
    }
}

#[test]
fn a_file_that_does_not_fit_changes_nothing() {
    use_generator(&mut Generator::new(0), refusals);
}

fn refusals() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.pth");
    let mut run = Run::new(3);
    run.checkpoint().with("epoch", 7).save(&path).unwrap();
    let whole = load_checkpoint(&path).unwrap();
    let replaced = |key: &str, value: Value| {
        let entries = whole.as_dict().unwrap().iter().filter(|(k, _)| k.as_str() != Some(key)).cloned();
        Value::Dict(entries.chain([(key.into(), value)]).collect())
    };
    let other = Run::new(4);
    let cases = [
        ("model", other.net.state_dict().into(), "size mismatch for 0.weight"),
        ("optimizer", Value::dict([("state", Value::None)]), "does not fit"),
        ("optimizer", other.optim.state_dict(), "shape"),
        ("scheduler", Value::dict::<&str>([]), "does not fit"),
        ("generator", Tensor::from([1u8, 2]).into(), "generator"),
        ("generator", Value::None, "tensor"),
    ];
    let mut here = Run::new(3);
    let before = here.print();
    let mut refuse = |file: Value, why: &str| {
        save_checkpoint(&file, &path).unwrap();
        let error = here.checkpoint().with("epoch", 0).resume(&path).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("run.pth"), "{why}: {error}");
        assert_eq!(here.print(), before, "{why}");
    };
    for (key, value, why) in cases {
        refuse(replaced(key, value), why);
        let without = whole.as_dict().unwrap().iter().filter(|(k, _)| k.as_str() != Some(key)).cloned();
        refuse(Value::Dict(without.collect()), key);
    }

    save_checkpoint(&whole, &path).unwrap();
    let error = Checkpoint::new(&here.net, &mut here.optim).resume(&path).unwrap_err().to_string();
    assert!(error.contains("expected a run without a schedule, found one with a `scheduler`"), "{error}");
    assert_eq!(here.print(), before);
}

#[test]
#[should_panic(expected = "there is an entry `model` already")]
fn an_entry_has_one_meaning() {
    let _ = Run::new(1).checkpoint().with("model", 1);
}
