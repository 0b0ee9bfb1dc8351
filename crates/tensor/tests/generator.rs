//! The generator against what torch drew.

use tensor::{DType, Generator, StateError, Tensor};
use testing::{Case, assert_bits, recording};

/// Σ (2i + 1)·bits[i] modulo 2⁶⁴.
fn checksum(bits: impl IntoIterator<Item = u64>) -> u64 {
    bits.into_iter().zip(0u64..).fold(0, |sum, (b, i)| sum.wrapping_add(b.wrapping_mul(2 * i + 1)))
}

/// The draws of a step.
fn draw(g: &mut Generator, step: &Case) -> Tensor {
    let args = &step["args"];
    let n = args[0].as_u64().unwrap() as usize;
    let float = |i: usize| args[i].as_f64().unwrap();
    let int = |i: usize| args[i].as_i64().unwrap();
    match (step.name(), args[3].as_str()) {
        ("uniform", Some("f32")) => {
            let mut x = vec![0.0; n];
            g.fill_uniform_f32(&mut x, float(1) as f32, float(2) as f32);
            Tensor::from(x)
        }
        ("uniform", Some("f64")) => {
            let mut x = vec![0.0; n];
            g.fill_uniform_f64(&mut x, float(1), float(2));
            Tensor::from(x)
        }
        ("normal", Some("f32")) => {
            let mut x = vec![0f32; n];
            g.fill_normal_f32(&mut x, float(1), float(2));
            Tensor::from(x)
        }
        ("normal", Some("f64")) => {
            let mut x = vec![0f64; n];
            g.fill_normal_f64(&mut x, float(1), float(2));
            Tensor::from(x)
        }
        ("randint", _) => Tensor::from((0..n).map(|_| g.randint(int(1), int(2))).collect::<Vec<_>>()),
        ("randperm", _) => Tensor::from(g.randperm(n)),
        ("bernoulli", _) => {
            let mut x = vec![0u8; n];
            g.fill_bernoulli(&mut x, float(1), 1, 0);
            Tensor::from(x)
        }
        (op, _) => panic!("{op}: unknown to this test"),
    }
}

/// Draws, and compares what is drawn with what torch drew.
fn check(g: &mut Generator, step: &Case, context: &str) {
    let drawn = draw(g, step);
    match step.get_tensor("values") {
        Some(values) => assert_bits(format!("{context}: {step:?}"), &drawn, &values),
        None => {
            let bits =
                drawn.bytes().chunks(drawn.dtype().size_in_bytes()).map(little_endian).collect::<Vec<_>>();
            assert_eq!(checksum(bits), step["checksum"].as_u64().unwrap(), "{context}: {step:?}");
        }
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |x, &byte| x << 8 | u64::from(byte))
}

/// Every seed: its steps, in order, and the state before and after them.
#[test]
fn every_draw_and_state_equals_torchs_from_every_seed() {
    let (mut g, mut context, mut seeds) = (Generator::new(0), String::new(), 0);
    for case in recording!("generator").cases() {
        match case.name() {
            "saved" => break,
            "seed" | "end" => {
                if let Some(seed) = case["seed"].as_u64() {
                    (g, context) = (Generator::new(seed), format!("seed {seed}"));
                    seeds += 1;
                }
                let state = checksum(g.state_bytes().into_iter().map(u64::from));
                assert_eq!(state, case["state"].as_u64().unwrap(), "{context}: {case:?}");
            }
            _ => check(&mut g, case, &context),
        }
    }
    assert_eq!(seeds, 8);
}

#[test]
fn a_state_that_torch_saved_continues_as_in_torch() {
    let recording = recording!("generator");
    let saved = recording.cases().iter().position(|case| case.name() == "saved").expect("it is recorded");
    let (saved, steps) = recording.cases()[saved..].split_first().expect("it is recorded");
    let mut g = Generator::new(0);
    g.set_state(&saved.tensor("state")).unwrap();
    assert_eq!(Some(g.initial_seed()), saved["seed"].as_u64());
    assert_eq!(g.state_bytes()[..], saved.tensor("state").bytes()[..]);
    assert_eq!(steps.len(), 5);
    steps.iter().for_each(|step| check(&mut g, step, "saved"));
}

#[test]
fn a_restored_generator_continues_from_every_position() {
    for drawn in [0, 1, 2, 622, 623, 624, 625, 1247, 1248, 1249] {
        let mut g = Generator::new(9);
        (0..drawn).for_each(|_| {
            g.next_u32();
        });
        let mut restored = Generator::new(1);
        restored.set_state(&g.get_state()).unwrap();
        assert_eq!(restored.state_bytes(), g.state_bytes(), "after {drawn} draws");
        assert!((0..1300).all(|_| restored.next_u32() == g.next_u32()), "after {drawn} draws");
    }
}

#[test]
fn what_is_no_state_is_refused_and_changes_nothing() {
    let mut g = Generator::new(0);
    let good = g.state_bytes();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        Tensor::from_vec(bytes, Generator::STATE_LEN)
    };
    assert_eq!(g.set_state(&tensor::zeros([5056])), Err(StateError::DType(DType::F32)));
    assert_eq!(g.set_state(&Tensor::from_vec(good[1..].to_vec(), 5055)), Err(StateError::Length(5055)));
    assert_eq!(g.set_state(&with(8, 0)), Err(StateError::Invalid { left: 0, next: 0 }), "nothing left");
    assert_eq!(g.set_state(&with(11, 0x80)), Err(StateError::Invalid { left: i32::MIN + 1, next: 0 }));
    assert_eq!(g.set_state(&with(12, 0)), Err(StateError::Invalid { left: 1, next: 0 }), "never seeded");
    assert_eq!(g.set_state(&with(18, 1)), Err(StateError::Invalid { left: 1, next: 65536 }));
    assert_eq!(g.state_bytes(), good);
}

#[test]
fn the_rand_family_draws_from_it() {
    use rand::{Rng, RngExt, seq::SliceRandom};

    fn first_bytes(g: &mut impl Rng) -> [u8; 7] {
        let mut bytes = [0; 7];
        g.fill_bytes(&mut bytes);
        bytes
    }
    let (mut a, mut b) = (Generator::new(0), Generator::new(0));
    let (first, second) = (b.next_u32().to_le_bytes(), b.next_u32().to_le_bytes());
    assert_eq!(first_bytes(&mut a), [&first[..], &second[..3]].concat()[..]);
    assert_eq!(a.random::<u64>(), b.next_u64());
    let mut x: Vec<u32> = (0..50).collect();
    x.shuffle(&mut a);
    x.sort_unstable();
    assert!(x.into_iter().eq(0..50));
}

#[test]
#[should_panic(expected = "uniform: expects a finite range low <= high, got [1, 0)")]
fn a_reversed_range_is_refused() {
    Generator::new(0).fill_uniform_f32(&mut [0.0], 1.0, 0.0);
}

#[test]
#[should_panic(expected = "bernoulli: expects 0 <= p <= 1, got 1.5")]
fn an_impossible_probability_is_refused() {
    Generator::new(0).bernoulli(1.5);
}

#[test]
#[should_panic(expected = "randint: expects low < high, got [3, 3)")]
fn an_empty_range_of_integers_is_refused() {
    Generator::new(0).randint(3, 3);
}

/// `main` shows this of an error that it returns.
#[test]
fn an_error_is_shown_as_its_sentence() {
    let error = Generator::new(0).set_state(&tensor::zeros([3])).unwrap_err();
    assert_eq!(format!("{error:?}"), "a generator's state is a tensor of torch.uint8, not of torch.float32");
}
