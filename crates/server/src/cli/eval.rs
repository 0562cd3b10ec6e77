//! `tanheng eval`: one method on one record, or on every row of a table, by the rules of a day and
//! a region.

mod csv;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use tanheng_base::{Code, Date, Lang, MethodId, Problem, RegionCode, Text};
use tanheng_rulebook::model::Method;
use tanheng_rulebook::{
    Basis, BulkGrounds, Context, EvalError, Evaluation, Given, Rulebook, explain, to_json,
};

use super::session::{Exit, Failure, Session};
use super::suggest::near;
use super::{read_date, words};
use crate::clock;

/// 按某日某地的规则计算。Compute a method by the rules of a day and region.
///
/// 结果写到标准输出；依据效力存疑或仅为试算时另在标准错误中说明。
/// The result goes to standard output; doubt about its grounds, or that it is a trial figure only,
/// is told on standard error as well.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Eval {
    /// 方法。Id of the method; `tanheng rulebook list method` lists them.
    method: String,

    /// 输入，可带单位。Inputs, with or without unit: `consumption=21`, `ncv="389.31 GJ/10^4Nm3"`.
    #[arg(value_name = "NAME=VALUE", value_parser = read_pair)]
    inputs: Vec<(String, String)>,

    /// 取哪一日的规则，缺省为今日（北京时间）。The day whose rules apply; today in China by
    /// default. For a year or month use its last day.
    #[arg(long, value_name = "DATE", value_parser = read_date)]
    at: Option<Date>,

    /// 地区代码或名称，缺省为方法所属辖区。Region by code or name; by default the method's own.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// 写出整个计算。Print the whole calculation: formula, numbers, clauses, rounding.
    #[arg(long, conflicts_with = "json")]
    explain: bool,

    /// 以JSON输出，错误也是。Print JSON, errors too.
    #[arg(long)]
    json: bool,

    /// 对表格的每一行计算，`-` 为标准输入。Compute every row of a CSV file, `-` for standard input.
    /// The head names the inputs, by name or title, perhaps with a unit: `consumption[t]`. Inputs
    /// given as NAME=VALUE hold for all rows.
    #[arg(long, value_name = "IN", conflicts_with_all = ["explain", "json"])]
    csv: Option<PathBuf>,

    /// 结果写到何处，缺省为标准输出。Where the rows go with their results; standard output by
    /// default.
    #[arg(long, value_name = "OUT", requires = "csv", default_value = "-")]
    out: PathBuf,

    /// 不参与计算、原样保留的列。A column that is no input and is only carried along.
    #[arg(long, value_name = "COLUMN", requires = "csv")]
    keep: Vec<String>,

    /// 连同示例包；凡用到它的都是试算。Load example packs as well; what uses them is a trial
    /// figure.
    #[arg(long)]
    with_example: bool,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng eval cn.power.combustion.gas --at 2023-06-30 \\
      consumption=21 ncv=389.31 carbon_content=0.01532 oxidation=99% --explain
  tanheng eval cn.power.electricity --at 2022-12-31 electricity='1000 MWh' year=2022
  tanheng eval cn.power.combustion.coal --at 2023-06-30 oxidation=99% \\
      --csv coal.csv --out emissions.csv --keep 企业
  tanheng eval hebei.offset.excess --region 唐山市 verified=120000 benchmark=100000 --json";

/// What is asked for.
struct Asked {
    id: MethodId,
    context: Context,
    inputs: BTreeMap<String, Given>,
    /// Inputs that are given more than once.
    twice: Vec<Problem>,
}

impl Eval {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        if let Some(csv) = &self.csv {
            return self.table(csv, session);
        }
        match self.evaluate(session) {
            Ok(evaluation) => {
                self.show(&evaluation, session);
                Ok(Exit::Done)
            }
            Err(failure) if self.json => {
                session.json(&failure.to_json());
                Ok(Exit::Differs)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The method, the day and region, and the inputs as they are written.
    fn asked(&self, book: &Rulebook) -> Result<Asked, Failure> {
        let id: MethodId = self.method.parse().map_err(|_| self.unknown_method(book))?;
        let versions = book.method_versions(&id);
        let first = versions.first().ok_or_else(|| self.unknown_method(book))?;
        let at = self.at.unwrap_or_else(clock::today);
        let region = match &self.region {
            Some(written) => words::read_region(book, written)?,
            None => own_region(book, versions, at).unwrap_or_else(|| first.region.clone()),
        };
        let mut inputs: BTreeMap<String, Given> = BTreeMap::new();
        let mut twice: Vec<Problem> = Vec::new();
        for (name, value) in &self.inputs {
            if inputs.insert(name.clone(), Given::from(value.as_str())).is_some() {
                twice.push(given_twice(name, value));
            }
        }
        Ok(Asked { id, context: Context { at, region }, inputs, twice })
    }

    /// Computes every row of a table.
    fn table(&self, from: &Path, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let book = session.book(self.with_example)?;
        let Asked { id, context, inputs, twice } = self.asked(&book)?;
        if !twice.is_empty() {
            return Err(Failure::Problems(twice));
        }
        let bulk = book.bulk(&id, &context);
        let method = bulk.map_err(|error| Failure::Problems(error.problems()))?.method();
        let task = csv::Task {
            book: &book,
            method,
            context: &context,
            constants: &inputs,
            kept: &self.keep,
            lang: session.lang,
        };
        let outcome = csv::run(&task, from, &self.out, session)?;
        let csv::Outcome { rows, failed, singly, grounds } = outcome;
        session.remark(match session.lang {
            Lang::Zh => format!("{rows} 行，{failed} 行有误，{singly} 行逐条计算"),
            Lang::En => format!("{rows} rows, {failed} failed, {singly} computed singly"),
        });
        for remark in remarks(&Weakness::of_many(&grounds), session.lang) {
            session.remark(remark);
        }
        Ok(if failed == 0 { Exit::Done } else { Exit::Differs })
    }

    fn evaluate(&self, session: &Session<'_>) -> Result<Evaluation, Failure> {
        let book = session.book(self.with_example)?;
        let Asked { id, context, inputs, mut twice } = self.asked(&book)?;
        match book.evaluate(&id, &inputs, &context) {
            Ok(evaluation) if twice.is_empty() => Ok(evaluation),
            Err(EvalError::Inputs(problems)) => {
                twice.extend(problems);
                Err(Failure::Problems(twice))
            }
            Err(error) if twice.is_empty() => Err(Failure::Problems(error.problems())),
            _ => Err(Failure::Problems(twice)),
        }
    }

    fn unknown_method(&self, book: &Rulebook) -> Problem {
        let written = &self.method;
        let known = book.methods().map(|method| (method.id.as_str(), method.title.zh.as_str()));
        let message =
            Text::new(format!("没有方法 `{written}`"), format!("there is no method `{written}`"));
        let remedy = words::meant(
            &near(written, known),
            Text::new("见 `tanheng rulebook list method`", "see `tanheng rulebook list method`"),
        );
        Problem::new(Code("method.unknown"), message, remedy)
    }

    fn show(&self, evaluation: &Evaluation, session: &mut Session<'_>) {
        if self.json {
            session.json(&to_json(evaluation));
            return;
        }
        if self.explain {
            session.line(explain(evaluation, session.lang).trim_end());
            return;
        }
        let mark = match (evaluation.trial, session.lang) {
            (false, _) => "",
            (true, Lang::Zh) => "  试算",
            (true, Lang::En) => "  trial figure (试算)",
        };
        session.line(format!("{}{mark}", result_text(evaluation)));
        for remark in remarks(&Weakness::of_one(evaluation), session.lang) {
            session.remark(remark);
        }
    }
}

/// The result; what was rounded last keeps its places, as in `581.00 tCO2`.
fn result_text(evaluation: &Evaluation) -> String {
    match (evaluation.rounded(), evaluation.result.unit()) {
        (Some(rounded), Some(unit)) => format!("{rounded} {unit}"),
        (Some(rounded), None) => rounded.to_owned(),
        (None, _) => evaluation.result.to_string(),
    }
}

/// What is weak in what a result rests on.
struct Weakness<'e> {
    /// Unverified, or of an example pack: the result is a trial figure.
    trial: Vec<&'e Basis>,
    in_doubt: Vec<&'e Basis>,
}

impl<'e> Weakness<'e> {
    fn of_one(evaluation: &'e Evaluation) -> Weakness<'e> {
        let weak = |basis: &&Basis| basis.example || evaluation.unverified.contains(*basis);
        let trial = evaluation.bases.iter().filter(weak).collect();
        Weakness { trial, in_doubt: evaluation.in_doubt.iter().collect() }
    }

    fn of_many(grounds: &'e BulkGrounds) -> Weakness<'e> {
        let examples = grounds.bases.iter().filter(|basis| basis.example);
        Weakness {
            trial: grounds.unverified().chain(examples).collect(),
            in_doubt: grounds.in_doubt().collect(),
        }
    }
}

/// Why a result decides nothing, and what of its grounds is in doubt.
fn remarks(weakness: &Weakness<'_>, lang: Lang) -> Vec<String> {
    let mut remarks = Vec::new();
    if !weakness.trial.is_empty() {
        let clauses = clauses(weakness.trial.iter().copied(), lang);
        remarks.push(match lang {
            Lang::Zh => format!("试算，不作任何认定的依据；未核实或属示例的依据：{clauses}"),
            Lang::En => format!("a trial figure decides nothing; unverified or example: {clauses}"),
        });
    }
    if !weakness.in_doubt.is_empty() {
        let clauses = clauses(weakness.in_doubt.iter().copied(), lang);
        remarks.push(match lang {
            Lang::Zh => format!("效力存疑的依据：{clauses}"),
            Lang::En => format!("rests on what is in doubt: {clauses}"),
        });
    }
    remarks
}

/// Documents and clauses, each once.
fn clauses<'a>(bases: impl Iterator<Item = &'a Basis>, lang: Lang) -> String {
    let all: BTreeSet<String> = bases
        .map(|basis| format!("{} {}", basis.source.get(lang), basis.citation.clause))
        .collect();
    let all: Vec<String> = all.into_iter().collect();
    all.join(match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    })
}

/// The region whose method holds on the day. Where several regions have one of their own, the
/// widest.
fn own_region(book: &Rulebook, versions: &[Method], at: Date) -> Option<RegionCode> {
    let holding = versions.iter().filter(|method| method.holds_on(at));
    let widest = holding.min_by_key(|method| depth(book, &method.region))?;
    Some(widest.region.clone())
}

/// How many regions lie around one.
fn depth(book: &Rulebook, code: &RegionCode) -> usize {
    let mut depth = 0;
    let mut own = book.region(code.as_str());
    while let Some(parent) = own.and_then(|region| region.parent.as_ref()) {
        own = book.region(parent.as_str()).filter(|_| depth < book.regions().len());
        depth += 1;
    }
    depth
}

fn given_twice(name: &str, value: &str) -> Problem {
    let message = Text::new(
        format!("输入 `{name}` 给了不止一次"),
        format!("the input `{name}` is given more than once"),
    );
    let remedy = Text::new("只给一次", "give it once");
    Problem::new(Code("input.twice"), message, remedy).at(None, Some(name)).found(value)
}

fn read_pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("写作 名称=数值; write name=value".to_owned()),
    }
}
