//! Worked cases: what a rulebook must yield, and what it must refuse.

use std::collections::{BTreeMap, BTreeSet};

use tanheng_base::{Date, Lang, MethodId, PackId, RegionCode, Text};
use tanheng_quantity::Quantity;

use crate::book::{Rulebook, sorted, without_consequences};
use crate::diagnostic::{Diagnostic, Style, code, text};
use crate::evaluate::{Context, EvalError, Evaluation, Given};
use crate::pack::PackFiles;
use crate::read::{Sink, read_bad_case, source_file};
use crate::source::Place;
use crate::value::Value;
use crate::{check as checks, load};

/// A worked case: a record, and the result or error it must give.
#[derive(Debug, Clone)]
pub struct GoodCase {
    /// What the case shows.
    pub name: String,
    /// The method.
    pub method: MethodId,
    /// The day.
    pub at: Date,
    /// The region.
    pub region: RegionCode,
    /// The inputs as a person writes them.
    pub inputs: BTreeMap<String, String>,
    /// What it must give.
    pub expected: Expected,
    /// Whether the figure must be a trial figure, where the case says so.
    pub trial: Option<bool>,
    /// The arithmetic, for readers.
    pub arithmetic: Option<String>,
    /// The pack.
    pub pack: PackId,
    /// Where the expectation stands.
    pub place: Place,
}

/// What a case must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Exactly this value.
    Result(String),
    /// An error with this code.
    Error(String),
}

/// A bad case: files laid over a pack, and the diagnostics they must bring about.
#[derive(Debug, Clone)]
pub struct BadCase {
    /// Path in the pack.
    pub path: String,
    /// The pack.
    pub pack: PackId,
    /// Why it must be refused.
    pub why: Text,
    /// Path → text, laid over the pack.
    pub files: BTreeMap<String, String>,
    /// The diagnostics, as text.
    pub expected: String,
    /// Where the expectation stands, or the file's beginning where none is stated.
    pub place: Place,
    /// An expectation is stated.
    pub stated: bool,
}

/// Which kind of case a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseKind {
    /// A record with its result.
    Good,
    /// Files that must be refused.
    Bad,
}

/// The outcome of one case.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// The pack.
    pub pack: PackId,
    /// The case's name, or the path of a bad case.
    pub name: String,
    /// Which kind.
    pub kind: CaseKind,
    /// What differs from what the case states; none when it holds.
    pub failure: Option<Diagnostic>,
}

/// Everything wrong with packs, methods without a worked case included. Cases are not run.
pub fn check(packs: &[PackFiles]) -> Vec<Diagnostic> {
    let sink = Sink::default();
    let book = load::assemble(packs.to_vec(), &sink);
    checks::book(&book, &sink);
    without_case(&book, &sink);
    sorted(without_consequences(sink.into_inner()))
}

fn without_case(book: &Rulebook, sink: &Sink) {
    let mut shown: Vec<&Place> = Vec::new();
    for case in book.cases() {
        if let Some(method) = book.method(&case.method, case.at, &case.region) {
            shown.push(&method.place);
        }
    }
    for method in book.methods().filter(|method| !shown.contains(&&method.place)) {
        let id = &method.id;
        let message = text(
            format!("方法 `{id}` 自 {} 起的版本没有算例", method.from),
            format!("the method `{id}`, as it holds from {}, has no worked case", method.from),
        );
        sink.push(
            Diagnostic::new(code::NO_CASE, method.place.clone(), message)
                .label("没有算例的方法不算实现", "without a case it does not count as implemented")
                .remedy(
                    "在 cases/good/ 中加一个算例：输入、日期、结果和算式",
                    "add a case to cases/good/: inputs, date, result and the arithmetic",
                ),
        );
    }
}

/// Evaluates every good case of a rulebook and compares.
pub fn run_cases(book: &Rulebook) -> Vec<CaseReport> {
    let report = |case: &GoodCase| CaseReport {
        pack: case.pack.clone(),
        name: case.name.clone(),
        kind: CaseKind::Good,
        failure: good_failure(book, case),
    };
    book.cases().iter().map(report).collect()
}

fn good_failure(book: &Rulebook, case: &GoodCase) -> Option<Diagnostic> {
    difference(case, &evaluated(book, case))
}

/// What a case evaluates to, where it states a result and that comes about.
pub(crate) fn passing(book: &Rulebook, case: &GoodCase) -> Option<Evaluation> {
    let outcome = evaluated(book, case);
    if difference(case, &outcome).is_some() { None } else { outcome.ok() }
}

fn evaluated(book: &Rulebook, case: &GoodCase) -> Result<Evaluation, EvalError> {
    let inputs: BTreeMap<String, Given> =
        case.inputs.iter().map(|(name, raw)| (name.clone(), Given::from(raw.as_str()))).collect();
    let context = Context { at: case.at, region: case.region.clone() };
    book.evaluate(&case.method, &inputs, &context)
}

fn difference(case: &GoodCase, outcome: &Result<Evaluation, EvalError>) -> Option<Diagnostic> {
    let found = match (&case.expected, outcome) {
        (Expected::Result(wanted), Ok(evaluation)) if same(wanted, &evaluation.result) => {
            let trial = case.trial.filter(|trial| *trial != evaluation.trial)?;
            return Some(trial_differs(case, trial));
        }
        (Expected::Error(wanted), Err(error)) if error.codes().contains(&wanted.as_str()) => {
            return None;
        }
        _ => shown(outcome),
    };
    let message = text(
        format!("算例“{}”的结果不同", case.name),
        format!("the case `{}` comes out differently", case.name),
    );
    Some(
        Diagnostic::new(code::CASE_DIFFERS, case.place.clone(), message)
            .label(format!("实得 {}", found.zh), format!("found {}", found.en))
            .remedy(
                "先用手算核对；规则有误则改规则，算例有误则改算例",
                "check by hand: correct the rule or the case, whichever is wrong",
            ),
    )
}

/// Whether a result is exactly the one stated, unit included.
fn same(wanted: &str, found: &Value) -> bool {
    match found {
        Value::Number(found) => wanted.parse::<Quantity>().is_ok_and(|wanted| wanted == *found),
        other => other.bare() == wanted.trim(),
    }
}

fn shown(outcome: &Result<Evaluation, EvalError>) -> Text {
    match outcome {
        Ok(evaluation) => text(evaluation.result.to_string(), evaluation.result.to_string()),
        Err(error) => {
            let line = |lang| {
                let problems = error.problems();
                let lines: Vec<String> = problems
                    .iter()
                    .map(|problem| format!("{} ({})", problem.code, problem.message.get(lang)))
                    .collect();
                lines.join("; ")
            };
            text(line(Lang::Zh), line(Lang::En))
        }
    }
}

fn trial_differs(case: &GoodCase, wanted: bool) -> Diagnostic {
    let message = if wanted {
        text(
            format!("算例“{}”应为试算，却不是", case.name),
            format!("the case `{}` should be a trial figure and is not", case.name),
        )
    } else {
        text(
            format!("算例“{}”不应为试算，却是", case.name),
            format!("the case `{}` is a trial figure and should not be", case.name),
        )
    };
    Diagnostic::new(code::CASE_DIFFERS, case.place.clone(), message).remedy(
        "核对所用数值的 checked 和所在的包",
        "look at `checked` of the values used, and at their pack",
    )
}

/// Lays the files of every bad case over its pack, with the packs that one builds on, and compares
/// the diagnostics with those stated.
pub fn run_bad_cases(packs: &[PackFiles]) -> Vec<CaseReport> {
    let mut reports = Vec::new();
    for found in bad_cases(packs) {
        let failure = match found.case {
            Err(diagnostic) => Some(diagnostic),
            Ok(case) => bad_failure(&case, &outcome(&case, packs)),
        };
        reports.push(CaseReport {
            pack: found.pack,
            name: found.path,
            kind: CaseKind::Bad,
            failure,
        });
    }
    reports
}

/// New contents for every bad case whose stated diagnostics are not those that come about:
/// pack, path and text. A case that is not refused at all is left alone.
pub fn bless(packs: &[PackFiles]) -> Vec<(PackId, String, String)> {
    let mut rewritten = Vec::new();
    for found in bad_cases(packs) {
        let Ok(case) = found.case else { continue };
        let now = outcome(&case, packs);
        if now.is_empty() || bad_failure(&case, &now).is_none() {
            continue;
        }
        rewritten.push((case.pack.clone(), case.path.clone(), with_expected(&case, &now)));
    }
    rewritten
}

struct FoundCase {
    pack: PackId,
    path: String,
    case: Result<BadCase, Diagnostic>,
}

fn bad_cases(packs: &[PackFiles]) -> Vec<FoundCase> {
    let mut found = Vec::new();
    for pack in packs {
        let bad = pack
            .files
            .iter()
            .filter(|(path, _)| path.starts_with("cases/bad/") && path.ends_with(".toml"));
        for (path, content) in bad {
            let sink = Sink::default();
            let file = source_file(&pack.id, path, content);
            let case = read_bad_case(&file, path, &pack.id, &sink);
            let wrong = sink.into_inner().into_iter().next();
            let case = match (case, wrong) {
                (_, Some(diagnostic)) => Err(diagnostic),
                (Some(case), None) => Ok(case),
                (None, None) => continue,
            };
            found.push(FoundCase { pack: pack.id.clone(), path: path.clone(), case });
        }
    }
    found
}

/// The diagnostics that the files of a bad case bring about, as text.
fn outcome(case: &BadCase, packs: &[PackFiles]) -> String {
    let mut needed: BTreeSet<PackId> = BTreeSet::from([case.pack.clone()]);
    loop {
        let more: BTreeSet<PackId> = packs
            .iter()
            .filter(|pack| needed.contains(&pack.id))
            .flat_map(dependencies)
            .filter(|id| !needed.contains(id))
            .collect();
        if more.is_empty() {
            break;
        }
        needed.extend(more);
    }
    let mut laid: Vec<PackFiles> =
        packs.iter().filter(|pack| needed.contains(&pack.id)).cloned().collect();
    for pack in laid.iter_mut().filter(|pack| pack.id == case.pack) {
        pack.files.extend(case.files.clone());
    }
    let rendered: Vec<String> = check(&laid)
        .iter()
        .map(|diagnostic| trimmed(&diagnostic.render(Lang::En, Style::Plain)))
        .collect();
    rendered.join("\n\n")
}

fn dependencies(pack: &PackFiles) -> Vec<PackId> {
    let sink = Sink::default();
    let read = pack.files.get("pack.toml").and_then(|content| {
        crate::read::read_pack(&source_file(&pack.id, "pack.toml", content), &pack.id, &sink)
    });
    read.map(|pack| pack.depends_on).unwrap_or_default()
}

/// Without blanks at the ends of lines, so that editors do not change an expectation.
fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

fn bad_failure(case: &BadCase, now: &str) -> Option<Diagnostic> {
    if !now.is_empty() && trimmed(now) == trimmed(&case.expected) {
        return None;
    }
    let (message, remedy) = if now.is_empty() {
        (
            text(format!("`{}` 没有被拒绝", case.path), format!("`{}` is not refused", case.path)),
            text("核对算例，或补上缺少的检查", "look at the case, or at the check that is missing"),
        )
    } else {
        (
            text(
                format!("`{}` 的诊断与所列不同，实得：\n{now}", case.path),
                format!("`{}` brings about other diagnostics than it states:\n{now}", case.path),
            ),
            text(
                "核对后用 `tanheng rulebook test --bless` 改写",
                "when they are right, rewrite with `tanheng rulebook test --bless`",
            ),
        )
    };
    let diagnostic = Diagnostic::new(code::CASE_DIFFERS, case.place.clone(), message);
    Some(diagnostic.remedy(remedy.zh, remedy.en))
}

/// The file of a bad case with its expectation replaced.
fn with_expected(case: &BadCase, now: &str) -> String {
    let quoted = if now.contains("'''") {
        let escaped = now.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"\"\"\n{escaped}\n\"\"\"")
    } else {
        format!("'''\n{now}\n'''")
    };
    let file = &case.place.file().text;
    if case.stated {
        let span = case.place.span();
        return format!("{}{quoted}{}", &file[..span.start], &file[span.end..]);
    }
    format!("expected = {quoted}\n{file}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expectation_is_replaced_in_place() {
        let content = "why = { zh = \"一\", en = \"one\" }\nexpected = \"\"\"\nold\n\"\"\"\n\n[files]\n\"a.toml\" = \"x = 1\"\n";
        let pack: PackId = "p".parse().expect("a pack id");
        let read = |content: &str| {
            let sink = Sink::default();
            let file = source_file(&pack, "cases/bad/x.toml", content);
            let case = read_bad_case(&file, "cases/bad/x.toml", &pack, &sink).expect("a case");
            assert!(sink.into_inner().is_empty());
            case
        };
        for now in ["new: 'a' \"b\"\n  | \\", "quotes ''' and \"\"\" and \\"] {
            let rewritten = with_expected(&read(content), now);
            let case = read(&rewritten);
            assert_eq!(trimmed(&case.expected), now);
            assert_eq!(case.files["a.toml"], "x = 1");
        }
        let bare = content.replace("expected = \"\"\"\nold\n\"\"\"\n", "");
        let case = read(&with_expected(&read(&bare), "new"));
        assert_eq!(trimmed(&case.expected), "new");
    }
}
