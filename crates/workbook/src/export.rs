//! Writing a form as a workbook: template, or a sheet that was filed.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, Formula, ProtectionOptions, Workbook, Worksheet, XlsxError,
};
use tanheng_base::{Lang, Problem};
use tanheng_filing::{
    CodePattern, Field, FieldKind, Form, Layout, NumberField, Prefill, Row, Sheet, UnitRule,
};

use crate::address::column_letters;
use crate::archive::problem;
use crate::{code, frame, guide, number};

/// Longest message that a spreadsheet shows beside a cell.
const MOST_MESSAGE: usize = 250;
/// Longest title of such a message.
const MOST_TITLE: usize = 30;
/// Length of a credit code, and of the digest of an attachment.
const CODE_LENGTHS: [u32; 2] = [18, 64];

/// What a workbook is made for and what stands in it beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filled<'a> {
    /// The language of headings, choices and explanations.
    pub lang: Lang,
    /// The enterprise that files.
    pub enterprise: Option<&'a str>,
    /// The period that is filed.
    pub period: Option<&'a str>,
    /// The last filing: its values stand where the form carries them over.
    pub last: Option<&'a Sheet>,
    /// A sheet that is written with all its values; `last` is not looked at then.
    pub whole: Option<&'a Sheet>,
}

/// The workbook of a form, to be filled in by hand. The same arguments give the same bytes.
///
/// # Errors
/// `workbook.unwritable` where the form does not fit a workbook.
pub fn template(form: &Form, filled: &Filled<'_>) -> Result<Vec<u8>, Problem> {
    let mut book = Book::new(form, filled).map_err(|error| unwritable(&error))?;
    let rows = filled.whole.or(filled.last).map_or(&[][..], |sheet| sheet.rows.as_slice());
    book.write_rows(rows, filled.whole.is_some()).map_err(|error| unwritable(&error))?;
    book.finish().map_err(|error| unwritable(&error))
}

pub(crate) fn unwritable(error: &XlsxError) -> Problem {
    problem(
        code::UNWRITABLE,
        (&format!("无法生成工作簿：{error}"), &format!("the workbook cannot be written: {error}")),
        ("改用 CSV 或 JSON，并报告此问题", "use CSV or JSON, and report this"),
    )
}

/// How cells look.
pub(crate) struct Looks {
    pub(crate) title: Format,
    pub(crate) heading: Format,
    pub(crate) small: Format,
    pub(crate) wrong: Format,
}

impl Looks {
    pub(crate) fn new() -> Self {
        let grey = Color::RGB(0x00DD_E6E1);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            heading: Format::new().set_bold().set_text_wrap().set_background_color(grey),
            small: Format::new()
                .set_font_size(9)
                .set_font_color(Color::RGB(0x0055_5555))
                .set_text_wrap(),
            wrong: Format::new().set_background_color(Color::RGB(0x00FF_C7CE)).set_unlocked(),
        }
    }
}

/// A workbook of ours under way.
pub(crate) struct Book<'a> {
    form: &'a Form,
    filled: &'a Filled<'a>,
    pub(crate) looks: Looks,
    pub(crate) data: Worksheet,
    lists: Worksheet,
}

impl<'a> Book<'a> {
    /// A workbook with headings, bounds and explanations, and nothing filled in.
    pub(crate) fn new(form: &'a Form, filled: &'a Filled<'a>) -> Result<Self, XlsxError> {
        let (mut data, mut lists) = (Worksheet::new(), Worksheet::new());
        data.set_name(frame::DATA)?;
        lists.set_name(frame::LISTS)?;
        lists.set_very_hidden(true);
        let mut book = Self { form, filled, looks: Looks::new(), data, lists };
        book.write_top()?;
        match form.layout {
            Layout::Table => book.write_columns()?,
            Layout::Record => book.write_fields()?,
        }
        let options = ProtectionOptions {
            format_cells: true,
            format_columns: true,
            format_rows: true,
            insert_rows: true,
            delete_rows: true,
            sort: true,
            ..ProtectionOptions::new()
        };
        book.data.protect_with_options(&options);
        Ok(book)
    }

    fn write_top(&mut self) -> Result<(), XlsxError> {
        let (form, lang) = (self.form, self.filled.lang);
        self.data.write_string_with_format(0, 0, form.title.get(lang), &self.looks.title)?;
        let enterprise = self.filled.enterprise.unwrap_or("—");
        let period = self.filled.period.unwrap_or("—");
        let line = match lang {
            Lang::Zh => {
                format!("填报单位 {enterprise}　期间 {period}　表单 {}@{}", form.id, form.version)
            }
            Lang::En => {
                format!("filed by {enterprise}, period {period}, form {}@{}", form.id, form.version)
            }
        };
        self.data.write_string_with_format(1, 0, line, &Format::new())?;
        Ok(())
    }

    fn write_columns(&mut self) -> Result<(), XlsxError> {
        let (form, lang) = (self.form, self.filled.lang);
        let rows = u32::try_from(form.max_rows).unwrap_or(u32::MAX);
        let last = frame::FIRST.saturating_add(rows.saturating_sub(1)).min(1_048_575);
        for (column, field) in (0_u16..).zip(&form.fields) {
            let title = field.title.get(lang);
            self.data.set_column_width(column, width(title))?;
            self.data.set_column_format(column, &cell_format(field))?;
            let (heading, small) = (&self.looks.heading, &self.looks.small);
            self.data.write_string_with_format(frame::HEADING, column, title, heading)?;
            let bounds = guide::bounds(form, field, lang);
            self.data.write_string_with_format(frame::HEADING + 1, column, bounds, small)?;
            if let Some(rule) = self.validation(column, field)? {
                self.data.add_data_validation(frame::FIRST, column, last, column, &rule)?;
            }
        }
        self.data.set_freeze_panes(frame::FIRST, 0)?;
        Ok(())
    }

    fn write_fields(&mut self) -> Result<(), XlsxError> {
        let (form, lang) = (self.form, self.filled.lang);
        for (column, title) in (0_u16..).zip(frame::record_headings(lang)) {
            let heading = &self.looks.heading;
            self.data.write_string_with_format(frame::HEADING, column, title, heading)?;
        }
        for (column, width) in [(0, 28), (1, 12), (frame::RECORD_VALUE, 40), (3, 70)] {
            self.data.set_column_width(column, width)?;
        }
        for (column, field) in (0_u16..).zip(&form.fields) {
            let row = frame::FIRST_OF_RECORD + u32::from(column);
            self.data.write_string(row, 0, field.title.get(lang))?;
            self.data.write_string(row, 1, guide::unit(form, field, lang))?;
            let bounds = guide::bounds(form, field, lang);
            let help = format!("{} {bounds}", field.help.get(lang));
            self.data.write_string_with_format(row, 3, help.trim(), &self.looks.small)?;
            self.data.write_blank(row, frame::RECORD_VALUE, &cell_format(field))?;
            if let Some(fixed) = &field.value_fixed {
                self.write_value(row, frame::RECORD_VALUE, field, fixed)?;
            }
            if let Some(rule) = self.validation(column, field)? {
                let value = frame::RECORD_VALUE;
                self.data.add_data_validation(row, value, row, value, &rule)?;
            }
        }
        self.data.set_freeze_panes(frame::FIRST_OF_RECORD, 0)?;
        Ok(())
    }

    /// What a spreadsheet checks while somebody writes. It says less than the form, which decides
    /// when the workbook is read.
    fn validation(
        &mut self,
        column: u16,
        field: &Field,
    ) -> Result<Option<DataValidation>, XlsxError> {
        let lang = self.filled.lang;
        let rule = DataValidation::new();
        let rule = match &field.kind {
            FieldKind::Choice { values, .. } => {
                let names: Vec<&str> = values.iter().map(|choice| choice.name.as_str()).collect();
                rule.allow_list_formula(self.list(column, field, &names)?)
            }
            FieldKind::Bool => {
                rule.allow_list_formula(self.list(column, field, &["true", "false"])?)
            }
            FieldKind::Number(number) => match widest(number) {
                Some((low, high)) => rule
                    .allow_decimal_number(DataValidationRule::Between(low, high))
                    .set_error_style(DataValidationErrorStyle::Warning),
                None => rule,
            },
            FieldKind::Text { max_length } => {
                let most = u32::try_from(*max_length).unwrap_or(u32::MAX);
                rule.allow_text_length(DataValidationRule::LessThanOrEqualTo(most))
            }
            FieldKind::Date => {
                let first = ExcelDateTime::from_ymd(1900, 3, 1)?;
                rule.allow_date(DataValidationRule::GreaterThanOrEqualTo(first))
                    .set_error_style(DataValidationErrorStyle::Warning)
            }
            FieldKind::Code { pattern, .. } => match pattern {
                CodePattern::CreditCode => {
                    rule.allow_text_length(DataValidationRule::EqualTo(CODE_LENGTHS[0]))
                }
                CodePattern::Attachment => {
                    rule.allow_text_length(DataValidationRule::EqualTo(CODE_LENGTHS[1]))
                }
                CodePattern::ReportNumber => rule,
            },
        };
        let rule = rule
            .set_input_title(cut(field.title.get(lang), MOST_TITLE))?
            .set_input_message(cut(field.help.get(lang), MOST_MESSAGE))?
            .set_error_title(cut(field.title.get(lang), MOST_TITLE))?
            .set_error_message(cut(&guide::bounds(self.form, field, lang), MOST_MESSAGE))?;
        Ok(Some(rule))
    }

    /// Puts the values of a drop-down on the hidden sheet and gives their range.
    fn list(&mut self, column: u16, field: &Field, names: &[&str]) -> Result<Formula, XlsxError> {
        for (row, name) in (0_u32..).zip(names) {
            self.lists.write_string(row, column, field.kind.label(name, self.filled.lang))?;
        }
        let letters = column_letters(u32::from(column));
        let range = format!("='{}'!${letters}$1:${letters}${}", frame::LISTS, names.len());
        Ok(Formula::new(range))
    }

    fn write_rows(&mut self, rows: &[Row], whole: bool) -> Result<(), XlsxError> {
        let form = self.form;
        for (offset, row) in (0_u32..).zip(rows.iter().take(form.max_rows)) {
            for (column, field) in (0_u16..).zip(&form.fields) {
                let carried = whole || field.prefill == Some(Prefill::Last);
                let value = row.get(&field.name).filter(|_| carried);
                let Some(value) = value.or(field.value_fixed.as_deref()) else { continue };
                let (row, column) = match form.layout {
                    Layout::Table => (frame::FIRST + offset, column),
                    Layout::Record => {
                        (frame::FIRST_OF_RECORD + u32::from(column), frame::RECORD_VALUE)
                    }
                };
                self.write_value(row, column, field, value)?;
            }
        }
        Ok(())
    }

    fn write_value(
        &mut self,
        row: u32,
        column: u16,
        field: &Field,
        value: &str,
    ) -> Result<(), XlsxError> {
        let format = cell_format(field);
        let number = match field.kind {
            FieldKind::Number(_) => number::from_text(value),
            _ => None,
        };
        if let Some(number) = number {
            self.data.write_number_with_format(row, column, number, &format)?;
            return Ok(());
        }
        if let (FieldKind::Date, Ok(date)) = (&field.kind, ExcelDateTime::parse_from_str(value)) {
            self.data.write_datetime_with_format(row, column, &date, &format)?;
            return Ok(());
        }
        let shown = field.kind.label(value, self.filled.lang);
        self.data.write_string_with_format(row, column, shown, &format)?;
        Ok(())
    }

    /// The workbook's bytes.
    pub(crate) fn finish(self) -> Result<Vec<u8>, XlsxError> {
        self.workbook(None)?.save_to_buffer()
    }

    /// The workbook's bytes, with one more sheet behind the first.
    pub(crate) fn finish_with(self, sheet: Worksheet) -> Result<Vec<u8>, XlsxError> {
        self.workbook(Some(sheet))?.save_to_buffer()
    }

    fn workbook(self, more: Option<Worksheet>) -> Result<Workbook, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(self.form.title.get(self.filled.lang))?);
        workbook.push_worksheet(self.data);
        if let Some(more) = more {
            workbook.push_worksheet(more);
        }
        workbook.push_worksheet(guide::sheet(self.form, self.filled.lang)?);
        workbook.push_worksheet(self.lists);
        workbook.push_worksheet(origin(self.form, self.filled)?);
        Ok(workbook)
    }
}

/// Properties with a fixed date, so that the same form gives the same bytes.
pub(crate) fn properties(title: &str) -> Result<DocProperties, XlsxError> {
    let fixed = ExcelDateTime::from_ymd(2022, 1, 1)?;
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&fixed))
}

fn origin(form: &Form, filled: &Filled<'_>) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(frame::ORIGIN)?;
    sheet.set_hidden(true);
    let said = [
        ("form", form.id.as_str()),
        ("version", &form.version),
        ("digest", &form.digest),
        ("enterprise", filled.enterprise.unwrap_or_default()),
        ("period", filled.period.unwrap_or_default()),
    ];
    for (row, (key, value)) in (0_u32..).zip(said) {
        sheet.write_string(row, 0, key)?;
        sheet.write_string(row, 1, value)?;
    }
    sheet.protect();
    Ok(sheet)
}

/// How a field's cells are formatted: texts and codes as text, so that the spreadsheet makes no
/// number and no date of them.
pub(crate) fn cell_format(field: &Field) -> Format {
    let format = Format::new();
    let format = match &field.kind {
        FieldKind::Text { .. } | FieldKind::Code { .. } => format.set_num_format("@"),
        FieldKind::Date => format.set_num_format("yyyy-mm-dd"),
        FieldKind::Number(_) | FieldKind::Choice { .. } | FieldKind::Bool => format,
    };
    if field.locked {
        format.set_locked().set_background_color(Color::RGB(0x00EE_EEEE))
    } else {
        format.set_unlocked()
    }
}

/// The widest bounds that any row gives a number; `None` where some row has none.
fn widest(number: &NumberField) -> Option<(f64, f64)> {
    let all = number.limits_when.iter().map(|(_, limits)| limits).chain([&number.limits]);
    let bounds = all.map(|limits| {
        let low = limits.min.or(number.limits.min)?.to_decimal()?;
        let high = limits.max.or(number.limits.max)?.to_decimal()?;
        Some((number::from_text(&low.to_string())?, number::from_text(&high.to_string())?))
    });
    let bounds: Vec<(f64, f64)> = bounds.collect::<Option<_>>()?;
    let low = bounds.iter().map(|(low, _)| *low).fold(f64::INFINITY, f64::min);
    let high = bounds.iter().map(|(_, high)| *high).fold(f64::NEG_INFINITY, f64::max);
    Some((low, high))
}

fn width(title: &str) -> f64 {
    let columns = u16::try_from(title.chars().count()).unwrap_or(u16::MAX).clamp(7, 24);
    f64::from(columns.saturating_mul(2))
}

fn cut(text: &str, most: usize) -> String {
    if text.encode_utf16().count() <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.encode_utf16().count() + letter.len_utf16() + 1 > most {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept
}

/// Where the unit of a field comes from, for readers.
pub(crate) fn unit_text(form: &Form, number: &NumberField, lang: Lang) -> String {
    match &number.unit {
        UnitRule::Fixed(unit) => match unit.to_string().as_str() {
            "1" => String::new(),
            unit => unit.to_owned(),
        },
        UnitRule::Follows { field, pattern } => {
            let title = form.field(field).map_or(field.as_str(), |leader| leader.title.get(lang));
            pattern.replace(&format!("{{{field}}}"), &format!("〔{title}〕"))
        }
    }
}
