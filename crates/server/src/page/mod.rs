//! Pages: typed contexts, what they show, and how they are drawn and exported.

pub mod calculation;
pub mod case;
pub mod chart;
pub mod enterprise;
pub mod error;
pub mod figure;
pub mod frame;
pub mod grounds;
pub mod log;
pub mod number;
pub mod procedure;
pub mod province;
pub mod register;
pub mod rulebook;
pub mod table;

use frame::View;
use table::Table;

/// A page: drawn as HTML, exported table by table.
pub trait Page: Send {
    /// As HTML.
    ///
    /// # Errors
    /// When the template fails, which only a fault in it can bring about.
    fn html(&self) -> Result<String, askama::Error>;

    /// Its tables, the main one first.
    fn tables(&mut self) -> Vec<&mut Table>;
}

/// Makes a template a page whose tables an expression lists.
macro_rules! page {
    ($type:ty, |$page:ident| $tables:expr) => {
        impl $crate::page::Page for $type {
            fn html(&self) -> Result<String, askama::Error> {
                askama::Template::render(self)
            }

            fn tables(&mut self) -> Vec<&mut $crate::page::table::Table> {
                let $page = self;
                $tables
            }
        }
    };
}
pub(crate) use page;

/// Gives every table the address of its export: that of the page with `.csv`.
pub fn link_exports(view: &View, page: &mut dyn Page) {
    let path = view.address.to_string();
    let path = if path.ends_with('/') { format!("{path}index") } else { path };
    for (at, table) in page.tables().into_iter().enumerate() {
        let mut query: Vec<(String, String)> =
            view.query.iter().filter(|(name, _)| name != "table").cloned().collect();
        if at > 0 {
            query.push(("table".to_owned(), table.id.clone()));
        }
        table.export = Some(format!("{path}.csv{}", frame::query_text(&query)));
    }
}

/// The entry of the log that stands behind something, as a link to it.
fn entry(view: &View, sequence: i64) -> table::Cell {
    let cell = table::Cell::text(sequence.to_string());
    match u64::try_from(sequence) {
        Ok(sequence) => cell.to(view.to(crate::address::Subject::Entry(sequence))),
        Err(_) => cell,
    }
}

/// A moment in China Standard Time, as people write it.
fn moment(moment: tanheng_base::Instant) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    match jiff::Timestamp::from_millisecond(moment.0) {
        Ok(moment) => moment.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S +08:00").to_string(),
        Err(_) => moment.to_string(),
    }
}
