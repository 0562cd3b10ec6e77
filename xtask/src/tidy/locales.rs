//! The texts of the pages: the same keys in every language, and no Chinese in a template.

use std::collections::{BTreeMap, BTreeSet};

use super::config::Config;
use super::finding::Finding;
use super::tree::Tree;

/// A key of one language: where it stands.
type Keys<'a> = BTreeMap<String, (&'a str, usize)>;

/// Checks the folders of texts and of templates, where they exist.
pub fn check(tree: &Tree, config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in &config.pages.locales {
        if tree.is_folder(folder) {
            findings.extend(keys(tree, folder, &config.pages.languages));
        }
    }
    for folder in &config.pages.templates {
        findings.extend(templates(tree, folder));
    }
    findings
}

fn keys(tree: &Tree, folder: &str, languages: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut all: Vec<(&String, Keys<'_>)> = Vec::new();
    for language in languages {
        let mut keys = Keys::new();
        for (path, text) in tree.texts_in(folder, "ftl") {
            if !path.get(folder.len() + 1..).is_some_and(|rest| rest.starts_with(language.as_str()))
            {
                continue;
            }
            for (key, line) in keys_of(text) {
                if let Some((first, at)) = keys.insert(key.clone(), (path, line)) {
                    findings.push(Finding::new(
                        "locale",
                        path,
                        line,
                        format!("`{key}` stands at {first}:{at} as well"),
                        "one of the two is never read",
                        "keep one",
                    ));
                }
            }
        }
        all.push((language, keys));
    }
    let union: BTreeSet<&String> = all.iter().flat_map(|(_, keys)| keys.keys()).collect();
    for key in union {
        let place = all.iter().find_map(|(_, keys)| keys.get(key)).copied();
        for (language, _) in all.iter().filter(|(_, keys)| !keys.contains_key(key)) {
            let (path, line) = place.unwrap_or((folder, 0));
            findings.push(Finding::new(
                "locale",
                path,
                line,
                format!("`{key}` has no text in `{language}`"),
                "every page exists in every language",
                "write it",
            ));
        }
    }
    findings
}

/// Messages, terms (`-name`) and attributes (`message.attribute`) of a Fluent file.
fn keys_of(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut message = String::new();
    for (at, line) in text.lines().enumerate() {
        let Some((head, _)) = line.split_once('=') else { continue };
        let head = head.trim_end();
        if let Some(attribute) = head.trim_start().strip_prefix('.') {
            if head.starts_with(' ') && is_identifier(attribute) {
                found.push((format!("{message}.{attribute}"), at + 1));
            }
        } else if is_identifier(head.trim_start_matches('-')) && !line.starts_with(' ') {
            head.clone_into(&mut message);
            found.push((message.clone(), at + 1));
        }
    }
    found
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn templates(tree: &Tree, folder: &str) -> Vec<Finding> {
    tree.texts_in(folder, "html")
        .flat_map(|(path, text)| text.lines().enumerate().map(move |(at, line)| (path, at, line)))
        .filter_map(|(path, at, line)| {
            let first = line.chars().find(|c| is_chinese(*c))?;
            Some(Finding::new(
                "template-text",
                path,
                at + 1,
                format!("the template holds Chinese text, from `{first}` on"),
                "what a person reads stands in the locales, in every language",
                "move it to the locales and call it by its key",
            ))
        })
        .collect()
}

/// Han characters, Chinese punctuation and full-width forms.
fn is_chinese(c: char) -> bool {
    matches!(c,
        '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{323af}')
}
