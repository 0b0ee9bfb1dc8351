use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use ndarray::{Array, Dimension};
use tensor::{Element, Tensor, stack};

/// How samples become a batch, as torch's `default_collate`: [`default_collate`] has the rules.
///
/// A type of your own is a sample once it says what a batch of it is:
///
/// ```
/// use datasets::{Collate, DataLoader};
/// use tensor::Tensor;
///
/// #[derive(Clone)]
/// struct Sentence {
///     words: Vec<String>,
///     label: i64,
/// }
///
/// impl Collate for Sentence {
///     type Batch = (Vec<Vec<String>>, Tensor); // sentences differ in length
///     fn collate(samples: Vec<Sentence>) -> Self::Batch {
///         let labels: Vec<i64> = samples.iter().map(|s| s.label).collect();
///         (samples.into_iter().map(|s| s.words).collect(), labels.into())
///     }
/// }
///
/// let data = vec![Sentence { words: vec!["so".into()], label: 1 }; 3];
/// let (words, labels) = DataLoader::new(&data).batch_size(3).iter().next().unwrap();
/// assert_eq!((words.len(), labels.shape()), (3, &[3][..]));
/// ```
pub trait Collate: Sized {
    /// The type of a batch of these.
    type Batch;

    /// Makes the batch. There is at least one sample.
    #[track_caller]
    fn collate(samples: Vec<Self>) -> Self::Batch;
}

/// Makes a batch of samples, as `torch.utils.data.default_collate`.
///
/// | samples | batch |
/// |---|---|
/// | tensors and `ndarray`'s arrays, of one shape | a tensor with a new first axis |
/// | numbers and `bool` | a tensor of one axis; integers without a dtype of theirs (`usize`) as `I64` |
/// | `String`, `&str` | a list |
/// | tuples, arrays | tuples and arrays of batches: part by part |
/// | `Vec`s, of one length | a `Vec` of batches: place by place |
/// | `HashMap`, `BTreeMap` | a map of batches: name by name, by the names of the first sample |
/// | `Option` | `Some` of a batch, or `None` if all are `None`, which torch refuses |
///
/// ```
/// use datasets::default_collate;
/// use tensor::Tensor;
///
/// let samples = vec![(Tensor::from([1.0f32, 2.0]), 7i64, "a"), (Tensor::from([3.0f32, 4.0]), 8, "b")];
/// let (x, y, names) = default_collate(samples);
/// assert_eq!((x.shape(), y.to_vec::<i64>(), names), (&[2, 2][..], vec![7, 8], vec!["a", "b"]));
/// ```
///
/// # Panics
/// If there are no samples; if tensors differ in shape, `Vec`s in length, a map lacks a name of the first, or
/// some samples are `None` and others are not.
#[track_caller]
pub fn default_collate<S: Collate>(samples: Vec<S>) -> S::Batch {
    assert!(!samples.is_empty(), "default_collate: there has to be a sample");
    S::collate(samples)
}

impl Collate for Tensor {
    type Batch = Tensor;

    fn collate(samples: Vec<Tensor>) -> Tensor {
        stack(&samples, 0)
    }
}

impl<T: Element, D: Dimension> Collate for Array<T, D> {
    type Batch = Tensor;

    fn collate(samples: Vec<Self>) -> Tensor {
        Tensor::collate(samples.into_iter().map(Tensor::from).collect())
    }
}

macro_rules! number {
    ($($t:ty),*) => {$(
        impl Collate for $t {
            type Batch = Tensor;

            fn collate(samples: Vec<$t>) -> Tensor {
                Tensor::from(samples)
            }
        }
    )*};
}
number!(f32, f64, i64, i32, i16, i8, u64, u32, u16, u8, bool);

impl Collate for usize {
    type Batch = Tensor;

    /// As `I64`, which is what torch makes of an integer.
    fn collate(samples: Vec<usize>) -> Tensor {
        Tensor::from(samples.into_iter().map(|x| x as i64).collect::<Vec<_>>())
    }
}

macro_rules! text {
    ($($t:ty $(: $a:lifetime)?),*) => {$(
        impl$(<$a>)? Collate for $t {
            type Batch = Vec<$t>;

            fn collate(samples: Vec<$t>) -> Vec<$t> {
                samples
            }
        }
    )*};
}
text!(String, &'a str: 'a);

impl<A: Collate> Collate for Option<A> {
    type Batch = Option<A::Batch>;

    /// # Panics
    /// If some are `None` and others are not.
    fn collate(samples: Vec<Option<A>>) -> Option<A::Batch> {
        let n = samples.len();
        let some: Vec<A> = samples.into_iter().flatten().collect();
        assert!(
            some.is_empty() || some.len() == n,
            "default_collate: {} of {n} samples in the batch are None",
            n - some.len()
        );
        (!some.is_empty()).then(|| A::collate(some))
    }
}

impl<A: Collate, const N: usize> Collate for [A; N] {
    type Batch = [A::Batch; N];

    fn collate(samples: Vec<[A; N]>) -> [A::Batch; N] {
        let mut parts = [(); N].map(|()| Vec::with_capacity(samples.len()));
        for sample in samples {
            parts.iter_mut().zip(sample).for_each(|(part, x)| part.push(x));
        }
        parts.map(A::collate)
    }
}

/// The values of each map under this name.
#[track_caller]
fn of_name<A>(maps: usize, name: &dyn std::fmt::Debug, values: impl Iterator<Item = Option<A>>) -> Vec<A> {
    let found: Vec<A> = values.flatten().collect();
    assert!(found.len() == maps, "default_collate: {} samples have no {name:?}", maps - found.len());
    found
}

macro_rules! map {
    ($map:ident<$k:ident: $($bound:ident)|*> $(, $hasher:ident)?) => {
        impl<$k: $($bound +)* std::fmt::Debug, A: Collate $(, $hasher: BuildHasher + Default)?> Collate for $map<$k, A $(, $hasher)?> {
            type Batch = $map<$k, A::Batch $(, $hasher)?>;

            /// # Panics
            /// If one lacks a name of the first.
            fn collate(mut samples: Vec<Self>) -> Self::Batch {
                let Some(first) = samples.first_mut().map(std::mem::take) else { return Self::Batch::default() };
                let n = samples.len();
                let batch = first.into_iter().map(|(name, x)| {
                    let others = samples[1..].iter_mut().map(|sample| sample.remove(&name));
                    let values = of_name(n, &name, std::iter::once(Some(x)).chain(others));
                    (name, A::collate(values))
                });
                batch.collect()
            }
        }
    };
}
map!(BTreeMap<K: Ord>);
map!(HashMap<K: Hash | Eq>, H);

impl<A: Collate> Collate for Vec<A> {
    type Batch = Vec<A::Batch>;

    /// # Panics
    /// If the samples differ in length.
    fn collate(samples: Vec<Vec<A>>) -> Vec<A::Batch> {
        let n = samples.first().map_or(0, Vec::len);
        let mut parts: Vec<Vec<A>> = (0..n).map(|_| Vec::with_capacity(samples.len())).collect();
        for sample in samples {
            assert!(
                sample.len() == n,
                "default_collate: each element in list of batch should be of equal size"
            );
            parts.iter_mut().zip(sample).for_each(|(part, x)| part.push(x));
        }
        parts.into_iter().map(A::collate).collect()
    }
}

macro_rules! tuple {
    ($($name:ident $part:ident $x:ident),*) => {
        impl<$($name: Collate),*> Collate for ($($name,)*) {
            type Batch = ($($name::Batch,)*);

            fn collate(samples: Vec<Self>) -> Self::Batch {
                $(let mut $part = Vec::with_capacity(samples.len());)*
                for ($($x,)*) in samples {
                    $($part.push($x);)*
                }
                ($($name::collate($part),)*)
            }
        }
    };
}
tuple!(A part_a a);
tuple!(A part_a a, B part_b b);
tuple!(A part_a a, B part_b b, C part_c c);
tuple!(A part_a a, B part_b b, C part_c c, D part_d d);
tuple!(A part_a a, B part_b b, C part_c c, D part_d d, E part_e e);
tuple!(A part_a a, B part_b b, C part_c c, D part_d d, E part_e e, F part_f f);
