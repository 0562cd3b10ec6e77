//! What every page has: masthead, ribbon, navigation, trail, footer.

use tanheng_base::{Lang, Text};

use super::table::{Cell, Mark};
use crate::address::{Address, Subject};
use crate::i18n::Words;

/// The style sheet.
pub const STYLE: &str = include_str!("../../../../assets/style.css");
/// The sign in the browser's tab.
pub const MARK: &str = include_str!("../../../../assets/mark.svg");

/// A short number that changes with the text (FNV-1a): the address of a file that may be kept.
const fn fingerprint(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// Words.
    pub label: String,
    /// Address.
    pub link: String,
}

/// An item of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Words.
    pub label: String,
    /// Address.
    pub link: String,
    /// The page belongs to it.
    pub current: bool,
}

/// A line of the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterLine {
    /// Words.
    pub label: String,
    /// Address, where it leads somewhere.
    pub link: Option<String>,
}

/// A name with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Name.
    pub name: String,
    /// What belongs to it.
    pub cell: Cell,
}

impl Fact {
    /// A fact.
    pub fn new(name: impl Into<String>, cell: Cell) -> Self {
        Self { name: name.into(), cell }
    }
}

/// The state of the book that every page tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookState {
    /// Everything in it is demonstration data.
    pub demonstration: bool,
    /// Name of the jurisdiction.
    pub place: Text,
    /// Version of the law in force; none before the first publication.
    pub rulebook: Option<String>,
    /// Entries in the log.
    pub log_size: u64,
    /// The day for which lateness is computed.
    pub as_of: String,
}

/// What a page is built with: language, address, the book's state.
#[derive(Debug, Clone)]
pub struct View {
    /// Texts.
    pub words: Words,
    /// Where the page is.
    pub address: Address,
    /// What was asked beyond the path, in order, for the language switch and the exports.
    pub query: Vec<(String, String)>,
    /// The book.
    pub book: BookState,
}

impl View {
    /// The address of another page in the same language; within the rulebook, of the same version.
    #[must_use]
    pub fn to(&self, subject: Subject) -> String {
        let keeps = section(&subject) == Subject::Rulebook;
        let address = self.plain(subject);
        match self.asked("version").filter(|_| keeps) {
            Some(version) => format!("{address}?version={}", encoded(version)),
            None => address,
        }
    }

    /// The same view with links into a version of the rulebook; the law in force needs no version.
    #[must_use]
    pub fn of_version(&self, version: &str) -> Self {
        let current = self.book.rulebook.as_deref() == Some(version);
        let query = vec![("version".to_owned(), version.to_owned())];
        Self { query: if current { Vec::new() } else { query }, ..self.clone() }
    }

    fn plain(&self, subject: Subject) -> String {
        Address::new(self.words.lang, subject).to_string()
    }

    /// The text of a key.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    /// A value asked for beyond the path.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, value)| own == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// The mark of demonstration data.
    #[must_use]
    pub fn example_mark(&self) -> Mark {
        Mark { kind: "example", text: self.t("mark-example") }
    }

    /// The mark of a trial figure.
    #[must_use]
    pub fn trial_mark(&self) -> Mark {
        Mark { kind: "trial", text: self.t("mark-trial") }
    }

    /// The marks of a figure.
    #[must_use]
    pub fn figure_marks(&self, trial: bool, example: bool) -> Vec<Mark> {
        let mut marks = Vec::new();
        if example {
            marks.push(self.example_mark());
        }
        if trial {
            marks.push(self.trial_mark());
        }
        marks
    }

    /// The frame of a page with this title and trail.
    #[must_use]
    pub fn frame(&self, title: impl Into<String>, crumbs: Vec<(String, Subject)>) -> Frame {
        let words = self.words;
        let other = match words.lang {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        };
        let there = Address::new(other, self.address.subject.clone());
        Frame {
            words,
            title: title.into(),
            style_address: format!("/assets/style.css?v={:x}", const { fingerprint(STYLE) }),
            demonstration: self.book.demonstration,
            home: self.plain(Subject::Province),
            place: words.pick(&self.book.place).to_owned(),
            other_language: format!("{there}{}", query_text(&self.query)),
            other_tag: Words::new(other).tag(),
            nav: self.nav(),
            crumbs: crumbs
                .into_iter()
                .map(|(label, subject)| Crumb { label, link: self.to(subject) })
                .collect(),
            footer: self.footer(),
        }
    }

    fn nav(&self) -> Vec<NavItem> {
        let own = section(&self.address.subject);
        let items = [
            ("nav-province", Subject::Province),
            ("nav-enterprises", Subject::Enterprises),
            ("nav-rulebook", Subject::Rulebook),
            ("nav-cases", Subject::Cases),
            ("nav-registers", Subject::Registers),
            ("nav-log", Subject::Log),
            ("nav-receipt", Subject::Receipt),
        ];
        let item = |(key, subject): (&str, Subject)| NavItem {
            label: self.t(key),
            current: subject == own,
            link: self.plain(subject),
        };
        items.into_iter().map(item).collect()
    }

    fn footer(&self) -> Vec<FooterLine> {
        let words = self.words;
        let version = match &self.book.rulebook {
            Some(version) => {
                let short = version.get(..12).unwrap_or(version);
                words.f("footer-rulebook", &[("version", short)])
            }
            None => words.t("footer-no-rulebook"),
        };
        let line = |label, subject| FooterLine { label, link: Some(self.plain(subject)) };
        vec![
            line(version, Subject::Rulebook),
            line(words.n("footer-log", self.book.log_size), Subject::Log),
            FooterLine {
                label: words.f("footer-as-of", &[("date", &self.book.as_of)]),
                link: None,
            },
        ]
    }
}

/// The item of the navigation that a page belongs to.
fn section(subject: &Subject) -> Subject {
    match subject {
        Subject::Province => Subject::Province,
        Subject::Enterprises
        | Subject::Enterprise(_)
        | Subject::Year(..)
        | Subject::Month(..)
        | Subject::Ledger(..)
        | Subject::Line(..) => Subject::Enterprises,
        Subject::Rulebook
        | Subject::Documents
        | Subject::Document(_)
        | Subject::Parameters
        | Subject::Parameter(_)
        | Subject::Methods
        | Subject::Method(_)
        | Subject::Tables
        | Subject::Table(_) => Subject::Rulebook,
        Subject::Cases | Subject::Case(_) | Subject::Procedures | Subject::Procedure(_) => {
            Subject::Cases
        }
        Subject::Registers | Subject::Register(_) | Subject::List(_) => Subject::Registers,
        Subject::Log | Subject::Entry(_) => Subject::Log,
        Subject::Receipt => Subject::Receipt,
    }
}

/// A query as text with its question mark; empty for none.
#[must_use]
pub fn query_text(query: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in query {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(&encoded(name));
        text.push('=');
        text.push_str(&encoded(value));
    }
    text
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// What the layout draws around a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Texts.
    pub words: Words,
    /// Title of the page.
    pub title: String,
    /// Address of the style sheet; it changes with the release, so that it can be kept.
    pub style_address: String,
    /// Whether the ribbon stands over it.
    pub demonstration: bool,
    /// Address of the first page.
    pub home: String,
    /// Name of the jurisdiction.
    pub place: String,
    /// The same page in the other language.
    pub other_language: String,
    /// Tag of the other language.
    pub other_tag: &'static str,
    /// Navigation.
    pub nav: Vec<NavItem>,
    /// Trail to the page.
    pub crumbs: Vec<Crumb>,
    /// Footer.
    pub footer: Vec<FooterLine>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded_whatever_it_holds() {
        let query = [("text".to_owned(), "钢&铁 =".to_owned()), ("region".into(), "130100".into())];
        assert_eq!(query_text(&query), "?text=%E9%92%A2%26%E9%93%81%20%3D&region=130100");
        assert_eq!(query_text(&[]), "");
    }
}
