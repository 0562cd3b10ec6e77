//! Addresses of cells as spreadsheets write them.

/// Letters of a column, counted from 0: `A`, `Z`, `AA`.
pub(crate) fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        let letter = u8::try_from(rest % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

/// Address of a cell: row as its author counts (from 1), column from 0.
pub(crate) fn address(row: u64, column: u32) -> String {
    format!("{}{row}", column_letters(column))
}

/// Row and column of an address, both from 0.
pub(crate) fn position(address: &str) -> Option<(u32, u16)> {
    let letters = address.bytes().take_while(u8::is_ascii_uppercase).count();
    let (letters, row) = address.split_at(letters);
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1)
    })?;
    let row: u32 = row.parse().ok()?;
    Some((row.checked_sub(1)?, u16::try_from(column.checked_sub(1)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_spreadsheets() {
        for (row, column, written) in
            [(1, 0, "A1"), (7, 4, "E7"), (2, 25, "Z2"), (3, 26, "AA3"), (9, 16383, "XFD9")]
        {
            assert_eq!(address(row, column), written);
            let zero_based = (u32::try_from(row).unwrap() - 1, u16::try_from(column).unwrap());
            assert_eq!(position(written), Some(zero_based));
        }
        for wrong in ["", "7", "A", "A0", "a1", "ZZZZZZZZ1", "A99999999999"] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
    }
}
