use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use tensor::{DType, Tensor};

use crate::dataset::out_of_range;
use crate::transforms::Transform;
use crate::transforms::table::Table;
use crate::{BatchOf, Dataset, Error, Result, idx};

/// A collection of images in MNIST's form: its folder and its classes. Another one is a few lines:
///
/// ```
/// use datasets::{ImageCollection, ImageDataset};
///
/// #[derive(Clone, Copy, Debug)]
/// struct Kuzushiji;
///
/// impl ImageCollection for Kuzushiji {
///     const FOLDER: &'static str = "KMNIST";
///     const CLASSES: &'static [&'static str] =
///         &["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"];
///     const FETCH: &'static str = "fetch-data kmnist";
/// }
///
/// type KMnist = ImageDataset<Kuzushiji>;
/// let error = KMnist::test("no/such/folder", ()).unwrap_err().to_string();
/// assert!(error.starts_with("Dataset not found"));
/// ```
pub trait ImageCollection: 'static {
    /// Its folder below the root, as torchvision names it.
    const FOLDER: &'static str;
    /// The names of the labels, from 0 on.
    const CLASSES: &'static [&'static str];
    /// The `cargo xtask` command that downloads it.
    const FETCH: &'static str;
}

/// Images and labels of a collection in MNIST's form: [`Mnist`](crate::Mnist),
/// [`FashionMnist`](crate::FashionMnist).
///
/// The images stay bytes in memory; a sample is transformed when it is asked for. A clone shares them.
pub struct ImageDataset<C> {
    images: Tensor,
    labels: Tensor,
    transform: Arc<dyn Transform>,
    table: Option<Table>,
    collection: PhantomData<fn() -> C>,
}

impl<C: ImageCollection> ImageDataset<C> {
    /// The training set below `root`, in torchvision's layout:
    /// `root/<collection>/raw/train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, or the same with `.gz`.
    ///
    /// # Errors
    /// If a file is not there, or is not what it should be.
    pub fn train(root: impl AsRef<Path>, transform: impl Transform + 'static) -> Result<Self> {
        Self::open(root.as_ref(), "train", transform)
    }

    /// The test set, as [`ImageDataset::train`]: `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`.
    ///
    /// # Errors
    /// As [`ImageDataset::train`].
    pub fn test(root: impl AsRef<Path>, transform: impl Transform + 'static) -> Result<Self> {
        Self::open(root.as_ref(), "t10k", transform)
    }

    fn open(root: &Path, part: &str, transform: impl Transform + 'static) -> Result<Self> {
        let read = |name: &str| {
            let tried =
                ["", ".gz"].map(|end| root.join(C::FOLDER).join("raw").join(format!("{part}-{name}{end}")));
            match tried.iter().find(|path| path.exists()) {
                Some(path) => Ok((path.display().to_string(), idx::read(path)?)),
                None => Err(Error::NotFound {
                    tried: tried.iter().map(|path| path.display().to_string()).collect(),
                    command: format!("cargo xtask {} --dir {}", C::FETCH, root.display()),
                }),
            }
        };
        Self::new(read("images-idx3-ubyte")?, read("labels-idx1-ubyte")?, transform)
    }

    /// From images and labels, each with the name for messages.
    pub(crate) fn new(
        (images_name, images): (String, Tensor),
        (file, labels): (String, Tensor),
        transform: impl Transform + 'static,
    ) -> Result<Self> {
        check(&images_name, &images, 3, "[images, height, width], none of them 0")?;
        check(&file, &labels, 1, "[labels], not 0 of them")?;
        let (count, classes) = (images.size(0), C::CLASSES.len());
        if count != labels.numel() {
            return Err(Error::Count { file, images: count, labels: labels.numel() });
        }
        let outside = |&label: &u8| usize::from(label) >= classes;
        if let Some(index) = labels.as_slice::<u8>().iter().position(outside) {
            return Err(Error::Label { file, index, label: labels.as_slice::<u8>()[index], classes });
        }
        let table = Table::of(&transform, &images.select(0, 0));
        let labels = labels.to_dtype(DType::I64);
        Ok(Self { images, labels, transform: Arc::new(transform), table, collection: PhantomData })
    }

    /// All images as they are in the file, `U8` of shape `[images, height, width]`: torchvision's `data`.
    pub fn data(&self) -> &Tensor {
        &self.images
    }

    /// All labels, `I64`: torchvision's `targets`.
    pub fn targets(&self) -> &Tensor {
        &self.labels
    }

    /// The names of the labels.
    pub fn classes(&self) -> &'static [&'static str] {
        C::CLASSES
    }

    fn pixels(&self, index: usize) -> &[u8] {
        let numel = self.images.size(1) * self.images.size(2);
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

fn check(file: &str, x: &Tensor, ndim: usize, expected: &'static str) -> Result<()> {
    let file = file.to_string();
    if x.dtype() != DType::U8 {
        return Err(Error::ElementType { file, expected: DType::U8, found: x.dtype() });
    }
    if x.ndim() != ndim || x.numel() == 0 {
        return Err(Error::Shape { file, expected, found: x.shape().to_vec() });
    }
    Ok(())
}

impl<C> Clone for ImageDataset<C> {
    fn clone(&self) -> Self {
        Self {
            images: self.images.clone(),
            labels: self.labels.clone(),
            transform: self.transform.clone(),
            table: self.table.clone(),
            collection: PhantomData,
        }
    }
}

impl<C: ImageCollection> std::fmt::Debug for ImageDataset<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({} images of {:?})", C::FOLDER, self.images.size(0), &self.images.shape()[1..])
    }
}
