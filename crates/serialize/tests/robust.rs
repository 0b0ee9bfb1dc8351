//! Every damaged file is refused or read; none panics. The small fixtures are cut at every byte and each
//! of their bytes is changed; larger damage is random.

mod common;

use common::{all, bytes};
use nn::Value;
use proptest::prelude::*;
use serialize::{Contents, Format};
use tensor::{DType, Tensor};

/// Contents that could be read can be written, through every stride, and read again.
fn use_it(contents: Contents) {
    if elements(&contents.value) < 10_000 {
        let bytes = contents.to_bytes(Format::Native).unwrap();
        Contents::from_bytes(&bytes).unwrap();
    }
}

fn elements(value: &Value) -> usize {
    match value {
        Value::Tensor(tensor) => tensor.numel(),
        Value::List(items) | Value::Tuple(items) => items.iter().map(elements).sum(),
        Value::Dict(items) => items.iter().map(|(key, value)| elements(key) + elements(value)).sum(),
        _ => 1,
    }
}

fn small() -> impl Iterator<Item = (String, Vec<u8>)> {
    let files = all().into_iter().map(|name| (name.clone(), bytes(&name)));
    files.filter(|(_, bytes)| bytes.len() < 10_000)
}

#[test]
fn a_file_cut_at_any_byte_is_refused() {
    for (name, bytes) in small() {
        for len in 0..bytes.len() {
            let read = Contents::from_bytes(&bytes[..len]);
            assert!(read.is_err(), "{name} cut to {len} of {} bytes", bytes.len());
        }
    }
}

#[test]
fn a_file_with_any_byte_changed_does_not_panic() {
    for (_, mut bytes) in small() {
        for at in 0..bytes.len() {
            for flip in [0x01, 0x80, 0xff] {
                bytes[at] ^= flip;
                if let Ok(contents) = Contents::from_bytes(&bytes) {
                    use_it(contents);
                }
                bytes[at] ^= flip;
            }
        }
    }
}

#[test]
fn a_container_with_any_bit_changed_or_added_is_refused() {
    let contents = Contents::from_bytes(&bytes("checkpoint.pth")).unwrap();
    let mut bytes = contents.to_bytes(Format::Native).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(Contents::from_bytes(&bytes).is_err(), "bit {bit} of byte {at}");
            bytes[at] ^= 1 << bit;
        }
    }
    bytes.push(0);
    let error = Contents::from_bytes(&bytes).unwrap_err().to_string();
    assert!(error.contains("cut short or added to"), "{error}");
}

#[test]
fn damage_to_the_data_of_a_pth_is_found() {
    let contents = Contents::from(Value::from(tensor::arange(0, 1000, 1)));
    let mut bytes = contents.to_bytes(Format::Torch).unwrap();
    let at = bytes.windows(8).position(|window| window == 500_i64.to_le_bytes()).unwrap();
    bytes[at] ^= 0x10;
    let error = Contents::from_bytes(&bytes).unwrap_err().to_string();
    assert!(error.contains("record `archive/data/0` is damaged: its checksum is"), "{error}");
}

fn value() -> impl Strategy<Value = Value> {
    use DType::*;
    let dtypes = [F32, F64, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, Bool];
    let tensor = (proptest::sample::select(dtypes.to_vec()), proptest::collection::vec(0..4_usize, 0..4))
        .prop_flat_map(|(dtype, shape)| {
            let len = shape.iter().product::<usize>() * dtype.size_in_bytes();
            let bytes = proptest::collection::vec(any::<u8>(), len);
            bytes.prop_map(move |bytes| Value::Tensor(Tensor::from_bytes(dtype, &shape, &bytes)))
        });
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
        tensor,
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        let items = proptest::collection::vec(inner.clone(), 0..8);
        let entries = proptest::collection::btree_map(any::<String>(), inner, 0..8);
        prop_oneof![
            items.clone().prop_map(Value::List),
            items.prop_map(Value::Tuple),
            entries.prop_map(Value::dict),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_value_survives_pth_and_container(value in value()) {
        for format in [Format::Torch, Format::Native] {
            let bytes = Contents::from(value.clone()).to_bytes(format).unwrap();
            let again = Contents::from_bytes(&bytes).unwrap();
            common::assert_same(&again.value, &value, "");
            prop_assert_eq!(again.to_bytes(format).unwrap(), bytes);
        }
    }

    #[test]
    fn random_damage_does_not_panic(
        file in 0..28_usize,
        splices in proptest::collection::vec((any::<u16>(), any::<u16>(), proptest::collection::vec(any::<u8>(), 0..8)), 1..6),
    ) {
        let names = all();
        let mut bytes = bytes(&names[file % names.len()]);
        for (at, drop, insert) in splices {
            let at = usize::from(at) % bytes.len().max(1);
            let end = (at + usize::from(drop % 12)).min(bytes.len());
            bytes.splice(at.min(end)..end, insert);
        }
        if let Ok(contents) = Contents::from_bytes(&bytes) {
            use_it(contents);
        }
    }

    #[test]
    fn random_pickles_do_not_panic(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = Contents::from_bytes(&[b"\x80\x02", &body[..], b"."].concat());
    }
}
