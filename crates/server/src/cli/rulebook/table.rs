//! Text tables in the terminal, in which Chinese takes two cells.

/// Lines of a table: the first column to the left, all others to the right.
pub(super) fn lines(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, wide))| {
            let space = " ".repeat(wide.saturating_sub(width(cell)));
            if column == 0 { format!("{cell}{space}") } else { format!("{space}{cell}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Cells that a text takes.
fn width(text: &str) -> usize {
    text.chars()
        .map(
            |letter| {
                if letter >= '\u{1100}' && letter != '\u{2212}' && letter != '–' { 2 } else { 1 }
            },
        )
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_under_each_other() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let found = lines(&[row(["地区", "t"]), row(["a", "1,000"])]);
        assert_eq!(found, ["地区      t", "a     1,000"]);
    }
}
