//! Small changes to a text that was sound, so that what comes out is nearly so.

/// Changes `text` as `data` say: each five bytes are a kind of change, a place and what to put
/// there. The text stays UTF-8.
pub(crate) fn edited(text: &str, data: &[u8]) -> String {
    let mut text = text.to_owned();
    for step in data.chunks_exact(5).take(16) {
        let [kind, high, low, length, with] = [step[0], step[1], step[2], step[3], step[4]];
        let at = usize::from(u16::from_be_bytes([high, low]));
        let letter = char::from(with & 0x7f);
        match kind % 8 {
            0 => replace(&mut text, at, 1, &letter.to_string()),
            1 => replace(&mut text, at, 0, &letter.to_string()),
            2 => replace(&mut text, at, usize::from(length), ""),
            3 => like(&mut text, at, with),
            4 => repeat(&mut text, at, usize::from(length)),
            5 => lines(&mut text, at, usize::from(length), Lines::Swap),
            6 => lines(&mut text, at, usize::from(length), Lines::Copy),
            _ => lines(&mut text, at, usize::from(length), Lines::Cut),
        }
    }
    text
}

/// The nearest whole character at or before a byte.
fn boundary(text: &str, at: usize) -> usize {
    let at = if text.is_empty() { 0 } else { at % text.len() };
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn replace(text: &mut String, at: usize, length: usize, with: &str) {
    let start = boundary(text, at);
    let end = text[start..].char_indices().nth(length).map_or(text.len(), |(end, _)| start + end);
    text.replace_range(start..end, with);
}

/// Another letter of the same kind, so that a digit stays a digit and a hash a hash.
fn like(text: &mut String, at: usize, with: u8) {
    let start = boundary(text, at);
    let Some(letter) = text[start..].chars().next() else { return };
    let other = match letter {
        '0'..='9' => b'0' + with % 10,
        'a'..='f' => b'a' + with % 6,
        'g'..='z' => b'g' + with % 20,
        'A'..='Z' => b'A' + with % 26,
        _ => return,
    };
    replace(text, start, 1, &char::from(other).to_string());
}

fn repeat(text: &mut String, at: usize, length: usize) {
    let start = boundary(text, at);
    let piece: String = text[start..].chars().take(length).collect();
    text.insert_str(start, &piece);
}

enum Lines {
    Swap,
    Copy,
    Cut,
}

/// One line swapped with another, copied behind it, or cut.
fn lines(text: &mut String, from: usize, to: usize, how: Lines) {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    if lines.is_empty() {
        return;
    }
    let (from, to) = (from % lines.len(), to % lines.len());
    match how {
        Lines::Swap => lines.swap(from, to),
        Lines::Copy => lines.insert(to, lines[from]),
        Lines::Cut => _ = lines.remove(from),
    }
    *text = lines.concat();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_does_what_it_says() {
        let text = "a1\n碳b\nc3\n";
        for (step, wanted) in [
            ([0, 0, 1, 0, b'x'], "ax\n碳b\nc3\n"),
            ([0, 0, 4, 0, b'x'], "a1\nxb\nc3\n"),
            ([1, 0, 3, 0, b'x'], "a1\nx碳b\nc3\n"),
            ([2, 0, 3, 2, 0], "a1\n\nc3\n"),
            ([3, 0, 1, 0, 7], "a7\n碳b\nc3\n"),
            ([4, 0, 0, 2, 0], "a1a1\n碳b\nc3\n"),
            ([5, 0, 0, 2, 0], "c3\n碳b\na1\n"),
            ([6, 0, 0, 1, 0], "a1\na1\n碳b\nc3\n"),
            ([7, 0, 1, 0, 0], "a1\nc3\n"),
        ] {
            assert_eq!(edited(text, &step), wanted, "{step:?}");
        }
        assert_eq!(edited("", &[4, 9, 9, 9, 9, 5, 1, 1, 1, 1]), "");
        assert_eq!(edited(text, &[1, 2, 3]), text);
    }
}
