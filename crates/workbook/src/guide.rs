//! How to fill in a form: the sheet that explains, and the bounds below each heading.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};
use tanheng_base::Lang;
use tanheng_filing::{Field, FieldKind, Form};

use crate::export::{Looks, unit_text};
use crate::frame;

/// The unit of a field for readers; empty where it has none.
pub(crate) fn unit(form: &Form, field: &Field, lang: Lang) -> String {
    match &field.kind {
        FieldKind::Number(number) => unit_text(form, number, lang),
        _ => String::new(),
    }
}

/// Unit, places, range and whether something is asked for, in one line.
pub(crate) fn bounds(form: &Form, field: &Field, lang: Lang) -> String {
    let pick = |zh: String, en: String| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let mut parts = Vec::new();
    if field.required {
        parts.push(pick("必填".into(), "asked for".into()));
    }
    for when in &field.required_when {
        let words = when.describe(&form.fields, lang);
        parts.push(pick(format!("{words}时必填"), format!("asked for where {words}")));
    }
    for when in &field.empty_when {
        let words = when.describe(&form.fields, lang);
        parts.push(pick(format!("{words}时留空"), format!("empty where {words}")));
    }
    if let Some(fixed) = &field.value_fixed {
        let shown = field.kind.label(fixed, lang);
        parts.push(pick(format!("固定为 {shown}"), format!("always {shown}")));
    }
    if let FieldKind::Number(number) = &field.kind {
        let unit = unit_text(form, number, lang);
        if !unit.is_empty() {
            parts.push(unit);
        }
        if let Some(places) = number.limits.places {
            parts.push(pick(format!("至多{places}位小数"), format!("at most {places} places")));
        }
        let sign = if number.limits.min_open { ">" } else { "≥" };
        parts.extend(number.limits.min.map(|min| format!("{sign} {min}")));
        parts.extend(number.limits.max.map(|max| format!("≤ {max}")));
    }
    parts.join(match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    })
}

/// The sheet of explanations.
pub(crate) fn sheet(form: &Form, lang: Lang) -> Result<Worksheet, XlsxError> {
    let looks = Looks::new();
    let wrapped = Format::new().set_text_wrap();
    let mut sheet = Worksheet::new();
    sheet.set_name(frame::GUIDE)?;
    for (column, width) in [(0, 24), (1, 60), (2, 50)] {
        sheet.set_column_width(column, width)?;
    }
    sheet.write_string_with_format(0, 0, form.title.get(lang), &looks.title)?;
    let mut row = 1;
    for line in lines(form, lang) {
        sheet.write_string(row, 0, line)?;
        row += 1;
    }
    row += 1;
    let headings = match lang {
        Lang::Zh => ["字段", "填写说明", "要求"],
        Lang::En => ["field", "what to fill in", "bounds"],
    };
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write_string_with_format(row, column, heading, &looks.heading)?;
    }
    for field in &form.fields {
        row += 1;
        sheet.write_string(row, 0, field.title.get(lang))?;
        sheet.write_string_with_format(row, 1, field.help.get(lang), &wrapped)?;
        sheet.write_string_with_format(row, 2, bounds(form, field, lang), &wrapped)?;
    }
    sheet.protect();
    Ok(sheet)
}

fn lines(form: &Form, lang: Lang) -> Vec<String> {
    let citation = format!("{} {}", form.citation.document, form.citation.clause);
    let mut lines: Vec<String> = match lang {
        Lang::Zh => vec![
            format!("依据：{citation}；表单 {}@{}", form.id, form.version),
            format!("只填“{}”工作表；不要改名、移动或删除列名。", frame::DATA),
            "没有数值时留空，不要填0或横线；缺失不等于0。".to_owned(),
            "填数值本身，不填公式：把计算结果选择性粘贴为数值。".to_owned(),
            "数字至多15位有效数字；编号、代码用文本格式。".to_owned(),
            "最后一次填报中不变的内容已经带入，请核对。".to_owned(),
        ],
        Lang::En => vec![
            format!("by {citation}; form {}@{}", form.id, form.version),
            format!("fill in the sheet “{}” alone; leave its headings as they are.", frame::DATA),
            "leave a cell empty where there is no value, never 0 or a dash; missing is not 0."
                .to_owned(),
            "write values, no formulas: paste what was computed as values.".to_owned(),
            "numbers have at most 15 significant digits; codes are formatted as text.".to_owned(),
            "what stays the same since the last filing is filled in already; check it.".to_owned(),
        ],
    };
    lines.extend(form.note.as_ref().map(|note| note.get(lang).to_owned()));
    lines
}
