//! The generator behind the free functions.

use super::Generator;
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
/// The process has one. It stays locked until `f` returns: inside `f` draw from the generator that it was given, for
/// a function that takes the default generator itself would wait forever.
pub fn with_default_generator<R>(f: impl FnOnce(&mut Generator) -> R) -> R {
    // A panic in another thread's `f` leaves a valid generator behind.
    f(&mut DEFAULT.lock().unwrap_or_else(PoisonError::into_inner))
}
