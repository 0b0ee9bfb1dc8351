//! 8. A saved model of any architecture, opened in another process:
//!    `mnist_mlp -- --save-model net.model` makes one.

use std::panic;
use std::path::PathBuf;

use autograd::{Variable, no_grad};
use clap::Parser;
use datasets::Dataset;
use examples::{Failure, Result, Source, data_tf, evaluate, output, threads};
use nn::{Layer, Registry, Unflatten, sequential};
use tensor::zeros;

/// Loads a whole model, prints it and evaluates it on the test set of MNIST. The model takes digits as rows
/// of 784 pixels or as images of 1×28×28.
#[derive(Parser)]
struct Options {
    /// The model's file
    #[arg(long, value_name = "FILE")]
    model: PathBuf,

    /// Folder that holds MNIST/raw. Default: ./data if MNIST is there, else the
    /// sample embedded in the library
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Threads to compute with; the results are the same for any number. Default: one per core
    #[arg(long, value_name = "N", value_parser = threads)]
    threads: Option<usize>,

    /// Write loss and accuracy to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> Result {
    let options = Options::parse();
    options.json.iter().try_for_each(|file| output::check_file(file))?;
    if let Some(threads) = options.threads {
        tensor::set_num_threads(threads);
    }

    // A layer of one's own would need one line here: registry.register::<MyLayer>()
    let registry = Registry::new();
    let net = serialize::load_any(&options.model, &registry)?;
    println!("{net}");
    let net = taking_rows(net).map_err(|why| Failure::new(format!("{}: {why}", options.model.display())))?;

    let source = Source::find(options.data.as_deref())?;
    let test_set = source.test(data_tf())?;
    println!("data: {source}: {} test samples", test_set.len());

    let (eval_loss, eval_acc) = evaluate(&*net, &test_set);
    println!("eval_loss: {eval_loss}, eval_acc: {eval_acc}, test_samples: {}", test_set.len());
    if let Some(file) = &options.json {
        let results = serde_json::json!({ "eval_loss": eval_loss, "eval_acc": eval_acc, "test_samples": test_set.len() });
        output::write(file, &format!("{results:#}\n"))?;
    }
    Ok(())
}

/// The model as one that takes digits as rows of 784 pixels: as it is, or, if it wants images
/// `[N, 1, 28, 28]`, behind a layer that makes them.
fn taking_rows(net: Box<dyn Layer>) -> Result<Box<dyn Layer>, String> {
    let Err(why) = scores(&*net, &[2, 784]) else { return Ok(net) };
    match scores(&*net, &[2, 1, 28, 28]) {
        Ok(()) => Ok(Box::new(sequential![Unflatten::new(1, [1, 28, 28]), net])),
        Err(_) => Err(why),
    }
}

/// Tries the model on two blank digits. A shape that does not fit is a mistake in the program and panics;
/// here the program is a file, so the panic becomes a message.
fn scores(net: &dyn Layer, shape: &[usize]) -> Result<(), String> {
    let report = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let blank = Variable::new(zeros(shape));
    let scores = panic::catch_unwind(panic::AssertUnwindSafe(|| no_grad(|| net.forward(&blank).shape())));
    panic::set_hook(report);

    match scores {
        Ok(scores) if scores.len() == 2 && scores[0] == 2 && scores[1] >= 10 => Ok(()),
        Ok(scores) => Err(format!(
            "the model does not give a score for each of 10 digits: {shape:?} becomes {scores:?}"
        )),
        Err(why) => {
            let why = why.downcast_ref::<String>().map_or("it panics", String::as_str);
            Err(format!("the model does not take digits, {shape:?}: {why}"))
        }
    }
}
