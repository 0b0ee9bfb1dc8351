//! 21. Logistic regression as in the course `code-of-learn-deep-learning-with-pytorch`, line by line.
//!
//! First by hand, then by an optimizer, then by the library's loss.

use std::time::Instant;

use autograd::Variable;
use clap::Parser;
use datasets::{MakeBlobsOptions, make_blobs};
use examples::boundary::plot_decision_boundary;
use examples::{Result, StepOptions, StepResults};
use nn::{BCEWithLogitsLoss, Parameter, functional as f, sequential};
use optim::{Optimizer, SGD};
use tensor::{DType, Tensor, randn, zeros};

/// Tells points of two classes apart by a straight line. The course reads its points from a file; these are
/// drawn, a hundred as well.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<1000, 2017>,
}

/// The course's loss, written out.
fn binary_loss(y_pred: &Variable, y: &Tensor) -> Variable {
    let logits = (y * y_pred.clamp_min(1e-12).log() + (1 - y) * (1 - y_pred).clamp_min(1e-12).log()).mean();
    -logits
}

fn main() -> Result {
    let Options { run: options } = Options::parse();
    // torch.manual_seed(2017)
    options.prepare()?;

    // np_data[:, 0:2], np_data[:, -1]: the points, and the class of each
    let centers = Tensor::from([[50.0, 45.0], [75.0, 80.0]]).into();
    let random_state = Some(options.seed as u32);
    let blobs = MakeBlobsOptions { centers, cluster_std: vec![13.0], random_state, ..Default::default() };
    let (data, classes, _) = make_blobs(100, blobs);
    // Into [0, 1]: i[0]/x0_max, i[1]/x1_max
    let data = &data / data.max_dim(0, false).0;

    let x_data = Variable::new(data.to_dtype(DType::F32));
    let y_data = classes.to_dtype(DType::F32).unsqueeze(1);

    // The model, with parameters as variables
    let w = Variable::new(randn([2, 1])).requires_grad_(true);
    let b = Variable::new(zeros([1])).requires_grad_(true);
    let logistic_regression = |x: &Variable| f::sigmoid(&(x.mm(&w) + &b));

    let y_pred = logistic_regression(&x_data);
    let loss = binary_loss(&y_pred, &y_data);
    println!("{}", loss.data());

    // One step by hand
    loss.backward();
    w.set_data(w.data() - 0.1 * w.grad().expect("w took part"));
    b.set_data(b.data() - 0.1 * b.grad().expect("b took part"));

    let y_pred = logistic_regression(&x_data);
    let stepped = binary_loss(&y_pred, &y_data);
    println!("{}", stepped.data());
    let mut losses = vec![loss.item(), stepped.item()];

    // A thousand by torch.optim
    let w = Parameter::new(randn([2, 1]));
    let b = Parameter::new(zeros([1]));
    let logistic_regression = |x: &Variable| f::sigmoid(&(x.mm(&w) + &b));
    let mut optimizer = SGD::new([w.clone(), b.clone()], 1.0);

    let start = Instant::now();
    for e in 0..options.steps {
        // forward
        let y_pred = logistic_regression(&x_data);
        let loss = binary_loss(&y_pred, &y_data);
        // backward
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        // accuracy
        let mask = y_pred.ge(0.5).to_dtype(DType::F32);
        let acc = mask.eq(&y_data).sum().item() / y_data.size(0) as f64;
        if (e + 1) % 200 == 0 {
            println!("epoch: {}, Loss: {:.5}, Acc: {:.5}", e + 1, loss.item(), acc);
        }
        losses.push(loss.item());
    }

    // The same with nn.BCEWithLogitsLoss, which holds the sigmoid
    let criterion = BCEWithLogitsLoss::new();
    let w = Parameter::new(randn([2, 1]));
    let b = Parameter::new(zeros([1]));
    let logistic_reg = |x: &Variable| x.mm(&w) + &b;
    let mut optimizer = SGD::new([w.clone(), b.clone()], 1.0);

    for e in 0..options.steps {
        let y_pred = logistic_reg(&x_data);
        let loss = criterion.forward(&y_pred, &y_data);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        // A score of 0 is a probability of a half; the course compares the score with 0.5 here.
        let mask = y_pred.ge(0.0).to_dtype(DType::F32);
        let acc = mask.eq(&y_data).sum().item() / y_data.size(0) as f64;
        if (e + 1) % 200 == 0 {
            println!("epoch: {}, Loss: {:.5}, Acc: {:.5}", e + 1, loss.item(), acc);
        }
        losses.push(loss.item());
    }
    let train_seconds = start.elapsed().as_secs_f64();
    println!("During Time: {train_seconds:.3} s");
    StepResults { seed: options.seed, dataset: "two blobs", losses: &losses, train_seconds }
        .write(options.json.as_deref())?;

    // The line between the classes
    let line = sequential![move |x: &Variable| x.mm(&w) + &b];
    let file = options.plot.join("logistic_regression.svg");
    plot_decision_boundary(&file, "logistic regression", &line, &x_data.data(), &y_data)
}
