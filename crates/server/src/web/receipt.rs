//! The text of a receipt out of a form.

/// The value of a field of a form as browsers send it (`application/x-www-form-urlencoded`).
/// `None` when the form has no such field or the text is no UTF-8.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    let pairs = body.split(|byte| *byte == b'&');
    let mut named = pairs.filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        Some((decoded(pair.get(..at)?)?, pair.get(at + 1..)?))
    });
    let (_, value) = named.find(|(own, _)| own == name)?;
    decoded(value)
}

/// A receipt as it was before it went through a text field: browsers send every line end as
/// CR LF, and people copy with or without the last one. The check itself takes no liberties.
pub(super) fn as_issued(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    format!("{}\n", text.trim_matches('\n'))
}

fn decoded(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let body = b"other=1&receipt=%7B%0D%0A+%22a%22%3A+%22%E7%A2%B3%22%0D%0A%7D";
        let text = field(body, "receipt").unwrap();
        assert_eq!(text, "{\r\n \"a\": \"碳\"\r\n}");
        assert_eq!(as_issued(&text), "{\n \"a\": \"碳\"\n}\n");
        assert_eq!(field(body, "nothing"), None);
        assert_eq!(field(b"receipt=%E7%A2", "receipt"), None);
        assert_eq!(field(b"receipt=%zz", "receipt"), None);
        assert_eq!(field(b"receipt", "receipt"), None);
    }
}
