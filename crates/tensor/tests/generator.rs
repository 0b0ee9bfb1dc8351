//! The generator against what torch drew (`fixtures/generator.py`).

use serde_json::Value;
use tensor::{DType, Generator, StateError, Tensor};

/// Σ (2i + 1)·bits[i] modulo 2⁶⁴.
fn checksum(bits: impl IntoIterator<Item = u64>) -> u64 {
    bits.into_iter().zip(0u64..).fold(0, |sum, (b, i)| sum.wrapping_add(b.wrapping_mul(2 * i + 1)))
}

/// What a step drew, as the recorded kinds of number.
enum Drawn {
    F32(Vec<f32>),
    F64(Vec<f64>),
    I64(Vec<i64>),
    U8(Vec<u8>),
}

impl Drawn {
    fn assert_equals(&self, step: &Value, context: &str) {
        if let Some(values) = step["values"].as_array() {
            let ours: Vec<f64> = match self {
                Drawn::F32(x) => x.iter().map(|&x| x.into()).collect(),
                Drawn::F64(x) => x.clone(),
                Drawn::U8(x) => x.iter().map(|&x| x.into()).collect(),
                Drawn::I64(x) => {
                    let values: Vec<i64> = values.iter().map(|v| v.as_i64().unwrap()).collect();
                    assert_eq!(*x, values, "{context}");
                    return;
                }
            };
            let values: Vec<f64> = values.iter().map(|v| v.as_f64().unwrap()).collect();
            assert_eq!(ours, values, "{context}");
        } else {
            let sum = match self {
                Drawn::F32(x) => checksum(x.iter().map(|x| x.to_bits().into())),
                Drawn::F64(x) => checksum(x.iter().map(|x| x.to_bits())),
                Drawn::I64(x) => checksum(x.iter().map(|&x| x as u64)),
                Drawn::U8(x) => checksum(x.iter().map(|&x| x.into())),
            };
            assert_eq!(sum, step["checksum"].as_u64().unwrap(), "{context}");
        }
    }
}

fn draw(g: &mut Generator, step: &Value) -> Drawn {
    let args = &step["args"];
    let n = args[0].as_u64().unwrap() as usize;
    let float = |i: usize| args[i].as_f64().unwrap();
    let int = |i: usize| args[i].as_i64().unwrap();
    match (step["op"].as_str().unwrap(), args[3].as_str()) {
        ("uniform", Some("f32")) => {
            let mut x = vec![0.0; n];
            g.fill_uniform_f32(&mut x, float(1) as f32, float(2) as f32);
            Drawn::F32(x)
        }
        ("uniform", Some("f64")) => {
            let mut x = vec![0.0; n];
            g.fill_uniform_f64(&mut x, float(1), float(2));
            Drawn::F64(x)
        }
        ("normal", Some("f32")) => {
            let mut x = vec![0.0; n];
            g.fill_normal_f32(&mut x, float(1), float(2));
            Drawn::F32(x)
        }
        ("normal", Some("f64")) => {
            let mut x = vec![0.0; n];
            g.fill_normal_f64(&mut x, float(1), float(2));
            Drawn::F64(x)
        }
        ("randint", _) => Drawn::I64((0..n).map(|_| g.randint(int(1), int(2))).collect()),
        ("randperm", _) => Drawn::I64(g.randperm(n)),
        ("bernoulli", _) => {
            let mut x = vec![0; n];
            g.fill_bernoulli(&mut x, float(1), 1, 0);
            Drawn::U8(x)
        }
        (op, _) => panic!("{op}: unknown to this test"),
    }
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/generator.json")).unwrap()
}

#[test]
fn every_draw_equals_torchs_from_every_seed() {
    for run in fixture()["runs"].as_array().unwrap() {
        let seed = run["seed"].as_u64().unwrap();
        let mut g = Generator::new(seed);
        for (i, step) in run["steps"].as_array().unwrap().iter().enumerate() {
            let context = format!("seed {seed}, step {i}: {} {}", step["op"], step["args"]);
            draw(&mut g, step).assert_equals(step, &context);
        }
    }
}

#[test]
fn saved_states_equal_torchs_byte_for_byte() {
    for run in fixture()["runs"].as_array().unwrap() {
        let bytes = |g: &Generator| checksum(g.state_bytes().into_iter().map(u64::from));
        let mut g = Generator::new(run["seed"].as_u64().unwrap());
        assert_eq!(bytes(&g), run["start"].as_u64().unwrap());
        for step in run["steps"].as_array().unwrap() {
            draw(&mut g, step);
        }
        assert_eq!(bytes(&g), run["state"].as_u64().unwrap());
    }
}

#[test]
fn a_state_that_torch_saved_continues_as_in_torch() {
    let saved = &fixture()["saved"];
    let hex = saved["state"].as_str().unwrap();
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
    let mut g = Generator::new(0);
    g.set_state(&Tensor::from_vec(bytes.clone(), bytes.len())).unwrap();
    assert_eq!(g.initial_seed(), 42);
    assert_eq!(g.state_bytes(), bytes);
    for step in saved["steps"].as_array().unwrap() {
        draw(&mut g, step).assert_equals(step, step["op"].as_str().unwrap());
    }
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

/// What `main` shows of an error that it returns.
#[test]
fn an_error_is_shown_as_its_sentence() {
    let error = Generator::new(0).set_state(&tensor::zeros([3])).unwrap_err();
    assert_eq!(format!("{error:?}"), "a generator's state is a tensor of torch.uint8, not of torch.float32");
}
