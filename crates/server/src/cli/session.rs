//! What every command is given: language, rulebook packs, and where its text goes.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value as Json, json};
use tanheng_base::{Code, Lang, Problem, Text};
use tanheng_rulebook::{Diagnostic, PackFiles, Rulebook, Style};

use crate::packs::{embedded_packs, packs_from, without_examples};

/// How a command ended that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is well.
    Done,
    /// It found something that is not as it should be, and has said so.
    Differs,
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// Mistakes of the user.
    Problems(Vec<Problem>),
    /// Mistakes in rulebook packs.
    Packs(Vec<Diagnostic>),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Problems(vec![problem])
    }
}

impl Failure {
    /// A single mistake.
    pub(super) fn new(code: &'static str, message: Text, remedy: Text) -> Failure {
        Problem::new(Code(code), message, remedy).into()
    }

    /// As `{"errors": […]}`, each with code, message, remedy and where known the place.
    pub(super) fn to_json(&self) -> Json {
        let errors: Vec<Json> = match self {
            Failure::Problems(problems) => problems.iter().map(|problem| json!(problem)).collect(),
            Failure::Packs(diagnostics) => diagnostics.iter().map(diagnostic_json).collect(),
        };
        json!({ "errors": errors })
    }
}

/// A diagnostic as data.
pub(super) fn diagnostic_json(diagnostic: &Diagnostic) -> Json {
    let mut json = json!({
        "code": diagnostic.code,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
    });
    if let Some(place) = &diagnostic.place {
        json["place"] = json!({
            "file": place.path(),
            "line": place.line(),
            "column": place.column(),
            "text": place.text(),
        });
    }
    json
}

/// What a command needs from outside.
pub(super) struct Session<'a> {
    /// The language of the output.
    pub(super) lang: Lang,
    rulebooks: Option<PathBuf>,
    style: Style,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// The first failure of writing; nothing more is written then.
    broken: Option<io::Error>,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        lang: Lang,
        rulebooks: Option<PathBuf>,
        style: Style,
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
    ) -> Session<'a> {
        Session { lang, rulebooks, style, out, err, broken: None }
    }

    /// One of two texts, by language.
    pub(super) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Writes a line, or several, to standard output. A reader who has closed the pipe gets no
    /// more; the command goes on, because its exit code still tells its verdict.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        if self.broken.is_none() {
            let written = writeln!(self.out, "{}", text.as_ref());
            self.broken = written.err();
        }
    }

    /// Hands over what is held back, for who waits for a line.
    pub(super) fn flush(&mut self) {
        if self.broken.is_none() {
            self.broken = self.out.flush().err();
        }
    }

    /// Writes an object to standard output.
    pub(super) fn json(&mut self, json: &Json) {
        self.line(format!("{json:#}"));
    }

    /// Writes a remark to standard error. What cannot be written there cannot be told anywhere.
    pub(super) fn remark(&mut self, text: impl AsRef<str>) {
        let _ = writeln!(self.err, "{}", text.as_ref());
    }

    /// A diagnostic as the reader's terminal shows it.
    pub(super) fn rendered(&self, diagnostic: &Diagnostic) -> String {
        diagnostic.render(self.lang, self.style)
    }

    /// Tells on standard error why a command was not carried out.
    pub(super) fn refuse(&mut self, failure: &Failure) -> Exit {
        let lines: Vec<String> = match failure {
            Failure::Problems(problems) => {
                problems.iter().map(|problem| problem.render(self.lang)).collect()
            }
            Failure::Packs(diagnostics) => {
                diagnostics.iter().map(|one| format!("{}\n", self.rendered(one))).collect()
            }
        };
        for line in lines {
            self.remark(line);
        }
        Exit::Differs
    }

    /// Writes out what is held back.
    ///
    /// # Errors
    /// When the output could not be written for another reason than that the reader had enough.
    pub(super) fn finish(mut self) -> Result<(), ()> {
        let result = match self.broken.take() {
            Some(error) => Err(error),
            None => self.out.flush(),
        };
        let Err(error) = result else { return Ok(()) };
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Ok(());
        }
        let message = match self.lang {
            Lang::Zh => format!("输出写不下去：{error}"),
            Lang::En => format!("the output cannot be written: {error}"),
        };
        self.remark(message);
        Err(())
    }

    /// All packs: those of `--rulebooks`, else those built in.
    pub(super) fn packs(&self) -> Result<Vec<PackFiles>, Failure> {
        match &self.rulebooks {
            Some(dir) => Ok(packs_from(dir)?),
            None => Ok(embedded_packs()),
        }
    }

    /// The folder of `--rulebooks`.
    pub(super) fn rulebooks(&self) -> Option<&PathBuf> {
        self.rulebooks.as_ref()
    }

    /// The rulebook; packs that call themselves examples take part only when asked for.
    pub(super) fn book(&self, with_example: bool) -> Result<Rulebook, Failure> {
        let packs = self.packs()?;
        let packs = if with_example { packs } else { without_examples(packs) };
        Rulebook::load(packs).map_err(Failure::Packs)
    }
}
