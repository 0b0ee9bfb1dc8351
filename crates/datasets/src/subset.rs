use std::sync::Arc;

use crate::dataset::out_of_range;
use crate::{BatchOf, Dataset};

/// Some of a dataset's samples, in the order given, as `torch.utils.data.Subset`.
///
/// ```
/// use datasets::{Dataset, Subset};
/// let letters = vec!["a".to_string(), "b".to_string(), "c".to_string()];
/// let some = Subset::new(&letters, [2, 0]);
/// assert_eq!(some.batch(&[0, 1]), ["c", "a"]);
/// ```
#[derive(Clone, Debug)]
pub struct Subset<D> {
    dataset: D,
    indices: Arc<[usize]>,
}

impl<D: Dataset> Subset<D> {
    /// The samples with these numbers.
    ///
    /// # Panics
    /// If there is no such sample.
    #[track_caller]
    pub fn new(dataset: D, indices: impl IntoIterator<Item = usize>) -> Self {
        let indices: Arc<[usize]> = indices.into_iter().collect();
        let len = dataset.len();
        if let Some(&index) = indices.iter().find(|&&index| index >= len) {
            out_of_range(index, len);
        }
        Self { dataset, indices }
    }

    /// The samples of the classes with these names, in the dataset's order. Their labels stay as they are.
    ///
    /// ```
    /// # use datasets::{Classes, Collate, Dataset, Subset};
    /// # struct Pets;
    /// # impl Dataset for Pets {
    /// #     type Sample = i64;
    /// #     fn len(&self) -> usize { 4 }
    /// #     fn get(&self, index: usize) -> i64 { index as i64 % 3 }
    /// # }
    /// # impl Classes for Pets {
    /// #     fn class_names(&self) -> Vec<&str> { vec!["cat", "dog", "horse"] }
    /// #     fn labels(&self) -> Vec<i64> { vec![0, 1, 2, 0] }
    /// # }
    /// # let pets = Pets;
    /// let small = Subset::of_classes(&pets, ["cat", "dog"]);
    /// assert_eq!(small.indices(), [0, 1, 3]); // 2 is a horse
    /// ```
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn of_classes<'n>(dataset: D, names: impl IntoIterator<Item = &'n str>) -> Self
    where
        D: Classes,
    {
        let classes = dataset.class_names();
        let label = |name: &str| {
            let label = classes.iter().position(|class| *class == name);
            label.unwrap_or_else(|| no_such_class(name, &classes)) as i64
        };
        let wanted: Vec<i64> = names.into_iter().map(label).collect();
        let labels = dataset.labels().into_iter().enumerate();
        let indices = labels.filter(|(_, label)| wanted.contains(label)).map(|(index, _)| index);
        let indices: Vec<usize> = indices.collect();
        Self::new(dataset, indices)
    }

    /// The dataset that this is a part of.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    /// The numbers that the samples have there.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    #[track_caller]
    fn index(&self, index: usize) -> usize {
        *self.indices.get(index).unwrap_or_else(|| out_of_range(index, self.indices.len()))
    }
}

impl<D: Dataset> Dataset for Subset<D> {
    type Sample = D::Sample;

    fn len(&self) -> usize {
        self.indices.len()
    }

    fn get(&self, index: usize) -> D::Sample {
        self.dataset.get(self.index(index))
    }

    fn batch(&self, indices: &[usize]) -> BatchOf<D> {
        self.dataset.batch(&indices.iter().map(|&index| self.index(index)).collect::<Vec<_>>())
    }
}

/// A dataset whose samples belong to classes with names, for [`Subset::of_classes`].
pub trait Classes {
    /// The names of the labels, from 0 on.
    fn class_names(&self) -> Vec<&str>;
    /// The label of each sample.
    fn labels(&self) -> Vec<i64>;
}

impl<D: Classes + ?Sized> Classes for &D {
    fn class_names(&self) -> Vec<&str> {
        (**self).class_names()
    }
    fn labels(&self) -> Vec<i64> {
        (**self).labels()
    }
}

#[cold]
#[track_caller]
fn no_such_class(name: &str, classes: &[&str]) -> ! {
    panic!("Subset: no class is called {name:?}; there are {}", classes.join(", "))
}
