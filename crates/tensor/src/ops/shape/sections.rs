use crate::Tensor;

/// How [`Tensor::tensor_split`] cuts an axis: from a number or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sections {
    /// Into so many parts, the first ones longer by one where it does not divide.
    Number(usize),
    /// At these places, which are those of Python's slices.
    At(Vec<isize>),
}

impl From<usize> for Sections {
    fn from(sections: usize) -> Sections {
        Sections::Number(sections)
    }
}

impl<const N: usize> From<[isize; N]> for Sections {
    fn from(places: [isize; N]) -> Sections {
        Sections::At(places.into())
    }
}

impl From<&[isize]> for Sections {
    fn from(places: &[isize]) -> Sections {
        Sections::At(places.into())
    }
}

impl From<Vec<isize>> for Sections {
    fn from(places: Vec<isize>) -> Sections {
        Sections::At(places)
    }
}

/// The methods of a type that are made of its other methods; `|x| value` is the tensor behind one.
#[doc(hidden)]
#[macro_export]
macro_rules! composed_sections {
    ($T:ident, |$x:ident| $value:expr) => {
        impl $T {
            /// Parts along `dim`, as `torch.tensor_split`: so many of nearly equal size, or those between the
            /// given places. Torch's default `dim` is 0. Of a tensor nothing is copied.
            ///
            /// ```
            /// let x = tensor::arange(0, 7, 1);
            /// let sizes = |parts: Vec<tensor::Tensor>| parts.iter().map(|x| x.numel()).collect::<Vec<_>>();
            /// assert_eq!(sizes(x.tensor_split(3, 0)), [3, 2, 2]);
            /// assert_eq!(sizes(x.tensor_split([1, -2], 0)), [1, 4, 2]);
            /// ```
            ///
            /// # Panics
            /// If there is no such axis, or the number of parts is 0.
            #[track_caller]
            pub fn tensor_split(&self, sections: impl Into<$crate::Sections>, dim: isize) -> Vec<$T> {
                let (sections, $x) = (sections.into(), self);
                let x = $value;
                assert!(
                    x.ndim() > 0,
                    "tensor_split: tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
                );
                let n = x.shape()[$crate::axis_of("tensor_split", dim, x.ndim())];
                match sections {
                    $crate::Sections::Number(sections) => {
                        assert!(
                            sections > 0,
                            "tensor_split: number of sections must be larger than 0, got {sections}"
                        );
                        let size = |i: usize| n / sections + usize::from(i < n % sections);
                        let sizes: Vec<usize> = (0..sections).map(size).collect();
                        self.split_sizes(&sizes, dim)
                    }
                    $crate::Sections::At(mut places) => {
                        places.push(n as isize);
                        let mut parts = Vec::new();
                        let mut start = 0;
                        for end in places {
                            parts.push(self.slice(dim, start, end, 1));
                            start = end;
                        }
                        parts
                    }
                }
            }

            /// Parts side by side, as `torch.hsplit`: [`tensor_split`](Self::tensor_split) along the second
            /// axis, or the only one.
            ///
            /// # Panics
            /// If there are no axes, or a number of parts does not divide the axis.
            #[track_caller]
            pub fn hsplit(&self, sections: impl Into<$crate::Sections>) -> Vec<$T> {
                self.split_along("hsplit", 1, if self.ndim() == 1 { 0 } else { 1 }, sections.into())
            }

            /// Parts one above the other, as `torch.vsplit`: [`tensor_split`](Self::tensor_split) along the
            /// first axis.
            ///
            /// # Panics
            /// If there are fewer than two axes, or a number of parts does not divide the axis.
            #[track_caller]
            pub fn vsplit(&self, sections: impl Into<$crate::Sections>) -> Vec<$T> {
                self.split_along("vsplit", 2, 0, sections.into())
            }

            /// Parts one behind the other, as `torch.dsplit`: [`tensor_split`](Self::tensor_split) along the
            /// third axis.
            ///
            /// # Panics
            /// If there are fewer than three axes, or a number of parts does not divide the axis.
            #[track_caller]
            pub fn dsplit(&self, sections: impl Into<$crate::Sections>) -> Vec<$T> {
                self.split_along("dsplit", 3, 2, sections.into())
            }

            #[track_caller]
            fn split_along(&self, op: &str, axes: usize, dim: isize, sections: $crate::Sections) -> Vec<$T> {
                let ndim = self.ndim();
                assert!(
                    ndim >= axes,
                    "{op}: torch.{op} requires a tensor with at least {axes} dimension, but got a tensor with {ndim} \
                     dimensions!"
                );
                if let $crate::Sections::Number(sections) = sections {
                    let n = self.size(dim);
                    assert!(
                        sections > 0 && n % sections == 0,
                        "{op}: torch.{op} attempted to split along dimension {dim}, but the size of the dimension {n} \
                         is not divisible by the split_size {sections}!"
                    );
                }
                self.tensor_split(sections, dim)
            }
        }
    };
}

composed_sections!(Tensor, |x| x.clone());

#[cfg(test)]
mod tests {
    use crate::{arange, zeros};

    #[test]
    fn places_are_those_of_slices() {
        let parts = arange(0, 3, 1).tensor_split([2, 1], 0);
        let parts: Vec<Vec<i64>> = parts.iter().map(|x| x.to_vec()).collect();
        assert_eq!(parts, [vec![0, 1], vec![], vec![1, 2]]);
        assert_eq!(zeros([2, 3]).tensor_split(5, 1)[4].shape(), [2, 0]);
        assert_eq!(zeros([2, 3]).hsplit(3)[2].shape(), [2, 1]);
        assert_eq!(zeros([2, 3, 4]).dsplit([1])[1].shape(), [2, 3, 3]);
    }

    #[test]
    #[should_panic(
        expected = "attempted to split along dimension 0, but the size of the dimension 2 is not divisible by the \
                    split_size 3!"
    )]
    fn a_number_of_parts_divides() {
        zeros([2, 3]).vsplit(3);
    }
}
