//! `tanheng bench`: what is measured is compared, and the last line is what programs read.

use serde_json::Value as Json;

use crate::tanheng;

#[test]
fn accounting_ends_with_one_object_and_agrees_with_its_peers() {
    // As the tests run in an empty folder, the peers are found only where somebody set them up.
    let peers = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/peers");
    let line = ["bench", "accounting", "--records", "20000", "--rounds", "1", "--json"];
    let ran = tanheng(&[&line[..], &["--threads", "2", "--peers", peers]].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let last: Json = serde_json::from_str(ran.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["suite"], "accounting");
    let results = last["results"].as_array().unwrap();
    assert_eq!(results[0]["name"], "tanheng");
    assert!(results.iter().all(|result| result["per_second"].as_u64().unwrap() > 0), "{last}");
    let left_out = ran.out.lines().filter(|line| line.contains("left out")).count();
    assert_eq!(last["peers"].as_array().unwrap().len() + left_out, 4, "{}", ran.out);
    assert!(ran.out.contains("consumption 1000.00–500000.00 t"), "{}", ran.out);
}

#[test]
fn absent_peers_are_told_and_no_failure() {
    let ran = tanheng(&["bench", "accounting", "--records", "1000", "--rounds", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out.lines().filter(|line| line.contains("not installed")).count(), 4);
}
