//! 19. The sine as a polynomial, eight times: PyTorch's tutorial pytorch_with_examples, line by line.
//!
//! Each program leaves more to the library than the one before.

use std::f64::consts::PI;
use std::time::Instant;

use autograd::{Differentiable, Dy, Grads, Op, Outputs, Saved, Saver, Variable, apply};
use clap::{Parser, ValueEnum};
use datasets::random::{python_generator, python_randint};
use examples::plot::lines;
use examples::{Result, StepOptions, StepResults};
use nn::{
    Flatten, FlattenOptions, Forward, Linear, MSELoss, MSELossOptions, Module, Parameter, Reduction,
    sequential,
};
use optim::{Optimizer, RMSprop, SGD, SGDOptions};
use tensor::{Generator, NumpyRandomState, Tensor, full, linspace, randn};

/// Fits y = sin(x) from -π to π by the sum of squared distances, in eight ways.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    run: StepOptions<2000>,

    /// Which of the eight programs to run. Default: all of them. "dynamic" makes 15 times as many steps
    #[arg(long, value_name = "NAME")]
    form: Option<Form>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Form {
    /// Arrays, and gradients by hand
    Numpy,
    /// Tensors, and gradients by hand
    Tensors,
    /// Gradients by the library
    Autograd,
    /// An operation of one's own
    Function,
    /// A net of layers
    Nn,
    /// An optimizer
    Optim,
    /// A module of one's own
    Module,
    /// A module that takes another way each time and uses a weight more than once
    Dynamic,
}

/// The losses of a program, each of which is printed when a twentieth of the steps has gone by.
struct Losses {
    every: usize,
    all: Vec<f64>,
}

impl Losses {
    fn of(steps: usize) -> Losses {
        Losses { every: (steps / 20).max(1), all: Vec::new() }
    }

    fn push(&mut self, loss: f64) {
        let t = self.all.len();
        if t % self.every == self.every - 1 {
            println!("{t} {loss}");
        }
        self.all.push(loss);
    }
}

/// NumPy's arrays are ndarray's here.
fn numpy(steps: usize, seed: u64) -> Losses {
    let mut np_random = NumpyRandomState::new(seed as u32);
    // Create random input and output data
    let x = ndarray::Array::linspace(-PI, PI, 2000);
    let y = x.sin();

    // Randomly initialize weights
    let [mut a, mut b, mut c, mut d] = [(); 4].map(|()| np_random.next_normal());

    let learning_rate = 1e-6;
    let mut losses = Losses::of(steps);
    for _ in 0..steps {
        // Forward pass: compute predicted y
        // y = a + b x + c x^2 + d x^3
        let y_pred = a + b * &x + c * x.pow2() + d * x.powi(3);

        // Compute and print loss
        let loss = (&y_pred - &y).pow2().sum();
        losses.push(loss);

        // Backprop to compute gradients of a, b, c, d with respect to loss
        let grad_y_pred = 2.0 * (y_pred - &y);
        let grad_a = grad_y_pred.sum();
        let grad_b = (&grad_y_pred * &x).sum();
        let grad_c = (&grad_y_pred * x.pow2()).sum();
        let grad_d = (&grad_y_pred * x.powi(3)).sum();

        // Update weights
        a -= learning_rate * grad_a;
        b -= learning_rate * grad_b;
        c -= learning_rate * grad_c;
        d -= learning_rate * grad_d;
    }
    println!("Result: y = {a} + {b} x + {c} x^2 + {d} x^3");
    losses
}

fn tensors(steps: usize) -> Losses {
    let x = linspace(-PI, PI, 2000);
    let y = x.sin();

    let [mut a, mut b, mut c, mut d] = [(); 4].map(|()| randn(()));

    let learning_rate = 1e-6;
    let mut losses = Losses::of(steps);
    for _ in 0..steps {
        let y_pred = &a + &b * &x + &c * x.pow(2) + &d * x.pow(3);

        let loss = (&y_pred - &y).pow(2).sum().item();
        losses.push(loss);

        let grad_y_pred = 2.0 * (y_pred - &y);
        let grad_a = grad_y_pred.sum();
        let grad_b = (&grad_y_pred * &x).sum();
        let grad_c = (&grad_y_pred * x.pow(2)).sum();
        let grad_d = (&grad_y_pred * x.pow(3)).sum();

        a -= learning_rate * grad_a;
        b -= learning_rate * grad_b;
        c -= learning_rate * grad_c;
        d -= learning_rate * grad_d;
    }
    let [a, b, c, d] = [a, b, c, d].map(|weight| weight.item());
    println!("Result: y = {a} + {b} x + {c} x^2 + {d} x^3");
    losses
}

fn autograd(steps: usize) -> Losses {
    let x = linspace(-PI, PI, 2000);
    let y = x.sin();

    // torch.randn((), requires_grad=True)
    let [a, b, c, d] = [(); 4].map(|()| Variable::new(randn(())).requires_grad_(true));

    let learning_rate = 1e-6;
    let mut losses = Losses::of(steps);
    for _ in 0..steps {
        let y_pred = &a + &b * &x + &c * x.pow(2) + &d * x.pow(3);

        let loss = (y_pred - &y).pow(2).sum();
        losses.push(loss.item());

        // The gradients come to a.grad(), b.grad(), c.grad() and d.grad().
        loss.backward();

        for weight in [&a, &b, &c, &d] {
            // with torch.no_grad(): a -= learning_rate * a.grad; a.grad = None
            weight.update(|weight, grad| *weight -= learning_rate * grad);
            weight.zero_grad();
        }
    }
    let [a, b, c, d] = [a, b, c, d].map(|weight| weight.item());
    println!("Result: y = {a} + {b} x + {c} x^2 + {d} x^3");
    losses
}

/// Legendre's polynomial of the third degree, with a derivative of its own:
/// `P₃(x) = ½·(5x³ − 3x)`, `P₃′(x) = 3/2·(5x² − 1)`.
struct LegendrePolynomial3;

impl Op for LegendrePolynomial3 {
    fn name(&self) -> &'static str {
        "LegendrePolynomial3Backward"
    }

    fn forward(&self, inputs: &[Tensor], save: &mut Saver) -> Outputs<Tensor> {
        let input = &inputs[0];
        save.input(0); // ctx.save_for_backward(input)
        (0.5 * (5.0 * input.pow(3) - 3.0 * input)).into()
    }

    fn backward<V: Differentiable>(&self, saved: Saved<V>, grad_output: Dy<V>, _: &[bool]) -> Grads<V> {
        let input = &saved[0]; // input, = ctx.saved_tensors
        (grad_output.single() * 1.5 * (input.powf(2.0) * 5.0 - 1.0)).into()
    }
}

fn function(steps: usize) -> Losses {
    let x = linspace(-PI, PI, 2000);
    let y = x.sin();

    // Not too far from what they come to: torch.full((), 0.0, requires_grad=True)
    let [a, b, c, d] = [0.0, -1.0, 0.0, 0.3].map(|start| Variable::new(full((), start)).requires_grad_(true));

    let learning_rate = 5e-6;
    let mut losses = Losses::of(steps);
    for _ in 0..steps {
        // P3 = LegendrePolynomial3.apply
        let p3 = |input: Variable| apply(LegendrePolynomial3, &[&input]).single();

        // y = a + b P3(c + d x)
        let y_pred = &a + &b * p3(&c + &d * &x);

        let loss = (y_pred - &y).pow(2).sum();
        losses.push(loss.item());
        loss.backward();

        for weight in [&a, &b, &c, &d] {
            weight.update(|weight, grad| *weight -= learning_rate * grad);
            weight.zero_grad();
        }
    }
    let [a, b, c, d] = [a, b, c, d].map(|weight| weight.item());
    println!("Result: y = {a} + {b} * P3({c} + {d} x)");
    losses
}

/// The powers of x that the nets below take a weighted sum of, and the sine.
fn features() -> (Variable, Tensor) {
    let x = linspace(-PI, PI, 2000);
    let y = x.sin();
    // [2000, 1] to the powers [3] is [2000, 3].
    let p = Tensor::from([1i64, 2, 3]);
    let xx = x.unsqueeze(-1).pow(&p);
    (xx.into(), y)
}

/// `torch.nn.MSELoss(reduction='sum')`
fn sum_of_squares() -> MSELoss {
    MSELoss::with(MSELossOptions { reduction: Reduction::Sum })
}

/// A weight and a bias for the powers, and an axis less.
fn net() -> nn::Sequential {
    sequential![
        Linear::new(3, 1),
        // torch.nn.Flatten(0, 1)
        Flatten::with(FlattenOptions { start_dim: 0, end_dim: 1 })
    ]
}

fn print_result(model: &nn::Sequential) {
    // You can access the first layer of `model` like accessing the first item of a list
    let linear_layer = model.layer::<Linear>(0);
    let weight = |power: usize| linear_layer.weight.i((.., power)).item();
    let bias = linear_layer.bias.as_ref().expect("the layer has one").item();
    println!("Result: y = {bias} + {} x + {} x^2 + {} x^3", weight(0), weight(1), weight(2));
}

fn nn(steps: usize) -> Losses {
    let (xx, y) = features();
    let model = net();
    let loss_fn = sum_of_squares();

    let learning_rate = 1e-6;
    let mut losses = Losses::of(steps);
    for _ in 0..steps {
        let y_pred = model.forward(&xx);
        let loss = loss_fn.forward(&y_pred, &y);
        losses.push(loss.item());

        model.zero_grad();
        loss.backward();
        // with torch.no_grad(): for param in model.parameters(): param -= learning_rate * param.grad
        for param in model.parameters() {
            param.update(|param, grad| *param -= learning_rate * grad);
        }
    }
    print_result(&model);
    losses
}

fn optim(steps: usize) -> Losses {
    let (xx, y) = features();
    let model = net();
    let loss_fn = sum_of_squares();

    let learning_rate = 1e-3;
    let mut optimizer = RMSprop::new(model.parameters(), learning_rate);
    let mut losses = Losses::of(steps);
    for _ in 0..steps {
        let y_pred = model.forward(&xx);
        let loss = loss_fn.forward(&y_pred, &y);
        losses.push(loss.item());

        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
    }
    print_result(&model);
    losses
}

#[derive(Module)]
struct Polynomial3 {
    a: Parameter,
    b: Parameter,
    c: Parameter,
    d: Parameter,
}

impl Polynomial3 {
    fn new() -> Polynomial3 {
        // torch.nn.Parameter(torch.randn(()))
        let [a, b, c, d] = [(); 4].map(|()| Parameter::new(randn(())));
        Polynomial3 { a, b, c, d }
    }

    /// Just like any class in Python, you can also define custom method on modules
    fn string(&self) -> String {
        let [a, b, c, d] = [&self.a, &self.b, &self.c, &self.d].map(|weight| weight.item());
        format!("y = {a} + {b} x + {c} x^2 + {d} x^3")
    }
}

impl Forward for Polynomial3 {
    fn forward(&self, x: &Variable) -> Variable {
        &self.a + &self.b * x + &self.c * x.pow(2) + &self.d * x.pow(3)
    }
}

fn module(steps: usize) -> Losses {
    let x = linspace(-PI, PI, 2000);
    let y = x.sin();
    let model = Polynomial3::new();

    let criterion = sum_of_squares();
    let mut optimizer = SGD::new(model.parameters(), 1e-6);
    let mut losses = Losses::of(steps);
    for _ in 0..steps {
        let y_pred = model.forward(&Variable::new(&x));
        let loss = criterion.forward(&y_pred, &y);
        losses.push(loss.item());

        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
    }
    println!("Result: {}", model.string());
    losses
}

#[derive(Module)]
struct DynamicNet {
    third: Polynomial3,
    e: Parameter,
}

impl DynamicNet {
    fn new() -> DynamicNet {
        DynamicNet { third: Polynomial3::new(), e: Parameter::new(randn(())) }
    }

    /// The fourth and fifth powers come with the same weight, and by chance: neither, one, or both.
    fn forward(&self, x: &Variable, random: &mut Generator) -> Variable {
        let mut y = self.third.forward(x);
        for exp in 4..python_randint(random, 4, 6) {
            y += &self.e * x.pow(exp);
        }
        y
    }

    fn string(&self) -> String {
        let e = self.e.item();
        format!("{} + {e} x^4 ? + {e} x^5 ?", self.third.string())
    }
}

fn dynamic(steps: usize, seed: u64) -> Losses {
    let mut random = python_generator(seed);
    let x = linspace(-PI, PI, 2000);
    let y = x.sin();
    let model = DynamicNet::new();

    let criterion = sum_of_squares();
    let options = SGDOptions { lr: 1e-8, momentum: 0.9, ..Default::default() };
    let mut optimizer = SGD::with(model.parameters(), options);
    let mut losses = Losses::of(15 * steps);
    for _ in 0..15 * steps {
        let y_pred = model.forward(&Variable::new(&x), &mut random);
        let loss = criterion.forward(&y_pred, &y);
        losses.push(loss.item());

        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
    }
    println!("Result: {}", model.string());
    losses
}

fn main() -> Result {
    let Options { run: options, form } = Options::parse();
    options.prepare()?;
    let (steps, seed) = (options.steps, options.seed);
    let (mut losses, start) = (Vec::new(), Instant::now());
    for form in Form::value_variants().iter().filter(|it| form.is_none_or(|form| **it == form)) {
        let value = form.to_possible_value().expect("none is hidden");
        println!("{}: {}", value.get_name(), value.get_help().expect("each has one"));
        tensor::manual_seed(seed);
        let found = match form {
            Form::Numpy => numpy(steps, seed),
            Form::Tensors => tensors(steps),
            Form::Autograd => autograd(steps),
            Form::Function => function(steps),
            Form::Nn => nn(steps),
            Form::Optim => optim(steps),
            Form::Module => module(steps),
            Form::Dynamic => dynamic(steps, seed),
        };
        let curve = (1..).map(f64::from).zip(found.all.iter().copied()).collect();
        let file = options.plot.join(format!("polynomial_{}_loss.svg", value.get_name()));
        lines(&file, "loss", "step", &[("loss", curve)])?;
        losses.extend(found.all);
    }
    let train_seconds = start.elapsed().as_secs_f64();
    StepResults { seed, dataset: "sin x", losses: &losses, train_seconds }.write(options.json.as_deref())
}
