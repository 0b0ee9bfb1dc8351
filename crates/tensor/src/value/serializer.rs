//! From any type with `Serialize` to a [`Value`].

use serde::Serialize;
use serde::ser::{self, Error as _, SerializeMap, SerializeSeq};

use super::{Value, ValueError};

pub(super) struct ToValue;

type Result<T = Value> = std::result::Result<T, ValueError>;

macro_rules! integers {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result {
            match i64::try_from(value) {
                Ok(value) => Ok(Value::Int(value)),
                Err(_) => Err(ValueError::custom(format!("{value} is beyond 64 bits"))),
            }
        }
    )*};
}

impl ser::Serializer for ToValue {
    type Ok = Value;
    type Error = ValueError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    integers! { serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
    serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
    serialize_u128: u128 }

    fn serialize_bool(self, value: bool) -> Result {
        Ok(Value::Bool(value))
    }

    /// The shortest decimal that is this `f32`: 0.1 stays 0.1, and reads back as the same bits.
    fn serialize_f32(self, value: f32) -> Result {
        Ok(Value::Float(value.to_string().parse().unwrap_or(value as f64)))
    }

    fn serialize_f64(self, value: f64) -> Result {
        Ok(Value::Float(value))
    }

    fn serialize_char(self, value: char) -> Result {
        Ok(Value::Str(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result {
        Ok(Value::Str(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result {
        Ok(Value::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result {
        Ok(Value::None)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result {
        Ok(Value::None)
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Result {
        Ok(Value::Str(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Result {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result {
        Ok(in_variant(Some(variant), value.serialize(self)?))
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Items> {
        Ok(Items { items: Vec::new(), wrap: Value::List, variant: None })
    }

    fn serialize_tuple(self, _len: usize) -> Result<Items> {
        Ok(Items { items: Vec::new(), wrap: Value::Tuple, variant: None })
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Items> {
        self.serialize_tuple(len)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Items> {
        Ok(Items { items: Vec::new(), wrap: Value::Tuple, variant: Some(variant) })
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Entries> {
        Ok(Entries { entries: Vec::new(), key: None, variant: None })
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Entries> {
        Ok(Entries { entries: Vec::new(), key: None, variant: None })
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Entries> {
        Ok(Entries { entries: Vec::new(), key: None, variant: Some(variant) })
    }
}

/// A variant with content is a map of one entry.
fn in_variant(variant: Option<&'static str>, content: Value) -> Value {
    match variant {
        None => content,
        Some(variant) => Value::dict([(variant, content)]),
    }
}

pub(super) struct Items {
    items: Vec<Value>,
    wrap: fn(Vec<Value>) -> Value,
    variant: Option<&'static str>,
}

impl SerializeSeq for Items {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.items.push(value.serialize(ToValue)?);
        Ok(())
    }

    fn end(self) -> Result {
        Ok(in_variant(self.variant, (self.wrap)(self.items)))
    }
}

macro_rules! same_as_seq {
    ($($trait:ident::$method:ident),*) => {$(
        impl ser::$trait for Items {
            type Ok = Value;
            type Error = ValueError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                SerializeSeq::serialize_element(self, value)
            }

            fn end(self) -> Result {
                SerializeSeq::end(self)
            }
        }
    )*};
}

same_as_seq! { SerializeTuple::serialize_element, SerializeTupleStruct::serialize_field,
SerializeTupleVariant::serialize_field }

pub(super) struct Entries {
    entries: Vec<(Value, Value)>,
    key: Option<Value>,
    variant: Option<&'static str>,
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = ValueError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.key = Some(key.serialize(ToValue)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let key = self.key.take().ok_or_else(|| ValueError::custom("a value of a map has no key"))?;
        self.entries.push((key, value.serialize(ToValue)?));
        Ok(())
    }

    fn end(self) -> Result {
        Ok(in_variant(self.variant, Value::Dict(self.entries)))
    }
}

macro_rules! same_as_map {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Entries {
            type Ok = Value;
            type Error = ValueError;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
                self.serialize_entry(key, value)
            }

            fn end(self) -> Result {
                SerializeMap::end(self)
            }
        }
    )*};
}

same_as_map! { SerializeStruct, SerializeStructVariant }
