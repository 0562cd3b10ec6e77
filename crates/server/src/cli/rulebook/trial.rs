//! `tanheng rulebook try`: one value of the rules varied over the book's enterprises.

mod chart;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;
use tanheng_app::read::record::RulebookPurpose;
use tanheng_app::rulebook::{Base, Step, Tried};
use tanheng_base::{Lang, Year};

use super::impact::write;
use super::reading::{self, Reading};
use super::table;
use crate::cli::session::{Exit, Failure, Session};
use crate::page::number::grouped;

/// 试一条规则：某一参数取不同值时，义务和类别各为多少。Try a rule: what obligations and classes
/// come to for several values of one parameter.
///
/// 全部结果都是试算，不作任何认定的依据，也不写入账簿。
/// All figures are trial figures: they decide nothing, and nothing is written to the book.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Try {
    /// 规则：current（现行）、built-in（程序自带）或草案文件夹。The rules: `current`, `built-in`, or
    /// the folder of a draft, which is laid over those in force.
    rules: String,

    /// 参数和取值：参数=起..止，或 参数=值,值；表格写 表.列(键, 键)。Parameter and values:
    /// PARAMETER=FROM..TO or PARAMETER=a,b,c; a cell of a table is TABLE.COLUMN(key, key).
    #[arg(long, value_name = "PARAMETER=VALUES")]
    vary: String,

    /// 区间分几个取值，含两端。How many values of a range, both ends among them.
    #[arg(long, default_value_t = 16)]
    steps: usize,

    /// 法律还是示例规则库；缺省为示例（若有）。Law or example rulebook; by default the example,
    /// where the book has one.
    #[arg(long, value_enum)]
    purpose: Option<Purpose>,

    /// 数据年度，缺省为最近有年度报告的一年。Data year; by default the newest with a report.
    #[arg(long)]
    year: Option<Year>,

    /// 把图写成SVG文件。Write the chart as an SVG file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// 把表写成CSV文件。Write the table as a CSV file.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    reading: Reading,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Purpose {
    /// 法律 law
    Law,
    /// 示例 example
    Example,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook try current --vary hebei.offset.excess_ratio=0.05..0.20 --steps 16 --out chart.svg
  tanheng rulebook try ./draft --vary 'hebei.benchmark.intensity(steel, crude_steel)=1.8..2.2'
  tanheng rulebook try built-in --vary hebei.offset.boundary=direct,total --csv table.csv";

impl Try {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (_, reader) = self.reading.open()?;
        let base = match self.rules.as_str() {
            "current" => Base::Current,
            "built-in" => Base::Whole(reading::built_in(session)?),
            folder => Base::Draft(reading::draft(&PathBuf::from(folder))?),
        };
        let purpose = self.purpose.map(|purpose| match purpose {
            Purpose::Law => RulebookPurpose::Law,
            Purpose::Example => RulebookPurpose::Example,
        });
        let tried = reader.try_rules(&base, purpose, (&self.vary, self.steps), self.year)?;
        if let Some(path) = &self.out {
            write(path, &chart::svg(&tried, session.lang))?;
        }
        if let Some(path) = &self.csv {
            write(path, &csv(&tried))?;
        }
        if self.json {
            session.json(&json!(tried));
            return Ok(Exit::Done);
        }
        for line in lines(&tried, session.lang) {
            session.line(line);
        }
        Ok(Exit::Done)
    }
}

fn lines(tried: &Tried, lang: Lang) -> Vec<String> {
    let (title, place) = (tried.title.get(lang), &tried.place);
    let version = tried.version.get(..12).unwrap_or_default();
    let unit = tried.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let in_force = match tried.in_force.as_slice() {
        [] => "–".to_owned(),
        values => values.join(", "),
    };
    let (year, without) = (tried.year, tried.without_report);
    let mut lines = match lang {
        Lang::Zh => vec![
            format!("试算：{title}（{place}），{year}年度；规则库 {} {version}", tried.purpose),
            format!("现行取值：{in_force}{unit}；{without} 家企业无该年度报告，不参与"),
        ],
        Lang::En => vec![
            format!(
                "trial (试算): {title} ({place}), data year {year}; rulebook {} {version}",
                tried.purpose
            ),
            format!(
                "in force: {in_force}{unit}; {without} enterprises without a report take no part"
            ),
        ],
    };
    let head = match lang {
        Lang::Zh => [
            "取值",
            "有义务企业",
            "义务合计 tCO2e",
            "与现行之差",
            "义务变化",
            "类别变化",
            "无法计算",
        ],
        Lang::En => [
            "value",
            "owing",
            "total, tCO2e",
            "difference",
            "other duty",
            "other class",
            "not computed",
        ],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let now = if lang == Lang::Zh { "现行" } else { "in force" };
    rows.push(row(now, &tried.before));
    for step in &tried.steps {
        rows.push(row(step.value.as_deref().unwrap_or_default(), step));
    }
    lines.extend(table::lines(&rows));
    lines
}

fn row(name: &str, step: &Step) -> Vec<String> {
    let number = |text: String| grouped(&text);
    vec![
        name.to_owned(),
        number(step.all.owing.to_string()),
        number(step.all.tonnes.to_string()),
        number(step.all.difference.to_string()),
        number(step.other_obligation.to_string()),
        number(step.other_class.to_string()),
        number(step.not_computed.to_string()),
    ]
}

/// One line for all and for each region, industry and class of each value.
fn csv(tried: &Tried) -> String {
    let mut text = String::from(
        "trial,purpose,year,place,value,group,name,enterprises,owing,tonnes,difference\n",
    );
    let head = format!("true,{},{},\"{}\"", tried.purpose, tried.year, tried.place);
    for step in std::iter::once(&tried.before).chain(&tried.steps) {
        let value = step.value.as_deref().unwrap_or("in_force");
        let mut line = |group: &str, name: &str, portion: &tanheng_app::rulebook::Portion| {
            text.push_str(&format!(
                "{head},{value},{group},{name},{},{},{},{}\n",
                portion.enterprises, portion.owing, portion.tonnes, portion.difference
            ));
        };
        line("all", "", &step.all);
        step.regions.iter().for_each(|(name, portion)| line("region", name.as_str(), portion));
        step.industries.iter().for_each(|(name, portion)| line("industry", name.as_str(), portion));
        for (class, count) in &step.classes {
            text.push_str(&format!("{head},{value},class,{class},{count},,,\n"));
        }
    }
    text
}
