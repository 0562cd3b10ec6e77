//! Checks of a page that a browser would forgive and a screen reader would not.

use std::collections::BTreeSet;

/// Elements without an end.
const VOID: [&str; 4] = ["meta", "link", "input", "br"];

/// What is wrong with a page; empty when nothing is.
pub fn faults(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut rest = page.strip_prefix("<!doctype html>").unwrap_or(page);
    if rest.len() == page.len() {
        faults.push("no doctype".to_owned());
    }
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let Some(end) = rest.find('>') else {
            faults.push("a tag does not end".to_owned());
            break;
        };
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(own) if own == name => {}
                own => faults.push(format!("</{name}> ends {own:?}")),
            }
            continue;
        }
        let name = tag.split([' ', '/', '\n']).next().unwrap_or_default().to_owned();
        faults.extend(of_tag(&name, tag, &mut ids));
        if !VOID.contains(&name.as_str()) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    if !open.is_empty() {
        faults.push(format!("not ended: {open:?}"));
    }
    for wanted in ["<h1>", "<main ", "<title>", "class=\"skip\"", " lang=\""] {
        if !page.contains(wanted) {
            faults.push(format!("no {wanted}"));
        }
    }
    if page.matches("<h1").count() != 1 {
        faults.push("not exactly one h1".to_owned());
    }
    faults
}

fn of_tag(name: &str, tag: &str, ids: &mut BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    if ["script", "style", "iframe", "object"].contains(&name) {
        faults.push(format!("<{name}> has no place here"));
    }
    for forbidden in [" style=", " onclick=", " onload=", "javascript:", "http://", "https://"] {
        if tag.contains(forbidden) {
            faults.push(format!("`{forbidden}` in <{tag}>"));
        }
    }
    if let Some(id) = attribute(tag, "id")
        && !ids.insert(id.to_owned())
    {
        faults.push(format!("the id `{id}` stands twice"));
    }
    if name == "svg" && attribute(tag, "aria-label").or(attribute(tag, "aria-hidden")).is_none() {
        faults.push("a drawing without a label".to_owned());
    }
    if ["input", "select", "textarea"].contains(&name) && attribute(tag, "id").is_none() {
        faults.push(format!("<{name}> that no label can name"));
    }
    faults
}

/// The value of an attribute.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[from..].split('"').next()
}

/// The addresses that a page links to.
pub fn links(page: &str) -> Vec<String> {
    let parts = page.split(" href=\"").skip(1);
    let links = parts.filter_map(|part| part.split('"').next());
    links.filter(|link| link.starts_with('/')).map(unescaped).collect()
}

/// The text of a page without its tags.
pub fn text(page: &str) -> String {
    let mut text = String::new();
    for part in page.split('<').skip(1) {
        text.push_str(part.split_once('>').map_or("", |(_, text)| text));
        text.push(' ');
    }
    unescaped(&text)
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"");
    text.replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">")
}

#[test]
fn faults_are_found() {
    let page = |body: &str| {
        format!(
            "<!doctype html><html lang=\"en\"><head><title>t</title></head><body>\
             <a class=\"skip\" href=\"#x\">s</a><main id=\"m\"><h1>t</h1>{body}</main></body></html>"
        )
    };
    assert_eq!(faults(&page("<p>a</p>")), Vec::<String>::new());
    for bad in [
        "<p>a",
        "<p>a</div>",
        "<p style=\"x\">a</p>",
        "<script></script>",
        "<i id=\"m\"></i>",
        "<svg></svg>",
        "<h1>t</h1>",
        "<a href=\"https://x.example\">x</a>",
    ] {
        assert!(!faults(&page(bad)).is_empty(), "{bad}");
    }
}
