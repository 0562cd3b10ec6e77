//! What the checks need to know of a Rust file, taken from its tokens: comments and strings cannot
//! deceive it, and it needs no full parser.

use std::mem;

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

/// What was seen in one file.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Functions with a body.
    pub functions: Vec<Function>,
    /// `mod name;` declarations.
    pub modules: Vec<Module>,
    /// Paths that begin with `std` or `core`, with `use` groups expanded.
    pub paths: Vec<Seen>,
    /// Names of macros that are called.
    pub macros: Vec<Seen>,
    /// Integer literals: digits only, without separators and suffix.
    pub integers: Vec<Seen>,
    /// Contents of string literals, outside doc comments.
    pub strings: Vec<Seen>,
    /// Names of floating-point types, and floating-point literals.
    pub floats: Vec<Seen>,
    /// Attributes that switch a test off.
    pub ignored_tests: Vec<usize>,
    /// Files that `include!` takes in, as written.
    pub includes: Vec<String>,
}

/// Something seen at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The text.
    pub text: String,
    /// The line, counted from 1.
    pub line: usize,
    /// Whether it stands under `#[cfg(test)]` or `#[test]`.
    pub test: bool,
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of `fn`.
    pub line: usize,
    /// Lines from `fn` to the closing brace.
    pub lines: usize,
}

/// A module in a file of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Names of the inline modules around the declaration.
    pub inside: Vec<String>,
    /// Its name.
    pub name: String,
    /// The file that a `#[path]` attribute names.
    pub file: Option<String>,
    /// Whether it stands under `#[cfg(test)]`.
    pub test: bool,
}

/// Scans the text of a Rust file; nothing when the text has no tokens (rustc says it better).
pub fn scan(text: &str) -> Option<Scan> {
    let stream: TokenStream = text.parse().ok()?;
    let mut scan = Scan::default();
    Walker { scan: &mut scan }.walk(stream, &Place::default());
    Some(scan)
}

#[derive(Clone, Default)]
struct Place {
    inside: Vec<String>,
    test: bool,
}

/// What attributes say about the item that follows them.
#[derive(Default)]
struct Pending {
    test: bool,
    file: Option<String>,
    function: Option<(String, usize)>,
    module: Option<String>,
    /// Whether an item began, so that a comma belongs to its generics.
    item: bool,
}

/// Words that begin an item with generics.
const ITEMS: [&str; 6] = ["fn", "impl", "struct", "enum", "trait", "type"];

struct Walker<'a> {
    scan: &'a mut Scan,
}

impl Walker<'_> {
    fn walk(&mut self, stream: TokenStream, place: &Place) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut place = place.clone();
        let mut pending = Pending::default();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let test = place.test || pending.test;
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    at += self.attribute(&tokens, at, &mut place, &mut pending);
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => {
                    self.end_declaration(&place, mem::take(&mut pending));
                }
                TokenTree::Punct(punct) if punct.as_char() == ',' && !pending.item => {
                    pending = Pending::default();
                }
                TokenTree::Punct(_) => {}
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    let line = ident.span().start().line;
                    self.identifier(&tokens, at, Seen { text: name, line, test }, &mut pending);
                }
                TokenTree::Literal(literal) => self.literal(literal, &tokens, at, test),
                TokenTree::Group(group) => {
                    let mut inner = Place { inside: place.inside.clone(), test };
                    if group.delimiter() == Delimiter::Brace {
                        let item = mem::take(&mut pending);
                        inner.inside.extend(item.module);
                        self.end_function(item.function, group);
                    }
                    self.walk(group.stream(), &inner);
                }
            }
            at += 1;
        }
    }

    /// Reads the attribute at `at` and tells how many tokens after `#` belong to it.
    fn attribute(
        &mut self,
        tokens: &[TokenTree],
        at: usize,
        place: &mut Place,
        pending: &mut Pending,
    ) -> usize {
        let inner = matches!(tokens.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == '!');
        let skip = if inner { 2 } else { 1 };
        let Some(TokenTree::Group(group)) = tokens.get(at + skip) else { return 0 };
        let parts: Vec<TokenTree> = group.stream().into_iter().collect();
        let Some(TokenTree::Ident(name)) = parts.first() else { return skip };
        match name.to_string().as_str() {
            "doc" => {}
            "test" => pending.test = true,
            "cfg" => {
                let test = mentions_test(&group.stream());
                if inner {
                    place.test |= test;
                } else {
                    pending.test |= test;
                }
            }
            "ignore" => self.scan.ignored_tests.push(name.span().start().line),
            "cfg_attr" if mentions(&group.stream(), "ignore") => {
                self.scan.ignored_tests.push(name.span().start().line);
            }
            "path" => {
                pending.file = parts.last().and_then(|part| string_of(&part.to_string()));
            }
            _ => self.walk(group.stream(), place),
        }
        skip
    }

    fn identifier(&mut self, tokens: &[TokenTree], at: usize, seen: Seen, pending: &mut Pending) {
        let next = tokens.get(at + 1);
        pending.item |= ITEMS.contains(&seen.text.as_str());
        match (seen.text.as_str(), next) {
            ("fn", Some(TokenTree::Ident(name))) => {
                pending.function = Some((name.to_string(), seen.line));
            }
            ("mod", Some(TokenTree::Ident(name))) => pending.module = Some(name.to_string()),
            ("f32" | "f64", _) => self.scan.floats.push(seen),
            ("std" | "core", Some(TokenTree::Punct(_)))
                if before(tokens, at).is_none_or(|token| !is(token, ':')) =>
            {
                for path in expand(tokens.get(at..).unwrap_or_default()) {
                    self.scan.paths.push(Seen { text: path, ..seen.clone() });
                }
            }
            (_, Some(TokenTree::Punct(punct))) if punct.as_char() == '!' => {
                if let Some(TokenTree::Group(group)) = tokens.get(at + 2) {
                    if seen.text == "include" {
                        let file = string_of(group.stream().to_string().trim());
                        self.scan.includes.extend(file);
                    }
                    self.scan.macros.push(seen);
                }
            }
            _ => {}
        }
    }

    fn literal(&mut self, literal: &Literal, tokens: &[TokenTree], at: usize, test: bool) {
        let line = literal.span().start().line;
        let text = literal.to_string();
        if let Some(content) = string_of(&text) {
            self.scan.strings.push(Seen { text: content, line, test });
            return;
        }
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            return;
        }
        let plain = text.replace('_', "");
        if is_float(&plain) {
            // `pair.0.1` has the token `0.1`, which is no number.
            if !before(tokens, at).is_some_and(|token| is(token, '.')) {
                self.scan.floats.push(Seen { text, line, test });
            }
            return;
        }
        let digits = plain.chars().take_while(char::is_ascii_digit).collect();
        self.scan.integers.push(Seen { text: digits, line, test });
    }

    fn end_declaration(&mut self, place: &Place, item: Pending) {
        if let Some(name) = item.module {
            let test = place.test || item.test;
            let inside = place.inside.clone();
            self.scan.modules.push(Module { inside, name, file: item.file, test });
        }
    }

    fn end_function(&mut self, function: Option<(String, usize)>, body: &Group) {
        if let Some((name, line)) = function {
            let end = body.span_close().end().line;
            let lines = (end + 1).saturating_sub(line);
            self.scan.functions.push(Function { name, line, lines });
        }
    }
}

/// The paths that begin at the first token: `std::{fs, time::Instant}` gives two.
fn expand(tokens: &[TokenTree]) -> Vec<String> {
    let Some(TokenTree::Ident(first)) = tokens.first() else { return Vec::new() };
    let first = first.to_string();
    let separated =
        tokens.get(1).is_some_and(|t| is(t, ':')) && tokens.get(2).is_some_and(|t| is(t, ':'));
    let rest = match tokens.get(3) {
        Some(TokenTree::Ident(_)) if separated => expand(tokens.get(3..).unwrap_or_default()),
        Some(TokenTree::Punct(star)) if separated && star.as_char() == '*' => vec!["*".to_owned()],
        Some(TokenTree::Group(group)) if separated && group.delimiter() == Delimiter::Brace => {
            let parts: Vec<TokenTree> = group.stream().into_iter().collect();
            parts.split(|part| is(part, ',')).flat_map(expand).collect()
        }
        _ => return vec![first],
    };
    rest.into_iter()
        .map(|rest| if rest == "self" { first.clone() } else { format!("{first}::{rest}") })
        .collect()
}

fn is(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// The token before the one at `at`.
fn before(tokens: &[TokenTree], at: usize) -> Option<&TokenTree> {
    tokens.get(at.checked_sub(1)?)
}

/// Whether a number without separators is a floating-point literal.
fn is_float(plain: &str) -> bool {
    let other_base = ["0x", "0o", "0b"].iter().any(|base| plain.starts_with(base));
    let number = plain.trim_end_matches("usize").trim_end_matches("isize");
    !other_base
        && (number.contains(['.', 'e', 'E']) || plain.ends_with("f32") || plain.ends_with("f64"))
}

/// Whether `word` stands anywhere in the stream.
fn mentions(stream: &TokenStream, word: &str) -> bool {
    stream.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => mentions(&group.stream(), word),
        _ => false,
    })
}

/// Whether a `cfg` asks for `test`, and not for its absence.
fn mentions_test(stream: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(ident) => ident == "test",
        TokenTree::Group(group) => {
            let negated = before(&tokens, at)
                .is_some_and(|token| matches!(token, TokenTree::Ident(name) if name == "not"));
            !negated && mentions_test(&group.stream())
        }
        _ => false,
    })
}

/// The content of a string literal of any kind; nothing for other literals.
fn string_of(literal: &str) -> Option<String> {
    let body = literal.trim_start_matches(['b', 'c', 'r']).trim_start_matches('#');
    let body = body.strip_prefix('"')?.trim_end_matches('#');
    Some(body.strip_suffix('"').unwrap_or(body).to_owned())
}
