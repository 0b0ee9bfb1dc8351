//! Folders of images and labels: right ones, and every wrong one we could think of.

use std::fs;
use std::path::Path;

use datasets::transforms::{Elementwise, Flatten, Lambda, Normalize, ToTensor, Transform};
use datasets::{DataLoader, Dataset, Error, FashionMnist, Mnist, Subset, idx, transforms};
use tempfile::TempDir;
use tensor::{DType, Tensor};

const N: usize = 30;

fn images() -> Tensor {
    Tensor::from_vec((0..N * 28 * 28).map(|i| (i * 7 % 251) as u8).collect::<Vec<u8>>(), [N, 28, 28])
}

fn labels() -> Tensor {
    Tensor::from((0..N).map(|i| (i % 10) as u8).collect::<Vec<_>>())
}

/// A root with a training set of these two files.
fn root(images: &Tensor, labels: &Tensor, end: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let raw = root.path().join("MNIST/raw");
    fs::create_dir_all(&raw).unwrap();
    idx::write(raw.join(format!("train-images-idx3-ubyte{end}")), images).unwrap();
    idx::write(raw.join(format!("train-labels-idx1-ubyte{end}")), labels).unwrap();
    root
}

fn data_tf() -> impl Transform {
    transforms![ToTensor, Normalize::new(0.5, 0.5), Flatten]
}

/// As `data_tf`, in a form that is applied sample by sample.
fn slow_data_tf() -> impl Transform {
    transforms![Lambda(|x| ((x.to_dtype(DType::F32) / 255.0 - 0.5) / 0.5).reshape([-1]))]
}

#[test]
fn torchvisions_layout_is_read_plain_and_packed() {
    for end in ["", ".gz"] {
        let root = root(&images(), &labels(), end);
        let train_set = Mnist::train(root.path(), data_tf()).unwrap();
        assert_eq!(train_set.len(), N);
        assert_eq!(train_set.data().to_vec::<u8>(), images().to_vec::<u8>());
        assert_eq!((train_set.targets().dtype(), train_set.classes().len()), (DType::I64, 10));
        let loader = DataLoader::new(&train_set).batch_size(8);
        let (x, y) = loader.iter().next().unwrap();
        assert_eq!((x.shape(), x.dtype()), (&[8, 784][..], DType::F32));
        assert_eq!(y.to_vec::<i64>(), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}

#[test]
fn the_table_gives_the_bits_that_the_transform_gives() {
    let root = root(&images(), &labels(), "");
    let quick = Mnist::train(root.path(), data_tf()).unwrap();
    let slow = Mnist::train(root.path(), slow_data_tf()).unwrap();
    let indices = [29, 0, 7, 7];
    let ((x, a), (y, b)) = (quick.batch(&indices), slow.batch(&indices));
    assert_eq!((x.shape(), x.bytes(), a.bytes()), (y.shape(), y.bytes(), b.bytes()));
    let (one, label) = quick.get(29);
    assert_eq!((one.shape(), one.to_vec::<f32>(), label), (&[784][..], x.select(0, 0).to_vec::<f32>(), 9));
    let part = Subset::new(quick, [29, 0, 7, 7]).batch(&[0, 1, 2, 3]);
    assert_eq!((part.0.bytes(), part.1.bytes()), (x.bytes(), a.bytes()));
}

#[test]
fn the_shape_of_a_sample_is_the_transforms() {
    let root = root(&images(), &labels(), "");
    let shape = |x: Tensor| x.shape().to_vec();
    assert_eq!(shape(Mnist::train(root.path(), ToTensor).unwrap().batch(&[0, 1]).0), [2, 1, 28, 28]);
    let (raw, _) = Mnist::train(root.path(), ()).unwrap().batch(&[3]);
    assert_eq!((shape(raw.clone()), raw.dtype()), (vec![1, 28, 28], DType::U8));
    let crop = |x: Tensor| x.narrow(0, 4, 20).narrow(1, 4, 20);
    assert_eq!(
        shape(Mnist::train(root.path(), transforms![crop, ToTensor]).unwrap().batch(&[0]).0),
        [1, 1, 20, 20]
    );
}

#[test]
fn a_transform_that_wrongly_calls_itself_elementwise_is_found_out() {
    struct Reverse;
    impl Transform for Reverse {
        fn apply(&self, x: Tensor) -> Tensor {
            let mut x = x.to_dtype(DType::F32).reshape([-1]);
            x.make_mut::<f32>().reverse();
            x
        }
        fn is_elementwise(&self) -> bool {
            true
        }
    }
    let root = root(&images(), &labels(), "");
    let (x, _) = Mnist::train(root.path(), Reverse).unwrap().batch(&[0]);
    assert_eq!(x.to_vec::<f32>()[0], f32::from(images().to_vec::<u8>()[783]));
}

#[test]
fn workers_load_the_same_images() {
    let root = root(&images(), &labels(), "");
    let train_set = Mnist::train(root.path(), Elementwise(|x| x * 2.0)).unwrap();
    let load = |workers| {
        let loader = DataLoader::new(&train_set).batch_size(7).num_workers(workers);
        loader.iter().map(|(x, y)| (x.to_vec::<f32>(), y.to_vec::<i64>())).collect::<Vec<_>>()
    };
    assert_eq!(load(0), load(3));
}

fn error(root: &Path) -> Error {
    Mnist::train(root, data_tf()).unwrap_err()
}

#[test]
fn a_missing_dataset_names_the_paths_and_the_command() {
    let root = tempfile::tempdir().unwrap();
    let error = error(root.path());
    assert!(matches!(error, Error::NotFound { .. }));
    let text = error.to_string();
    for part in [
        "Dataset not found",
        "MNIST/raw/train-images-idx3-ubyte\n",
        "MNIST/raw/train-images-idx3-ubyte.gz\n",
        "`datasets::Mnist::download(\"",
        "cargo xtask fetch-data mnist --dir ",
    ] {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
    let text = FashionMnist::test(root.path(), ()).unwrap_err().to_string();
    assert!(
        text.contains("FashionMNIST/raw/t10k-images") && text.contains("fetch-data fashion-mnist"),
        "{text}"
    );
}

#[test]
fn missing_labels_are_a_missing_dataset() {
    let root = root(&images(), &labels(), "");
    fs::remove_file(root.path().join("MNIST/raw/train-labels-idx1-ubyte")).unwrap();
    assert!(error(root.path()).to_string().contains("train-labels-idx1-ubyte.gz"));
}

#[test]
fn images_and_labels_that_do_not_belong_together_are_refused() {
    let fewer = labels().narrow(0, 0, N - 1);
    let found = error(root(&images(), &fewer, "").path());
    assert!(matches!(found, Error::Count { images: N, labels: 29, .. }), "{found}");
    assert!(found.to_string().contains("train-labels-idx1-ubyte: holds 29 labels for 30 images"), "{found}");
}

#[test]
fn a_label_outside_the_classes_is_refused() {
    let mut labels = labels();
    labels.make_mut::<u8>()[17] = 10;
    let found = error(root(&images(), &labels, "").path());
    assert!(matches!(found, Error::Label { index: 17, label: 10, classes: 10, .. }), "{found}");
}

#[test]
fn a_wrong_element_type_or_shape_is_refused() {
    let found = error(root(&images().to_dtype(DType::I16), &labels(), "").path());
    assert!(matches!(found, Error::ElementType { expected: DType::U8, found: DType::I16, .. }), "{found}");
    let found = error(root(&images(), &labels().to_dtype(DType::I32), "").path());
    assert!(matches!(found, Error::ElementType { found: DType::I32, .. }), "{found}");
    let found = error(root(&images().reshape([N as isize, 784]), &labels(), "").path());
    assert!(matches!(found, Error::Shape { .. }), "{found}");
    let found = error(root(&images(), &labels().reshape([-1, 1]), "").path());
    assert!(matches!(found, Error::Shape { .. }), "{found}");
}

#[test]
fn an_empty_dataset_is_refused() {
    let none = Tensor::from_vec(Vec::<u8>::new(), [0, 28, 28]);
    let found = error(root(&none, &Tensor::from(Vec::<u8>::new()), "").path());
    assert!(found.to_string().contains("[0, 28, 28]"), "{found}");
    let flat = Tensor::from_vec(Vec::<u8>::new(), [N, 0, 28]);
    assert!(matches!(error(root(&flat, &labels(), "").path()), Error::Shape { .. }));
}

#[test]
fn truncated_and_overlong_files_are_refused() {
    let root = root(&images(), &labels(), "");
    let path = root.path().join("MNIST/raw/train-images-idx3-ubyte");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(error(root.path()), Error::Truncated { .. }));
    fs::write(&path, [whole, vec![0]].concat()).unwrap();
    assert!(matches!(error(root.path()), Error::TooLong { .. }));
}

#[cfg(feature = "embedded")]
#[test]
fn the_embedded_digits_are_mnists() {
    let (train_set, test_set) = (Mnist::embedded_train(data_tf()), Mnist::embedded_test(data_tf()));
    assert_eq!(
        (train_set.data().shape(), test_set.data().shape()),
        (&[10_000, 28, 28][..], &[2_000, 28, 28][..])
    );
    assert_eq!(train_set.targets().to_vec::<i64>()[..10], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    assert_eq!(test_set.targets().to_vec::<i64>()[..10], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    // The mean and deviation that everyone normalises MNIST by are those of all
    // 60,000; the first 10,000 are near.
    let x = train_set.data().to_dtype(DType::F64) / 255.0;
    assert!((x.mean().item() - 0.1307).abs() < 0.002, "{}", x.mean().item());
}
