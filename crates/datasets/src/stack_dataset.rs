use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::hash::{BuildHasher, Hash};

use crate::dataset::out_of_range;
use crate::{Collate, Dataset};

/// Datasets side by side, as `torch.utils.data.StackDataset`: sample `i` has the sample `i` of each.
///
/// ```
/// use datasets::{DataLoader, Dataset, StackDataset};
/// use std::collections::BTreeMap;
///
/// let (images, texts) = (vec![1.0f32, 2.0], vec!["one".to_string(), "two".to_string()]);
/// let pairs = StackDataset::new((&images, &texts));
/// assert_eq!(pairs.get(1), (2.0, "two".to_string()));
///
/// // Under names, as with torch's keyword arguments:
/// let named = StackDataset::new(BTreeMap::from([("x", vec![1i64, 2]), ("y", vec![3, 4])]));
/// let batch = DataLoader::new(&named).batch_size(2).iter().next().unwrap();
/// assert_eq!(batch["y"].to_vec::<i64>(), [3, 4]);
/// ```
#[derive(Clone, Debug)]
pub struct StackDataset<T> {
    datasets: T,
    len: usize,
}

impl<T: Datasets> StackDataset<T> {
    /// A tuple of up to six datasets, a `Vec`, or a map.
    ///
    /// # Panics
    /// If there is none, or if they differ in length.
    #[track_caller]
    pub fn new(datasets: T) -> Self {
        let mut sizes = Vec::new();
        datasets.sizes(&mut sizes);
        assert!(!sizes.is_empty(), "StackDataset: At least one dataset should be passed");
        assert!(
            sizes.iter().all(|len| *len == sizes[0]),
            "StackDataset: Size mismatch between datasets: {sizes:?}"
        );
        Self { datasets, len: sizes[0] }
    }

    /// The datasets.
    pub fn datasets(&self) -> &T {
        &self.datasets
    }
}

impl<T: Datasets> Dataset for StackDataset<T> {
    type Sample = T::Sample;

    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, index: usize) -> T::Sample {
        if index >= self.len {
            out_of_range(index, self.len);
        }
        self.datasets.get(index)
    }
}

/// What a [`StackDataset`] is made of.
pub trait Datasets {
    /// The samples side by side.
    type Sample: Collate;
    /// Adds the length of each.
    fn sizes(&self, sizes: &mut Vec<usize>);
    /// The sample with this number of each.
    fn get(&self, index: usize) -> Self::Sample;
}

impl<D: Dataset> Datasets for Vec<D> {
    type Sample = Vec<D::Sample>;

    fn sizes(&self, sizes: &mut Vec<usize>) {
        sizes.extend(self.iter().map(D::len));
    }
    fn get(&self, index: usize) -> Self::Sample {
        self.iter().map(|dataset| dataset.get(index)).collect()
    }
}

macro_rules! map {
    ($map:ident<$k:ident: $($bound:ident)|*> $(, $hasher:ident)?) => {
        impl<$k: Clone + Debug $(+ $bound)*, D: Dataset $(, $hasher: BuildHasher + Default)?> Datasets
            for $map<$k, D $(, $hasher)?>
        {
            type Sample = $map<$k, D::Sample $(, $hasher)?>;

            fn sizes(&self, sizes: &mut Vec<usize>) {
                sizes.extend(self.values().map(D::len));
            }
            fn get(&self, index: usize) -> Self::Sample {
                self.iter().map(|(name, dataset)| (name.clone(), dataset.get(index))).collect()
            }
        }
    };
}
map!(BTreeMap<K: Ord>);
map!(HashMap<K: Hash | Eq>, H);

macro_rules! tuple {
    ($($name:ident $i:tt),*) => {
        impl<$($name: Dataset),*> Datasets for ($($name,)*) {
            type Sample = ($($name::Sample,)*);

            fn sizes(&self, sizes: &mut Vec<usize>) {
                $(sizes.push(self.$i.len());)*
            }
            fn get(&self, index: usize) -> Self::Sample {
                ($(self.$i.get(index),)*)
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
