//! The programs, run as a user runs them: what they print, what they write, and what they say to bad input.

mod common;

use std::fs;
use std::path::Path;

use common::{command, json, number, output_of};
use nn::{Flatten, Linear, sequential};
use serde_json::Value;

/// Its output when all goes well.
fn stdout(folder: &Path, name: &str, arguments: &[&str]) -> String {
    output_of(command(folder, name, arguments))
}

/// The code it ends with and what it says when something is wrong.
fn failure(folder: &Path, name: &str, arguments: &[&str]) -> (i32, String) {
    let output = command(folder, name, arguments).output().expect("the program starts");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!err.contains("panicked"), "{name} {arguments:?}: {err}");
    (output.status.code().expect("it ends by itself"), err)
}

/// Whether a loss is the one that torch prints for the same seed, to a unit of its last digit.
fn assert_near(loss: f64, torch: f64) {
    assert!((loss - torch).abs() < 1.5e-4, "{loss}, torch has {torch}");
}

#[test]
fn sequential_trains_to_the_notes_loss_and_loads_what_it_saved() {
    let folder = tempfile::tempdir().unwrap();
    let out = stdout(folder.path(), "sequential", &[]);
    assert!(
        out.starts_with("Linear(in_features=2, out_features=4, bias=True)\nParameter containing:\ntensor([")
    );
    assert_near(number(&out, "epoch: 1000, loss: "), 0.2840);
    assert_near(number(&out, "epoch: 10000, loss: "), 0.2485);
    assert!(out.contains("<All keys matched successfully>"));
    let weights: Vec<_> = out.split("Parameter containing:\n").skip(2).collect();
    let weights: Vec<_> = weights.iter().map(|text| &text[..text.find(')').unwrap()]).collect();
    assert_eq!(weights[0], weights[1], "the whole model and the state dict hold the same weight");
    assert!(folder.path().join("out/sequential.svg").exists());
}

#[test]
fn module_trains_to_the_notes_loss() {
    let folder = tempfile::tempdir().unwrap();
    let out = stdout(folder.path(), "module", &["--out", "here"]);
    assert_near(number(&out, "epoch: 1000, loss: "), 0.2615);
    assert_near(number(&out, "epoch: 10000, loss: "), 0.2146);
    assert!(out.contains("ModuleNet(\n  (layer1): Linear(in_features=2, out_features=4, bias=True)\n"));
    assert!(folder.path().join("here/module_net.safetensors").exists());
}

#[test]
fn param_init_walks_children_and_modules() {
    let folder = tempfile::tempdir().unwrap();
    let out = stdout(folder.path(), "param_init", &[]);
    assert_eq!(out.matches("SimNet(").count(), 1, "modules() begins with the net, children() is without it");
    assert_eq!(out.matches("\nSequential(\n  (0): Linear(in_features=30").count(), 2);
}

#[test]
fn rules_by_hand_and_the_librarys_agree() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--limit", "2000", "--epochs", "1", "--json", "runs.json"];
    stdout(folder.path(), "optimizers_from_scratch", &arguments);
    let results = json(&folder.path().join("runs.json"));
    let loss = |run: &Value| run["epochs"][0]["train_loss"].as_f64().unwrap();
    let runs = results["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 12);
    for pair in runs.chunks(2) {
        let (hand, ours) = (loss(&pair[0]), loss(&pair[1]));
        assert!((hand - ours).abs() < 1e-4 * hand, "{}: {hand} and {ours}", pair[0]["optimizer"]);
    }
}

#[test]
fn sgd_vs_adam_compares_and_draws() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--limit", "2000", "--epochs", "2", "--json", "runs.json", "--seed", "7"];
    let out = stdout(folder.path(), "sgd_vs_adam", &arguments);
    assert!(out.contains("the embedded sample"), "{out}");
    assert_eq!(out.matches("epoch: 2, Train Loss: ").count(), 2);

    let results = json(&folder.path().join("runs.json"));
    assert_eq!(results["dataset"], "embedded");
    assert_eq!(results["seed"], 7);
    assert_eq!((&results["train_samples"], &results["test_samples"]), (&2000.into(), &2000.into()));
    let [sgd, adam] = [0, 1].map(|i| &results["runs"][i]);
    assert_eq!((&sgd["optimizer"], &adam["optimizer"]), (&"sgd".into(), &"adam".into()));
    let last = |run: &Value, key: &str| run["epochs"][1][key].as_f64().unwrap();
    assert!(last(adam, "train_loss") < last(sgd, "train_loss"));
    for key in ["train_loss", "train_acc", "eval_loss", "eval_acc", "train_seconds", "eval_seconds"] {
        assert!(last(adam, key) > 0.0, "{key}");
    }
    let svg = fs::read_to_string(folder.path().join("out/sgd_vs_adam.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("adam"));
}

#[test]
fn six_optimizers_all_learn() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--limit", "1000", "--epochs", "1", "--json", "runs.json", "--plot", "pictures"];
    stdout(folder.path(), "six_optimizers", &arguments);
    let results = json(&folder.path().join("runs.json"));
    let runs = results["runs"].as_array().unwrap();
    let names: Vec<_> = runs.iter().map(|run| &run["optimizer"]).collect();
    assert_eq!(names, ["sgd", "momentum", "adagrad", "rmsprop", "adadelta", "adam"]);
    for run in runs {
        assert!(run["epochs"][0]["eval_acc"].as_f64().unwrap() > 0.3, "{run}");
    }
    assert!(folder.path().join("pictures/six_optimizers.svg").exists());
}

#[test]
fn a_saved_model_predicts_the_same_to_the_last_digit() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let small = ["--layers", "784,32,10", "--limit", "1000", "--epochs", "2"];
    let save = ["--save-model", "net.model", "--save-state", "net.safetensors", "--json", "run.json"];
    stdout(folder.path(), "mnist_mlp", &[&small[..], &save].concat());
    let run = json(&path("run.json"));
    let last = &run["runs"][0]["epochs"][1];
    for name in ["train_loss", "train_acc", "eval_loss", "eval_acc"] {
        assert!(path(&format!("out/mnist_mlp_{name}.svg")).exists());
    }

    let out = stdout(folder.path(), "predict", &["--model", "net.model", "--json", "test.json"]);
    assert!(out.starts_with("Sequential(\n  (0): Linear(in_features=784, out_features=32, bias=True)\n"));
    let test = json(&path("test.json"));
    assert_eq!((&test["eval_loss"], &test["eval_acc"]), (&last["eval_loss"], &last["eval_acc"]));
    assert_eq!(test["test_samples"], 2000);

    // With nothing learned on top, what the state dict starts is the same model.
    let load = ["--layers", "784,32,10", "--epochs", "0", "--load-state", "net.safetensors"];
    stdout(folder.path(), "mnist_mlp", &[&load[..], &["--save-model", "again.model"]].concat());
    stdout(folder.path(), "predict", &["--model", "again.model", "--json", "again.json"]);
    assert_eq!(json(&path("again.json")), test);
}

#[test]
fn convolutional_nets_read_digits_in_their_order_or_shuffled() {
    let folder = tempfile::tempdir().unwrap();
    let lenet = ["--epochs", "2", "--limit", "3200", "--no-shuffle", "--json", "run.json"];
    let out = stdout(folder.path(), "lenet", &lenet);
    assert!(
        out.contains("(conv1): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))"),
        "{out}"
    );
    let run = &json(&folder.path().join("run.json"))["runs"][0];
    assert!(run["epochs"][1]["eval_acc"].as_f64().unwrap() > 0.85, "{run}");
    assert!(folder.path().join("out/lenet_eval_acc.svg").exists());
    let out = stdout(folder.path(), "mnist_cnn", &["--epochs", "1", "--limit", "256"]);
    assert!(out.contains("(fc1): Linear(in_features=9216, out_features=128, bias=True)"), "{out}");
}

#[test]
fn a_residual_net_sorts_digits_where_there_is_no_cifar() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--epochs", "1", "--limit", "256", "--json", "run.json"];
    let out = stdout(folder.path(), "cifar_resnet", &arguments);
    assert!(out.contains("cargo xtask fetch-data cifar10"), "{out}");
    let results = json(&folder.path().join("run.json"));
    assert_eq!(results["train_samples"], 256);
    assert!(results["runs"][0]["epochs"][0]["train_loss"].as_f64().unwrap() < 4.0, "{results}");
    assert!(folder.path().join("out/cifar_resnet_eval_acc.svg").exists());
    let (code, err) = failure(folder.path(), "cifar_resnet", &["--data", "nowhere"]);
    assert!(code != 0 && err.contains("nowhere"), "{err}");
}

#[test]
fn nets_that_draw_write_their_digits_as_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let vae = ["--epochs", "2", "--limit", "1280", "--json", "run.json"];
    let out = stdout(folder.path(), "vae", &vae);
    assert!(out.contains("(fc21): Linear(in_features=400, out_features=20, bias=True)"), "{out}");
    let epochs = &json(&folder.path().join("run.json"))["runs"][0]["epochs"];
    assert!(epochs[1]["eval_loss"].as_f64() < epochs[0]["eval_loss"].as_f64(), "{epochs}");
    assert!(epochs[0]["eval_acc"].is_null());
    let dcgan = ["--epochs", "1", "--limit", "128", "--ngf", "8", "--ndf", "8", "--json", "run.json"];
    let out = stdout(folder.path(), "dcgan", &dcgan);
    assert!(out.contains("Loss_D: ") && out.contains("ConvTranspose2d(100, 32, kernel_size=(4, 4)"), "{out}");
    assert_eq!(json(&folder.path().join("run.json"))["runs"][1]["optimizer"], "generator");
    let sizes = [
        ("vae_sample_2", [242, 242]),
        ("vae_reconstruction_1", [242, 62]),
        ("dcgan_fake_samples_epoch_001", [274, 274]),
    ];
    for (name, [width, height]) in sizes {
        let png = fs::read(folder.path().join(format!("out/{name}.png"))).unwrap();
        let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!([size(16), size(20)], [width, height], "{name}");
    }
}

#[test]
fn a_recurrent_net_reads_digits_row_by_row() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--epochs", "2", "--limit", "2560", "--no-shuffle", "--json", "run.json"];
    let out = stdout(folder.path(), "mnist_rnn", &arguments);
    assert!(out.contains("  (rnn): LSTM(28, 64, batch_first=True)\n"), "{out}");
    let run = &json(&folder.path().join("run.json"))["runs"][0];
    assert!(run["epochs"][1]["eval_acc"].as_f64().unwrap() > 0.4, "{run}");
    assert!(folder.path().join("out/mnist_rnn_eval_acc.svg").exists());
}

#[test]
fn nets_that_learn_a_text_list_their_losses_and_write() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("names.txt"), "anna\nhanna\nmarianne\n".repeat(200)).unwrap();
    let learn = ["--text", "names.txt", "--steps", "60", "--length", "16", "--batch-size", "8"];
    let write = ["--prompt", "han", "--sample", "50", "--temperature", "0.5", "--json", "run.json"];
    for (name, small) in [("char_rnn", ["--hidden", "32"]), ("gpt", ["--width", "32"])] {
        let out = stdout(folder.path(), name, &[&learn[..], &write, &small].concat());
        let (_, text) = out.split_once("\nhan").expect("the text begins as it was told to");
        let text = text.split_once("\n\nloss on").expect("and the loss follows").0;
        assert_eq!(text.chars().count(), 50, "{out}");
        let results = json(&folder.path().join("run.json"));
        let losses: Vec<f64> =
            results["losses"].as_array().unwrap().iter().map(|loss| loss.as_f64().unwrap()).collect();
        assert_eq!(losses.len(), 60);
        assert!(losses[59] < 0.7 * losses[0], "{losses:?}");
        assert_eq!(results["dataset"], "names.txt");
        assert!(folder.path().join(format!("out/{name}_loss.svg")).exists());
    }
    for (option, value, says) in [
        ("--text", "missing.txt", "missing.txt"),
        ("--length", "100000", "As You Like It: too short"),
        ("--prompt", "ß", "ß"),
        ("--prompt", "", "at least one character"),
        ("--temperature", "0", "must be above 0"),
    ] {
        let (code, err) = failure(folder.path(), "char_rnn", &[option, value]);
        assert!(code == 1 && err.contains(says), "{option} {value}: {err}");
    }
    let (code, err) = failure(folder.path(), "gpt", &["--heads", "5"]);
    assert!(code == 1 && err.contains("--heads must divide --width"), "{err}");
}

#[test]
fn waves_are_forecast_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--steps", "2", "--waves", "6", "--length", "60", "--json", "run.json"];
    let out = stdout(folder.path(), "sine_forecast", &arguments);
    assert!(out.contains("  (lstm2): LSTMCell(51, 51)\n"), "{out}");
    assert!(number(&out, "test loss: ") < 0.1, "{out}");
    let losses = &json(&folder.path().join("run.json"))["losses"];
    assert!(losses[1].as_f64() < losses[0].as_f64(), "{losses}");
    let svg = fs::read_to_string(folder.path().join("out/sine_forecast_2.svg")).unwrap();
    assert!(["given", "forecast", "the wave"].iter().all(|name| svg.contains(name)), "{svg}");
}

#[test]
fn a_policy_learns_to_keep_the_pole_up() {
    let folder = tempfile::tempdir().unwrap();
    let out = stdout(folder.path(), "reinforce", &["--steps", "120", "--json", "run.json"]);
    assert!(number(&out, "Average reward: ") > 50.0, "twenty steps come by chance\n{out}");
    let losses = &json(&folder.path().join("run.json"))["losses"];
    assert_eq!(losses.as_array().unwrap().len(), 120);
    assert!(folder.path().join("out/reinforce_reward.svg").exists());
}

#[test]
fn a_model_that_takes_images_predicts_too() {
    let folder = tempfile::tempdir().unwrap();
    let net = sequential![Linear::new(28, 4), Flatten::new(), Linear::new(28 * 4, 10)]; // each row of pixels by itself
    serialize::save(&net, folder.path().join("images.model")).unwrap();
    let out = stdout(folder.path(), "predict", &["--model", "images.model"]);
    assert!(out.starts_with("Sequential(\n  (0): Linear(in_features=28, out_features=4, bias=True)\n"));
    assert!((0.0..0.4).contains(&number(&out, "eval_acc: ")), "{out}");
}

#[test]
fn bad_input_gets_a_message_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("broken/MNIST/raw")).unwrap();
    fs::write(path("broken/MNIST/raw/train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0]).unwrap();
    fs::write(path("file"), "neither a folder nor a model").unwrap();
    stdout(folder.path(), "sequential", &[]); // leaves a model that takes no digits

    for (name, option, value, code, says) in [
        ("sequential", "--seed", "many", 2, "invalid value 'many' for '--seed"),
        ("sgd_vs_adam", "--batch-size", "0", 2, "must be at least 1"),
        ("sgd_vs_adam", "--limit", "0", 2, "must be at least 1"),
        ("sgd_vs_adam", "--threads", "0", 2, "must be at least 1"),
        ("sgd_vs_adam", "--data", "missing", 1, "missing: there is no such folder"),
        ("sgd_vs_adam", "--data", "broken", 1, "truncated"),
        ("sgd_vs_adam", "--data", ".", 1, "Dataset not found"),
        ("sgd_vs_adam", "--json", "missing/runs.json", 1, "there is no folder missing"),
        ("six_optimizers", "--plot", "file/pictures", 1, "cannot write into file/pictures"),
        ("mnist_mlp", "--optimizer", "best", 2, "sgd, momentum, adagrad, rmsprop, adadelta, adam"),
        ("mnist_mlp", "--lr", "nan", 2, "must be 0 or more"),
        ("mnist_mlp", "--layers", "784,x", 2, "--layers"),
        ("mnist_mlp", "--layers", "784,0,10", 1, "none is 0"),
        ("mnist_mlp", "--layers", "784,99999999999999,10", 1, "250 million"),
        ("mnist_mlp", "--load-state", "missing.safetensors", 1, "missing.safetensors"),
        ("mnist_mlp", "--load-state", "file", 1, "file: "),
        ("mnist_mlp", "--load-state", "out/save_seq_net_params.safetensors", 1, "size mismatch for 0.weight"),
        ("mnist_mlp", "--save-model", "out", 1, "it is a folder"),
        ("predict", "--model", "missing.model", 1, "missing.model"),
        ("predict", "--model", "file", 1, "file: "),
        ("predict", "--model", "out/save_seq_net.model", 1, "the model does not take digits"),
    ] {
        let (status, err) = failure(folder.path(), name, &[option, value]);
        assert!(err.contains(says), "{name} {option} {value}: {err}");
        assert_eq!(status, code, "{name} {option} {value}: {err}");
    }
}

#[test]
#[cfg(unix)]
fn a_read_only_folder_stops_the_program_before_its_work() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(closed.join("probe"), "").is_ok() {
        return; // root may write anywhere
    }
    for option in [["--json", "closed/runs.json"], ["--plot", "closed"], ["--save-model", "closed/net.model"]]
    {
        let (status, err) = failure(folder.path(), "mnist_mlp", &option);
        assert_eq!(status, 1);
        assert!(err.contains("closed") && err.contains("cannot write"), "{option:?}: {err}");
    }
}

#[test]
fn help_explains_every_option() {
    let folder = tempfile::tempdir().unwrap();
    let common = ["--data", "--seed", "--epochs", "--batch-size", "--limit", "--threads", "--json"];
    let own = ["--layers", "--optimizer", "--lr", "--save-model", "--save-state", "--load-state", "--plot"];
    for name in ["mnist_mlp", "sgd_vs_adam", "six_optimizers", "optimizers_from_scratch"] {
        let help = stdout(folder.path(), name, &["--help"]);
        for option in common.iter().chain(own.iter().filter(|_| name == "mnist_mlp")) {
            assert!(help.contains(option), "{name}: {option}");
        }
    }
}

#[test]
fn any_number_of_ranks_trains_to_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let small: [(&str, &[&str]); 3] = [
        ("mnist_mlp", &["--layers", "784,16,10", "--epochs", "2", "--limit", "640"]),
        ("mnist_cnn", &["--epochs", "2", "--limit", "192"]),
        ("gpt", &["--steps", "5", "--sample", "1", "--width", "16"]),
    ];
    for (name, arguments) in small {
        let figures = |ranks: &str| {
            let more = ["--shards", "3", "--ranks", ranks, "--json", "run.json"];
            let out = stdout(folder.path(), name, &[arguments, &more].concat());
            let mut results = json(&folder.path().join("run.json"));
            forget_times(&mut results);
            (out, results)
        };
        let one = figures("1");
        assert!(one.0.contains("results: run.json"));
        for ranks in ["2", "3"] {
            assert_eq!(figures(ranks), one, "{name} on {ranks} ranks");
        }
    }
    let (code, words) = failure(folder.path(), "mnist_mlp", &["--ranks", "3", "--shards", "2"]);
    assert_eq!((code, &words[..]), (1, "Error: --shards 2: fewer than the 3 ranks\n"));
    let (_, words) = failure(folder.path(), "gpt", &["--engine", "tcp"]);
    assert!(words.contains("MASTER_ADDR is not set"), "{words}");
}

/// Removes all seconds.
fn forget_times(results: &mut Value) {
    match results {
        Value::Object(entries) => {
            entries.retain(|name, _| !name.ends_with("_seconds"));
            entries.values_mut().for_each(forget_times);
        }
        Value::Array(entries) => entries.iter_mut().for_each(forget_times),
        _ => {}
    }
}
