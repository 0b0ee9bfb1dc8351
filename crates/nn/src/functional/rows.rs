/// Functions, one a row: documentation; the name, and that of the twin that takes everything; the arguments,
/// and behind a semicolon those of the twin with torch's defaults; the result, unless it is a variable; and
/// what it is.
macro_rules! functions {
    ($(
        $(#[$doc:meta])+
        $name:ident $(/ $with:ident)? ($($arguments:tt)+) $(-> $result:ty)? = $body:expr;
    )+) => {$(
        $crate::functional::function! {
            $(#[$doc])+
            $name $(/ $with)? ($($arguments)+) $(-> $result)? = $body
        }
    )+};
}

macro_rules! function {
    ($(#[$doc:meta])+ $name:ident ($($arg:ident: $ty:ty),+) $(-> $result:ty)? = $body:expr) => {
        $(#[$doc])+
        #[track_caller]
        pub fn $name($($arg: $ty),+) -> $crate::functional::returned!($($result)?) {
            $body
        }
    };
    (
        $(#[$doc:meta])+
        $name:ident / $with:ident ($($arg:ident: $ty:ty),+; $($own:ident: $own_ty:ty = $default:expr),+)
            $(-> $result:ty)? = $body:expr
    ) => {
        $(#[$doc])+
        #[doc = concat!("\n\nTorch's other arguments have their defaults; [`", stringify!($with), "`] takes them.")]
        #[track_caller]
        pub fn $name($($arg: $ty),+) -> $crate::functional::returned!($($result)?) {
            $with($($arg,)+ $($default),+)
        }

        #[doc = concat!("[`", stringify!($name), "`] with all that torch's takes.\n\n# Defaults")]
        $(#[doc = concat!("- `", stringify!($own), "`: `", stringify!($default), "`")])+
        #[track_caller]
        #[allow(clippy::too_many_arguments, reason = "torch's arguments")]
        pub fn $with($($arg: $ty,)+ $($own: $own_ty),+) -> $crate::functional::returned!($($result)?) {
            $body
        }
    };
}

macro_rules! returned {
    () => {
        autograd::Variable
    };
    ($result:ty) => {
        $result
    };
}

pub(crate) use {function, functions, returned};
