//! Data for training: datasets, transforms and the loader, with the meaning and the random draws that they
//! have in `torch.utils.data` and torchvision.
//!
//! A [`Dataset`] gives samples by number, a [`Sampler`] an order, and the [`DataLoader`] batches. [`Mnist`],
//! [`FashionMnist`], [`KMnist`], [`EMnist`], [`QMnist`], [`Cifar10`] and [`Cifar100`] read the files that
//! `Mnist::download` and its like (feature `download`), `cargo xtask fetch-data` or torchvision downloaded;
//! their images stay bytes, and [transforms](mod@transforms) turn them into what a model takes. With the
//! feature `images`, `ImageFolder` reads folders of pictures, and with `csv`, `CsvDataset` tables. Small
//! tables, [`load_iris`] and others, lie in the library, and [`make_moons`] and others make points up.
//! [`mod@text`] has vocabularies and the batches of language models.
//!
//! ```
//! use datasets::{DataLoader, TensorDataset};
//! use tensor::{DType, arange, manual_seed};
//!
//! manual_seed(0);
//! let x = arange(0, 10, 1).to_dtype(DType::F32).reshape([10, 1]);
//! let data = TensorDataset::new(x, arange(0, 10, 1));
//! let loader = DataLoader::new(&data).batch_size(4).shuffle(true);
//! for (x, y) in &loader {
//!     println!("{:?} {:?}", x.shape(), y.to_vec::<i64>()); // the order that torch gives for this seed
//! }
//! ```
#![forbid(unsafe_code)]

mod cifar;
mod collate;
mod concat_dataset;
#[cfg(feature = "csv")]
mod csv_dataset;
mod dataset;
#[cfg(feature = "download")]
pub mod download;
#[cfg(feature = "embedded")]
mod embedded;
mod emnist;
mod error;
mod fake_data;
mod fashion_mnist;
mod generator;
pub mod idx;
mod image_collection;
mod image_dataset;
#[cfg(feature = "images")]
mod image_folder;
mod iterable;
mod kmnist;
mod loader;
mod make;
mod mapped;
mod mnist;
mod qmnist;
pub mod random;
mod random_split;
mod samplers;
mod samples;
mod stack_dataset;
mod subset;
mod tables;
mod tensor_dataset;
pub mod text;
pub mod transforms;
#[cfg(feature = "images")]
pub mod utils;

pub use cifar::{Cifar10, Cifar100, Cifar100Labels, TenThings};
pub use collate::{Collate, default_collate};
pub use concat_dataset::ConcatDataset;
#[cfg(feature = "csv")]
pub use csv_dataset::{CsvDataset, CsvOptions, CsvTarget};
pub use dataset::{BatchOf, Dataset};
pub use emnist::{EMnist, EMnistSplit};
pub use error::{Error, Result};
pub use fake_data::{FakeData, FakeDataOptions};
pub use fashion_mnist::{Clothes, FashionMnist};
pub use generator::SharedGenerator;
pub use image_collection::{ImageCollection, Labelled, Part};
pub use image_dataset::ImageDataset;
#[cfg(feature = "images")]
pub use image_folder::{ImageFolder, load_image};
pub use iterable::{ChainDataset, IterableDataset};
pub use kmnist::{KMnist, Kuzushiji};
pub use loader::{DataLoader, Iter, IterableIter, IterableLoader, LoaderState};
pub use make::{
    Centers, MakeBlobsOptions, MakeCirclesOptions, MakeMoonsOptions, MakeRegressionOptions, make_blobs,
    make_circles, make_moons, make_regression,
};
pub use mapped::Mapped;
pub use mnist::{Digits, Mnist};
pub use qmnist::{QMnist, QMnistPart};
pub use random_split::{SplitLengths, random_split};
pub use samplers::{
    BatchSampler, DistributedSampler, RandomSampler, Sampler, SequentialSampler, SubsetRandomSampler,
    WeightedRandomSampler,
};
pub use samples::Samples;
pub use stack_dataset::{Datasets, StackDataset};
pub use subset::{Classes, Subset};
pub use tables::{Bunch, load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine};
pub use tensor_dataset::{TensorDataset, Tensors};
