//! The state of a book in words an official would use.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use tanheng_app::read::Reader;
use tanheng_app::read::province::{Outcomes, Province};
use tanheng_app::{Book, Rulebooks, actor, digests};
use tanheng_base::{ActorId, Lang};

use super::session::Failure;

/// Counts of a book with the digests of its tables.
pub(super) struct Summary {
    province: Province,
    folder: String,
    entries: u64,
    checkpoint: String,
    key: String,
    listed: usize,
    tables: Vec<(String, String)>,
}

impl Summary {
    pub(super) fn of(book: &Book) -> Result<Self, Failure> {
        let sql = book.reader()?;
        let id: ActorId = "province".parse().map_err(|_| tanheng_app::Failure::Stopped)?;
        let reader = Reader::open(book, Arc::new(Rulebooks::default()), actor::find(&sql, &id)?)?;
        let reach = reader.reach()?;
        let as_of = reach.last_day.ok_or(tanheng_app::Failure::Stopped)?;
        let lists = reader.registers()?.lists;
        let national = lists
            .iter()
            .filter(|(list, _)| !list.id.as_str().starts_with("example."))
            .map(|(_, lines)| lines)
            .sum();
        let tables = digests(&sql)?;
        Ok(Self {
            province: reader.province(None, as_of)?,
            folder: book.folder().display().to_string(),
            entries: reach.entries,
            checkpoint: book.checkpoint()?.unwrap_or_default(),
            key: book.verifier_key()?.to_string(),
            listed: national,
            tables: tables.into_iter().map(|t| (t.table.to_owned(), t.digest)).collect(),
        })
    }

    pub(super) fn to_json(&self) -> Json {
        let province = &self.province;
        let counts = &province.counts;
        let outcomes = |outcomes: &std::collections::BTreeMap<String, Outcomes>| {
            let each = outcomes.iter().map(|(name, one)| {
                (
                    name.clone(),
                    json!({ "count": one.count, "tonnes": one.tonnes.map(|t| t.normalized()) }),
                )
            });
            Json::Object(each.collect())
        };
        json!({
            "mark": tanheng_app::EXAMPLE_MARK,
            "year": province.year,
            "as_of": province.as_of.to_string(),
            "enterprises": counts.enterprises,
            "national_list_entries": self.listed,
            "ledgers": { "deposited": counts.ledgers, "expected": counts.ledgers_expected },
            "reports": { "filed": counts.reports, "accepted": counts.accepted },
            "verification": {
                "assigned": counts.verifications,
                "concluded": counts.concluded,
                "findings": counts.findings,
                "findings_open": counts.findings_open,
            },
            "classes": counts.classes,
            "obligations_by_law": outcomes(&province.by_law),
            "obligations_by_example": outcomes(&province.by_example),
            "log": { "entries": self.entries, "checkpoint": self.checkpoint, "key": self.key },
            "tables": self.tables.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        })
    }

    pub(super) fn lines(&self, lang: Lang) -> Vec<String> {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    /// The command that deposits a month left open for visitors.
    fn try_it(&self) -> String {
        format!(
            "tanheng ledger submit examples/ledgers/power-2022-03.csv --enterprise {} \
             --month 2022-03 --as filer-0001 --data {}",
            tanheng_base::EnterpriseId::example(1),
            self.folder,
        )
    }

    fn class(&self, name: &str) -> u64 {
        self.province.counts.classes.get(name).copied().unwrap_or_default()
    }

    fn chinese(&self) -> Vec<String> {
        let (province, counts) = (&self.province, &self.province.counts);
        let mut lines = vec![
            format!(
                "【示例】河北省碳排放综合管理平台 {}履约年度小结（截至 {}）",
                province.year, province.as_of
            ),
            format!(
                "企业　　{} 家示例企业；另有全国碳市场2022年名单 {} 家，仅为名单，无任何数值",
                counts.enterprises, self.listed
            ),
            format!("台账　　应存证 {} 份，已存证 {} 份", counts.ledgers_expected, counts.ledgers),
            format!("报告　　已提交 {} 家，已核定 {} 家", counts.reports, counts.accepted),
            format!(
                "核查　　委托 {} 家，出具结论 {} 家；不符合项 {} 项，待答复 {} 项",
                counts.verifications, counts.concluded, counts.findings, counts.findings_open
            ),
            format!(
                "分类　　重点 {} 家，一般 {} 家，其他 {} 家，未定 {} 家",
                self.class("key"),
                self.class("ordinary"),
                self.class("other"),
                self.class("")
            ),
        ];
        for (title, outcomes) in
            [("依法　　", &province.by_law), ("示例试算", &province.by_example)]
        {
            let each = outcomes.iter().map(|(name, one)| {
                let tonnes =
                    one.tonnes.map(|t| format!("，{} tCO2e", t.normalized())).unwrap_or_default();
                format!("{} {} 家{tonnes}", outcome_words(name).0, one.count)
            });
            lines.push(format!("{title}抵销义务：{}", each.collect::<Vec<_>>().join("；")));
        }
        lines.push(format!("存证　　{} 条记录，公钥 {}", self.entries, self.key));
        lines.push(
            "「示例试算」所用基准值为虚构，不是任何行业的水平；依法部分不含示例数值。".to_owned(),
        );
        lines.push(format!("试一试　留给您提交的一份台账：{}", self.try_it()));
        lines
    }

    fn english(&self) -> Vec<String> {
        let (province, counts) = (&self.province, &self.province.counts);
        let mut lines = vec![
            format!(
                "[example] Hebei carbon platform, compliance cycle {} (as of {})",
                province.year, province.as_of
            ),
            format!(
                "enterprises   {} invented ones; besides, {} entries of the national list of 2022, names only, no figures",
                counts.enterprises, self.listed
            ),
            format!(
                "ledgers       {} expected, {} deposited",
                counts.ledgers_expected, counts.ledgers
            ),
            format!("reports       {} filed, {} determined", counts.reports, counts.accepted),
            format!(
                "verification  {} assigned, {} concluded; {} findings, {} open",
                counts.verifications, counts.concluded, counts.findings, counts.findings_open
            ),
            format!(
                "classes       key {}, ordinary {}, other {}, undecided {}",
                self.class("key"),
                self.class("ordinary"),
                self.class("other"),
                self.class("")
            ),
        ];
        for (title, outcomes) in
            [("by law        ", &province.by_law), ("example trial ", &province.by_example)]
        {
            let each = outcomes.iter().map(|(name, one)| {
                let tonnes =
                    one.tonnes.map(|t| format!(", {} tCO2e", t.normalized())).unwrap_or_default();
                format!("{} {}{tonnes}", outcome_words(name).1, one.count)
            });
            lines.push(format!("{title}obligations: {}", each.collect::<Vec<_>>().join("; ")));
        }
        lines.push(format!("evidence      {} entries, key {}", self.entries, self.key));
        lines.push("The example trial uses invented benchmarks; nothing invented takes part in what is by law.".to_owned());
        lines.push(format!("try it        a ledger left for you: {}", self.try_it()));
        lines
    }
}

/// What an outcome is called.
fn outcome_words(name: &str) -> (&str, &str) {
    match name {
        "not_due" => ("无需抵销", "nothing due"),
        "due" => ("应抵销", "due"),
        "in_doubt" => ("存疑", "in doubt"),
        "trial" => ("试算", "trial"),
        "no_benchmark" => ("基准值未公布", "no benchmark published"),
        "no_output" => ("无对应产品产量", "no output of a benchmarked product"),
        "not_verified" => ("未核查", "not verified"),
        "open" => ("法规待明确", "open in law"),
        other => (other, other),
    }
}
