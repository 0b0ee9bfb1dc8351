//! Workers, resuming, collating, and what a loader refuses.

use std::panic::{AssertUnwindSafe, catch_unwind};

use datasets::random::with_generator;
use datasets::{
    BatchSampler, ConcatDataset, DataLoader, Dataset, Iter, LoaderState, SequentialSampler, SharedGenerator,
    Subset, TensorDataset,
};
use tensor::{DType, Generator, Tensor, Value, arange};

/// Samples that draw as many random numbers as their index says, and one more.
#[derive(Clone)]
struct Noisy(usize);

impl Dataset for Noisy {
    type Sample = (i64, f64);

    fn len(&self) -> usize {
        self.0
    }

    fn get(&self, index: usize) -> (i64, f64) {
        let draws: Vec<f64> = (0..=index % 5).map(|_| with_generator(Generator::uniform_f64)).collect();
        (index as i64, draws.iter().sum())
    }
}

type Batches = Vec<(Vec<i64>, Vec<f64>)>;

fn collect(batches: impl Iterator<Item = (Tensor, Tensor)>) -> Batches {
    batches.map(|(x, y)| (x.to_vec(), y.to_vec())).collect()
}

fn noisy(data: &Noisy, workers: usize) -> DataLoader<&Noisy> {
    DataLoader::new(data).batch_size(4).shuffle(true).num_workers(workers).generator(Generator::new(1))
}

/// As `noisy`, with workers that go on while the batches are used.
fn ahead(data: &Noisy, workers: usize) -> DataLoader<Noisy> {
    let loader = DataLoader::new(data.clone()).batch_size(4).shuffle(true).num_workers(workers);
    loader.prefetch_factor(3).generator(Generator::new(1))
}

#[test]
fn workers_change_neither_order_nor_random_numbers() {
    let data = Noisy(53);
    let alone = noisy(&data, 0);
    let epochs: Vec<Batches> = (0..3).map(|_| collect(alone.iter())).collect();
    assert_ne!(epochs[0], epochs[1], "each epoch has its own order and numbers");
    for workers in [1, 2, 5, 100] {
        let (loader, ahead) = (noisy(&data, workers), ahead(&data, workers));
        for epoch in &epochs {
            assert_eq!(&collect(loader.iter()), epoch, "{workers} workers");
            assert_eq!(&collect(ahead.iter()), epoch, "{workers} workers that work ahead");
        }
    }
}

#[test]
fn the_random_numbers_of_a_sample_do_not_depend_on_how_samples_are_batched() {
    let data = Noisy(20);
    let draw = |batch_size| {
        let loader = DataLoader::new(&data).batch_size(batch_size).generator(Generator::new(1));
        collect(loader.iter()).into_iter().flat_map(|(_, y)| y).collect::<Vec<_>>()
    };
    assert_eq!(draw(1), draw(7));
    // The same through datasets that pass the question on.
    let parts = ConcatDataset::new([Subset::new(data.clone(), 0..8), Subset::new(data.clone(), 8..20)]);
    let loader = DataLoader::new(&parts).batch_size(3).generator(Generator::new(1));
    assert_eq!(collect(loader.iter()).into_iter().flat_map(|(_, y)| y).collect::<Vec<_>>(), draw(7));
}

/// Takes `k` batches, saves as a checkpoint would, and goes on in a new loader with `workers` workers.
fn resumed<D: Dataset>(
    batches: &mut Iter<'_, D, (Tensor, Tensor)>,
    data: &Noisy,
    k: usize,
    workers: usize,
) -> [Batches; 3] {
    let before = collect(batches.by_ref().take(k));
    let state = LoaderState::from_tensors(batches.state().to_tensors()).unwrap();
    assert_eq!(state.next_batch(), k);
    let loader = noisy(data, workers);
    let rest = collect(loader.resume(&state).unwrap());
    [before, rest, collect(loader.iter())]
}

#[test]
fn a_stopped_epoch_resumes_where_it_stood_and_the_next_epoch_follows() {
    let data = Noisy(23);
    let whole = noisy(&data, 0);
    let (first, second) = (collect(whole.iter()), collect(whole.iter()));
    for k in 0..=whole.len() {
        for (workers_before, workers_after) in [(0, 0), (3, 0), (0, 2), (3, 2)] {
            let loader = noisy(&data, workers_before);
            let mut batches = loader.iter();
            let [before, rest, next] = resumed(&mut batches, &data, k, workers_after);
            assert_eq!([before, rest].concat(), first, "stopped after {k} batches");
            assert_eq!(next, second, "stopped after {k} batches");
            assert_eq!(collect(batches), first[k..], "saving disturbs nothing");
            if workers_before > 0 {
                let loader = ahead(&data, workers_before);
                let [before, rest, _] = resumed(&mut loader.iter(), &data, k, workers_after);
                assert_eq!([before, rest].concat(), first, "stopped after {k} batches, with workers ahead");
            }
        }
    }
}

#[test]
fn a_resumed_epoch_can_be_stopped_again() {
    let data = Noisy(23);
    let whole = collect(noisy(&data, 0).iter());
    let loader = noisy(&data, 2);
    let mut batches = loader.iter();
    let _ = batches.by_ref().take(2).count();
    let state = batches.state();
    let mut again = loader.resume(&state).unwrap();
    let _ = again.by_ref().take(2).count();
    let state = again.state();
    assert_eq!(state.next_batch(), 4);
    assert_eq!(collect(loader.resume(&state).unwrap()), whole[4..]);
}

#[test]
fn a_state_that_does_not_fit_is_refused() {
    let data = Noisy(10);
    let state = noisy(&data, 0).iter().state();
    let error = |data: &Noisy, state: &LoaderState| noisy(data, 0).resume(state).err().unwrap().to_string();
    assert!(error(&Noisy(5), &state).contains("outside the dataset's 5 samples"));
    let bare = DataLoader::new(&data).iter().state();
    assert!(error(&data, &bare).contains("the loader has a generator and the state has none"));

    let tensors = state.to_tensors();
    let damaged = |name: &str, x: Tensor| {
        let tensors = tensors.iter().map(|(n, y)| (n.clone(), if n == name { x.clone() } else { y.clone() }));
        LoaderState::from_tensors(tensors)
    };
    for (name, x) in [
        ("indices", Tensor::from([1i64, -1])),
        ("indices", Tensor::from([1.0f32])),
        ("batch_sizes", Tensor::from([1i64, 2])),
        ("batch_sizes", Tensor::from([i64::MAX, i64::MAX])),
        ("base_seed", Tensor::from([1i64, 2])),
        ("next_sample", Tensor::from(-3i64)),
    ] {
        let error = damaged(name, x).err().unwrap().to_string();
        assert!(error.starts_with(&format!("loader state: `{name}`")), "{error}");
    }
    assert!(LoaderState::from_tensors([]).err().unwrap().to_string().contains("missing"));
    for (value, says) in [
        (Value::List(vec![]), "loader state: a list instead of a dict of tensors"),
        (Value::None, "loader state: None instead of a dict of tensors"),
        (Value::dict([("indices", 3.into())]), "loader state: 'indices' is an int instead of a tensor"),
    ] {
        assert_eq!(LoaderState::try_from(&value).err().unwrap().to_string(), says);
    }
    let state = damaged("generator", Tensor::from([1u8, 2])).unwrap();
    assert!(error(&data, &state).contains("5056"));
}

#[test]
fn samples_become_batches_as_default_collate_makes_them() {
    let data =
        vec![(Tensor::from([1.0f32, 2.0]), 1i64, 0.5f64, true), (Tensor::from([3.0, 4.0f32]), 2, 1.5, false)];
    let (x, y, z, b) = DataLoader::new(&data).batch_size(2).iter().next().unwrap();
    assert_eq!((x.dtype(), x.shape()), (DType::F32, &[2, 2][..]));
    assert_eq!((y.dtype(), z.dtype(), b.dtype()), (DType::I64, DType::F64, DType::Bool));
    let lists = vec![vec![1i64, 2, 3], vec![4, 5, 6]];
    let columns = DataLoader::new(&lists).batch_size(2).iter().next().unwrap();
    assert_eq!(columns.iter().map(Tensor::to_vec::<i64>).collect::<Vec<_>>(), [[1, 4], [2, 5], [3, 6]]);
}

#[test]
fn a_tensor_dataset_gathers_what_it_would_collate() {
    let x = arange(0, 24, 1).reshape([6, 2, 2]).to_dtype(DType::F32);
    let data = TensorDataset::new(x.transpose(1, 2), arange(0, 6, 1));
    let (batch, labels) = data.batch(&[5, 0, 5]);
    let (one, label) = data.get(5);
    assert_eq!(batch.shape(), [3, 2, 2]);
    assert_eq!(batch.select(0, 2).to_vec::<f32>(), one.to_vec::<f32>());
    assert_eq!(labels.to_vec::<i64>(), [5, 0, 5]);
    assert_eq!(label.item(), 5.0);
    let (x,) = TensorDataset::of((arange(0, 3, 1),)).batch(&[1]);
    assert_eq!(x.to_vec::<i64>(), [1]);
    assert_eq!(TensorDataset::of(vec![arange(0, 3, 1); 5]).batch(&[1, 2]).len(), 5);
}

#[test]
fn own_samplers_and_own_batches_are_followed() {
    let data: Vec<i64> = (0..10).collect();
    let order = |loader: DataLoader<&Vec<i64>>| loader.iter().map(|x| x.to_vec::<i64>()).collect::<Vec<_>>();
    let sampler = SequentialSampler::new(3);
    assert_eq!(order(DataLoader::new(&data).batch_size(2).sampler(sampler)), [vec![0, 1], vec![2]]);
    let batches = BatchSampler::new(SequentialSampler::new(5), 4, true);
    assert_eq!(order(DataLoader::new(&data).batch_sampler(batches)), [[0, 1, 2, 3]]);
}

#[test]
fn iterators_know_how_many_batches_are_left() {
    let data: Vec<i64> = (0..10).collect();
    for workers in [0, 2] {
        let loader = DataLoader::new(&data).batch_size(3).num_workers(workers);
        let mut batches = loader.iter();
        for left in (0..=4).rev() {
            assert_eq!(batches.len(), left);
            batches.next();
        }
        assert!(batches.next().is_none());
        let mut stopped = loader.iter();
        stopped.next();
        let state = stopped.state();
        assert_eq!((stopped.len(), loader.resume(&state).unwrap().len()), (3, 3));
    }
}

#[test]
fn an_epoch_abandoned_with_work_under_way_ends_its_workers() {
    let data = Noisy(1000);
    let (loader, ahead) = (noisy(&data, 4), ahead(&data, 4));
    for _ in 0..20 {
        assert!(loader.iter().nth(2).is_some());
        assert!(ahead.iter().nth(2).is_some());
    }
}

/// The message of the panic that `f` ends in.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let panic = catch_unwind(AssertUnwindSafe(f)).err().expect("a panic");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().expect("a message").to_string(),
    }
}

/// As torch with an exception: it comes where the batch would, and the batches after it follow.
#[test]
fn a_panic_takes_the_place_of_its_batch_with_any_number_of_workers() {
    let data: Vec<i64> = (0..14).collect();
    let refuse = |samples: Vec<i64>| {
        if [6, 8].contains(&samples[0]) { panic!("no {}", samples[0]) } else { samples[0] }
    };
    for (workers, ahead) in [(0, false), (1, false), (2, false), (3, false), (1, true), (2, true), (3, true)]
    {
        let loader = DataLoader::with_collate(data.clone(), refuse).batch_size(2).num_workers(workers);
        let loader = if ahead { loader.prefetch_factor(2) } else { loader };
        let mut batches = loader.iter();
        assert_eq!(batches.by_ref().take(3).collect::<Vec<_>>(), [0, 2, 4], "{workers} workers");
        assert_eq!(panic_of(|| batches.next()), "no 6", "{workers} workers");
        assert_eq!(panic_of(|| batches.next()), "no 8", "{workers} workers");
        assert_eq!(batches.len(), 2, "{workers} workers");
        assert_eq!(batches.state().next_batch(), 3, "{workers} workers");
        let resumed = loader.resume(&batches.state()).unwrap().collect::<Vec<_>>();
        assert_eq!((resumed, batches.by_ref().collect::<Vec<_>>()), (vec![10, 12], vec![10, 12]));
        assert_eq!(batches.next(), None, "{workers} workers");
    }
}

/// Samples with random numbers of their own are the same after a panic, whoever makes them.
#[test]
fn a_panic_does_not_move_the_random_numbers_of_the_batches_behind_it() {
    let data = Noisy(12);
    let rest = |workers: usize| {
        let refuse =
            |samples: Vec<(i64, f64)>| if samples[0].0 == 0 { panic!("not the first") } else { samples };
        let loader = DataLoader::with_collate(&data, refuse).batch_size(3).num_workers(workers);
        let loader = loader.generator(Generator::new(1));
        let mut batches = loader.iter();
        let first = catch_unwind(AssertUnwindSafe(|| batches.next())).is_err();
        (first, batches.collect::<Vec<_>>())
    };
    assert!(rest(0).0);
    assert_eq!(rest(1), rest(0));
    assert_eq!(rest(2), rest(0));
}

#[test]
fn mistakes_are_refused_in_torchs_words() {
    let (data, none): (Vec<i64>, Vec<i64>) = ((0..10).collect(), vec![]);
    let batches = || BatchSampler::new(SequentialSampler::new(5), 2, false);
    let sampler = || SequentialSampler::new(5);
    assert!(
        panic_of(|| DataLoader::new(&data).batch_size(0))
            .contains("positive integer value, but got batch_size=0")
    );
    assert!(panic_of(|| DataLoader::new(&none).shuffle(true).iter().count()).contains("got num_samples=0"));
    assert_eq!(DataLoader::new(&none).iter().count(), 0);
    let exclusive = "mutually exclusive with shuffle";
    assert!(panic_of(|| DataLoader::new(&data).shuffle(true).sampler(sampler()).len()).contains(exclusive));
    let exclusive = "batch_sampler option is mutually exclusive";
    assert!(
        panic_of(|| DataLoader::new(&data).batch_sampler(batches()).batch_size(1).len()).contains(exclusive)
    );
    assert!(
        panic_of(|| DataLoader::new(&data).batch_sampler(batches()).shuffle(true).len()).contains(exclusive)
    );
    assert!(
        panic_of(|| DataLoader::new(&data).batch_sampler(batches()).sampler(sampler()).len())
            .contains(exclusive)
    );
    assert!(
        panic_of(|| DataLoader::new(&data).batch_sampler(batches()).drop_last(true).len())
            .contains(exclusive)
    );
    let mismatch = "Size mismatch between tensors";
    assert!(panic_of(|| TensorDataset::new(arange(0, 3, 1), arange(0, 4, 1))).contains(mismatch));
    assert!(panic_of(|| TensorDataset::new(Tensor::from(1i64), arange(0, 4, 1))).contains(mismatch));
    let range = "index 10 is out of range for 10 samples";
    assert!(panic_of(|| Subset::new(data.clone(), [10])).contains(range));
    assert!(panic_of(|| ConcatDataset::new([data.clone()]).get(10)).contains(range));
    assert!(
        panic_of(|| TensorDataset::new(arange(0, 10, 1), arange(0, 10, 1)).batch(&[0, 10])).contains(range)
    );
    assert!(panic_of(|| ConcatDataset::<Vec<i64>>::new([])).contains("should not be an empty iterable"));
    assert!(panic_of(|| datasets::random_split(&data, [3, 3], None)).contains("Sum of input lengths"));
    assert!(panic_of(|| datasets::random_split(&data, [0.5, 0.4], None)).contains("add up to 0.9"));
    assert!(
        panic_of(|| datasets::WeightedRandomSampler::new([0.0, 0.0], 1, true))
            .contains("sum of probabilities <= 0")
    );
    assert!(panic_of(|| datasets::WeightedRandomSampler::new([1.0, -1.0], 1, true)).contains("entry < 0"));
    assert!(panic_of(|| datasets::WeightedRandomSampler::new([1.0, 0.0], 2, false)).contains("1 positive"));
}

#[test]
fn a_generator_is_shared_not_copied() {
    let g = SharedGenerator::from(Generator::new(5));
    let data: Vec<i64> = (0..10).collect();
    DataLoader::new(&data).shuffle(true).generator(g.clone()).iter().count();
    assert_ne!(g.with(Generator::next_u64), Generator::new(5).next_u64());
}

/// The parts that two loaders make of each batch, next to each other, are the batches of one, with its random
/// numbers, for any number of workers and after a stop.
#[test]
fn parts_together_are_the_batches() {
    let data = Noisy(11);
    let halves: [fn(usize) -> std::ops::Range<usize>; 2] = [|n| 0..n / 3, |n| n / 3..n];
    let stopped = |loader: DataLoader<&Noisy>| {
        let mut batches = loader.iter();
        let first = batches.next().expect("there are batches");
        let state = LoaderState::try_from(&Value::from(batches.state())).unwrap();
        let rest = loader.resume(&state).unwrap();
        collect(std::iter::once(first).chain(rest))
    };
    for workers in [0, 2] {
        let whole = stopped(noisy(&data, workers));
        let [first, second] = halves.map(|half| stopped(noisy(&data, workers).part(half)));
        assert_eq!(whole.len(), first.len());
        for ((whole, first), second) in whole.into_iter().zip(first).zip(second) {
            assert_eq!(whole, ([first.0, second.0].concat(), [first.1, second.1].concat()));
        }
    }
    let words = panic_of(|| noisy(&data, 0).part(|n| n..n).iter().next());
    assert!(words.contains("is no part of a batch"), "{words}");
}
