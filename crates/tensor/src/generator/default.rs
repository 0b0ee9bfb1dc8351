//! The generator behind the free functions.

use std::cell::RefCell;
use std::sync::LazyLock;

use rand::TryRng;
use rand::rngs::SysRng;

use super::Generator;
use crate::Lending;

static DEFAULT: LazyLock<Lending<Generator>> = LazyLock::new(|| {
    // Not `rand::random`, which has a generator for each thread that is gone while the thread ends.
    let seed = SysRng.try_next_u64().expect("the system has random numbers");
    Lending::new(Generator::new(seed))
});

/// Restarts the default generator from `seed`: `torch.manual_seed(seed)`.
///
/// Until it is called the default generator starts from a seed that the operating system chose.
///
/// ```
/// tensor::manual_seed(0);
/// assert_eq!(tensor::with_default_generator(|g| g.randint(0, 10)), 4);
/// ```
///
/// # Panics
/// As [`with_default_generator`].
#[track_caller]
pub fn manual_seed(seed: u64) {
    with_default_generator(|g| {
        g.manual_seed(seed);
    });
}

/// Lends the default generator, the one that [`rand`](crate::rand), layers' initial
/// weights, dropout and loaders use.
///
/// The process has one, unless [`use_generator`] has put another in its place for this thread. It stays
/// locked until `f` returns: inside `f` draw from the generator that it was given.
///
/// # Panics
/// If it is called inside `f`, by a function that takes the default generator itself, or if it would wait for
/// a thread that waits for this one.
#[track_caller]
pub fn with_default_generator<R>(f: impl FnOnce(&mut Generator) -> R) -> R {
    let instead = INSTEAD.with_borrow_mut(|instead| match instead {
        Instead::Nothing => None,
        // Taken out while it is lent: `f` may put another in its place.
        Instead::Is(_) => match std::mem::replace(instead, Instead::Lent) {
            Instead::Is(generator) => Some(generator),
            _ => unreachable!("matched above"),
        },
        Instead::Lent => panic!(
            "with_default_generator: inside use_generator, this thread has lent the generator to a closure; draw \
             from what the closure was given"
        ),
    });
    let Some(generator) = instead else {
        return f(&mut DEFAULT.lend("with_default_generator"));
    };
    let mut back = PutBack(Some(generator));
    f(back.0.as_mut().expect("there until it is dropped"))
}

/// The default generator of a thread. Not behind a pointer: without a destructor it
/// serves until the thread is gone.
#[allow(clippy::large_enum_variant)]
enum Instead {
    /// That of the process.
    Nothing,
    /// The one of the innermost [`use_generator`].
    Is(Generator),
    /// That one, while a closure has it.
    Lent,
}

/// A generator that becomes the thread's again, also when the closure that has it panics.
struct PutBack(Option<Generator>);

impl Drop for PutBack {
    fn drop(&mut self) {
        INSTEAD.set(Instead::Is(self.0.take().expect("there until it is dropped")));
    }
}

/// Runs `f` with `generator` in place of the default one, for everything that draws on this thread: the twin
/// of the `generator=` that torch's functions take. The default generator stays where it is; `generator`
/// goes on from where `f` left it.
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
        before: Instead,
    }
    impl Drop for Restore<'_> {
        fn drop(&mut self) {
            match INSTEAD.replace(std::mem::replace(&mut self.before, Instead::Nothing)) {
                Instead::Is(generator) => *self.generator = generator,
                Instead::Nothing | Instead::Lent => unreachable!("nested uses have put it back"),
            }
        }
    }
    let before = INSTEAD.replace(Instead::Is(generator.clone()));
    let _restore = Restore { generator, before };
    f()
}

thread_local! {
    static INSTEAD: RefCell<Instead> = const { RefCell::new(Instead::Nothing) };
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
        assert!(INSTEAD.with_borrow(|instead| matches!(instead, Instead::Nothing)));
    }

    /// Nothing here waits for itself; a closure may put another generator in the place of the one it was
    /// lent.
    #[test]
    fn inside_a_closure_the_lent_generator_is_refused_and_another_may_serve() {
        let (done, outcome) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let draw = || with_default_generator(Generator::next_u32);
            let other = || use_generator(&mut Generator::new(2), draw);
            let nested = || with_default_generator(|_| (catch_unwind(draw).is_err(), other()));
            let inside = use_generator(&mut Generator::new(1), nested);
            done.send([nested(), inside]).expect("the test listens");
        });
        let outcome = outcome.recv_timeout(std::time::Duration::from_secs(30));
        let expected = (true, Generator::new(2).next_u32());
        assert_eq!(outcome.expect("nobody waits for ever"), [expected; 2]);
    }
}
