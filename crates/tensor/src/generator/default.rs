//! The generator behind the free functions.

use super::Generator;
use std::cell::RefCell;
use std::sync::{LazyLock, Mutex, PoisonError};

static DEFAULT: LazyLock<Mutex<Generator>> = LazyLock::new(|| Mutex::new(Generator::new(rand::random())));

/// Restarts the default generator from `seed`: `torch.manual_seed(seed)`.
///
/// Until it is called the default generator starts from a seed that the operating system chose.
///
/// ```
/// tensor::manual_seed(0);
/// assert_eq!(tensor::with_default_generator(|g| g.randint(0, 10)), 4);
/// ```
pub fn manual_seed(seed: u64) {
    with_default_generator(|g| {
        g.manual_seed(seed);
    });
}

/// Lends the default generator, the one that [`rand`](crate::rand), layers' initial weights, dropout and loaders use.
///
/// The process has one, unless [`use_generator`] has put another in its place for this thread. It stays locked until `f`
/// returns: inside `f` draw from the generator that it was given, for a function that takes the default generator itself
/// would wait forever.
pub fn with_default_generator<R>(f: impl FnOnce(&mut Generator) -> R) -> R {
    if INSTEAD.with_borrow(Option::is_some) {
        return INSTEAD.with_borrow_mut(|g| f(g.as_mut().expect("no one else can take it meanwhile")));
    }
    // A panic in another thread's `f` leaves a valid generator behind.
    f(&mut DEFAULT.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Runs `f` with `generator` in place of the default one, for everything that draws on this thread: the twin of the
/// `generator=` that torch's functions take. The default generator stays where it is; `generator` goes on from where `f`
/// left it.
///
/// ```
/// use tensor::{Generator, use_generator};
///
/// let mut g = Generator::new(0); // torch.Generator().manual_seed(0)
/// let x = use_generator(&mut g, || tensor::randn([2])); // torch.randn(2, generator=g)
/// assert_eq!(x.to_vec::<f32>(), [1.5409960746765137, -0.293428897857666]);
/// ```
pub fn use_generator<R>(generator: &mut Generator, f: impl FnOnce() -> R) -> R {
    /// Gives the generator back, also when `f` panics, and the one before its place.
    struct Restore<'a> {
        generator: &'a mut Generator,
        before: Option<Generator>,
    }
    impl Drop for Restore<'_> {
        fn drop(&mut self) {
            *self.generator = INSTEAD.replace(self.before.take()).expect("nested uses have put it back");
        }
    }
    let before = INSTEAD.replace(Some(generator.clone()));
    let _restore = Restore { generator, before };
    f()
}

thread_local! {
    /// What serves as the default generator on this thread, if it is not the process's.
    static INSTEAD: RefCell<Option<Generator>> = const { RefCell::new(None) };
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn one_serves_instead_and_then_goes_on() {
        let (mut outer, mut inner) = (Generator::new(1), Generator::new(2));
        let (a, b, c) = use_generator(&mut outer, || {
            let a = with_default_generator(Generator::next_u32);
            let b = use_generator(&mut inner, || with_default_generator(Generator::next_u32));
            (a, b, with_default_generator(Generator::next_u32))
        });
        let mut expected = Generator::new(1);
        assert_eq!([a, c], [expected.next_u32(), expected.next_u32()]);
        assert_eq!(b, Generator::new(2).next_u32());
        assert_eq!(outer, expected);
        assert_ne!(inner, Generator::new(2));
    }

    #[test]
    fn a_panic_gives_it_back() {
        let caught = catch_unwind(|| {
            let mut g = Generator::new(3);
            use_generator(&mut g, || with_default_generator(|_| panic!("while it is lent")))
        });
        assert!(caught.is_err());
        assert!(INSTEAD.with_borrow(Option::is_none));
    }
}
