//! Records, and the kinds of field that applications need: days, yes or no, codes.

use serde_json::json;
use tanheng_base::Lang;
use tanheng_filing::{
    Form, Layout, Period, Sheet, check, json_schema, read_csv, read_json, to_csv,
};

use crate::places;

const APPLICATION: &str = r#"
id = "example.application"
version = "1"
title = { zh = "申请表", en = "Application" }
layout = "record"
period = "none"
document = "example-1"
clause = "一"
max_bytes = 65536

[[field]]
name = "applicant"
title = { zh = "统一社会信用代码", en = "Credit code" }
help = { zh = "18位", en = "18 characters" }
kind = "code"
pattern = "credit_code"
required = true

[[field]]
name = "day"
title = { zh = "检测日期", en = "Day of the test" }
help = { zh = "检测当日", en = "the day itself" }
kind = "date"
required = true

[[field]]
name = "accredited"
title = { zh = "有资质", en = "Accredited" }
help = { zh = "是或否", en = "yes or no" }
kind = "bool"
required = true

[[field]]
name = "report"
title = { zh = "报告编号", en = "Report" }
help = { zh = "CMA 或 CNAS", en = "CMA or CNAS" }
kind = "code"
pattern = "report_number"
[[field.required_when]]
accredited = ["true"]
[[field.empty_when]]
accredited = ["false"]

[[field]]
name = "factor"
title = { zh = "系数", en = "Factor" }
help = { zh = "固定", en = "fixed" }
kind = "number"
unit = "t/GJ"
value_fixed = "0.10"
locked = true

[[field]]
name = "scan"
title = { zh = "扫描件", en = "Scan" }
help = { zh = "附件", en = "attachment" }
kind = "code"
pattern = "attachment"
media = ["application/pdf"]
max_bytes = 1048576
"#;

fn form() -> Form {
    Form::parse(APPLICATION).unwrap()
}

fn cell<'a>(sheet: &'a Sheet, field: &str) -> &'a str {
    sheet.rows[0].get(field).unwrap()
}

#[test]
fn a_record_is_read_alike_from_every_shape() {
    let form = form();
    assert_eq!((form.layout, form.period, form.max_rows), (Layout::Record, Period::None, 1));
    let pairs = "字段,值\n统一社会信用代码,91139900000000001P\nDay of the test,2022年3月9日\n\
                 有资质,是\nreport,cnas l1234 R-17\n扫描件,\n";
    let table = "统一社会信用代码,检测日期,有资质,报告编号,系数\n\
                 91139900000000001p,2022/3/9,YES,CNAS L1234 R-17,0.1\n";
    let object = r#"{"applicant": "91139900000000001P", "day": "2022-03-09", "accredited": true,
                     "report": "CNASL1234 R-17"}"#;
    let rows = format!("{{\"form\": \"example.application\", \"rows\": [{object}]}}");
    let read = [
        read_csv(&form, pairs.as_bytes()).unwrap(),
        read_csv(&form, table.as_bytes()).unwrap(),
        read_json(&form, object.as_bytes()).unwrap(),
        read_json(&form, rows.as_bytes()).unwrap(),
    ];
    for sheet in &read {
        assert_eq!(cell(sheet, "applicant"), "91139900000000001P");
        assert_eq!((cell(sheet, "day"), cell(sheet, "accredited")), ("2022-03-09", "true"));
        assert_eq!(cell(sheet, "report"), "CNAS L1234 R-17");
        assert!(["0.10", "0.1"].contains(&cell(sheet, "factor")));
        assert_eq!(check(&form, sheet).as_ref(), Ok(&sheet.rows));
        for lang in [Lang::Zh, Lang::En] {
            let again = read_csv(&form, to_csv(&form, sheet, lang).as_bytes()).unwrap();
            assert!(again.same_content(sheet));
        }
    }
    assert_eq!(cell(&read[0], "factor"), "0.10", "filled in as it stands in the form");
}

#[test]
fn each_fault_of_a_record_lies_in_its_row() {
    let wrong = "统一社会信用代码,91139900000000001X\n检测日期,2022-02-30\n有资质,maybe\n\
                 系数,0.2\n扫描件,abc\n来历,不明\n有资质,是\n检测日期\n";
    let problems = read_csv(&form(), wrong.as_bytes()).unwrap_err();
    assert_eq!(
        places(&problems),
        [
            "1 统一社会信用代码 form.code",
            "2 检测日期 form.date",
            "3 有资质 form.bool",
            "4 系数 form.fixed",
            "5 扫描件 form.code",
            "6 来历 form.column_unknown",
            "7 有资质 form.column_twice",
            "8 - form.row_short",
        ]
    );
    assert!(problems.iter().all(|problem| !problem.remedy.zh.is_empty()));
}

#[test]
fn yes_or_no_says_what_else_is_asked_for() {
    let of = |accredited: &str, report: &str| {
        let record = json!({
            "applicant": "91139900000000001P", "day": "2022-03-09", "accredited": accredited,
            "report": report,
        });
        places(&read_json(&form(), record.to_string().as_bytes()).unwrap_err())
    };
    assert_eq!(of("是", ""), ["1 report form.required"]);
    assert_eq!(of("否", "CMA 230312345678"), ["1 report form.not_applicable"]);
}

#[test]
fn days_are_days_of_the_calendar() {
    for (written, stored) in [
        ("2022-11-07", Some("2022-11-07")),
        ("2022-11-7", Some("2022-11-07")),
        ("2024年2月29日", Some("2024-02-29")),
        ("2022/1/1", Some("2022-01-01")),
        ("2023-02-29", None),
        ("22-11-07", None),
        ("2022年11月", None),
        ("7/11/2022", None),
        ("2022-11-07T00:00", None),
        ("+2022-11-07", None),
        ("44872", None),
    ] {
        let record = json!({
            "applicant": "91139900000000001P", "day": written, "accredited": false,
        });
        let read = read_json(&form(), record.to_string().as_bytes());
        match stored {
            Some(stored) => assert_eq!(cell(&read.unwrap(), "day"), stored),
            None => assert_eq!(places(&read.unwrap_err()), ["1 day form.date"], "{written}"),
        }
    }
}

#[test]
fn definitions_that_cannot_hold_are_refused() {
    let said = |from: &str, to: &str| {
        assert!(APPLICATION.contains(from), "{from}");
        let problems = Form::parse(&APPLICATION.replacen(from, to, 1)).unwrap_err();
        problems.iter().map(|problem| problem.message.en.clone()).collect::<Vec<_>>().join("\n")
    };
    assert!(said("pattern = \"credit_code\"\n", "").contains("`pattern` is missing"));
    assert!(said("value_fixed = \"0.10\"\n", "").contains("needs a fixed value"));
    assert!(said("value_fixed = \"0.10\"", "value_fixed = \"ten\"").contains("the fixed value"));
    assert!(said("kind = \"date\"", "kind = \"date\"\nmedia = [\"a/b\"]").contains("`media`"));
    assert!(said("accredited = [\"true\"]", "accredited = [\"yes\"]").contains("no choice `yes`"));
}

#[test]
fn the_digest_is_of_what_a_definition_says() {
    let digest = |text: &str| Form::parse(text).unwrap().digest;
    let own = digest(APPLICATION);
    assert_eq!(own.len(), 64);
    assert_eq!(digest(&format!("# a remark\n{}", APPLICATION.replace("\n\n", "\n\n\n"))), own);
    assert_ne!(digest(&APPLICATION.replacen("0.10", "0.11", 1)), own);
}

#[test]
fn a_schema_says_what_it_can() {
    let schema = json_schema(&form(), Lang::En);
    assert_eq!(schema["title"], "Application");
    assert_eq!(schema["required"], json!(["applicant", "day", "accredited"]));
    assert_eq!(schema["properties"]["accredited"]["type"], "boolean");
    assert_eq!(schema["properties"]["factor"]["const"], "0.10");
    let asked = &schema["allOf"][0];
    assert_eq!(asked["if"]["properties"]["accredited"]["enum"], json!([true]));
    assert_eq!(asked["then"]["required"], json!(["report"]));
    let ledger = json_schema(&crate::ledger(), Lang::Zh);
    let row = &ledger["properties"]["rows"]["items"];
    assert_eq!(row["properties"]["kind"]["enum"], json!(["fuel", "electricity", "output"]));
    assert_eq!(row["properties"]["amount"]["type"], json!(["string", "number"]));
}
