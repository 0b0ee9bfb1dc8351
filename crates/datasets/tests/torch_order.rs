//! Samplers and loaders deliver what torch delivers, and draw as much: `fixtures/orders.py` recorded it.

use std::sync::{LazyLock, Mutex, MutexGuard};

use datasets::{
    BatchSampler, DataLoader, RandomSampler, Sampler, SequentialSampler, SharedGenerator,
    SubsetRandomSampler, WeightedRandomSampler, fractions, random_split,
};
use serde_json::Value;
use tensor::{Generator, Tensor, manual_seed, with_default_generator};

static RECORDS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("fixtures/orders.json")).expect("valid JSON"));

fn cases(name: &str) -> &'static Vec<Value> {
    RECORDS[name].as_array().expect("a list of cases")
}

/// The default generator as in the script; tests of one process share it, so they take turns.
fn seeded() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(|e| e.into_inner());
    manual_seed(3);
    turn
}

fn generator(case: &Value) -> Option<SharedGenerator> {
    case["generator"].as_u64().map(|seed| Generator::new(seed).into())
}

fn check_after(case: &Value, g: Option<&SharedGenerator>) {
    let default = with_default_generator(Generator::uniform_f32);
    assert_eq!(
        f64::from(default),
        case["after"][0].as_f64().unwrap(),
        "draws from the default generator: {case}"
    );
    let explicit = g.map(|g| f64::from(g.with(Generator::uniform_f32)));
    assert_eq!(explicit, case["after"][1].as_f64(), "draws from the explicit generator: {case}");
}

fn size(case: &Value, name: &str) -> Option<usize> {
    case[name].as_u64().map(|n| n as usize)
}

fn flag(case: &Value, name: &str) -> bool {
    case[name].as_bool().unwrap_or(false)
}

fn numbers(list: &Value) -> Vec<usize> {
    serde_json::from_value(list.clone()).unwrap()
}

fn run(loader: &DataLoader<Vec<i64>>, take: &Value) -> Value {
    let batches = loader.iter().take(take.as_u64().map_or(usize::MAX, |k| k as usize));
    batches.map(|x: Tensor| x.to_vec::<i64>()).collect()
}

#[test]
fn loaders_deliver_torchs_batches_whatever_the_workers() {
    for workers in [0, 1, 3] {
        for case in cases("loaders") {
            let _turn = seeded();
            let data: Vec<i64> = (0..size(case, "n").unwrap() as i64).collect();
            let g = generator(case);
            let mut loader = DataLoader::new(&data)
                .batch_size(size(case, "batch_size").unwrap())
                .shuffle(flag(case, "shuffle"))
                .drop_last(flag(case, "drop_last"))
                .num_workers(workers);
            if let Some(g) = &g {
                loader = loader.generator(g.clone());
            }
            assert_eq!(Some(loader.len()), size(case, "len"));
            // torch's workers run ahead of an abandoned epoch, so only whole epochs leave a generator alike.
            let abandoned =
                case["take"].as_array().unwrap().iter().any(|k| k.as_u64().is_some_and(|k| k > 0));
            if workers > 0 && abandoned && g.is_some() {
                continue;
            }
            for (take, epoch) in
                case["take"].as_array().unwrap().iter().zip(case["epochs"].as_array().unwrap())
            {
                assert_eq!(&run(&loader, take), epoch, "{workers} workers: {case}");
            }
            check_after(case, g.as_ref());
        }
    }
}

#[test]
fn a_sampler_with_its_own_generator_draws_only_what_is_asked_for() {
    for case in cases("with_samplers") {
        let _turn = seeded();
        let g = SharedGenerator::from(Generator::new(7));
        let data: Vec<i64> = (0..11).collect();
        let sampler = RandomSampler::new(11).replacement(true).num_samples(100).generator(g.clone());
        let loader = DataLoader::new(&data).batch_size(8).sampler(sampler);
        assert_eq!(run(&loader, &case["take"]), case["epochs"][0]);
        assert_eq!(run(&loader, &Value::Null), case["epochs"][1]);
        check_after(case, Some(&g));
    }
}

#[test]
fn samplers_give_torchs_order() {
    for case in cases("samplers") {
        let _turn = seeded();
        let (arguments, g) = (&case["arguments"], generator(case));
        let num_samples = size(arguments, "num_samples");
        let sampler: Box<dyn Sampler> = match case["sampler"].as_str().unwrap() {
            "sequential" => Box::new(SequentialSampler::new(size(arguments, "n").unwrap())),
            "random" => {
                let n = size(arguments, "n").unwrap();
                let sampler = RandomSampler::new(n).replacement(flag(arguments, "replacement"));
                let sampler = sampler.num_samples(num_samples.unwrap_or(n));
                Box::new(with(sampler, &g, RandomSampler::generator))
            }
            "subset" => {
                let sampler = SubsetRandomSampler::new(numbers(&arguments["indices"]));
                Box::new(with(sampler, &g, SubsetRandomSampler::generator))
            }
            "weighted" => {
                let weights: Vec<f64> = serde_json::from_value(arguments["weights"].clone()).unwrap();
                let replacement = flag(arguments, "replacement");
                let sampler = WeightedRandomSampler::new(weights, num_samples.unwrap(), replacement);
                Box::new(with(sampler, &g, WeightedRandomSampler::generator))
            }
            other => panic!("no sampler {other}"),
        };
        assert_eq!(Some(sampler.len()), size(case, "len"));
        for order in case["orders"].as_array().unwrap() {
            assert_eq!(sampler.iter().collect::<Vec<_>>(), numbers(order), "{case}");
        }
        check_after(case, g.as_ref());
    }
}

fn with<S>(sampler: S, g: &Option<SharedGenerator>, set: impl Fn(S, SharedGenerator) -> S) -> S {
    match g {
        Some(g) => set(sampler, g.clone()),
        None => sampler,
    }
}

#[test]
fn random_split_is_torchs() {
    for case in cases("splits") {
        let _turn = seeded();
        let data: Vec<i64> = (0..size(case, "n").unwrap() as i64).collect();
        let given: Vec<f64> = serde_json::from_value(case["lengths"].clone()).unwrap();
        let lengths = match given.iter().all(|x| x.fract() == 0.0) {
            true => given.iter().map(|&x| x as usize).collect(),
            false => fractions(data.len(), &given),
        };
        let g = generator(case);
        let parts = random_split(&data, lengths, g.as_ref());
        let indices: Vec<Vec<usize>> = parts.iter().map(|part| part.indices().to_vec()).collect();
        assert_eq!(serde_json::json!(indices), case["parts"], "{case}");
        check_after(case, g.as_ref());
    }
}

#[test]
fn batch_sampler_is_torchs() {
    for case in cases("batches") {
        let sampler = SequentialSampler::new(size(case, "n").unwrap());
        let batches = BatchSampler::new(sampler, size(case, "batch_size").unwrap(), flag(case, "drop_last"));
        assert_eq!(Some(batches.len()), size(case, "len"));
        assert_eq!(serde_json::json!(batches.iter().collect::<Vec<_>>()), case["batches"]);
    }
}
