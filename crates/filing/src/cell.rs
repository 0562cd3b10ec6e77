//! One cell: from what was written to what is stored, or to what is wrong with it.

use tanheng_base::{Code, Date, Lang, Problem, Text};
use tanheng_quantity::{Decimal, Rational};

use crate::code;
use crate::field::{Choice, Field, FieldKind, Limits, NumberField, TRUTHS};
use crate::form::Form;
use crate::sheet::Row;

/// Characters that make a spreadsheet run the cell that begins with one; East-Asian
/// editions take the full-width forms for the same.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// How much of a wrong value a message repeats.
const SHOWN: usize = 60;

/// What is wrong with a value, still without its place.
pub(crate) fn objection(
    code: Code,
    value: &str,
    zh: impl Into<String>,
    en: impl Into<String>,
    remedy: (&str, &str),
) -> Problem {
    Problem::new(code, Text::new(zh, en), Text::new(remedy.0, remedy.1)).found(excerpt(value))
}

/// The beginning of a value, with what cannot be printed made visible.
pub(crate) fn excerpt(value: &str) -> String {
    let mut shown: String =
        value.chars().take(SHOWN).map(|c| if is_unprintable(c) { '\u{fffd}' } else { c }).collect();
    if value.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Control characters and characters that nobody sees: they would let two different texts
/// look alike.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The stored form of a free text.
pub(crate) fn read_text(
    form: &Form,
    field: &Field,
    max: usize,
    text: &str,
) -> Result<String, Box<Problem>> {
    if text.chars().any(is_unprintable) {
        return Err(Box::new(
            objection(
                code::CHARACTER,
                text,
                "含有换行、控制字符或不可见字符",
                "it has line breaks, control or invisible characters",
                (
                    "改为一行普通文字，可重新手工录入",
                    "write it as one line of plain text, typed anew",
                ),
            )
            .by(form.rule(&field.name, "printable")),
        ));
    }
    if text.starts_with(FORMULA_STARTS) {
        return Err(Box::new(
            objection(
                code::FORMULA,
                text,
                "文字以 = + - @ 开头，电子表格会把它当作公式执行",
                "the text begins with = + - or @, which a spreadsheet would run as a formula",
                (
                    "去掉开头的符号；没有内容时留空",
                    "remove the sign; leave the cell empty where there is nothing to say",
                ),
            )
            .by(form.rule(&field.name, "no formula")),
        ));
    }
    if text.chars().count() > max {
        return Err(Box::new(
            objection(
                code::TOO_LONG,
                text,
                format!("超过{max}个字符"),
                format!("it has more than {max} characters"),
                ("缩短文字，详细内容放在附件中", "shorten it and put the details in an attachment"),
            )
            .by(form.rule(&field.name, &format!("<= {max} characters"))),
        ));
    }
    if let Some(mark) = form.classified_marks.iter().find(|mark| text.contains(*mark)) {
        return Err(Box::new(
            objection(
                code::CLASSIFIED,
                text,
                format!("带有密级标志 `{mark}`，涉密内容不得录入"),
                format!("it carries the mark `{mark}` of state secrets, which may not be entered"),
                (
                    "不要在本系统录入涉密内容，按保密规定办理",
                    "enter no state secrets here; follow the rules on secrecy",
                ),
            )
            .by(form.rule(&field.name, "not classified")),
        ));
    }
    Ok(text.to_owned())
}

/// The stored name of a choice.
pub(crate) fn read_choice(
    form: &Form,
    field: &Field,
    values: &[Choice],
    text: &str,
) -> Result<String, Box<Problem>> {
    if let Some(choice) = values.iter().find(|choice| choice.is_meant_by(text)) {
        return Ok(choice.name.clone());
    }
    let (zh, en) = (listed(values, Lang::Zh), listed(values, Lang::En));
    Err(Box::new(
        objection(
            code::CHOICE,
            text,
            format!("`{}` 不是可选的值", excerpt(text)),
            format!("`{}` is none of the values to choose from", excerpt(text)),
            (&format!("填写其中之一：{zh}"), &format!("write one of: {en}")),
        )
        .by(form.rule(&field.name, "choice")),
    ))
}

/// The stored form of a yes or no.
pub(crate) fn read_bool(form: &Form, field: &Field, text: &str) -> Result<String, Box<Problem>> {
    let means = |way: &&str| way.eq_ignore_ascii_case(text);
    if let Some(truth) = TRUTHS.iter().find(|t| [t.name, t.zh, t.en].iter().any(means)) {
        return Ok(truth.name.to_owned());
    }
    Err(Box::new(
        objection(
            code::BOOL,
            text,
            format!("`{}` 不是“是”或“否”", excerpt(text)),
            format!("`{}` is neither yes nor no", excerpt(text)),
            ("填写 是 或 否", "write yes or no"),
        )
        .by(form.rule(&field.name, "yes or no")),
    ))
}

/// The stored form of a day: `2022-11-07`, also from `2022年11月7日` and `2022/11/7`.
pub(crate) fn read_date(form: &Form, field: &Field, text: &str) -> Result<String, Box<Problem>> {
    parse_date(text).map(|date| date.to_string()).ok_or_else(|| {
        Box::new(
            objection(
                code::DATE,
                text,
                format!("`{}` 不是日期", excerpt(text)),
                format!("`{}` is no day", excerpt(text)),
                (
                    "写成 2022-11-07、2022年11月7日 或 2022/11/7",
                    "write 2022-11-07, 2022年11月7日 or 2022/11/7",
                ),
            )
            .by(form.rule(&field.name, "date")),
        )
    })
}

fn parse_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = match text.strip_suffix('日') {
        Some(text) => {
            let (year, rest) = text.split_once('年')?;
            let (month, day) = rest.split_once('月')?;
            vec![year, month, day]
        }
        None if text.contains('/') => text.split('/').collect(),
        None => text.split('-').collect(),
    };
    let &[year, month, day] = parts.as_slice() else { return None };
    let digits = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(year, 4, 4) || !digits(month, 1, 2) || !digits(day, 1, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The only value of a field against what was written.
pub(crate) fn check_fixed(form: &Form, field: &Field, stored: &str) -> Option<Problem> {
    let same = |fixed: &str| match &field.kind {
        FieldKind::Number(_) => fixed.parse::<Rational>().ok() == stored.parse::<Rational>().ok(),
        _ => fixed == stored,
    };
    let fixed = field.value_fixed.as_deref().filter(|fixed| !same(fixed))?;
    Some(
        objection(
            code::FIXED,
            stored,
            format!("该值固定为 `{fixed}`"),
            format!("the value is always `{fixed}`"),
            ("保留原值，或留空", "leave it as it was, or empty"),
        )
        .by(form.rule(&field.name, &format!("= {fixed}"))),
    )
}

/// A choice against the rest of its row.
pub(crate) fn check_choice(form: &Form, field: &Field, row: &Row, name: &str) -> Option<Problem> {
    let FieldKind::Choice { values, values_when } = &field.kind else { return None };
    let part = values_when.iter().find(|part| part.when.holds(row))?;
    if part.values.iter().any(|value| value == name) {
        return None;
    }
    let allowed: Vec<Choice> =
        values.iter().filter(|choice| part.values.contains(&choice.name)).cloned().collect();
    let (zh, en) =
        (part.when.describe(&form.fields, Lang::Zh), part.when.describe(&form.fields, Lang::En));
    Some(
        objection(
            code::CHOICE_NOT_HERE,
            name,
            format!("{zh}时不能填 `{name}`"),
            format!("`{name}` does not go with a row whose {en}"),
            (
                &format!("填写其中之一：{}", listed(&allowed, Lang::Zh)),
                &format!("write one of: {}", listed(&allowed, Lang::En)),
            ),
        )
        .by(form.rule(&field.name, &part.values.join("|"))),
    )
}

fn listed(values: &[Choice], lang: Lang) -> String {
    let names = values.iter().map(|choice| match choice.label.get(lang) {
        label if label == choice.name => format!("`{label}`"),
        label => format!("`{label}` (`{}`)", choice.name),
    });
    names.collect::<Vec<String>>().join(match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    })
}

/// The stored form of a number: plain decimal digits, percent as the plain ratio.
pub(crate) fn read_number(
    form: &Form,
    field: &Field,
    number: &NumberField,
    row: &Row,
    text: &str,
) -> Result<String, Box<Problem>> {
    let value = parse_number(form, field, number, text)?;
    let limits = number.limits_in(row);
    check_places(form, field, &limits, value, text)?;
    check_range(form, field, number, &limits, row, value)?;
    Ok(value.to_string())
}

fn parse_number(
    form: &Form,
    field: &Field,
    number: &NumberField,
    text: &str,
) -> Result<Decimal, Box<Problem>> {
    let rule =
        form.rule(&field.name, if number.percent { "decimal or percent" } else { "decimal" });
    if text.chars().any(|c| ('\u{ff01}'..='\u{ff5e}').contains(&c)) {
        return Err(Box::new(
            objection(
                code::NUMBER_FULL_WIDTH,
                text,
                "数字用了全角字符",
                "the number is written in full-width characters",
                ("改用半角数字和小数点", "write half-width digits and point"),
            )
            .by(rule),
        ));
    }
    let read = match text.strip_suffix('%').filter(|_| number.percent) {
        // A percentage of a decimal always terminates.
        Some(part) if !part.contains('/') => {
            text.parse::<Rational>().ok().and_then(Rational::to_decimal)
        }
        _ => text.parse::<Decimal>().ok(),
    };
    read.ok_or_else(|| {
        Box::new(
            objection(
                code::NUMBER,
                text,
                format!("`{}` 不是普通小数", excerpt(text)),
                format!("`{}` is no plain decimal number", excerpt(text)),
                (
                    "只填数字和小数点，不带单位、千位分隔符和指数；没有数值时留空，不要填0或横线",
                    "write digits and a point only, without unit, thousands separator or exponent; \
                 leave the cell empty where there is no value, never 0 or a dash",
                ),
            )
            .by(rule),
        )
    })
}

fn check_places(
    form: &Form,
    field: &Field,
    limits: &Limits,
    value: Decimal,
    text: &str,
) -> Result<(), Box<Problem>> {
    let Some(places) = limits.places.filter(|places| value.places() > *places) else {
        return Ok(());
    };
    Err(Box::new(
        objection(
            code::PLACES,
            text,
            format!("小数位数为{}，最多{places}位", value.places()),
            format!("it has {} decimal places, at most {places} are allowed", value.places()),
            (
                "按表单规定的位数填写，修约须由填报单位自己完成并留存依据",
                "give it with the places of the form; rounding is yours to do and to document",
            ),
        )
        .by(form.rule(&field.name, &format!("<= {places} places"))),
    ))
}

fn check_range(
    form: &Form,
    field: &Field,
    number: &NumberField,
    limits: &Limits,
    row: &Row,
    value: Decimal,
) -> Result<(), Box<Problem>> {
    let ratio = Rational::try_from(value).ok();
    let below = |min: Rational| match ratio {
        Some(ratio) => ratio < min || (limits.min_open && ratio == min),
        None => value.is_negative(),
    };
    let above = |max: Rational| ratio.is_none_or(|ratio| ratio > max);
    let low = limits.min.filter(|min| below(*min));
    let high = limits.max.filter(|max| above(*max));
    let bound = match (low, high) {
        (Some(min), _) if limits.min_open => format!("> {min}"),
        (Some(min), _) => format!(">= {min}"),
        (None, Some(max)) => format!("<= {max}"),
        (None, None) => return Ok(()),
    };
    let unit = number.unit.unit_in(row).map(|unit| unit.to_string()).unwrap_or_default();
    let bound = match unit.as_str() {
        "" | "1" => bound,
        unit => format!("{bound} {unit}"),
    };
    Err(Box::new(
        objection(
            code::RANGE,
            &value.to_string(),
            format!("数值 {value} 超出范围，应 {bound}"),
            format!("{value} is out of range, it must be {bound}"),
            ("核对数值、小数点和单位", "check the number, its point and its unit"),
        )
        .by(form.rule(&field.name, &bound)),
    ))
}
