//! What Python's module `random` draws, for the transforms of torchvision that use it.

use tensor::Generator;

use crate::SharedGenerator;

/// A generator whose draws are those of Python after `random.seed(seed)`: torch and Python use the same one,
/// the Mersenne Twister, and start it differently.
///
/// ```
/// use datasets::random::python_generator;
///
/// let mut g = python_generator(0);
/// assert_eq!(g.next_u32(), 3626764237); // random.seed(0); random.getrandbits(32)
/// ```
pub fn python_generator(seed: u64) -> Generator {
    const N: usize = 624;
    let key = match [seed as u32, (seed >> 32) as u32] {
        [low, 0] => vec![low],
        both => both.to_vec(),
    };
    let mut state = [19_650_218u32; N];
    for i in 1..N {
        state[i] = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
    }
    // Two rounds stir the key in; after the last word both go on with the second, beside a copy of the last.
    let mut i = 1;
    let mut stir = |factor: u32, plus: &dyn Fn(usize) -> u32| {
        let before = state[i - 1];
        let mixed = state[i] ^ (before ^ (before >> 30)).wrapping_mul(factor);
        state[i] = mixed.wrapping_add(plus(i));
        i += 1;
        if i == N {
            state[0] = state[N - 1];
            i = 1;
        }
    };
    for k in 0..N {
        let j = k % key.len();
        stir(1_664_525, &|_| key[j].wrapping_add(j as u32));
    }
    for _ in 1..N {
        stir(1_566_083_941, &|i| (i as u32).wrapping_neg());
    }
    state[0] = 1 << 31;
    // torch's form of a generator that is about to make its first block.
    let mut bytes = Generator::new(seed).state_bytes();
    for (word, bytes) in state.iter().zip(bytes[24..].chunks_exact_mut(8)) {
        bytes.copy_from_slice(&u64::from(*word).to_le_bytes());
    }
    Generator::from_state_bytes(&bytes).expect("only its numbers were replaced")
}

/// Lends the generator given, or else that of the sample.
#[track_caller]
pub(crate) fn with_generator<R>(
    generator: Option<&SharedGenerator>,
    f: impl FnOnce(&mut Generator) -> R,
) -> R {
    match generator {
        Some(generator) => generator.with(f),
        None => super::with_generator(f),
    }
}

/// `random.uniform(low, high)` of a [`python_generator`].
///
/// ```
/// use datasets::random::{python_generator, python_uniform};
///
/// let mut g = python_generator(0); // random.seed(0)
/// assert_eq!(python_uniform(&mut g, -1.0, 1.0), 0.6888437030500962); // random.uniform(-1, 1)
/// ```
pub fn python_uniform(g: &mut Generator, low: f64, high: f64) -> f64 {
    low + (high - low) * random(g)
}

/// `random.randint(low, high)` of a [`python_generator`]: a whole number, of which `high` is the greatest.
///
/// ```
/// use datasets::random::{python_generator, python_randint};
///
/// let mut g = python_generator(0);
/// let draws: Vec<i64> = (0..6).map(|_| python_randint(&mut g, 4, 6)).collect();
/// assert_eq!(draws, [5, 5, 4, 5, 6, 5]); // random.seed(0); [random.randint(4, 6) for _ in range(6)]
/// ```
///
/// # Panics
/// If `low` is above `high`, and if there are 2³² numbers or more between them.
#[track_caller]
pub fn python_randint(g: &mut Generator, low: i64, high: i64) -> i64 {
    assert!(low <= high, "python_randint: empty range in randint({low}, {high})");
    let count = high.checked_sub(low).and_then(|n| u32::try_from(n).ok()).and_then(|n| n.checked_add(1));
    match count {
        Some(n) => low + below(g, n) as i64,
        None => panic!("python_randint: fewer than 2³² numbers, not all from {low} to {high}"),
    }
}

/// `random.random()`.
pub(crate) fn random(g: &mut Generator) -> f64 {
    let (high, low) = (u64::from(g.next_u32() >> 5), u64::from(g.next_u32() >> 6));
    ((high << 26) + low) as f64 / (1u64 << 53) as f64
}

/// `random.shuffle(x)`.
pub(crate) fn shuffle<T>(g: &mut Generator, x: &mut [T]) {
    for i in (1..x.len()).rev() {
        x.swap(i, below(g, i as u32 + 1));
    }
}

/// `random.randrange(n)`: draws of as many bits as `n` has, until one is below.
fn below(g: &mut Generator, n: u32) -> usize {
    loop {
        let draw = g.next_u32() >> n.leading_zeros();
        if draw < n {
            return draw as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_of_one_word_and_of_two_are_pythons() {
        // random.seed(seed); [random.getrandbits(32) for _ in range(2)], random.random()
        let recorded = [
            (0, [3626764237, 1654615998], 0.7579544029403025),
            (1, [577090037, 2444712010], 0.8474337369372327),
            (4294967295, [2728839433, 2661025012], 0.20319993954407756),
            (4294967296, [485306839, 1508871100], 0.41782886486292836),
            (9223372036854788153, [1308997459, 1668775168], 0.21243216957860434),
        ];
        for (seed, words, u) in recorded {
            let mut g = python_generator(seed);
            assert_eq!([g.next_u32(), g.next_u32()], words);
            assert_eq!(random(&mut g), u);
        }
    }

    #[test]
    fn a_list_is_shuffled_as_python_does_it() {
        // random.seed(3); x = list(range(20)); random.shuffle(x)
        let mut x: Vec<u8> = (0..20).collect();
        shuffle(&mut python_generator(3), &mut x);
        assert_eq!(x, [8, 3, 6, 5, 15, 16, 2, 12, 0, 1, 13, 10, 19, 9, 14, 11, 4, 17, 18, 7]);
    }
}
