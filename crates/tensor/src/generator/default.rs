//! The generator behind the free functions.

use super::Generator;
use rand::TryRng;
use rand::rngs::SysRng;
use std::cell::{Cell, RefCell};
use std::sync::{LazyLock, Mutex, PoisonError};

static DEFAULT: LazyLock<Mutex<Generator>> = LazyLock::new(|| {
    // Not `rand::random`, which has a generator for each thread that is gone while the thread ends.
    let seed = SysRng.try_next_u64().expect("the system has random numbers");
    Mutex::new(Generator::new(seed))
});

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
/// returns: inside `f` draw from the generator that it was given.
///
/// # Panics
///
/// If this thread is inside such an `f` already, as it is when `f` calls a function that takes the default
/// generator itself.
#[track_caller]
pub fn with_default_generator<R>(f: impl FnOnce(&mut Generator) -> R) -> R {
    let lent = LENT.replace(true);
    let _restore = RestoreLent(lent);
    assert!(
        !lent,
        "with_default_generator: inside its closure, draw from the generator that the closure was given"
    );
    if INSTEAD.with_borrow(Option::is_some) {
        return INSTEAD.with_borrow_mut(|g| f(g.as_mut().expect("no one else can take it meanwhile")));
    }
    // A panic in another thread's `f` leaves a valid generator behind.
    f(&mut DEFAULT.lock().unwrap_or_else(PoisonError::into_inner))
}

struct RestoreLent(bool);

impl Drop for RestoreLent {
    fn drop(&mut self) {
        LENT.set(self.0);
    }
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
    let _lent = RestoreLent(LENT.replace(false));
    let before = INSTEAD.replace(Some(generator.clone()));
    let _restore = Restore { generator, before };
    f()
}

// Neither has a destructor, so they serve until the thread is gone.
thread_local! {
    /// Whether this thread is inside the closure of [`with_default_generator`].
    static LENT: Cell<bool> = const { Cell::new(false) };
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
    fn another_may_serve_where_the_default_one_is_lent() {
        let draws = with_default_generator(|_| {
            use_generator(&mut Generator::new(4), || with_default_generator(Generator::next_u32))
        });
        assert_eq!(draws, Generator::new(4).next_u32());
    }

    #[test]
    #[should_panic(expected = "with_default_generator: inside its closure, draw from the generator that")]
    fn the_default_one_is_lent_once() {
        with_default_generator(|_| manual_seed(0));
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
