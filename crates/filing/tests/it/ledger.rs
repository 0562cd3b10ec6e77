//! The monthly ledger, cell by cell.

use tanheng_base::Lang;
use tanheng_filing::{check, code, read_csv, read_json, to_csv};

use crate::{csv, ledger, places, read, refused};

const POWER_CSV: &[u8] = include_bytes!("../../../../examples/ledgers/power-2022-03.csv");
const POWER_JSON: &[u8] = include_bytes!("../../../../examples/ledgers/power-2022-03.json");
const STEEL_CSV: &[u8] = include_bytes!("../../../../examples/ledgers/steel-2022-03.csv");
const ERRORS_CSV: &[u8] = include_bytes!("../../../../examples/ledgers/errors-2022-03.csv");

const COAL: &str = "1号机组,锅炉燃煤,化石燃料,烟煤,100.5,t,21.402,0.02641,99%,实测,BC-01,";
const POWER: &str = "1号机组,外购电,购入电力,,1250.480,MWh,,,,实测,EM-02,";

#[test]
fn the_examples_are_read_alike_from_csv_and_json() {
    let form = ledger();
    let sheet = read_csv(&form, POWER_CSV).unwrap();
    assert!(sheet.same_content(&read_json(&form, POWER_JSON).unwrap()));
    assert_eq!(sheet.rows.len(), 5);
    assert_eq!(sheet.rows[0].row, 2);
    let gas = &sheet.rows[1];
    assert_eq!(gas.get("oxidation"), Some("0.99"));
    assert_eq!(form.quantity(gas, "amount").unwrap().to_string(), "21 10^4Nm3");
    assert_eq!(form.quantity(gas, "ncv").unwrap().to_string(), "389.31 GJ/10^4Nm3");
    assert_eq!(form.quantity(&sheet.rows[2], "ncv"), None);
    let steel = read_csv(&form, STEEL_CSV).unwrap();
    assert_eq!(steel.rows[1].get("kind"), Some("fuel"));
    assert_eq!(steel.rows[1].get("ncv"), None);
    assert_eq!(check(&form, &steel).as_ref(), Ok(&steel.rows));
}

#[test]
fn the_bad_example_tells_everything_at_once() {
    let problems = read_csv(&ledger(), ERRORS_CSV).unwrap_err();
    assert_eq!(
        places(&problems),
        [
            "1 备注 form.column_unknown",
            "2 活动数据 form.number",
            "2 低位发热量 form.range",
            "3 碳氧化率 form.range",
            "3 低位发热量 form.required",
            "3 数据来源或计量器具 form.required",
            "4 活动数据 form.places",
            "4 支撑材料 form.formula",
            "4 单位 form.choice_not_here",
            "5 活动数据 form.required",
            "6 活动数据 form.number_full_width",
            "7 取值方式 form.choice",
            "7 单位热值含碳量 form.places",
            "9 设施 form.duplicate",
        ]
    );
    for problem in &problems {
        for lang in [Lang::Zh, Lang::En] {
            assert!(!problem.message.get(lang).is_empty() && !problem.remedy.get(lang).is_empty());
        }
        assert!(code::ALL.contains(&problem.code), "{}", problem.code);
    }
    let heat = &problems[2];
    assert_eq!(heat.value.as_deref(), Some("21402"));
    assert_eq!(heat.rule.as_deref(), Some("hebei.ledger.monthly@1 ncv: <= 130 GJ/t"));
}

#[test]
fn headings_in_any_order_and_language() {
    let form = ledger();
    let english = to_csv(&form, &read(&[COAL]).unwrap(), Lang::En);
    assert!(english.starts_with("Facility,"), "{english}");
    let sheet = read_csv(&form, english.as_bytes()).unwrap();
    let names = "unit,facility,source,kind,amount,determination,meter\nMWh,a,b,电力,1,measured,m\n";
    assert_eq!(
        places(&read_csv(&form, names.as_bytes()).unwrap_err()),
        ["2 kind form.choice"],
        "a choice is never guessed"
    );
    let names = names.replace("电力", "electricity");
    let other = read_csv(&form, names.as_bytes()).unwrap();
    assert_eq!(other.rows[0].get("unit"), Some("MWh"));
    assert!(!sheet.same_content(&other));
}

#[test]
fn files_from_spreadsheets_are_read() {
    let form = ledger();
    let plain = read(&[COAL, POWER]).unwrap();
    let text = csv(&[COAL, POWER]);
    for variant in [
        format!("\u{feff}{text}"),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        text.replace("100.5", " \u{3000}100.5\u{a0} "),
        text.replace("1号机组,外购电", "\"1号机组\",\"外购电\""),
        text.lines().map(|line| format!("{line},,\n")).collect(),
        format!("{text}\n\n,,,,,,,,,,,\n"),
    ] {
        let sheet = read_csv(&form, variant.as_bytes());
        assert!(sheet.as_ref().is_ok_and(|s| s.same_content(&plain)), "{variant}: {sheet:?}");
    }
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts() {
    let bad = POWER.replace("1250.480", "x");
    assert_eq!(refused(&[COAL, "", "", &bad]), ["5 活动数据 form.number"]);
    let broken = COAL.replace("BC-01", "\"BC\n-01\"");
    let places = refused(&[&broken, &bad]);
    assert_eq!(places, ["2 数据来源或计量器具 form.character", "3 活动数据 form.number"]);
}

#[test]
fn other_encodings_are_refused_by_name() {
    let form = ledger();
    let gbk = b"\xc9\xe8\xca\xa9,\xc5\xc5\xb7\xc5\xd4\xb4\n";
    let utf16: Vec<u8> = csv(&[COAL]).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [b"\xff\xfe".as_slice(), &utf16].concat();
    for bytes in [gbk.as_slice(), utf16.as_slice()] {
        assert_eq!(places(&read_csv(&form, bytes).unwrap_err()), ["1 - form.encoding"]);
        assert_eq!(places(&read_json(&form, bytes).unwrap_err()), ["1 - form.encoding"]);
    }
}

#[test]
fn formulas_and_invisible_text_stay_out() {
    for start in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＠x", "\t=1"] {
        let row = COAL.replace("锅炉燃煤", start);
        assert_eq!(refused(&[&row]), ["2 排放源 form.formula"], "{start}");
    }
    for text in ["锅炉\u{200b}燃煤", "锅炉\u{202e}燃煤", "锅炉\u{0}燃煤", "锅\u{feff}炉"]
    {
        let row = COAL.replace("锅炉燃煤", text);
        assert_eq!(refused(&[&row]), ["2 排放源 form.character"], "{text:?}");
    }
    let row = COAL.replace("锅炉燃煤", "机密★三年");
    assert_eq!(refused(&[&row]), ["2 排放源 form.classified"]);
    let row = COAL.replace("锅炉燃煤", &"炉".repeat(81));
    assert_eq!(refused(&[&row]), ["2 排放源 form.too_long"]);
}

#[test]
fn numbers_are_plain_decimals_in_range() {
    for (written, code) in [
        ("\"1,000\"", "form.number"),
        ("1e3", "form.number"),
        ("100 t", "form.number"),
        ("1/3", "form.number"),
        ("10%", "form.number"),
        ("—", "form.number"),
        ("NaN", "form.number"),
        ("１００", "form.number_full_width"),
        ("100.555", "form.places"),
        ("-1", "form.range"),
        ("100000000.01", "form.range"),
        ("340282366920938463463374607431768211456", "form.number"),
        ("99999999999999999999999999999999999999", "form.range"),
    ] {
        let row = COAL.replace("100.5", written);
        assert_eq!(refused(&[&row]), [format!("2 活动数据 {code}")], "{written}");
    }
    for (written, stored) in [("0", "0"), ("-0", "0"), ("007.50", "7.50"), ("1.500", "1.500")] {
        let sheet = read(&[&COAL.replace("100.5", written)]).unwrap();
        assert_eq!(sheet.rows[0].get("amount"), Some(stored));
    }
    for written in ["0", "0%", "1.01", "101%", "98/100", "%"] {
        assert_eq!(refused(&[&COAL.replace("99%", written)]).len(), 1, "{written}");
    }
    for written in ["1", "100%", "0.98", "98.5%", "0.0001"] {
        assert!(read(&[&COAL.replace("99%", written)]).is_ok(), "{written}");
    }
    // Three places for electricity, two for fuel.
    assert_eq!(refused(&[&POWER.replace("1250.480", "1250.4801")]), ["2 活动数据 form.places"]);
}

#[test]
fn the_kind_of_a_row_says_what_belongs_in_it() {
    // Parameters of a fuel may be absent only where the defaults are asked for.
    let bare = COAL.replace("21.402,0.02641,99%", ",,");
    assert_eq!(
        refused(&[&bare]),
        [
            "2 低位发热量 form.required",
            "2 单位热值含碳量 form.required",
            "2 碳氧化率 form.required"
        ]
    );
    assert!(read(&[&bare.replace("实测", "缺省")]).is_ok());
    assert_eq!(refused(&[&bare.replace("实测", "计算")]).len(), 3);
    assert_eq!(refused(&[&COAL.replace(",烟煤,", ",,")]), ["2 燃料或产品名称 form.required"]);
    // They do not belong to electricity, whose unit is fixed.
    let row = POWER.replace("MWh,,,", "t,20,,");
    assert_eq!(
        refused(&[&row]),
        ["2 单位 form.choice_not_here", "2 低位发热量 form.not_applicable"]
    );
    assert_eq!(refused(&[&POWER.replace("实测", "缺省")]), ["2 取值方式 form.choice_not_here"]);
    // Heat of gas beside tonnes is a slip of the unit.
    assert_eq!(refused(&[&COAL.replace("21.402", "389.310")]), ["2 低位发热量 form.range"]);
}

#[test]
fn rows_about_the_same_thing_are_refused() {
    assert_eq!(refused(&[COAL, POWER, COAL]), ["4 设施 form.duplicate"]);
    // Written differently, still the same.
    assert_eq!(refused(&[COAL, &COAL.replace("化石燃料", "fuel")]), ["3 设施 form.duplicate"]);
    assert!(read(&[COAL, &COAL.replace("烟煤", "褐煤")]).is_ok());
}

#[test]
fn columns_are_those_of_the_form() {
    let form = ledger();
    let text = csv(&[COAL]);
    let told = |text: String| places(&read_csv(&form, text.as_bytes()).unwrap_err());
    assert_eq!(
        told(text.replacen("设施,", "设施,设施,", 1).replacen("1号", "1,1号", 1)),
        ["1 设施 form.column_twice"]
    );
    assert_eq!(
        told(text.replacen("设施,", "机器,", 1)),
        ["1 机器 form.column_unknown", "1 设施 form.column_missing"]
    );
    assert_eq!(
        told(text.replacen("支撑材料", "", 1).replacen("BC-01,", "BC-01,报告", 1)),
        ["2 - form.column_unnamed"]
    );
    assert_eq!(told(text.replacen("BC-01,", "BC-01,报告,多", 1)), ["2 - form.column_unnamed"]);
    assert_eq!(told(text.replacen("BC-01,", "BC-01", 1)), ["2 - form.row_short"]);
    for empty in ["", "\u{feff}", "\n\n"] {
        assert_eq!(told(empty.to_owned()), ["- - form.no_rows"]);
    }
    assert_eq!(told(ledger().csv_header(Lang::Zh)), ["- - form.no_rows"]);
}

#[test]
fn size_is_limited() {
    let mut form = ledger();
    form.max_rows = 1;
    let text = csv(&[COAL, POWER]);
    assert_eq!(places(&read_csv(&form, text.as_bytes()).unwrap_err()), ["- - form.too_many_rows"]);
    form.max_bytes = text.len() - 1;
    assert_eq!(places(&read_csv(&form, text.as_bytes()).unwrap_err()), ["- - form.too_large"]);
    assert_eq!(places(&read_json(&form, text.as_bytes()).unwrap_err()), ["- - form.too_large"]);
}

const JSON: &str = r#"[{"facility": "a", "source": "b", "kind": "electricity",
    "amount": 9007199254740993.125, "unit": "MWh", "determination": "measured", "meter": "m"}]"#;

#[test]
fn json_numbers_keep_their_digits() {
    let mut form = ledger();
    for field in &mut form.fields {
        if let tanheng_filing::FieldKind::Number(number) = &mut field.kind {
            number.limits.max = None;
        }
    }
    let sheet = read_json(&form, JSON.as_bytes()).unwrap();
    assert_eq!(sheet.rows[0].row, 1);
    // As binary floating point this would end in 992 and lose the fraction.
    assert_eq!(sheet.rows[0].get("amount"), Some("9007199254740993.125"));
    let wrapped = format!("{{\"form\": \"hebei.ledger.monthly\", \"rows\": {JSON}}}");
    assert!(read_json(&form, wrapped.as_bytes()).unwrap().same_content(&sheet));
    let null =
        JSON.replace("\"meter\": \"m\"", "\"meter\": \"m\", \"ncv\": null, \"evidence\": \"\"");
    assert!(read_json(&form, null.as_bytes()).unwrap().same_content(&sheet));
}

#[test]
fn json_of_another_shape_is_refused() {
    let form = ledger();
    let told = |text: String| places(&read_json(&form, text.as_bytes()).unwrap_err());
    let small = JSON.replace("9007199254740993.125", "1.5");
    for text in ["", "{", "1", "[1", "{\"row\": []}", "{\"rows\": 1}", "\"a\""] {
        assert_eq!(told(text.to_owned()), ["- - form.json"], "{text}");
    }
    assert_eq!(told(format!("{}, 7]", &small[..small.len() - 1]))[0], "2 - form.json");
    assert_eq!(told(small.replace("1.5", "{\"v\": 1.5}"))[0], "1 amount form.json");
    assert_eq!(told(small.replace("1.5", "true"))[0], "1 amount form.json");
    assert_eq!(told(small.replace("1.5", "1.5e0")), ["1 amount form.number"]);
    assert_eq!(told(small.replace("\"amount\"", "\"amuont\""))[0], "1 amuont form.column_unknown");
    assert_eq!(
        told(small.replace("\"unit\"", "\"Activity data\": 2, \"unit\"")),
        ["1 Activity data form.column_twice"]
    );
    for (key, value) in [("form", "hebei.other"), ("form_version", "2")] {
        let text = format!("{{\"{key}\": \"{value}\", \"rows\": {small}}}");
        assert_eq!(told(text), ["- - form.other_form"]);
    }
    let deep = format!("[{{\"amount\": {}}}]", "[".repeat(100_000));
    assert_eq!(told(deep), ["- - form.json"]);
}

#[test]
fn a_stored_sheet_is_checked_again() {
    let form = ledger();
    let mut sheet = read(&[COAL]).unwrap();
    assert_eq!(check(&form, &sheet).as_ref(), Ok(&sheet.rows));
    sheet.rows[0].cells.insert("amount".to_owned(), "1,5".to_owned());
    sheet.rows[0].cells.insert("remark".to_owned(), "x".to_owned());
    sheet.form_version = "0".to_owned();
    assert_eq!(
        places(&check(&form, &sheet).unwrap_err()),
        ["- - form.other_form", "2 remark form.column_unknown", "2 amount form.number"]
    );
    sheet.rows[0].cells.insert("amount".to_owned(), "1.5".to_owned());
    let now = sheet.clone().under(&form);
    assert_eq!(check(&form, &now).as_ref(), Ok(&now.rows), "filed again under another version");
    assert_eq!((now.rows[0].get("amount"), now.rows[0].get("remark")), (Some("1.5"), None));
    let json = serde_json::to_string(&sheet).unwrap();
    assert_eq!(serde_json::from_str::<tanheng_filing::Sheet>(&json).unwrap(), sheet);
}
