//! Tensors by `serde`.

use tensor::{DType, Tensor};

#[test]
fn every_dtype_is_read_back_as_it_was() {
    let special =
        [0.0, -0.0, 1.0 / 3.0, 1e-45, 3e38, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, 200.7];
    for dtype in DType::ALL {
        let x = Tensor::from(special).to_dtype(dtype).reshape([3, 1, 3]);
        let text = serde_json::to_string(&x).unwrap();
        let y: Tensor = serde_json::from_str(&text).unwrap();
        assert_eq!((y.dtype(), y.shape(), y.bytes()), (dtype, x.shape(), x.bytes()), "{text}");
    }
    let nan: Tensor = serde_json::from_str(r#"{"shape":[],"data":{"float16":["NaN"]}}"#).unwrap();
    assert!(nan.item().is_nan() && nan.ndim() == 0);
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |text: &str| serde_json::from_str::<Tensor>(text).unwrap_err().to_string();
    let wrong = refused(r#"{"shape":[2,2],"data":{"int64":[1,2,3]}}"#);
    assert!(wrong.starts_with("shape [2, 2] is invalid for input of size 3"), "{wrong}");
    let huge = refused(r#"{"shape":[4294967296,4294967296],"data":{"int64":[]}}"#);
    assert!(huge.starts_with("shape [4294967296, 4294967296] is invalid"), "{huge}");
    let empty = refused(r#"{"shape":[0,4294967296,4294967296],"data":{"int64":[]}}"#);
    assert!(empty.starts_with("shape [0, 4294967296, 4294967296] is invalid"), "{empty}");
    let word = refused(r#"{"shape":[1],"data":{"float32":["infinite"]}}"#);
    assert!(word.contains(r#"expected a number, "inf", "-inf" or "NaN""#), "{word}");
    assert!(refused(r#"{"shape":[1],"data":{"uint8":[256]}}"#).contains("256"));
    assert!(refused(r#"{"shape":[1],"data":{"float8":[1]}}"#).contains("unknown variant `float8`"));
}
