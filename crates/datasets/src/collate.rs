use tensor::{Tensor, stack};

/// How samples become a batch, as torch's `default_collate`: tensors are stacked along a new first axis,
/// numbers become a tensor of one axis, tuples and vectors are collated part by part, strings stay a list.
///
/// ```
/// use datasets::Collate;
/// use tensor::{DType, Tensor};
///
/// let samples = vec![(Tensor::from([1.0f32, 2.0]), 7i64), (Tensor::from([3.0f32, 4.0]), 8)];
/// let (x, y) = Collate::collate(samples);
/// assert_eq!((x.shape(), x.dtype()), (&[2, 2][..], DType::F32));
/// assert_eq!(y.to_vec::<i64>(), [7, 8]);
/// ```
pub trait Collate: Sized {
    /// The type of a batch of these.
    type Batch;

    /// Makes the batch. There is at least one sample.
    #[track_caller]
    fn collate(samples: Vec<Self>) -> Self::Batch;
}

impl Collate for Tensor {
    type Batch = Tensor;

    fn collate(samples: Vec<Tensor>) -> Tensor {
        stack(&samples, 0)
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
number!(f32, f64, i64, i32, i16, i8, u8, bool);

impl Collate for usize {
    type Batch = Tensor;

    /// As `I64`, which is what torch makes of an integer.
    fn collate(samples: Vec<usize>) -> Tensor {
        Tensor::from(samples.into_iter().map(|x| x as i64).collect::<Vec<_>>())
    }
}

impl Collate for String {
    type Batch = Vec<String>;

    fn collate(samples: Vec<String>) -> Vec<String> {
        samples
    }
}

impl<A: Collate> Collate for Vec<A> {
    type Batch = Vec<A::Batch>;

    /// # Panics
    /// If the samples differ in length.
    fn collate(samples: Vec<Vec<A>>) -> Vec<A::Batch> {
        let n = samples.first().map_or(0, Vec::len);
        let mut parts: Vec<Vec<A>> = (0..n).map(|_| Vec::with_capacity(samples.len())).collect();
        for sample in samples {
            assert!(sample.len() == n, "collate: each element in list of batch should be of equal size");
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
