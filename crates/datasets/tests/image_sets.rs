//! CIFAR, KMNIST, EMNIST and QMNIST read as torchvision reads them, and what is refused.

use std::fs;
use std::path::Path;

use datasets::transforms::{Normalize, ToTensor};
use datasets::{
    Cifar10, Cifar100, Cifar100Labels, Dataset, EMnist, EMnistSplit, FakeData, FakeDataOptions,
    ImageCollection, ImageDataset, KMnist, Part, QMnist, QMnistPart, Result, transforms,
};
use tempfile::TempDir;
use tensor::Tensor;
use testing::{Case, Recording, assert_bits, recording};

/// A folder with the recorded files whose path begins like this.
fn root(recording: &Recording, start: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for case in recording.named("file") {
        let path = root.path().join(case.text("path"));
        if case.text("path").starts_with(start) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, case.tensor("content").to_vec::<u8>()).unwrap();
        }
    }
    root
}

fn part(case: &Case) -> Part {
    if case.fields()["train"] == true { Part::Train } else { Part::Test }
}

fn assert_same<C: ImageCollection>(found: Result<ImageDataset<C>>, case: &Case) {
    let found = found.unwrap_or_else(|error| panic!("{case:?}: {error}"));
    assert_bits(format!("{case:?}"), found.data(), &case.tensor("data"));
    assert_bits(format!("{case:?}"), found.targets(), &case.tensor("targets"));
    assert_eq!(found.classes().join("\n"), case.text("classes"), "{case:?}");
}

#[test]
fn cifar_is_torchvisions_pickled_or_binary() {
    let recording = recording!("image_sets");
    for (ten, hundred) in
        [("cifar-10-batches-py", "cifar-100-python"), ("cifar-10-batches-bin", "cifar-100-binary")]
    {
        let (ten, hundred) = (root(&recording, ten), root(&recording, hundred));
        for case in recording.named("cifar10") {
            assert_same(Cifar10::open(Default::default(), &ten, part(case), ()), case);
        }
        for case in recording.named("cifar100") {
            assert_same(Cifar100::open(Cifar100Labels::Fine, &hundred, part(case), ()), case);
        }
        for case in recording.named("coarse") {
            let coarse = Cifar100::open(Cifar100Labels::Coarse, &hundred, part(case), ()).unwrap();
            assert_bits(format!("{case:?}"), coarse.targets(), &case.tensor("targets"));
            assert_eq!(coarse.classes().join("\n"), recording.case("coarse_classes").text("classes"));
        }
    }
}

#[test]
fn keys_may_be_bytes() {
    let recording = recording!("image_sets");
    let root = root(&recording, "cifar-100-python");
    let content = recording.case("bytes_as_keys").tensor("content").to_vec::<u8>();
    fs::write(root.path().join("cifar-100-python/test"), content).unwrap();
    assert_eq!(Cifar100::test(&root, ()).unwrap().targets().to_vec::<i64>(), [5]);
}

#[test]
fn colours_come_first_after_to_tensor_one_by_one_and_in_batches() {
    let root = root(&recording!("image_sets"), "cifar-10-");
    let set = Cifar10::train(&root, ToTensor).unwrap();
    let (x, label) = set.get(3);
    assert_eq!((x.shape(), label), (&[3, 32, 32][..], set.targets().to_vec::<i64>()[3]));
    let raw = set.data().select(0, 3).permute([2, 0, 1]).contiguous().to_vec::<u8>();
    assert_eq!(x.to_vec::<f32>(), raw.iter().map(|&byte| f32::from(byte) / 255.0).collect::<Vec<_>>());
    let normalize = Normalize::new([0.5; 3], [0.25, 0.5, 1.0]);
    let set = Cifar10::train(&root, transforms![ToTensor, normalize]).unwrap();
    let (batch, _) = set.batch(&[3, 0]);
    assert_eq!(batch.shape(), [2, 3, 32, 32]);
    assert_eq!(batch.select(0, 0).to_vec::<f32>(), set.get(3).0.to_vec::<f32>());
    assert_eq!(batch.to_vec::<f32>()[0], (x.to_vec::<f32>()[0] - 0.5) / 0.25);
}

#[test]
fn idx_collections_are_torchvisions() {
    let recording = recording!("image_sets");
    let [kmnist, emnist, qmnist] = ["KMNIST", "EMNIST", "QMNIST"].map(|start| root(&recording, start));
    for case in recording.named("kmnist") {
        assert_same(KMnist::open(Default::default(), &kmnist, part(case), ()), case);
    }
    assert_eq!(recording.named("emnist").len(), 12);
    for case in recording.named("emnist") {
        let split = EMnistSplit::ALL.into_iter().find(|split| split.name() == case.text("split")).unwrap();
        let open = if part(case) == Part::Train { EMnist::train } else { EMnist::test };
        assert_same(open(emnist.path(), split, ()), case);
    }
    for case in recording.named("qmnist") {
        let (part, what) = match case.text("what") {
            "train" => (Part::Train, QMnistPart::Test10k),
            "test" => (Part::Test, QMnistPart::Test),
            "test10k" => (Part::Test, QMnistPart::Test10k),
            _ => (Part::Test, QMnistPart::Test50k),
        };
        assert_same(QMnist::open(what, &qmnist, part, ()), case);
    }
}

#[test]
fn a_missing_cifar_names_both_versions_and_the_command() {
    let root = tempfile::tempdir().unwrap();
    let text = Cifar100::train(root.path(), ()).unwrap_err().to_string();
    for part in
        ["cifar-100-python/train\n", "cifar-100-binary/train.bin\n", "cargo xtask fetch-data cifar100 --dir "]
    {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
    let ten = self::root(&recording!("image_sets"), "cifar-10-batches-py");
    fs::remove_file(ten.path().join("cifar-10-batches-py/data_batch_4")).unwrap();
    assert!(Cifar10::train(&ten, ()).unwrap_err().to_string().contains("data_batch_4\n"));
    assert!(Cifar10::test(&ten, ()).is_ok());
}

fn refused(folder: &str, file: &str, content: &[u8]) -> String {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join(folder)).unwrap();
    fs::write(root.path().join(folder).join(file), content).unwrap();
    let text = Cifar100::test(root.path(), ()).unwrap_err().to_string();
    assert!(text.contains(Path::new(folder).join(file).to_str().unwrap()), "{text}");
    text
}

#[test]
fn cut_and_damaged_batches_are_refused_by_name() {
    let recording = recording!("image_sets");
    let root = root(&recording, "cifar-100");
    let whole = |path: &str| fs::read(root.path().join(path)).unwrap();
    let pickle = whole("cifar-100-python/test");
    for len in (0..pickle.len()).step_by(97).chain([pickle.len() - 1]) {
        refused("cifar-100-python", "test", &pickle[..len]);
    }
    let binary = whole("cifar-100-binary/test.bin");
    for len in [0, 1, 3073, binary.len() - 1] {
        assert!(refused("cifar-100-binary", "test.bin", &binary[..len]).contains("records of 3074"));
    }
    // What a flipped byte does is an error, or other pixels.
    let path = root.path().join("cifar-100-python/test");
    for at in (0..pickle.len()).step_by(11).chain(pickle.len() - 200..pickle.len()) {
        let mut damaged = pickle.clone();
        damaged[at] ^= 0x55;
        fs::write(&path, damaged).unwrap();
        if let Err(error) = Cifar100::test(&root, ()) {
            assert!(error.to_string().contains("cifar-100-python/test"), "{error}");
        }
    }
}

#[test]
fn batches_that_are_something_else_are_refused_in_words() {
    let text = |key: &[u8], value: &[u8]| {
        [&b"\x80\x02}(U\x04"[..], key, value, b"U\x0bfine_labels](K\x05eu."].concat()
    };
    let mut binary = vec![0; 3074];
    binary[1] = 100;
    for (folder, file, content, expected) in [
        ("cifar-100-python", "test", b"<html>".to_vec(), "what looks like a web page"),
        ("cifar-100-python", "test", b"\x80\x02K\x05.".to_vec(), "found a pickle of an integer"),
        ("cifar-100-python", "test", text(b"Data", b"K\x01"), "it has no `data`"),
        ("cifar-100-python", "test", text(b"data", b"K\x01"), "`data` is an integer, not an array"),
        (
            "cifar-100-python",
            "test",
            b"\x80\x02cos\nsystem\nU\x02ls\x85R.".to_vec(),
            "an object without counterpart",
        ),
        ("cifar-100-binary", "test.bin", binary, "label 0 is 100, not one of the 100 classes"),
    ] {
        let text = refused(folder, file, &content);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn labels_that_are_wrong_are_refused() {
    let root = root(&recording!("image_sets"), "cifar-100-python");
    let path = root.path().join("cifar-100-python/test");
    let whole = fs::read(&path).unwrap();
    let at = whole.windows(11).position(|name| name == b"fine_labels").unwrap();
    let first = at + whole[at..].windows(2).position(|code| code == b"(K").unwrap() + 2;
    let mut wrong = whole.clone();
    wrong[first] = 200;
    fs::write(&path, wrong).unwrap();
    let text = Cifar100::test(&root, ()).unwrap_err().to_string();
    assert!(text.contains("test: label 0 is 200, not one of the 100 classes"), "{text}");
    let fewer: Tensor = Tensor::from([1u8]);
    let images = Tensor::from_vec(vec![0u8; 2 * 4], [2, 2, 2]);
    let error = datasets::Labelled::new(("i".into(), images), ("l".into(), fewer), 2).unwrap_err();
    assert_eq!(error.to_string(), "l: holds 1 labels for 2 images");
}

#[test]
fn qmnists_labels_need_their_columns() {
    let root = root(&recording!("image_sets"), "QMNIST");
    let path = root.path().join("QMNIST/raw/qmnist-train-labels-idx2-int");
    datasets::idx::write(&path, &Tensor::from([1i32, 2, 3])).unwrap();
    let text = QMnist::train(&root, ()).unwrap_err().to_string();
    assert!(text.contains("labels-idx2-int: has shape [3], expected [labels, columns]"), "{text}");
}

#[test]
fn fake_data_has_torchvisions_bytes_and_labels() {
    for case in recording!("image_sets").named("fake") {
        let sizes = case.fields()["image_size"].as_array().unwrap();
        let options = FakeDataOptions {
            size: 3,
            image_size: [0, 1, 2].map(|axis| sizes[axis].as_u64().unwrap() as usize),
            num_classes: case.number("num_classes") as usize,
            random_offset: case.number("random_offset") as u64,
        };
        let (image, label) = FakeData::new(options, ()).get(case.number("index") as usize);
        assert_bits(format!("{case:?}"), &image, &case.tensor("image"));
        assert_eq!(label, case.number("label") as i64, "{case:?}");
    }
}
