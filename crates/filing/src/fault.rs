//! Faults of definitions that stand in packs: one code per kind, all of them at once.

use tanheng_base::{Code, Problem, Text};

/// A procedure that cannot be used.
pub const PROCEDURE: Code = Code("procedure.definition");
/// A register that cannot be used.
pub const REGISTER: Code = Code("register.definition");
/// A calendar that cannot be used.
pub const CALENDAR: Code = Code("calendar.definition");
/// A worked case of a procedure that cannot be used.
pub const REHEARSAL: Code = Code("rehearsal.definition");
/// A worked case of a procedure that comes out differently.
pub const REHEARSAL_DIFFERS: Code = Code("rehearsal.differs");

/// Longest time limit or time between reviews, in months: what is longer is a slip.
const MONTHS: u32 = 1_200;
/// Longest time limit in days.
const DAYS: u32 = 36_600;

/// Faults found so far.
pub(crate) struct Faults {
    code: Code,
    found: Vec<Problem>,
}

impl Faults {
    pub(crate) fn new(code: Code) -> Self {
        Self { code, found: Vec::new() }
    }

    /// Notes a fault of the thing called `name`.
    pub(crate) fn add(&mut self, name: &str, zh: &str, en: &str) {
        self.found.push(problem(self.code, zh, en).at(None, Some(name)));
    }

    /// Months that the thing called `name` lasts, as they stand, and a fault where they are none
    /// or too many.
    pub(crate) fn months(&mut self, name: &str, months: u32) -> u32 {
        if !(1..=MONTHS).contains(&months) {
            let zh = format!("月数须为 1 至 {MONTHS}");
            self.add(name, &zh, &format!("`months` is from 1 to {MONTHS}"));
        }
        months
    }

    /// The same for days; none is a time limit that ends with its first day.
    pub(crate) fn days(&mut self, name: &str, days: u32) -> u32 {
        if days > DAYS {
            let zh = format!("天数不超过 {DAYS}");
            self.add(name, &zh, &format!("`days` is at most {DAYS}"));
        }
        days
    }

    /// A text as an id, or a fault.
    pub(crate) fn id<T: std::str::FromStr>(&mut self, name: &str, text: &str) -> Option<T> {
        let id = text.parse().ok();
        if id.is_none() {
            let zh = format!("`{text}` 不能作标识");
            self.add(name, &zh, &format!("`{text}` is no id of this kind"));
        }
        id
    }

    /// The faults, where nothing could be built.
    pub(crate) fn fail(self) -> Vec<Problem> {
        self.found
    }

    /// What was built, if nothing is wrong with it.
    pub(crate) fn finish<T>(self, built: T) -> Result<T, Vec<Problem>> {
        if self.found.is_empty() { Ok(built) } else { Err(self.found) }
    }
}

/// A problem of a definition file.
pub(crate) fn problem(code: Code, zh: &str, en: &str) -> Problem {
    let noun = match code {
        PROCEDURE => ("流程定义有误", "the procedure is defined wrongly"),
        REGISTER => ("名录定义有误", "the register is defined wrongly"),
        CALENDAR => ("工作日历有误", "the calendar is wrong"),
        REHEARSAL_DIFFERS => ("演练结果不同", "the rehearsal comes out differently"),
        _ => ("演练无法读取", "the rehearsal is written wrongly"),
    };
    Problem::new(
        code,
        Text::new(format!("{}：{zh}", noun.0), format!("{}: {en}", noun.1)),
        Text::new("修改规则包中的文件", "mend the file in the rulebook pack"),
    )
}

/// A file that is no TOML of the expected shape.
pub(crate) fn unreadable(code: Code, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map(|span| {
        let before = text.bytes().take(span.start).filter(|byte| *byte == b'\n').count();
        u64::try_from(before).map_or(u64::MAX, |count| count.saturating_add(1))
    });
    problem(code, error.message(), error.message()).at(line, None)
}
