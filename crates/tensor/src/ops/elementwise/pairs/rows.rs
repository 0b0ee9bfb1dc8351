//! What becomes of a row of the table of functions of two tensors: a type that implements `Pairwise`, and a
//! method of `Tensor`.

/// The words of a row's documentation about dtypes, by the first word of its value.
#[doc(hidden)]
#[macro_export]
macro_rules! pair_dtypes {
    (floats) => {
        "Of integers the result is `F32`.\n\n# Panics\nIf the shapes do not broadcast."
    };
    (doubles) => {
        $crate::pair_dtypes!(floats)
    };
    (only_floats) => {
        "# Panics\nIf the shapes do not broadcast, or there is no float among the two."
    };
    (only_doubles) => {
        $crate::pair_dtypes!(only_floats)
    };
    (numbers) => {
        "# Panics\nIf the shapes do not broadcast, or both are `Bool`."
    };
    (integers) => {
        "# Panics\nIf the shapes do not broadcast, or one of the two is a float."
    };
    (every) => {
        "# Panics\nIf the shapes do not broadcast."
    };
}

/// Applies a row to two tensors.
macro_rules! on_tensors {
    ($of:ident $name:ident $kind:ident, $a:ident, $b:ident, tensors |$x:ident, $y:ident| $value:expr) => {{
        let ($x, $y) = ($a, $b);
        $value
    }};
    (doubles $name:ident $kind:ident, $a:ident, $b:ident, $($given:tt)*) => {
        zip_doubles(stringify!($name), $a, $b, $($given)*)
    };
    (only_doubles $name:ident $kind:ident, $a:ident, $b:ident, $($given:tt)*) => {{
        only_floats(stringify!($name), $a, $b);
        zip_doubles(stringify!($name), $a, $b, $($given)*)
    }};
    (floats $name:ident $kind:ident, $a:ident, $b:ident, $($given:tt)*) => {
        $a.zip_map($b, $kind)
    };
    (only_floats $name:ident $kind:ident, $a:ident, $b:ident, $($given:tt)*) => {{
        only_floats(stringify!($name), $a, $b);
        $a.zip_map($b, $kind)
    }};
    ($of:ident $name:ident $kind:ident, $a:ident, $b:ident, $($called:ident)? |$x:ident, $y:ident| $value:expr) => {{
        let (a, b) = promote($a, $b);
        if a.dtype.is_float() {
            return by_float!(stringify!($name), &a, T => on_floats!(T $name $kind, a, b, $($called)?));
        }
        let shape = broadcast_shape(stringify!($name), &a, &b);
        on_integers!($of stringify!($name), &a, T => {
            let f: fn(T, T) -> T = |$x, $y| $value;
            a.zip_with(&b, &shape, a.dtype, f)
        })
    }};
}

macro_rules! on_floats {
    ($T:ident $name:ident $kind:ident, $a:ident, $b:ident, called) => {
        zip_calls::<$T>(stringify!($name), &$a, &$b, |x, y| $kind.f((x, y)))
    };
    ($T:ident $name:ident $kind:ident, $a:ident, $b:ident,) => {
        zip::<$T, $T>(stringify!($name), &$a, &$b, $a.dtype, $kind)
    };
}

macro_rules! on_integers {
    (numbers $($given:tt)*) => { by_integer!($($given)*) };
    (every $($given:tt)*) => { by_num!($($given)*) };
}

/// A row's loop, generic over the numbers that it is for.
macro_rules! on_pairs {
    (of $numbers:ident, $kind:ident [$($blocks:ident)?] |$x:ident, $y:ident| $value:expr) => {
        impl<T: $numbers> Map<(T, T), T> for $kind {
            const SPLITS: bool = splits!($($blocks)?);

            #[inline(always)]
            fn f(&self, ($x, $y): (T, T)) -> T {
                #[allow(dead_code)] // most functions are the same everywhere
                const ALONE: bool = false;
                $value
            }

            #[inline(always)]
            fn alone(&self, ($x, $y): (T, T)) -> T {
                #[allow(dead_code)]
                const ALONE: bool = true;
                $value
            }
        }
    };
    ($of:ident $kind:ident [$($blocks:ident)?] tensors $($value:tt)*) => {};
    (doubles $($rest:tt)*) => {};
    (only_doubles $($rest:tt)*) => {};
    (floats $kind:ident $blocks:tt $($value:tt)*) => { on_pairs! { of Float, $kind $blocks $($value)* } };
    (only_floats $kind:ident $blocks:tt $($value:tt)*) => { on_pairs! { of Float, $kind $blocks $($value)* } };
    ($of:ident $kind:ident $blocks:tt called $($value:tt)*) => { on_pairs! { of Num, $kind $blocks $($value)* } };
    ($of:ident $kind:ident $blocks:tt $($value:tt)*) => { on_pairs! { of Num, $kind $blocks $($value)* } };
}

/// The function of a tensor and a number: as if the number filled a tensor, if a row says nothing else.
#[doc(hidden)]
#[macro_export]
macro_rules! beside_number {
    ($a:expr, $b:expr, |$x:ident, $s:ident| $value:expr, $array:expr) => {{
        let ($x, $s) = ($a, $b);
        $value
    }};
    ($a:expr, $b:expr, $array:expr) => {
        $array
    };
}

/// Whether integers become floats first, by the first word of a row's value.
#[doc(hidden)]
#[macro_export]
macro_rules! pair_of_floats {
    (floats) => {
        true
    };
    (doubles) => {
        true
    };
    ($other:ident) => {
        false
    };
}

macro_rules! pairs {
    ($(
        $(#[$doc:meta])*
        $name:ident $kind:ident {
            $of:ident $($how:ident)? |$x:ident, $y:ident| $value:expr
                $(, number |$nx:ident, $s:ident| $number:expr)? $(, refused if $wrong:expr, $words:literal)?;
            x: |$dzx:ident $(, $xread:ident)*| $dx:expr;
            y: |$dzy:ident $(, $yread:ident)*| $dy:expr;
            $(in $blocks:ident;)?
            $(as $node:ident)?
        }
    )*) => {
        $(
            #[doc = concat!("[`Tensor::", stringify!($name), "`] as a value.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $kind;

            on_pairs! { $of $kind [$($blocks)?] $($how)? |$x, $y| $value }

            impl Pairwise for $kind {
                const NODE: &'static str = stringify_node!($kind $($node)?);
                #[allow(unused_mut)] // some read nothing
                const READS: [Given<bool>; 2] = {
                    let mut by_x = Given { x: false, y: false, z: false };
                    $(by_x.$xread = true;)*
                    let mut by_y = Given { x: false, y: false, z: false };
                    $(by_y.$yread = true;)*
                    [by_x, by_y]
                };

                fn value(&self, a: &Tensor, b: &Tensor) -> Tensor {
                    $(
                        #[allow(unused_variables)]
                        let ($x, $y) = (a, b);
                        if $wrong {
                            panic!($words);
                        }
                    )?
                    on_tensors!($of $name $kind, a, b, $($how)? |$x, $y| $value)
                }

                fn dx<N: Array>(&self, $dzx: N, _given: Given<Option<N>>) -> N {
                    $(let $xread = _given.$xread.expect("it was saved");)*
                    $dx
                }

                fn dy<N: Array>(&self, $dzy: N, _given: Given<Option<N>>) -> N {
                    $(let $yread = _given.$yread.expect("it was saved");)*
                    $dy
                }
            }
        )*

        impl Tensor {$(
            $(#[$doc])*
            ///
            #[doc = pair_dtypes!($of)]
            #[track_caller]
            pub fn $name<'a>(&self, y: impl Into<Operand<'a, Tensor>>) -> Tensor {
                match y.into() {
                    Operand::Array(y) => $kind.value(self, y),
                    Operand::Number(y) => beside_number!(self, y, $(|$nx, $s| $number,)? {
                        let y = y.beside(self.dtype, pair_of_floats!($of));
                        $kind.value(&self.to_dtype(y.dtype), &y)
                    }),
                }
            }
        )*}
    };
}

macro_rules! stringify_node {
    ($kind:ident) => {
        concat!(stringify!($kind), "Backward0")
    };
    ($kind:ident $node:ident) => {
        stringify!($node)
    };
}
