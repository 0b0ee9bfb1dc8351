use std::ops::Range;

use crate::Dataset;

/// The samples of a dataset, one after the other.
///
/// ```
/// use datasets::{Dataset, Samples, TensorDataset};
/// use tensor::{arange, rand};
///
/// let data = TensorDataset::new(rand([3, 2]), arange(0, 3, 1));
/// for (x, y) in &data {
///     println!("{x} {y}");
/// }
/// assert_eq!(data.iter().rev().map(|(_, y)| y.item()).collect::<Vec<_>>(), [2.0, 1.0, 0.0]);
///
/// // Of a dataset of your own:
/// # struct Squares;
/// # impl Dataset for Squares {
/// #     type Sample = f32;
/// #     fn len(&self) -> usize { 4 }
/// #     fn get(&self, index: usize) -> f32 { (index * index) as f32 }
/// # }
/// assert_eq!(Samples::new(&Squares).sum::<f32>(), 14.0);
/// ```
#[derive(Debug)]
pub struct Samples<'d, D: ?Sized> {
    dataset: &'d D,
    left: Range<usize>,
}

impl<'d, D: Dataset + ?Sized> Samples<'d, D> {
    /// From the first to the last.
    pub fn new(dataset: &'d D) -> Self {
        Self { dataset, left: 0..dataset.len() }
    }
}

impl<D: ?Sized> Clone for Samples<'_, D> {
    fn clone(&self) -> Self {
        Self { dataset: self.dataset, left: self.left.clone() }
    }
}

impl<D: Dataset + ?Sized> Iterator for Samples<'_, D> {
    type Item = D::Sample;

    fn next(&mut self) -> Option<D::Sample> {
        self.left.next().map(|index| self.dataset.get(index))
    }

    fn nth(&mut self, n: usize) -> Option<D::Sample> {
        self.left.nth(n).map(|index| self.dataset.get(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl<D: Dataset + ?Sized> DoubleEndedIterator for Samples<'_, D> {
    fn next_back(&mut self) -> Option<D::Sample> {
        self.left.next_back().map(|index| self.dataset.get(index))
    }
}

impl<D: Dataset + ?Sized> ExactSizeIterator for Samples<'_, D> {}

/// `iter` and `for` over a reference. As a method of `Dataset`, which `Vec` is too, `iter` would take the
/// place of the `Vec`'s own.
macro_rules! samples {
    ($($dataset:ty $(where [$($generics:tt)*])?;)*) => {$(
        impl $(<$($generics)*>)? $dataset {
            /// Its samples, one after the other.
            pub fn iter(&self) -> Samples<'_, Self> {
                Samples::new(self)
            }
        }

        impl<'d $(, $($generics)*)?> IntoIterator for &'d $dataset {
            type Item = <$dataset as Dataset>::Sample;
            type IntoIter = Samples<'d, $dataset>;

            fn into_iter(self) -> Samples<'d, $dataset> {
                self.iter()
            }
        }
    )*};
}
samples! {
    crate::TensorDataset<T> where [T: crate::Tensors];
    crate::StackDataset<T> where [T: crate::Datasets];
    crate::Subset<D> where [D: Dataset];
    crate::ConcatDataset<D> where [D: Dataset];
    crate::Mapped<D, F> where [D: Dataset, S: crate::Collate, F: Fn(D::Sample) -> S];
    crate::ImageDataset<C> where [C: crate::ImageCollection];
    crate::FakeData;
}
#[cfg(feature = "images")]
samples! {
    crate::ImageFolder;
}
#[cfg(feature = "csv")]
samples! {
    crate::CsvDataset;
}
