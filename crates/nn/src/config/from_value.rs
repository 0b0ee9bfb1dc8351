//! From a [`ConfigValue`] to any type with `Deserialize`.

use std::fmt::Display;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{ConfigError, ConfigValue};

#[derive(Clone, Copy)]
pub(super) struct FromValue<'de>(pub(super) &'de ConfigValue);

impl de::Error for ConfigError {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl<'de> IntoDeserializer<'de, ConfigError> for FromValue<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for FromValue<'de> {
    type Error = ConfigError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        match self.0 {
            ConfigValue::None => visitor.visit_unit(),
            ConfigValue::Bool(value) => visitor.visit_bool(*value),
            ConfigValue::Int(value) => visitor.visit_i64(*value),
            ConfigValue::Float(value) => visitor.visit_f64(*value),
            ConfigValue::Str(value) => visitor.visit_str(value),
            ConfigValue::List(items) | ConfigValue::Tuple(items) => {
                let mut items = SeqDeserializer::new(items.iter().map(FromValue));
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            ConfigValue::Map(entries) => {
                let mut entries =
                    MapDeserializer::new(entries.iter().map(|(key, value)| (key.as_str(), FromValue(value))));
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConfigError> {
        match self.0 {
            ConfigValue::None => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        match self.0 {
            ConfigValue::Str(variant) => visitor.visit_enum(variant.as_str().into_deserializer()),
            ConfigValue::Map(entries) if entries.len() == 1 => {
                visitor.visit_enum(Variant { name: &entries[0].0, content: FromValue(&entries[0].1) })
            }
            other => Err(ConfigError::custom(format!("expected the name of a variant, found {other}"))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A variant of an enum with its content.
struct Variant<'de> {
    name: &'de str,
    content: FromValue<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ConfigError;
    type Variant = FromValue<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, FromValue<'de>), ConfigError> {
        Ok((seed.deserialize(self.name.into_deserializer())?, self.content))
    }
}

impl<'de> VariantAccess<'de> for FromValue<'de> {
    type Error = ConfigError;

    fn unit_variant(self) -> Result<(), ConfigError> {
        Err(ConfigError::custom("a variant without content has some"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, ConfigError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, ConfigError> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConfigError> {
        self.deserialize_any(visitor)
    }
}
