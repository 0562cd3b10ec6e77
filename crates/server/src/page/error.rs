//! Pages for what could not be shown: they say what happened and what to do, never how it works.

use askama::Template;
use tanheng_base::Problem;

use super::frame::{Frame, View};
use super::page;

/// What could not be shown.
#[derive(Template)]
#[template(path = "error/error.html")]
pub struct ErrorPage {
    frame: Frame,
    text: String,
    problems: Vec<(String, String, String)>,
}

page!(ErrorPage, |_page| Vec::new());

impl ErrorPage {
    /// The page of an error by its name: `not-found`, `forbidden`, `too-large`, `failed` …
    #[must_use]
    pub fn new(view: &View, name: &str, problems: &[Problem]) -> Self {
        let words = view.words;
        let line = |problem: &Problem| {
            (
                words.pick(&problem.message).to_owned(),
                words.pick(&problem.remedy).to_owned(),
                problem.code.to_string(),
            )
        };
        Self {
            frame: view.frame(words.of("error", name), Vec::new()),
            text: words.of("error-text", name),
            problems: problems.iter().map(line).collect(),
        }
    }
}
