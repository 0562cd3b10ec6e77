//! What is stored in outcomes reads back the same, numbers as text.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tanheng_inventory::{FigureKind, Figures, LineKind, classify, compute_month, obligation};

use crate::{figure, fuel, law, line, month, outputs, setting, with_example, year};

fn same<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value, "{text}");
    text
}

#[test]
fn outcomes_survive_storage() {
    let coal = fuel("烟煤", "1000 t", "21.402 GJ/t", "0.02641", "99%");
    same(&coal);
    let lines = [coal, line(LineKind::Output, "供热量", "61240.5 GJ")];
    let text = same(&compute_month(&setting(law(), "power"), month("2022-03"), &lines).unwrap());
    assert!(text.contains("\"供热量\":\"61240.5 GJ\""), "{text}");
    assert!(text.contains("\"month\":\"2022-03\"") && text.contains("\"trial\":false"), "{text}");
    let own = figure("27000", "120000");
    let figures =
        Figures { reported: Some(own.clone()), verified: Some(own.clone()), ..Figures::default() };
    let steel = setting(with_example(), "steel");
    let text = same(&figures);
    assert!(text.contains("\"total\":\"120000\""), "{text}");
    let text = same(&classify(&steel, year("2022"), &figures).unwrap());
    assert!(text.contains("\"outcome\":\"decided\",\"class\":\"key\""), "{text}");
    let made = outputs(&[("粗钢", "50000 t")]);
    let found = obligation(&steel, year("2022"), (FigureKind::Verified, &own), &made, false);
    let text = same(&found.unwrap());
    assert!(text.contains("\"outcome\":\"trial\",\"tonnes\":\"2000\""), "{text}");
}
