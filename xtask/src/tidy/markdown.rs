//! Links of the pages: each leads to a file, and to a heading when it names one.

use super::finding::Finding;
use super::tree::{Tree, folder_of, join};

/// One link of a page.
struct Link<'a> {
    target: &'a str,
    line: usize,
}

/// Checks every relative link of every Markdown file.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.texts_in("", "md")
        .flat_map(|(path, text)| {
            links(text).into_iter().filter_map(move |link| dead(tree, path, text, &link))
        })
        .collect()
}

fn dead(tree: &Tree, path: &str, text: &str, link: &Link<'_>) -> Option<Finding> {
    let target = link.target;
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, heading) = target.split_once('#').map_or((target, None), |(f, h)| (f, Some(h)));
    let fault = |what: String| {
        let why = "a reader who follows it finds nothing";
        let remedy = "mend the link, or write what it promises";
        Some(Finding::new("link", path, link.line, what, why, remedy))
    };
    let linked = if file.is_empty() { Some(path.to_owned()) } else { join(folder_of(path), file) };
    let Some(linked) = linked.filter(|_| !file.starts_with('/')) else {
        return fault(format!("`{target}` leaves the workspace"));
    };
    if !linked.is_empty() && !tree.exists(&linked) {
        return fault(format!("`{target}` does not exist"));
    }
    let heading = heading.filter(|_| linked.ends_with(".md"))?;
    let page = if file.is_empty() { text } else { tree.text(&linked)? };
    if headings(page).iter().any(|anchor| anchor == heading) {
        return None;
    }
    fault(format!("`{target}` names no heading of that page"))
}

/// The targets of `[text](target)` and `[name]: target`, outside code.
fn links(text: &str) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    for (line, content) in prose(text) {
        let mut rest = content;
        while let Some((before, after)) = rest.split_once("](") {
            // An odd number of backticks before it: the link stands inside `code`.
            let code = content.get(..content.len() - rest.len() + before.len());
            let code = code.is_some_and(|head| head.matches('`').count() % 2 == 1);
            let end = after.find(')').unwrap_or(after.len());
            let target = after.get(..end).unwrap_or(after);
            let target = target.split_whitespace().next().unwrap_or("").trim_matches(['<', '>']);
            if !code && !target.is_empty() {
                found.push(Link { target, line });
            }
            rest = after;
        }
        if let Some((_, target)) = content.strip_prefix('[').and_then(|rest| rest.split_once("]: "))
        {
            found.push(Link { target: target.trim(), line });
        }
    }
    found
}

/// The anchors of a page's headings, made as the usual hosts make them.
fn headings(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for (_, line) in prose(text) {
        let title = line.trim_start_matches('#');
        if title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let anchor: String = title
            .trim()
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                '-' | '_' => Some(c),
                c if c.is_alphanumeric() => Some(c),
                _ => None,
            })
            .flat_map(char::to_lowercase)
            .collect();
        let repeats = anchors
            .iter()
            .filter(|known| {
                known.strip_prefix(&anchor).is_some_and(|rest| {
                    rest.is_empty() || rest.strip_prefix('-').is_some_and(is_number)
                })
            })
            .count();
        anchors.push(if repeats == 0 { anchor } else { format!("{anchor}-{repeats}") });
    }
    anchors
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// The lines of a page that are not inside a fenced block, with their numbers from 1.
pub fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence = None;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let mark = line.trim_start().get(..3).filter(|mark| matches!(*mark, "```" | "~~~"));
        match (fence, mark) {
            (None, Some(open)) => {
                fence = Some(open);
                None
            }
            (Some(open), Some(close)) if open == close => {
                fence = None;
                None
            }
            (Some(_), _) => None,
            (None, None) => Some((at + 1, line)),
        }
    })
}
