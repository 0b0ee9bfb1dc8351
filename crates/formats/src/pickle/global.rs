/// A Python global that a checkpoint may name. Nothing else is looked up, let alone called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Global {
    OrderedDict,
    Counter,
    Set,
    Bytearray,
    Complex,
    Encode,
    Size,
    Device,
    Layout,
    Parameter,
    Tensor,
    Dtype(Element),
    Storage(Element),
    RebuildTensor,
    RebuildTensorV2,
    RebuildTensorV3,
    RebuildMeta,
    RebuildParameter,
    RebuildFromType,
    ArrayReconstruct,
    ArrayClass,
    ArrayDtypeClass,
    ArrayDtype(Element),
    /// Something of torch that is known and harmless, with no counterpart here.
    Unsupported(&'static str),
}

/// The element type of a storage or tensor in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Element {
    /// One of torch's dtypes, whether or not a reader has a counterpart.
    Dtype {
        /// Torch's name of it, such as `float32`.
        name: &'static str,
        /// Bytes of one element.
        size: usize,
    },
    /// Untyped bytes: the tensor says what they are.
    Untyped,
}

impl Element {
    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Element::Dtype { size, .. } => size,
            Element::Untyped => 1,
        }
    }

    /// Torch's name of the dtype; none for untyped bytes.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Element::Dtype { name, .. } => Some(name),
            Element::Untyped => None,
        }
    }
}

/// Torch's dtypes: the name, the storage class's name, bytes for each element.
const DTYPES: [(&str, &str, usize); 47] = [
    ("float32", "FloatStorage", 4),
    ("float64", "DoubleStorage", 8),
    ("float16", "HalfStorage", 2),
    ("bfloat16", "BFloat16Storage", 2),
    ("int64", "LongStorage", 8),
    ("int32", "IntStorage", 4),
    ("int16", "ShortStorage", 2),
    ("int8", "CharStorage", 1),
    ("uint8", "ByteStorage", 1),
    ("bool", "BoolStorage", 1),
    // These have no storage class: torch saves untyped bytes and names the dtype beside them.
    ("uint16", "", 2),
    ("uint32", "", 4),
    ("uint64", "", 8),
    ("complex32", "ComplexHalfStorage", 4),
    ("complex64", "ComplexFloatStorage", 8),
    ("complex128", "ComplexDoubleStorage", 16),
    ("qint8", "QInt8Storage", 1),
    ("quint8", "QUInt8Storage", 1),
    ("qint32", "QInt32Storage", 4),
    ("quint4x2", "QUInt4x2Storage", 1),
    ("quint2x4", "QUInt2x4Storage", 1),
    ("float8_e4m3fn", "", 1),
    ("float8_e4m3fnuz", "", 1),
    ("float8_e5m2", "", 1),
    ("float8_e5m2fnuz", "", 1),
    ("float8_e8m0fnu", "", 1),
    ("float4_e2m1fn_x2", "", 1),
    ("bcomplex32", "", 4),
    ("bits1x8", "", 1),
    ("bits2x4", "", 1),
    ("bits4x2", "", 1),
    ("bits8", "", 1),
    ("bits16", "", 2),
    ("int1", "", 1),
    ("int2", "", 1),
    ("int3", "", 1),
    ("int4", "", 1),
    ("int5", "", 1),
    ("int6", "", 1),
    ("int7", "", 1),
    ("uint1", "", 1),
    ("uint2", "", 1),
    ("uint3", "", 1),
    ("uint4", "", 1),
    ("uint5", "", 1),
    ("uint6", "", 1),
    ("uint7", "", 1),
];

/// The class torch would name for the storage of a tensor; none for the dtypes that have none.
pub(super) fn storage_class(dtype: &str) -> Option<&'static str> {
    let (_, class, _) = DTYPES.iter().find(|(name, _, _)| *name == dtype)?;
    (!class.is_empty()).then_some(*class)
}

pub(super) fn lookup(module: &str, name: &str) -> Option<Global> {
    use Global::*;
    Some(match (module, name) {
        ("collections", "OrderedDict") => OrderedDict,
        ("collections", "Counter") => Counter,
        ("builtins" | "__builtin__", "set" | "frozenset") => Set,
        ("builtins" | "__builtin__", "bytearray" | "bytes") => Bytearray,
        ("builtins" | "__builtin__", "complex") => Complex,
        ("_codecs", "encode") => Encode,
        ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => ArrayReconstruct,
        ("numpy", "ndarray") => ArrayClass,
        ("numpy", "dtype") => ArrayDtypeClass,
        ("torch", "Size") => Size,
        ("torch", "device") => Device,
        ("torch.serialization", "_get_layout") => Layout,
        ("torch.nn.parameter", "Parameter") => Parameter,
        ("torch", "Tensor") => Tensor,
        ("torch._tensor" | "torch.tensor", "_rebuild_from_type_v2") => RebuildFromType,
        ("torch._utils", "_rebuild_tensor") => RebuildTensor,
        ("torch._utils", "_rebuild_tensor_v2") => RebuildTensorV2,
        ("torch._utils", "_rebuild_tensor_v3") => RebuildTensorV3,
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => RebuildParameter,
        ("torch._utils", "_rebuild_qtensor") => Unsupported("a quantised tensor"),
        ("torch._utils", "_rebuild_sparse_tensor") => Unsupported("a sparse tensor"),
        ("torch._utils", "_rebuild_meta_tensor_no_storage") => RebuildMeta,
        ("torch._utils", "_rebuild_wrapper_subclass") => Unsupported("a tensor subclass"),
        ("torch._utils", "_rebuild_device_tensor_from_numpy" | "_rebuild_device_tensor_from_cpu_tensor") => {
            Unsupported("a tensor of another device")
        }
        (
            "torch",
            "per_tensor_affine"
            | "per_tensor_symmetric"
            | "per_channel_affine"
            | "per_channel_symmetric"
            | "per_channel_affine_float_qparams",
        ) => Unsupported("a quantised tensor"),
        ("torch" | "torch.cuda" | "torch.storage", "UntypedStorage") => Storage(Element::Untyped),
        ("torch" | "torch.cuda", _) => dtype_or_storage(name)?,
        _ => return None,
    })
}

/// The element type that torch calls so.
pub(super) fn named(dtype: &str) -> Option<Element> {
    let &(name, _, size) = DTYPES.iter().find(|(name, _, _)| *name == dtype)?;
    Some(Element::Dtype { name, size })
}

fn dtype_or_storage(wanted: &str) -> Option<Global> {
    let row = DTYPES.iter().find(|(name, class, _)| [*name, *class].contains(&wanted));
    let &(name, _, size) = row.filter(|_| !wanted.is_empty())?;
    let element = Element::Dtype { name, size };
    Some(if wanted == name { Global::Dtype(element) } else { Global::Storage(element) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_list_is_found() {
        assert_eq!(lookup("collections", "OrderedDict"), Some(Global::OrderedDict));
        assert_eq!(
            lookup("torch", "HalfStorage"),
            Some(Global::Storage(Element::Dtype { name: "float16", size: 2 }))
        );
        for (module, name) in [("os", "system"), ("builtins", "eval"), ("torch", ""), ("torch", "load")] {
            assert_eq!(lookup(module, name), None, "{module}.{name}");
        }
    }
}
