//! Datasets put together, streams and samples of every kind, as torch's loader delivers them. Tests that draw
//! from the default generator take turns.

use std::collections::{BTreeMap, HashMap};

use datasets::random::with_generator;
use datasets::transforms::{Compose, ToTensor};
use datasets::{
    ChainDataset, Collate, ConcatDataset, DataLoader, Dataset, FakeData, FakeDataOptions, IterableDataset,
    IterableLoader, Samples, StackDataset, Subset, TensorDataset, default_collate, random_split, transforms,
};
use tensor::{DType, Generator, Tensor, arange, cat, manual_seed, with_default_generator, zeros};
use testing::{Case, Recording, alone, assert_bits, recording, refusal};

fn combined() -> Recording {
    recording!("combined")
}

fn assert_tensors<'t>(case: &Case, found: impl IntoIterator<Item = (&'t str, &'t Tensor)>) {
    let found: Vec<_> = found.into_iter().collect();
    assert_eq!(found.len(), case.tensors().len(), "{case:?}");
    for (name, x) in found {
        assert_bits(format!("{case:?}: {name}"), x, &case.tensor(name));
    }
}

fn texts<const N: usize>(case: &Case, names: [&str; N]) -> [String; N] {
    names.map(|name| case.text(name).to_string())
}

#[test]
fn default_collate_makes_torchs_batches() {
    let recording = combined();
    let case = |name| recording.case(name);

    let (a, b, c) = default_collate(vec![(1i64, 0.5f64, true), (-2, 1.5, false), (3, -0.25, true)]);
    assert_tensors(case("numbers"), [("batch_0", &a), ("batch_1", &b), ("batch_2", &c)]);

    let tensors = |x: [f32; 2], y: i64| (Tensor::from(x), Tensor::from(y));
    let (a, b) = default_collate(vec![tensors([1.0, 2.0], 3), tensors([4.0, 5.0], 6)]);
    assert_tensors(case("tensors"), [("batch_0", &a), ("batch_1", &b)]);

    let arrays = vec![ndarray::array![[1.5, 2.5]], ndarray::array![[3.5, 4.5]], ndarray::array![[5.5, 6.5]]];
    assert_tensors(case("arrays"), [("batch", &default_collate(arrays))]);

    let [a, b, c] = default_collate(vec![[1i64, 2, 3], [4, 5, 6]]);
    assert_tensors(case("lists"), [("batch_0", &a), ("batch_1", &b), ("batch_2", &c)]);
    let list = default_collate(vec![vec![1i64, 2, 3], vec![4, 5, 6]]);
    assert_tensors(case("lists"), [("batch_0", &list[0]), ("batch_1", &list[1]), ("batch_2", &list[2])]);

    // A map of one type of values each; what torch puts in one map is two here.
    let x = [vec![("x", 1.0f32)], vec![("x", 3.0), ("z", 5.0)]].map(|sample| {
        sample.into_iter().map(|(name, x)| (name, Tensor::from([x]))).collect::<HashMap<_, _>>()
    });
    let y = [2i64, 4].map(|y| BTreeMap::from([("y".to_string(), y)]));
    let (x, y, names) = default_collate(
        std::iter::zip(std::iter::zip(x, y), ["a", "b"]).map(|((x, y), n)| (x, y, n)).collect(),
    );
    assert_tensors(case("maps"), [("batch_x", &x["x"]), ("batch_y", &y["y"])]);
    assert_eq!(x.len(), 1, "the first sample's names");
    assert_eq!(names, texts(case("maps"), ["batch_name_0", "batch_name_1"]));

    let nested = |a: [f64; 2], name: &'static str, b: (i64, i64)| (HashMap::from([("a", a)]), (name, b));
    let (map, (names, (c, d))) =
        default_collate(vec![nested([1.5, 2.5], "u", (7, 8)), nested([3.5, 4.5], "v", (9, 10))]);
    let [a, b] = &map["a"];
    assert_tensors(
        case("nested"),
        [("batch_0_a_0", a), ("batch_0_a_1", b), ("batch_1_1_0", &c), ("batch_1_1_1", &d)],
    );
    assert_eq!(names, texts(case("nested"), ["batch_1_0_0", "batch_1_0_1"]));
}

#[test]
fn default_collate_refuses_what_torch_refuses() {
    let recording = combined();
    for case in recording.named("refused") {
        let says = match case.text("samples") {
            "lengths" => refusal(|| default_collate(vec![vec![1i64, 2], vec![3]])),
            "shapes" => refusal(|| default_collate(vec![zeros([2]), zeros([3])])),
            "names" => {
                refusal(|| default_collate(["x", "y"].map(|name| BTreeMap::from([(name, 1i64)])).into()))
            }
            other => panic!("no samples {other}"),
        };
        let expected = case.text("error").replace('\'', "\""); // Python's KeyError is the name alone
        assert!(says.contains(&expected), "{says}, not {expected}");
    }
    assert!(refusal(|| default_collate(Vec::<i64>::new())).contains("there has to be a sample"));
}

#[test]
fn options_are_all_there_or_all_absent() {
    let some = default_collate(vec![(Some(1i64), 1i64), (Some(2), 2)]).0.unwrap();
    assert_eq!(some.to_vec::<i64>(), [1, 2]);
    assert!(default_collate(vec![None::<i64>, None]).is_none());
    let says = refusal(|| default_collate(vec![Some(1i64), None, None]));
    assert!(says.contains("2 of 3 samples in the batch are None"), "{says}");
}

/// The numbers from `start` to `end`, each with a random one.
struct Stream(i64, i64);

impl IterableDataset for Stream {
    type Sample = (i64, f64);

    fn iter(&self) -> Box<dyn Iterator<Item = (i64, f64)> + '_> {
        Box::new((self.0..self.1).map(|x| (x, with_generator(Generator::uniform_f64))))
    }
}

#[test]
fn streams_are_batched_as_torchs_whatever_the_workers() {
    let recording = combined();
    let mut noises = BTreeMap::<i64, Vec<f64>>::new();
    for (case, workers) in
        recording.named("stream").into_iter().flat_map(|case| [0, 1, 2, 5].map(|w| (case, w)))
    {
        let _turn = alone();
        let n = case.size("n") as i64;
        let parts = match case.size("parts") {
            1 => vec![Stream(0, n)],
            _ => vec![Stream(0, n / 2), Stream(n / 2, n / 2), Stream(n / 2, n)],
        };
        manual_seed(5);
        let chain = ChainDataset::new(parts);
        let loader = IterableLoader::new(&chain).batch_size(case.size("batch_size"));
        let loader = loader.drop_last(case["drop_last"] == true).num_workers(workers);
        let (batches, noise): (Vec<Tensor>, Vec<Tensor>) = loader.iter().unzip();
        assert_eq!(batches.iter().map(Tensor::numel).collect::<Vec<_>>(), case.sizes("sizes"), "{case:?}");
        let all = |parts: &[Tensor], dtype| cat(&[&[tensor::zeros_dtype([0], dtype)], parts].concat(), 0);
        assert_bits(format!("{case:?}"), &all(&batches, DType::I64), &case.tensor("samples"));
        // The random numbers of a sample depend on its place in the epoch alone.
        let noise = all(&noise, DType::F64).to_vec::<f64>();
        let known = noises.entry(0).or_insert_with(|| noise.clone());
        let common = known.len().min(noise.len());
        assert_eq!(noise[..common], known[..common], "{case:?}, {workers} workers");
        let after = with_default_generator(Generator::uniform_f32);
        assert_eq!(f64::from(after), case.number("after"), "{case:?}");
    }
}

#[test]
fn a_stream_may_have_no_end_and_its_panics_arrive() {
    let _turn = alone();
    struct Endless;
    impl IterableDataset for Endless {
        type Sample = i64;
        fn iter(&self) -> Box<dyn Iterator<Item = i64> + '_> {
            Box::new(0..)
        }
    }
    for workers in [0, 1, 3] {
        let collate = |x: Vec<i64>| if x[0] == 4 { panic!("not {}", x[0]) } else { x };
        let loader = IterableLoader::with_collate(Endless, collate).batch_size(2).num_workers(workers);
        let mut batches = loader.iter();
        assert_eq!(batches.by_ref().take(2).collect::<Vec<_>>(), [[0, 1], [2, 3]]);
        assert_eq!(refusal(|| batches.next()), "not 4");
        assert_eq!(batches.next().unwrap(), [6, 7], "{workers} workers");
    }
}

/// All batches of a loader in random order, as the script draws it.
fn shuffled<D: Dataset>(data: D) -> Vec<datasets::BatchOf<D>> {
    let _turn = alone();
    manual_seed(6);
    DataLoader::new(data).batch_size(3).shuffle(true).iter().collect()
}

#[test]
fn datasets_are_stacked_as_torchs() {
    let recording = combined();
    let (x, y) = (arange(0, 10, 1).to_dtype(DType::F32).reshape([5, 2]), arange(0, 5, 1));
    let texts: Vec<String> = (0..5).map(|i| i.to_string()).collect();
    let numbers = |from: i64| (from..from + 5).collect::<Vec<_>>();

    let tuple = StackDataset::new((TensorDataset::of((x.clone(),)), numbers(0), &texts));
    assert_eq!(shuffled(&tuple).len(), recording.named("stack_tuple").len());
    for ((x, i, names), case) in std::iter::zip(shuffled(&tuple), recording.named("stack_tuple")) {
        assert_eq!(tuple.len(), case.size("len"));
        assert_tensors(case, [("batch_0_0", &x.0), ("batch_1", &i)]);
        let expected: Vec<&str> =
            (0..names.len()).map(|k| case.text(["batch_2_0", "batch_2_1", "batch_2_2"][k])).collect();
        assert_eq!(names, expected);
    }

    // A map has values of one type; torch's dict of this recording is a tuple of two.
    let pair = StackDataset::new((TensorDataset::new(x, y), numbers(5)));
    assert_eq!(shuffled(&pair).len(), recording.named("stack_dict").len());
    for (((a, b), y), case) in std::iter::zip(shuffled(&pair), recording.named("stack_dict")) {
        assert_tensors(case, [("batch_x_0", &a), ("batch_x_1", &b), ("batch_y", &y)]);
    }
    let named = StackDataset::new(HashMap::from([("x", numbers(0)), ("y", numbers(5))]));
    assert_eq!(shuffled(&named).len(), recording.named("stack_dict").len());
    for (batch, case) in std::iter::zip(shuffled(&named), recording.named("stack_dict")) {
        assert_bits("y", &batch["y"], &case.tensor("batch_y"));
        assert_bits("x", &batch["x"], &case.tensor("batch_x_1"));
    }
    let list = StackDataset::new(vec![numbers(0), numbers(5)]);
    assert_eq!(list.get(4), [4, 9]);

    for case in recording.named("stack_refused") {
        let data = case.sizes("sizes").into_iter().map(|n| numbers(0)[..n].to_vec()).collect::<Vec<_>>();
        let says = refusal(|| StackDataset::new(data));
        assert!(says.contains(case.text("error")), "{says}");
    }
}

#[test]
fn fractions_split_as_torchs() {
    let recording = combined();
    let fractions = |case: &Case| -> Vec<f64> {
        case["fractions"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
    };
    for case in recording.named("fractions") {
        let _turn = alone();
        manual_seed(7);
        let data: Vec<i64> = (0..case.size("n") as i64).collect();
        let parts = random_split(&data, fractions(case), None);
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        assert_eq!(lengths, case.sizes("lengths"), "{case:?}");
        let indices: Vec<i64> = parts.iter().flat_map(|part| part.indices()).map(|&i| i as i64).collect();
        assert_eq!(indices, case.tensor("indices").to_vec::<i64>(), "{case:?}");
    }
    let ten: Vec<i64> = (0..10).collect();
    for case in recording.named("fractions_refused") {
        let says = refusal(|| random_split(&ten, fractions(case), None));
        assert!(says.contains(case.text("error").trim_end_matches('!')), "{says}");
    }
    // Arrays and slices of both kinds.
    let lengths = |parts: Vec<Subset<&Vec<i64>>>| parts.iter().map(Subset::len).collect::<Vec<_>>();
    assert_eq!(lengths(random_split(&ten, [8, 2], None)), [8, 2]);
    assert_eq!(lengths(random_split(&ten, [0.8, 0.2], None)), [8, 2]);
    assert_eq!(lengths(random_split(&ten, &[7, 3][..], None)), [7, 3]);
}

#[test]
fn every_dataset_can_be_gone_over() {
    let tensors = TensorDataset::from((arange(0, 4, 1), arange(4, 8, 1)));
    let pairs = |samples: &mut dyn Iterator<Item = (Tensor, Tensor)>| {
        samples.map(|(x, y)| (x.item() as i64, y.item() as i64)).collect::<Vec<_>>()
    };
    assert_eq!(pairs(&mut tensors.iter()), [(0, 4), (1, 5), (2, 6), (3, 7)]);
    assert_eq!(pairs(&mut Subset::new(&tensors, [3, 1]).iter()), [(3, 7), (1, 5)]);
    assert_eq!(pairs(&mut ConcatDataset::new([&tensors]).iter().skip(3)), [(3, 7)]);
    let mut count = 0;
    for (x, (a, b)) in &StackDataset::new((vec![0i64, 1, 2, 3], &tensors)).map(|(x, pair)| (x, pair)) {
        assert_eq!((x, x + 4), (a.item() as i64, b.item() as i64));
        count += 1;
    }
    assert_eq!((count, tensors.iter().len()), (4, 4));
    let fake = FakeData::new(FakeDataOptions { size: 3, image_size: [1, 2, 2], ..Default::default() }, ());
    assert_eq!(fake.iter().nth(1).unwrap().1, fake.get(1).1);
    assert_eq!(Samples::new(&vec![1i64, 2, 3]).rev().collect::<Vec<_>>(), [3, 2, 1]);
}

/// Samples that cannot be cloned, for a loader that borrows them or owns them.
struct Owned(Vec<String>);

impl Dataset for Owned {
    type Sample = String;
    fn len(&self) -> usize {
        self.0.len()
    }
    fn get(&self, index: usize) -> String {
        self.0[index].clone()
    }
}

#[test]
fn workers_take_a_dataset_that_is_borrowed_or_owned() {
    let _turn = alone();
    let words = Owned((0..11).map(|i| format!("w{i}")).collect());
    let expected: Vec<Vec<String>> = words.0.chunks(3).map(<[String]>::to_vec).collect();
    for workers in [0, 1, 2, 7] {
        let borrowed = DataLoader::new(&words).batch_size(3).num_workers(workers);
        assert_eq!(borrowed.iter().collect::<Vec<_>>(), expected, "{workers} workers");
    }
    let owned = DataLoader::new(words).batch_size(3).num_workers(2);
    assert_eq!(owned.clone().iter().collect::<Vec<_>>(), expected);
    let ahead = owned.prefetch_factor(3);
    assert_eq!(ahead.iter().collect::<Vec<_>>(), expected);
    assert_eq!(ahead.dataset().len(), 11);
    let says = refusal(|| ahead.num_workers(0).iter().count());
    assert!(says.contains("prefetch_factor option could only be specified in multiprocessing"), "{says}");
}

#[test]
fn everything_prints() {
    let _turn = alone();
    let data = TensorDataset::new(arange(0, 4, 1), zeros([4, 2]));
    assert_eq!(format!("{data:?}"), "TensorDataset([4], [4, 2])");
    let loader = DataLoader::new(&data).batch_size(3);
    let options = "batch_size: 3, shuffle: false, drop_last: false, num_workers: 0, ..";
    assert_eq!(format!("{loader:?}"), format!("DataLoader {{ samples: 4, {options} }}"));
    assert_eq!(format!("{:?}", loader.iter()), format!("Iter(2 batches left of {loader:?})"));
    let noisy = IterableLoader::new(Stream(0, 3));
    assert!(format!("{:?}", noisy.iter()).starts_with("IterableIter(0 samples taken of IterableLoader {"));
    let chain = transforms![ToTensor, |x: Tensor| x * 2.0, transforms![]];
    assert_eq!(format!("{chain:?}"), "Compose(ToTensor, closure, Compose)");
    assert_eq!(format!("{:?}", Compose::new(vec![])), "Compose()");
    assert_eq!(format!("{:?}", vec![1i64].map(|x| x)), "Mapped([1])");
}

/// A sample type of one's own.
#[derive(Clone)]
struct Point(f32);

impl Collate for Point {
    type Batch = f32;
    fn collate(samples: Vec<Point>) -> f32 {
        samples.iter().map(|point| point.0).sum()
    }
}

#[test]
fn own_samples_and_own_ways_to_collate() {
    let _turn = alone();
    let points = vec![Point(1.0), Point(2.0), Point(4.0)];
    assert_eq!(DataLoader::new(&points).batch_size(2).iter().collect::<Vec<_>>(), [3.0, 4.0]);
    let first = DataLoader::with_collate(points, |samples: Vec<Point>| samples[0].0).batch_size(2);
    assert_eq!(first.iter().collect::<Vec<_>>(), [1.0, 4.0]);
}
