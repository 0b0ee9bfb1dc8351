//! Samplers and loaders deliver what torch delivers, and draw as much.

use std::sync::{LazyLock, MutexGuard};

use datasets::{
    BatchSampler, DataLoader, DistributedSampler, RandomSampler, Sampler, SequentialSampler, SharedGenerator,
    SubsetRandomSampler, WeightedRandomSampler, random_split,
};
use tensor::{DType, Generator, Tensor, manual_seed, with_default_generator};
use testing::{Case, Json, Recording, alone, recording};

static RECORDING: LazyLock<Recording> = LazyLock::new(|| recording!("orders"));

/// The default generator as in the script; tests of one process share it, so they take turns.
fn seeded() -> MutexGuard<'static, ()> {
    let turn = alone();
    manual_seed(3);
    turn
}

fn generator(case: &Case) -> Option<SharedGenerator> {
    case["generator"].as_u64().map(|seed| Generator::new(seed).into())
}

fn check_after(case: &Case, g: Option<&SharedGenerator>) {
    let default = with_default_generator(Generator::uniform_f32);
    assert_eq!(
        f64::from(default),
        case["after"][0].as_f64().unwrap(),
        "draws from the default generator: {case:?}"
    );
    let explicit = g.map(|g| f64::from(g.with(Generator::uniform_f32)));
    assert_eq!(explicit, case["after"][1].as_f64(), "draws from the explicit generator: {case:?}");
}

fn size(case: &Case, name: &str) -> Option<usize> {
    case[name].as_u64().map(|n| n as usize)
}

fn flag(case: &Case, name: &str) -> bool {
    case[name].as_bool().unwrap_or(false)
}

/// The rows of a matrix, each without the -1 that fill it up.
fn rows(case: &Case, name: &str) -> Vec<Vec<i64>> {
    let x = case.tensor(name).to_dtype(DType::I64);
    let row = |i| x.select(0, i as isize).to_vec::<i64>().into_iter().filter(|x| *x >= 0).collect();
    (0..x.shape()[0]).map(row).collect()
}

fn integers(rows: Vec<Vec<usize>>) -> Vec<Vec<i64>> {
    rows.into_iter().map(|row| row.into_iter().map(|x| x as i64).collect()).collect()
}

fn run(loader: &DataLoader<&Vec<i64>>, take: &Json) -> Vec<Vec<i64>> {
    let batches = loader.iter().take(take.as_u64().map_or(usize::MAX, |k| k as usize));
    batches.map(|x: Tensor| x.to_vec::<i64>()).collect()
}

/// One epoch after the other, each as far as torch went.
fn check_epochs(loader: &DataLoader<&Vec<i64>>, case: &Case, context: &str) {
    for (i, take) in case["take"].as_array().unwrap().iter().enumerate() {
        assert_eq!(run(loader, take), rows(case, &format!("epoch{i}")), "{context}: {case:?}");
    }
}

#[test]
fn loaders_deliver_torchs_batches_whatever_the_workers() {
    for workers in [0, 1, 3] {
        for case in RECORDING.named("loader") {
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
            check_epochs(&loader, case, &format!("{workers} workers"));
            check_after(case, g.as_ref());
        }
    }
}

#[test]
fn a_sampler_with_its_own_generator_draws_only_what_is_asked_for() {
    for case in RECORDING.named("with_sampler") {
        let _turn = seeded();
        let g = SharedGenerator::from(Generator::new(7));
        let data: Vec<i64> = (0..11).collect();
        let sampler = RandomSampler::new(11).replacement(true).num_samples(100).generator(g.clone());
        let loader = DataLoader::new(&data).batch_size(8).sampler(sampler);
        check_epochs(&loader, case, "its own");
        check_after(case, Some(&g));
    }
}

#[test]
fn samplers_give_torchs_order() {
    let orders = |case: &&Case| case.get_tensor("orders").is_some() && case.name() != "distributed";
    let cases = RECORDING.cases().iter().filter(orders);
    assert_eq!(cases.clone().count(), 24);
    for case in cases {
        let _turn = seeded();
        let g = generator(case);
        let num_samples = size(case, "num_samples");
        let sampler: Box<dyn Sampler> = match case.name() {
            "sequential" => Box::new(SequentialSampler::new(size(case, "n").unwrap())),
            "random" => {
                let n = size(case, "n").unwrap();
                let sampler = RandomSampler::new(n).replacement(flag(case, "replacement"));
                let sampler = sampler.num_samples(num_samples.unwrap_or(n));
                Box::new(with(sampler, &g, RandomSampler::generator))
            }
            "subset" => {
                let indices = case["indices"].as_array().unwrap();
                let indices = indices.iter().map(|i| i.as_u64().unwrap() as usize).collect::<Vec<_>>();
                let sampler = SubsetRandomSampler::new(indices);
                Box::new(with(sampler, &g, SubsetRandomSampler::generator))
            }
            "weighted" => {
                let weights = case.tensor("weights").to_vec::<f64>();
                let replacement = flag(case, "replacement");
                let sampler = WeightedRandomSampler::new(weights, num_samples.unwrap(), replacement);
                Box::new(with(sampler, &g, WeightedRandomSampler::generator))
            }
            other => panic!("no sampler {other}"),
        };
        assert_eq!(Some(sampler.len()), size(case, "len"));
        let orders = (0..2).map(|_| sampler.iter().collect()).collect();
        assert_eq!(integers(orders), rows(case, "orders"), "{case:?}");
        check_after(case, g.as_ref());
    }
}

#[test]
fn ranks_take_their_samples_as_in_torch() {
    for case in RECORDING.named("distributed") {
        let (n, ranks) = (case.size("n"), case.size("ranks"));
        for (rank, expected) in rows(case, "orders").into_iter().enumerate() {
            let sampler = DistributedSampler::new(n, ranks, rank)
                .shuffle(case["shuffle"] != false)
                .seed(case["seed"].as_u64().unwrap_or(0))
                .drop_last(flag(case, "drop_last"));
            sampler.clone().set_epoch(case.size("epoch") as u64);
            assert_eq!(sampler.len(), case.size("len"), "{case:?}");
            assert_eq!(integers(vec![sampler.iter().collect()]), [expected], "{case:?} rank {rank}");
        }
    }
    assert!(DistributedSampler::new(0, 3, 2).iter().next().is_none());
}

#[test]
#[should_panic(expected = "Invalid rank 3, rank should be in the interval [0, 2]")]
fn a_rank_is_one_of_them() {
    DistributedSampler::new(5, 3, 3);
}

fn with<S>(sampler: S, g: &Option<SharedGenerator>, set: impl Fn(S, SharedGenerator) -> S) -> S {
    match g {
        Some(g) => set(sampler, g.clone()),
        None => sampler,
    }
}

#[test]
fn random_split_is_torchs() {
    for case in RECORDING.named("split") {
        let _turn = seeded();
        let data: Vec<i64> = (0..size(case, "n").unwrap() as i64).collect();
        let given: Vec<f64> =
            case["lengths"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
        let g = generator(case);
        let parts = match given.iter().all(|x| x.fract() == 0.0) {
            true => random_split(&data, given.iter().map(|&x| x as usize).collect::<Vec<_>>(), g.as_ref()),
            false => random_split(&data, given, g.as_ref()),
        };
        let indices = parts.iter().map(|part| part.indices().to_vec()).collect();
        assert_eq!(integers(indices), rows(case, "parts"), "{case:?}");
        check_after(case, g.as_ref());
    }
}

#[test]
fn batch_sampler_is_torchs() {
    for case in RECORDING.named("batches") {
        let sampler = SequentialSampler::new(size(case, "n").unwrap());
        let batches = BatchSampler::new(sampler, size(case, "batch_size").unwrap(), flag(case, "drop_last"));
        assert_eq!(Some(batches.len()), size(case, "len"));
        assert_eq!(integers(batches.iter().collect()), rows(case, "batches"));
    }
}
