//! What becomes of a row of the table in [`functions`](crate::functions): a type that implements
//! `Elementwise`, and a method of `Tensor`. The macros are expanded there, where the names that they use are
//! imported.

/// The words of a row's documentation about dtypes, by the first word of its value.
#[doc(hidden)]
#[macro_export]
macro_rules! elementwise_dtypes {
    (floats) => {
        "\n\nOf integers the result is `F32`."
    };
    (doubles) => {
        $crate::elementwise_dtypes!(floats)
    };
    (float_tensors) => {
        $crate::elementwise_dtypes!(floats)
    };
    (only_floats) => {
        "\n\n# Panics\nOn all but `F32` and `F64`."
    };
    (whole) => {
        "\n\nIntegers stay what they are.\n\n# Panics\nOn `Bool`."
    };
    (numbers) => {
        "\n\nIntegers stay integers, and wrap around."
    };
    (tensors) => {
        "\n\n# Panics\nOn `Bool`."
    };
}

/// Applies a row to a tensor: its loop over floats, and something else of what holds none.
macro_rules! on_tensor {
    ($name:ident, $f:expr, $t:expr, tensors |$x:ident| $value:expr) => {{
        let $x = $t;
        $value
    }};
    ($name:ident, $f:expr, $t:expr, float_tensors |$x:ident| $value:expr) => {{
        let $x = &$t.as_float();
        $value
    }};
    ($name:ident, $f:expr, $t:expr, doubles |$x:ident| $value:expr) => {
        $t.map_doubles(stringify!($name), |$x: f64| $value)
    };
    ($name:ident, $f:expr, $t:expr, $of:ident |$x:ident| $value:expr $(, |$other:ident| $others:expr)?) => {
        if $t.dtype.is_float() { $t.map_as(stringify!($name), *$f) } else { on_others!($of $name, $f, $t $(, |$other| $others)?) }
    };
}

macro_rules! on_others {
    (floats $name:ident, $f:expr, $t:expr) => { $t.map_as(stringify!($name), *$f) };
    (floats $name:ident, $f:expr, $t:expr, |$x:ident| $value:expr) => {{
        let $x = $t;
        $value
    }};
    (only_floats $name:ident, $f:expr, $t:expr) => { refused(stringify!($name), $t) };
    (whole $name:ident, $f:expr, $t:expr) => { unchanged(stringify!($name), $t) };
    (numbers $name:ident, $f:expr, $t:expr, |$x:ident| $value:expr) => {
        match $t.dtype {
            DType::Bool => {
                let $x = $t;
                $value
            }
            dtype => by_integer!(stringify!($name), $t, T => $t.map_with(dtype, |x: T| $f.f(x))),
        }
    };
}

/// A row's loop, generic over the numbers that it is for.
macro_rules! on_elements {
    (tensors $($rest:tt)*) => {};
    (float_tensors $($rest:tt)*) => {};
    (doubles $($rest:tt)*) => {};
    (numbers $($rest:tt)*) => { on_elements! { of Num, $($rest)* } };
    (of $numbers:ident, $kind:ident($($arg:ident)*) [$($blocks:ident)?] |$x:ident| $value:expr) => {
        impl<T: $numbers> Map<T> for $kind {
            const SPLITS: bool = splits!($($blocks)?);

            #[inline(always)]
            fn f(&self, $x: T) -> T {
                #[allow(dead_code)] // most functions are the same everywhere
                const ALONE: bool = false;
                let $kind { $($arg),* } = *self;
                $value
            }

            #[inline(always)]
            fn alone(&self, $x: T) -> T {
                #[allow(dead_code)]
                const ALONE: bool = true;
                let $kind { $($arg),* } = *self;
                $value
            }
        }
    };
    ($of:ident $($rest:tt)*) => { on_elements! { of Float, $($rest)* } };
}

/// Whether what fills no block of vectors has another function.
macro_rules! splits {
    () => {
        false
    };
    (blocks) => {
        true
    };
    (steps) => {
        false
    };
}

/// Whether the gradient has a loop of its own.
macro_rules! fused {
    (doubles $($in:ident)?) => {
        false
    };
    ($of:ident steps) => {
        false
    };
    ($of:ident $($in:ident)?) => {
        true
    };
}

macro_rules! node {
    ($kind:ident) => {
        concat!(stringify!($kind), "Backward0")
    };
    ($kind:ident $node:ident) => {
        node!($node)
    };
}

macro_rules! functions {
    ($(
        $(#[$doc:meta])*
        $name:ident($($arg:ident = $default:literal),*) $kind:ident {
            $of:ident |$x:ident| $value:expr
                $(, others |$other:ident| $others:expr)? $(, refused if $wrong:expr, $words:literal)?;
            from $reads:ident |$dy:ident $(, $read:ident)?| $gradient:expr;
            $(in $blocks:ident;)?
            $(as $node:ident($($attribute:ident = $set:expr),*))?
        }
    )*) => {
        $(
            #[doc = concat!("[`Tensor::", stringify!($name), "`] as a value.")]
            #[derive(Clone, Copy, Debug)]
            pub struct $kind {
                $(
                    /// The parameter of that name.
                    pub $arg: f64,
                )*
            }

            on_elements! { $of $kind($($arg)*) [$($blocks)?] |$x| $value }

            impl Elementwise for $kind {
                const NODE: &'static str = node!($kind $($node)?);
                const READS: Reads = Reads::$reads;
                const FUSED: bool = fused!($of $($blocks)?);

                fn attributes(&self) -> Vec<(&'static str, Value)> {
                    let $kind { $($arg),* } = *self;
                    vec![$($((stringify!($attribute), $set.into())),*)?]
                }

                #[allow(unused_variables)] // the loop takes the parameters itself
                fn value(&self, x: &Tensor) -> Tensor {
                    let $kind { $($arg),* } = *self;
                    $(if $wrong {
                        panic!($words);
                    })?
                    on_tensor!($name, self, x, $of |$x| $value $(, |$other| $others)?)
                }

                #[inline(always)]
                fn gradient<N: Number>(&self, $dy: N, _read: N) -> N {
                    #[allow(dead_code)] // as above
                    const ALONE: bool = false;
                    let $kind { $($arg),* } = *self;
                    $(let $read = _read;)?
                    $gradient
                }

                const SPLITS: bool = splits!($($blocks)?);

                #[inline(always)]
                fn gradient_alone<N: Number>(&self, $dy: N, _read: N) -> N {
                    #[allow(dead_code)]
                    const ALONE: bool = true;
                    let $kind { $($arg),* } = *self;
                    $(let $read = _read;)?
                    $gradient
                }
            }
        )*

        impl Tensor {$(
            $(#[$doc])*
            $(#[doc = concat!("\n\nIn torch, `", stringify!($arg), "` is ", stringify!($default), " by default.")])*
            #[doc = elementwise_dtypes!($of)]
            #[track_caller]
            pub fn $name(&self $(, $arg: f64)*) -> Tensor {
                $kind { $($arg),* }.value(self)
            }
        )*}
    };
}
