//! CIFAR-10 and CIFAR-100, in the pickles that torchvision reads and in the binary version.

mod binary;
mod classes;
mod pickled;

use std::path::Path;

use tensor::Tensor;

use crate::image_collection::{fetch, find};
use crate::{Error, ImageCollection, ImageDataset, Labelled, Part, Result};

/// CIFAR-10 (Krizhevsky, 2009): colour images of 32 × 32 in ten classes, 50,000 for training and 10,000 for
/// testing.
///
/// `Cifar10::download` (feature `download`) or `cargo xtask fetch-data cifar10` downloads them to
/// `./data/cifar-10-batches-py`, where torchvision has them; the binary version in `cifar-10-batches-bin` is
/// read as well. `data()` is `[images, 32, 32, 3]`, in torchvision's order.
///
/// ```no_run
/// use datasets::transforms::{Normalize, ToTensor};
/// use datasets::{Cifar10, DataLoader, transforms};
///
/// let normalize = Normalize::new([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]);
/// let train_set = Cifar10::train("./data", transforms![ToTensor, normalize])?;
/// let train_data = DataLoader::new(&train_set).batch_size(128).shuffle(true);
/// let (images, labels) = train_data.iter().next().unwrap(); // [128, 3, 32, 32] F32, [128] I64
/// # Ok::<(), datasets::Error>(())
/// ```
pub type Cifar10 = ImageDataset<TenThings>;

/// CIFAR-100: as [`Cifar10`], with a hundred classes, in `cifar-100-python` or `cifar-100-binary`.
///
/// `Cifar100::download` (feature `download`) or `cargo xtask fetch-data cifar100` downloads them. The labels
/// are the hundred fine ones, as torchvision's; the twenty coarse ones are a setting:
///
/// ```no_run
/// use datasets::{Cifar100, Cifar100Labels, Part};
///
/// let fine = Cifar100::train("./data", ())?;
/// let coarse = Cifar100::open(Cifar100Labels::Coarse, "./data", Part::Train, ())?;
/// assert_eq!((fine.classes().len(), coarse.classes().len()), (100, 20));
/// # Ok::<(), datasets::Error>(())
/// ```
pub type Cifar100 = ImageDataset<Cifar100Labels>;

/// The collection behind [`Cifar10`].
#[derive(Clone, Copy, Debug, Default)]
pub struct TenThings;

/// Which labels [`Cifar100`] has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cifar100Labels {
    /// A hundred, such as `otter`.
    #[default]
    Fine,
    /// Twenty, such as `aquatic_mammals`.
    Coarse,
}

impl ImageCollection for TenThings {
    const FOLDER: &'static str = "cifar-10-batches-py";
    const FETCH: &'static str = fetch!("Cifar10", "cifar10");

    fn classes(&self) -> &'static [&'static str] {
        &classes::TEN
    }

    fn read(&self, root: &Path, part: Part) -> Result<Labelled> {
        let batches = match part {
            Part::Train => {
                &["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"][..]
            }
            Part::Test => &["test_batch"],
        };
        let labels = Labels { key: "labels", of: 1, at: 0 };
        read(self, root, [Self::FOLDER, "cifar-10-batches-bin"], batches, labels)
    }
}

impl ImageCollection for Cifar100Labels {
    const FOLDER: &'static str = "cifar-100-python";
    const FETCH: &'static str = fetch!("Cifar100", "cifar100");

    fn classes(&self) -> &'static [&'static str] {
        match self {
            Cifar100Labels::Fine => &classes::HUNDRED,
            Cifar100Labels::Coarse => &classes::TWENTY,
        }
    }

    fn read(&self, root: &Path, part: Part) -> Result<Labelled> {
        let batch = match part {
            Part::Train => "train",
            Part::Test => "test",
        };
        let labels = match self {
            Cifar100Labels::Fine => Labels { key: "fine_labels", of: 2, at: 1 },
            Cifar100Labels::Coarse => Labels { key: "coarse_labels", of: 2, at: 0 },
        };
        read(self, root, [Self::FOLDER, "cifar-100-binary"], &[batch], labels)
    }
}

/// Where a batch has the labels that are wanted.
#[derive(Clone, Copy)]
struct Labels {
    /// Their key in a pickle.
    key: &'static str,
    /// In the binary version, how many bytes of labels stand before each image.
    of: usize,
    /// And which of them it is.
    at: usize,
}

/// The batches in the folder of pickles, or else the binary ones.
fn read<C: ImageCollection>(
    collection: &C,
    root: &Path,
    [pickles, binaries]: [&str; 2],
    batches: &[&str],
    labels: Labels,
) -> Result<Labelled> {
    let pickled = |batch: &str| root.join(pickles).join(batch);
    let binary = |batch: &str| root.join(binaries).join(format!("{batch}.bin"));
    let is_pickled = find::<C>(root, &[pickled(batches[0]), binary(batches[0])])? == pickled(batches[0]);
    let read = |batch: &&str| {
        let path = find::<C>(root, &[if is_pickled { pickled(batch) } else { binary(batch) }])?;
        let file = path.display().to_string();
        let failed = |source| Error::Format { file: file.clone(), source };
        let bytes = formats::read(&path).map_err(failed)?;
        let batch = if is_pickled { pickled::batch(&bytes, labels) } else { binary::batch(&bytes, labels) };
        let (images, found) = batch.map_err(failed)?;
        Labelled::new((file.clone(), images), (file, found), collection.classes().len())
    };
    let parts = batches.iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Labelled::concat(&parts))
}

/// What messages call a file.
const FORMAT: &str = "CIFAR batch";
const SIDE: usize = 32;
const CHANNELS: usize = 3;
const NUMEL: usize = CHANNELS * SIDE * SIDE;

/// Planes of colours, `[images, 3 · 32 · 32]`, as images, `[images, 32, 32, 3]`.
fn interleaved(planes: &Tensor) -> Tensor {
    let [count, channels, side] = [planes.size(0), CHANNELS, SIDE].map(|n| n as isize);
    planes.reshape([count, channels, side, side]).permute([0, 2, 3, 1]).contiguous()
}
