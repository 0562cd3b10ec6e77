//! What a sheet changes of the stored one, in words.

use tanheng_app::form::{Change, Form};
use tanheng_base::Lang;

use crate::cli::session::Session;

/// Tells each change on a line of its own.
pub(in crate::cli) fn tell(form: &Form, changes: &[Change], session: &mut Session<'_>) {
    let lang = session.lang;
    for change in changes {
        session.line(match change {
            Change::Added { row, about } => format!("+ {row}: {}", about.join(" / ")),
            Change::Removed { row, about } => format!("- {row}: {}", about.join(" / ")),
            Change::Changed { row, about, cells } => {
                let cells: Vec<String> = cells
                    .iter()
                    .map(|cell| {
                        let field = form.field(&cell.field);
                        let title = field.map_or(cell.field.as_str(), |f| f.title.get(lang));
                        let shown = |value: &Option<String>| {
                            let value = value.as_deref().unwrap_or("∅");
                            field.map_or(value, |f| f.kind.label(value, lang)).to_owned()
                        };
                        format!("{title} {} → {}", shown(&cell.before), shown(&cell.after))
                    })
                    .collect();
                let join = match lang {
                    Lang::Zh => "；",
                    Lang::En => "; ",
                };
                format!("~ {row}: {}  {}", about.join(" / "), cells.join(join))
            }
        });
    }
}
