//! What a request asks for: language, page, query, and whether as a page or as an export.

use axum::extract::Query;
use axum::http::{HeaderMap, Uri, header};
use tanheng_base::{Date, Lang};

use super::log::Public;
use crate::address::{Address, Subject};

/// What was asked for.
pub(super) enum Target {
    /// A page, or one of its tables as CSV.
    Page {
        /// Its address.
        address: Address,
        /// As CSV.
        csv: bool,
    },
    /// The receipt of an entry, as a file.
    Receipt(u64),
    /// A part of the public log.
    Log(Public),
    /// The verifier key, as a file.
    Key,
    /// Elsewhere.
    Redirect(String),
    /// Nothing that there is.
    Nothing,
}

/// A request as far as it was understood.
pub(super) struct Asked {
    pub(super) target: Target,
    /// The language to answer in.
    pub(super) lang: Lang,
    /// Query, in order.
    pub(super) query: Vec<(String, String)>,
}

impl Asked {
    pub(super) fn read(uri: &Uri, headers: &HeaderMap) -> Self {
        let query = Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
        let target = target(uri.path(), preferred(headers));
        let lang = match &target {
            Target::Page { address, .. } => address.lang,
            _ => path_language(uri.path()).unwrap_or_else(|| preferred(headers)),
        };
        Self { target, lang, query }
    }

    /// A value asked for beyond the path.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(own, value)| own == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// The day for which lateness is asked.
    pub(super) fn as_of(&self) -> Option<Date> {
        self.value("as_of")?.parse().ok()
    }
}

fn path_language(path: &str) -> Option<Lang> {
    match path.split('/').nth(1) {
        Some("zh") => Some(Lang::Zh),
        Some("en") => Some(Lang::En),
        _ => None,
    }
}

fn target(path: &str, preferred: Lang) -> Target {
    match path {
        "/" => return Target::Redirect(Address::new(preferred, Subject::Province).to_string()),
        "/zh" => return Target::Redirect("/zh/".to_owned()),
        "/en" => return Target::Redirect("/en/".to_owned()),
        "/log/key" => return Target::Key,
        _ => {}
    }
    if let Some(public) = path.strip_prefix("/log/").and_then(Public::parse) {
        return Target::Log(public);
    }
    if let Some(sequence) =
        path.strip_prefix("/log/").and_then(|rest| rest.strip_suffix("/receipt"))
    {
        let number: Option<u64> = sequence.parse().ok();
        return number.map_or(Target::Nothing, Target::Receipt);
    }
    // an export before a page: many ids could end so, and none does
    if let Some(page) = path.strip_suffix(".csv") {
        let page = match page.strip_suffix("/index") {
            Some(folder) => format!("{folder}/"),
            None => page.to_owned(),
        };
        return match Address::parse(&page) {
            Some(address) => Target::Page { address, csv: true },
            None => Target::Nothing,
        };
    }
    match Address::parse(path) {
        Some(address) => Target::Page { address, csv: false },
        None => Target::Nothing,
    }
}

/// The language that the browser prefers of those there are; Chinese when it says nothing.
fn preferred(headers: &HeaderMap) -> Lang {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut best: Option<(u32, Lang)> = None;
    for part in accepted.unwrap_or_default().split(',') {
        let mut pieces = part.trim().split(';');
        let tag = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=").map(thousandths));
        let weight = weight.unwrap_or(1000);
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        if best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, lang));
        }
    }
    best.map_or(Lang::Zh, |(_, lang)| lang)
}

/// A weight such as `0.8` in thousandths.
fn thousandths(text: &str) -> u32 {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let places: String = format!("{places}000").chars().take(3).collect();
    format!("{whole}{places}").parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_has_the_address_of_its_page() {
        let table = |path: &str| match target(path, Lang::Zh) {
            Target::Page { address, csv: true } => Some(address.to_string()),
            _ => None,
        };
        assert_eq!(table("/zh/enterprises.csv").as_deref(), Some("/zh/enterprises"));
        assert_eq!(table("/en/index.csv").as_deref(), Some("/en/"));
        let parameter = "/zh/rulebook/parameters/hebei.class.key_from";
        assert_eq!(table(&format!("{parameter}.csv")).as_deref(), Some(parameter));
        assert_eq!(table("/zh/nothing.csv"), None);
    }

    #[test]
    fn the_browser_chooses_the_language_of_the_first_page() {
        let lang = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, value.parse().unwrap());
            preferred(&headers)
        };
        assert_eq!(lang("en-GB,en;q=0.9,zh;q=0.8"), Lang::En);
        assert_eq!(lang("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(lang("fr;q=1.0, en;q=0.2, zh;q=0.5"), Lang::Zh);
        assert_eq!(lang("fr"), Lang::Zh);
        assert_eq!(preferred(&HeaderMap::new()), Lang::Zh);
    }
}
