//! Codes whose notation can be checked: credit codes, report numbers, attachments.

use serde::{Deserialize, Serialize};
use tanheng_base::{EnterpriseId, Problem};

use crate::cell::objection;
use crate::code;

/// Length of a SHA-256 in hexadecimal.
const DIGEST_LENGTH: usize = 64;
/// Digits of a certificate of inspection-body qualification (CMA).
const CMA_DIGITS: usize = 12;
/// Digits of the number of an accredited laboratory (CNAS L).
const CNAS_DIGITS: std::ops::RangeInclusive<usize> = 4..=5;
/// Longest own number of a report behind the mark.
const OWN_NUMBER: usize = 60;

/// A notation of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodePattern {
    /// Unified social credit code with a sound check character (GB 32100).
    CreditCode,
    /// Mark and number of the body that issued a test report, `CMA` with 12 digits or `CNAS L`
    /// with 4 or 5, then where known the report's own number.
    ReportNumber,
    /// SHA-256 of a stored file, in hexadecimal.
    Attachment,
}

impl CodePattern {
    /// The name in definitions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CreditCode => "credit_code",
            Self::ReportNumber => "report_number",
            Self::Attachment => "attachment",
        }
    }

    /// The stored spelling of a code, or what is wrong with it.
    pub(crate) fn read(self, text: &str) -> Result<String, Box<Problem>> {
        match self {
            Self::CreditCode => read_credit_code(text),
            Self::ReportNumber => read_report_number(text),
            Self::Attachment => read_attachment(text),
        }
    }
}

fn read_credit_code(text: &str) -> Result<String, Box<Problem>> {
    let text = text.to_ascii_uppercase();
    match text.parse::<EnterpriseId>() {
        Ok(id) => Ok(id.as_str().to_owned()),
        Err(problem) => Err(Box::new(Problem { code: code::CODE, ..problem }.found(text))),
    }
}

/// `CMA 230312345678 R-17`: the mark, the number, then the report's own number.
fn read_report_number(text: &str) -> Result<String, Box<Problem>> {
    let wrong = || {
        Box::new(objection(
            code::CODE,
            text,
            "不是检测报告的资质标志和编号",
            "it is no mark and number of a test report",
            (
                "填写 CMA 加12位证书编号，或 CNAS L 加4至5位注册号，其后空一格可加报告编号，如 CNAS L1234 R-17",
                "write CMA with the 12 digits of the certificate, or CNAS L with 4 or 5 digits, then a \
                 space and the number of the report, such as CNAS L1234 R-17",
            ),
        ))
    };
    let upper = text.to_ascii_uppercase();
    let (mark, rest) = [("CMA", "CMA "), ("CNAS", "CNAS L")]
        .into_iter()
        .find_map(|(mark, stored)| Some((stored, upper.strip_prefix(mark)?.trim_start())))
        .ok_or_else(wrong)?;
    let rest = if mark == "CMA " { Some(rest) } else { rest.strip_prefix('L') };
    let rest = rest.ok_or_else(wrong)?.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let fits = if mark == "CMA " { digits == CMA_DIGITS } else { CNAS_DIGITS.contains(&digits) };
    let (number, own) = rest.split_at(digits);
    // the report's own number keeps the letters as they were written
    let own = text.get(text.len().saturating_sub(own.len())..).unwrap_or_default();
    if !fits || !(own.is_empty() || own.starts_with([' ', '/', '-'])) {
        return Err(wrong());
    }
    let own = own.trim_start_matches([' ', '/', '-']).trim_end();
    let sound = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '(' | ')' | ' ');
    if own.chars().count() > OWN_NUMBER || !own.chars().all(sound) {
        return Err(wrong());
    }
    Ok(format!("{mark}{number} {own}").trim_end().to_owned())
}

fn read_attachment(text: &str) -> Result<String, Box<Problem>> {
    let lower = text.to_ascii_lowercase();
    if lower.len() == DIGEST_LENGTH && lower.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(lower);
    }
    Err(Box::new(objection(
        code::CODE,
        text,
        "不是附件的SHA-256摘要",
        "it is no SHA-256 of an attachment",
        (
            "先上传附件，填写系统给出的64位十六进制摘要",
            "upload the attachment first and write the 64 hexadecimal digits it was given",
        ),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_numbers_are_stored_in_one_spelling() {
        for (written, stored) in [
            ("CMA 230312345678", "CMA 230312345678"),
            ("cma230312345678", "CMA 230312345678"),
            ("CNAS L1234 R-2022/17a", "CNAS L1234 R-2022/17a"),
            ("cnas l12345", "CNAS L12345"),
            ("CNASL1234/检字017", "CNAS L1234 检字017"),
        ] {
            assert_eq!(read_report_number(written).unwrap(), stored, "{written}");
            assert_eq!(read_report_number(stored).unwrap(), stored);
        }
        for wrong in ["", "CMA", "CMA 12345", "CNAS 1234", "CNAS L123", "L1234", "CNAS L123456"] {
            assert_eq!(read_report_number(wrong).unwrap_err().code, code::CODE, "{wrong}");
        }
    }

    #[test]
    fn an_attachment_is_named_by_its_digest() {
        let digest = "AB".repeat(32);
        assert_eq!(read_attachment(&digest).unwrap(), digest.to_lowercase());
        assert!(read_attachment(&digest[1..]).is_err());
        assert!(read_attachment(&"g".repeat(64)).is_err());
    }
}
