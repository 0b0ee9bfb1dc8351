use std::path::Path;
use std::sync::Arc;

use tensor::Tensor;

use crate::dataset::out_of_range;
use crate::transforms::Transform;
use crate::transforms::table::Table;
use crate::{BatchOf, Classes, Dataset, ImageCollection, Labelled, Part, Result};

/// Images and labels of a collection: [`Mnist`](crate::Mnist), [`Cifar10`](crate::Cifar10) and others.
///
/// The images stay bytes in memory; a sample is transformed when it is asked for. A clone shares them.
#[derive(Clone)]
pub struct ImageDataset<C> {
    images: Tensor,
    labels: Tensor,
    transform: Arc<dyn Transform>,
    table: Option<Table>,
    collection: C,
}

impl<C: ImageCollection + Default> ImageDataset<C> {
    /// The training set below `root`, in torchvision's layout. For a collection in MNIST's form that is
    /// `root/<collection>/raw/train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, or the same with `.gz`.
    ///
    /// # Errors
    /// If a file is not there, or is not what it should be.
    pub fn train(root: impl AsRef<Path>, transform: impl Transform + 'static) -> Result<Self> {
        Self::open(C::default(), root, Part::Train, transform)
    }

    /// The test set, as [`ImageDataset::train`]; in MNIST's form `t10k-images-idx3-ubyte` and
    /// `t10k-labels-idx1-ubyte`.
    ///
    /// # Errors
    /// As [`ImageDataset::train`].
    pub fn test(root: impl AsRef<Path>, transform: impl Transform + 'static) -> Result<Self> {
        Self::open(C::default(), root, Part::Test, transform)
    }
}

impl<C: ImageCollection> ImageDataset<C> {
    /// A part of a collection that has settings, such as [`EMnistSplit`](crate::EMnistSplit), below `root`.
    ///
    /// # Errors
    /// As [`ImageDataset::train`].
    pub fn open(
        collection: C,
        root: impl AsRef<Path>,
        part: Part,
        transform: impl Transform + 'static,
    ) -> Result<Self> {
        let labelled = collection.read(root.as_ref(), part)?;
        Ok(Self::of(collection, labelled, transform))
    }

    pub(crate) fn of(collection: C, labelled: Labelled, transform: impl Transform + 'static) -> Self {
        let Labelled { images, labels } = labelled;
        let table = Table::of(&transform, &images.select(0, 0));
        Self { images, labels, transform: Arc::new(transform), table, collection }
    }

    /// All images as torchvision's `data` has them: `U8` of shape `[images, height, width]`, or
    /// `[images, height, width, channels]` where they have colours.
    pub fn data(&self) -> &Tensor {
        &self.images
    }

    /// All labels, `I64`: torchvision's `targets`.
    pub fn targets(&self) -> &Tensor {
        &self.labels
    }

    /// The names of the labels.
    pub fn classes(&self) -> &'static [&'static str] {
        self.collection.classes()
    }

    fn pixels(&self, index: usize) -> &[u8] {
        let numel = self.images.numel() / self.len();
        &self.images.as_slice::<u8>()[index * numel..][..numel]
    }

    #[track_caller]
    fn check_index(&self, index: usize) {
        if index >= self.len() {
            out_of_range(index, self.len());
        }
    }
}

impl<C: ImageCollection> Dataset for ImageDataset<C> {
    /// The transformed image and its label.
    type Sample = (Tensor, i64);

    fn len(&self) -> usize {
        self.labels.numel()
    }

    fn get(&self, index: usize) -> (Tensor, i64) {
        self.check_index(index);
        let image = match &self.table {
            Some(table) => table.batch(&[self.pixels(index)]).select(0, 0),
            None => self.transform.apply(self.images.select(0, index as isize)),
        };
        (image, self.labels.as_slice::<i64>()[index])
    }

    fn batch(&self, indices: &[usize]) -> BatchOf<Self> {
        let Some(table) = &self.table else {
            return crate::Collate::collate(self.samples(indices));
        };
        indices.iter().for_each(|&index| self.check_index(index));
        let pixels: Vec<&[u8]> = indices.iter().map(|&index| self.pixels(index)).collect();
        let labels = self.labels.as_slice::<i64>();
        (table.batch(&pixels), Tensor::from(indices.iter().map(|&index| labels[index]).collect::<Vec<_>>()))
    }
}

impl<C: ImageCollection> std::fmt::Debug for ImageDataset<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({} images of {:?})", C::FOLDER, self.images.size(0), &self.images.shape()[1..])
    }
}

impl<C: ImageCollection> Classes for ImageDataset<C> {
    fn class_names(&self) -> Vec<&str> {
        self.classes().to_vec()
    }

    fn labels(&self) -> Vec<i64> {
        self.labels.to_vec()
    }
}
