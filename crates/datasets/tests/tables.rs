//! scikit-learn's tables and made-up points, number for number.

use datasets::{
    Centers, MakeBlobsOptions, MakeCirclesOptions, MakeMoonsOptions, MakeRegressionOptions,
    load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine, make_blobs, make_circles,
    make_moons, make_regression,
};
use tensor::{DType, Generator, Tensor, manual_seed, with_default_generator};
use testing::{Case, Recording, Within, alone, assert_bits, assert_close, checksum, recording};

#[test]
fn tables_are_scikit_learns() {
    let recording = recording!("tables");
    for (name, found) in [
        ("iris", load_iris()),
        ("wine", load_wine()),
        ("breast_cancer", load_breast_cancer()),
        ("digits", load_digits()),
        ("diabetes", load_diabetes()),
    ] {
        let case = recording.case(name);
        let first = case.tensor("data");
        assert_eq!(found.data.shape(), case.sizes("shape"), "{name}");
        assert_bits(name, &found.data.narrow(0, 0, first.size(0)), &first);
        assert_eq!(checksum(&found.data.to_dtype(DType::F32)), case.text("checksum"), "{name}");
        assert_bits(name, &found.target, &case.tensor("target"));
        assert_eq!(found.feature_names.join("\n"), case.text("feature_names"), "{name}");
        assert_eq!(found.target_names.join("\n") + "\n", case.text("target_names"), "{name}");
    }
}

/// The cases of a function, with its leading arguments, its seed, and whether it shuffles.
fn cases<'r>(recording: &'r Recording, name: &str) -> Vec<(&'r Case, Vec<usize>, Option<u32>, bool)> {
    let cases = recording.named(name).into_iter().map(|case| {
        let seed = case.size("random_state") as u32;
        (case, case.sizes("arguments"), Some(seed), case["shuffle"].as_bool().unwrap_or(true))
    });
    let cases: Vec<_> = cases.collect();
    assert!(cases.len() > 5, "{name}");
    cases
}

fn assert_made(case: &Case, x: &Tensor, y: &Tensor) {
    assert_bits(format!("{case:?}: x"), x, &case.tensor("x"));
    assert_bits(format!("{case:?}: y"), y, &case.tensor("y"));
}

#[test]
fn moons_and_circles_are_scikit_learns() {
    let recording = recording!("tables");
    for (case, n, random_state, shuffle) in cases(&recording, "make_moons") {
        let noise = case.get_number("noise");
        let (x, y) = make_moons(n[0], MakeMoonsOptions { shuffle, noise, random_state });
        assert_made(case, &x, &y);
    }
    for (case, n, random_state, shuffle) in cases(&recording, "make_circles") {
        let (noise, factor) = (case.get_number("noise"), case.get_number("factor").unwrap_or(0.8));
        let (x, y) = make_circles(n[0], MakeCirclesOptions { shuffle, noise, random_state, factor });
        assert_made(case, &x, &y);
    }
}

/// A list of numbers, or one.
fn floats(case: &Case, key: &str) -> Option<Vec<f64>> {
    let list = case[key].as_array().map(|list| list.iter().map(|x| x.as_f64().unwrap()).collect());
    list.or_else(|| case.get_number(key).map(|x| vec![x]))
}

#[test]
fn blobs_are_scikit_learns() {
    let recording = recording!("tables");
    for (case, n, random_state, shuffle) in cases(&recording, "make_blobs") {
        let mut options = MakeBlobsOptions { shuffle, random_state, ..Default::default() };
        options.n_features = *n.get(1).unwrap_or(&2);
        if let Some(std) = floats(case, "cluster_std") {
            options.cluster_std = std;
        }
        if let Some(ends) = floats(case, "center_box") {
            options.center_box = ends.try_into().unwrap();
        }
        options.centers = match (case.get_tensor("at"), case.get_number("centers")) {
            (Some(points), _) => points.into(),
            (None, Some(number)) => Centers::Number(number as usize),
            (None, None) => options.centers,
        };
        let (x, y, centers) = make_blobs(n[0], options);
        assert_made(case, &x, &y);
        assert_bits(format!("{case:?}: centers"), &centers, &case.tensor("third"));
    }
}

#[test]
fn regressions_are_scikit_learns() {
    let recording = recording!("tables");
    for (case, n, random_state, shuffle) in cases(&recording, "make_regression") {
        let number = |key| case.get_number(key);
        let options = MakeRegressionOptions {
            n_informative: number("n_informative").map_or(10, |n| n as usize),
            n_targets: number("n_targets").map_or(1, |n| n as usize),
            bias: number("bias").unwrap_or(0.0),
            noise: number("noise").unwrap_or(0.0),
            shuffle,
            random_state,
        };
        let (x, y, coef) = make_regression(n[0], n[1], options);
        assert_bits(format!("{case:?}: x"), &x, &case.tensor("x"));
        assert_close(format!("{case:?}: y"), &y, &case.tensor("y"), Within::of_largest(1e-15));
        assert_bits(format!("{case:?}: coef"), &coef, &case.tensor("third"));
    }
}

#[test]
fn without_a_seed_the_default_generator_decides() {
    let _turn = alone();
    let made =
        || make_moons(20, MakeMoonsOptions { noise: Some(0.1), ..Default::default() }).0.to_vec::<f64>();
    manual_seed(4);
    let (first, second) = (made(), made());
    manual_seed(4);
    assert_eq!(made(), first);
    assert_ne!(first, second);
    assert_ne!(with_default_generator(Generator::next_u32), Generator::new(4).next_u32());
}

#[test]
#[should_panic(
    expected = "make_moons: The 'noise' parameter of make_moons must be a float in the range [0.0, inf)."
)]
fn noise_is_not_negative() {
    make_moons(10, MakeMoonsOptions { noise: Some(-0.1), ..Default::default() });
}
