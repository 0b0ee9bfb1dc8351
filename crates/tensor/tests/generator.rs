//! The generator against what torch drew (`fixtures/generator.py`).

use serde_json::Value;
use tensor::Generator;

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
