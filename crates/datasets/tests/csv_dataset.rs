//! Tables in CSV files: columns by name, classes, and every kind of damage.
#![cfg(feature = "csv")]

use datasets::{CsvDataset, CsvOptions, CsvTarget, Dataset, Result, Subset, load_iris};
use tensor::DType;

const HOUSES: &str =
    "\u{feff}rooms,\"area, m²\", town,price\n3,\"70.5\",Bonn,1e2\r\n4,81,\"Ulm \",120\n2, 40 ,Bonn,99.5\n";

fn read(text: &str, options: CsvOptions) -> Result<CsvDataset> {
    CsvDataset::read("t.csv", text.as_bytes(), options)
}

fn refused(text: &str, options: CsvOptions) -> String {
    read(text, options).unwrap_err().to_string()
}

fn features(names: &[&str]) -> CsvOptions {
    CsvOptions { features: names.iter().map(|name| name.to_string()).collect(), ..Default::default() }
}

#[test]
fn columns_are_taken_by_name_and_in_the_order_given() {
    let options = CsvOptions { delimiter: b',', ..features(&["area, m²", "rooms"]) };
    let houses = read(HOUSES, options.clone()).unwrap();
    assert_eq!(houses.feature_names(), ["area, m²", "rooms"]);
    assert_eq!(houses.data().to_vec::<f32>(), [70.5, 3.0, 81.0, 4.0, 40.0, 2.0]);
    assert_eq!(
        (houses.targets().dtype(), houses.targets().to_vec::<f32>()),
        (DType::F32, vec![100.0, 120.0, 99.5])
    );
    assert!(houses.classes().is_empty());
    let (x, y) = houses.get(1);
    assert_eq!((x.to_vec::<f32>(), y.item()), (vec![81.0, 4.0], 120.0));
    assert_eq!(houses.iter().count(), 3);

    let towns = read(HOUSES, CsvOptions { target: CsvTarget::class("town"), ..options }).unwrap();
    assert_eq!(
        (towns.classes(), towns.targets().to_vec::<i64>()),
        (&["Bonn", "Ulm"].map(String::from)[..], vec![0, 1, 0])
    );
    assert_eq!(Subset::of_classes(&towns, ["Bonn"]).indices(), [0, 2]);
    let rooms = CsvOptions { target: CsvTarget::number("rooms"), ..features(&["price"]) };
    assert_eq!(read(HOUSES, rooms).unwrap().targets().to_vec::<f32>(), [3.0, 4.0, 2.0]);
}

#[test]
fn without_names_columns_have_numbers_and_integers_are_classes_in_their_order() {
    let options = CsvOptions {
        has_headers: false,
        delimiter: b';',
        missing: Some(-1.0),
        target: CsvTarget::class("0"),
        ..Default::default()
    };
    let data = read("10;1.5;\n2;;4\n10;3;5\n-1;0;nan\n", options).unwrap();
    assert_eq!(
        (data.feature_names(), data.classes()),
        (&["1", "2"].map(String::from)[..], &["-1", "2", "10"].map(String::from)[..])
    );
    assert_eq!(data.targets().to_vec::<i64>(), [2, 1, 2, 0]);
    assert_eq!(data.data().to_vec::<f32>()[..6], [1.5, -1.0, -1.0, 4.0, 3.0, 5.0]);
    assert!(data.data().to_vec::<f32>()[7].is_nan());
}

#[test]
fn a_class_is_listed_once() {
    let options = CsvOptions { has_headers: false, target: CsvTarget::class("0"), ..Default::default() };
    let data = read("1,5\n01,6\n1,7\n", options).unwrap();
    assert_eq!(data.classes(), ["01", "1"]);
    assert_eq!(data.targets().to_vec::<i64>(), [1, 0, 1]);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let default = CsvOptions::default;
    for (text, options, says) in [
        (HOUSES, default(), r#"t.csv: line 2, column "town": "Bonn" is not a number"#),
        ("a,b\n1,2\n3,\n", default(), r#"t.csv: line 3, column "b": "" is not a number"#),
        (
            "a,b\n1,2\n3\n",
            default(),
            "t.csv: CSV error: record 2 (line: 3, byte: 8): found record with 1 fields",
        ),
        ("a,b\n1,2\n", features(&["c"]), r#"t.csv: has no column "c"; there are a, b"#),
        ("a,b\n", default(), "t.csv: has no rows"),
        ("", default(), "t.csv: is empty"),
    ] {
        let error = refused(text, options);
        assert!(error.starts_with(says), "{error}, not {says}");
    }
    let class = CsvOptions { target: CsvTarget::class("kind"), ..default() };
    let gap = r#"t.csv: line 3, column "kind": the class is missing"#;
    assert_eq!(refused("a,kind\n1,x\n2, \n", class.clone()), gap);
    assert_eq!(refused("a,b\n1,2\n", class), r#"t.csv: has no column "kind"; there are a, b"#);
    let bytes = CsvDataset::read("t.csv", &b"a,b\n1,\xff\n"[..], default()).unwrap_err().to_string();
    assert!(bytes.contains("invalid UTF-8"), "{bytes}");
    let missing = CsvDataset::open("no/such.csv", default()).unwrap_err().to_string();
    assert!(missing.starts_with("no/such.csv: "), "{missing}");
}

#[test]
fn a_file_that_scikit_learn_reads_gives_its_numbers() {
    let iris = load_iris();
    let packed = include_bytes!("../data/iris.csv.gz");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("iris.csv");
    let mut file = std::fs::File::create(&path).unwrap();
    std::io::copy(&mut flate2::read::GzDecoder::new(&packed[..]), &mut file).unwrap();
    let options = CsvOptions { has_headers: false, target: CsvTarget::class("4"), ..Default::default() };
    let data = CsvDataset::open(&path, options).unwrap();
    assert_eq!(data.data().to_vec::<f32>(), iris.data.to_dtype(DType::F32).to_vec::<f32>());
    assert_eq!(data.targets().to_vec::<i64>(), iris.target.to_vec::<i64>());
    assert_eq!((data.len(), data.classes().len()), (150, 3));
}
