use std::path::{Path, PathBuf};

use tensor::{DType, Tensor, cat};

use crate::{Error, Result, idx};

/// The part of a collection: what a net is trained on, or what it is tested on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// For training.
    Train,
    /// For testing.
    Test,
}

/// A collection of images: its folder, its classes, and how its files are read. One in MNIST's form is a few
/// lines:
///
/// ```
/// use datasets::{ImageCollection, ImageDataset};
///
/// #[derive(Clone, Copy, Debug, Default)]
/// struct Sketches;
///
/// impl ImageCollection for Sketches {
///     const FOLDER: &'static str = "Sketches";
///     const FETCH: &'static str = "`python sketches.py ROOT`";
///     fn classes(&self) -> &'static [&'static str] {
///         &["cat", "dog"]
///     }
/// }
///
/// let error = ImageDataset::<Sketches>::test("no/such/folder", ()).unwrap_err().to_string();
/// assert!(error.starts_with("Dataset not found"));
/// ```
pub trait ImageCollection: Clone + Send + Sync + 'static {
    /// Its folder below the root, as torchvision names it.
    const FOLDER: &'static str;
    /// What downloads it, for the message when its files are not there; `ROOT` in it stands for the folder
    /// that was looked in.
    const FETCH: &'static str;

    /// The names of the labels, from 0 on.
    fn classes(&self) -> &'static [&'static str];

    /// The names of the IDX files of images and of labels, in the folder `raw` of [`Self::FOLDER`]: MNIST's.
    fn files(&self, part: Part) -> [String; 2] {
        let part = match part {
            Part::Train => "train",
            Part::Test => "t10k",
        };
        [format!("{part}-images-idx3-ubyte"), format!("{part}-labels-idx1-ubyte")]
    }

    /// Reads the images and labels of a part below `root`. A collection in another form than IDX files has
    /// its own.
    ///
    /// # Errors
    /// If a file is not there, or is not what it should be.
    fn read(&self, root: &Path, part: Part) -> Result<Labelled> {
        let [images, labels] = self.files(part).map(|name| read_idx::<Self>(root, &name));
        Labelled::new(images?, labels?, self.classes().len())
    }
}

/// An IDX file of a collection, packed or not, with its path for messages.
pub(crate) fn read_idx<C: ImageCollection>(root: &Path, name: &str) -> Result<(String, Tensor)> {
    let raw = root.join(C::FOLDER).join("raw");
    let path = find::<C>(root, &["", ".gz"].map(|end| raw.join(format!("{name}{end}"))))?;
    Ok((path.display().to_string(), idx::read(path)?))
}

/// The first of these paths that is there.
pub(crate) fn find<C: ImageCollection>(root: &Path, tried: &[PathBuf]) -> Result<PathBuf> {
    tried.iter().find(|path| path.exists()).cloned().ok_or_else(|| Error::NotFound {
        tried: tried.iter().map(|path| path.display().to_string()).collect(),
        command: C::FETCH.replace("ROOT", &root.display().to_string()),
    })
}

/// How a collection of this crate is downloaded: by its type or by its name.
macro_rules! fetch {
    ($type:literal, $name:literal) => {
        concat!(
            "`datasets::",
            $type,
            "::download(\"ROOT\")` (feature `download`) or `cargo xtask fetch-data ",
            $name,
            " --dir ROOT`"
        )
    };
}
pub(crate) use fetch;

/// Images with as many labels, checked to belong together.
#[derive(Clone, Debug)]
pub struct Labelled {
    pub(crate) images: Tensor,
    pub(crate) labels: Tensor,
}

impl Labelled {
    /// From images, `U8` of shape `[images, height, width]` or `[images, height, width, channels]`, and
    /// labels, `U8` or `I64` of shape `[images]` and below `classes`, each with the name of its file for
    /// messages.
    ///
    /// # Errors
    /// If they are not that.
    pub fn new(
        (images_file, images): (String, Tensor),
        (file, labels): (String, Tensor),
        classes: usize,
    ) -> Result<Self> {
        const IMAGES: &str = "[images, height, width] or [images, height, width, channels], none of them 0";
        check(&images_file, &images, &[DType::U8], &[3, 4], IMAGES)?;
        check(&file, &labels, &[DType::U8, DType::I64], &[1], "[labels], not 0 of them")?;
        if images.size(0) != labels.numel() {
            return Err(Error::Count { file, images: images.size(0), labels: labels.numel() });
        }
        let labels = labels.to_dtype(DType::I64);
        let outside = |&label: &i64| usize::try_from(label).map_or(true, |label| label >= classes);
        if let Some(index) = labels.as_slice::<i64>().iter().position(outside) {
            return Err(Error::Label { file, index, label: labels.as_slice::<i64>()[index], classes });
        }
        Ok(Self { images, labels })
    }

    /// One after the other.
    pub(crate) fn concat(parts: &[Labelled]) -> Self {
        let all = |of: fn(&Labelled) -> &Tensor| {
            cat(&parts.iter().map(|part| of(part).clone()).collect::<Vec<_>>(), 0)
        };
        Self { images: all(|part| &part.images), labels: all(|part| &part.labels) }
    }
}

fn check(file: &str, x: &Tensor, dtypes: &[DType], ndims: &[usize], expected: &'static str) -> Result<()> {
    let file = file.to_string();
    if !dtypes.contains(&x.dtype()) {
        return Err(Error::ElementType { file, expected: dtypes[0], found: x.dtype() });
    }
    if !ndims.contains(&x.ndim()) || x.numel() == 0 {
        return Err(Error::Shape { file, expected, found: x.shape().to_vec() });
    }
    Ok(())
}
