//! Methods and records made up from a seed: anything the rule language can say.

use std::collections::BTreeSet;
use std::fmt::Write;

use tanheng_rulebook::{Columns, Given, Rulebook};

use crate::small_pack::{RATIO, VALUE, load, pack};

/// SplitMix64: the same seed gives the same method and records for ever.
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Seeded {
        Seeded(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len).unwrap())).unwrap()
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.index(from.len())]
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// A table with a row missing, a cell empty, a key by year and values of several scales.
const TABLE: &str = r#"id = "p.share"
title = { zh = "份额", en = "Share" }
keys = ["kind", "year"]

[[columns]]
name = "value"
unit = "1"

[[columns]]
name = "word"
type = "text"
"#;

const ROWS: &str = "\
kind,year,value,word,from,document,clause,checked
a,2021,0.5,left,2022-01-01,d1,三,official
a,2022,1.25,right,2022-01-01,d1,三,memory
b,2021,,left,2022-01-01,d1,三,official
b,2022,0.123456,,2022-01-01,d1,四,official
c,2021,12345678,right,2022-01-01,d1,四,official
";

const MORE_PARAMETERS: &str = r#"
[[parameter]]
id = "p.carbon"
title = { zh = "折算", en = "Ratio of masses" }
unit = "1"

[[parameter.value]]
from = 2022-01-01
value = "44/12"
document = "d1"
clause = "二"
checked = "memory"

[[parameter]]
id = "p.limit"
title = { zh = "界限", en = "Limit" }
unit = "t"

[[parameter.value]]
from = 2022-01-01
value = "350.5"
document = "d1"
clause = "二"
checked = "official"

[[parameter]]
id = "p.later"
title = { zh = "待公布", en = "To be announced" }
unit = "1"

[[parameter.value]]
from = 2022-01-01
state = "announced"
document = "d1"
clause = "二"
checked = "official"
"#;

/// What is asked for as mass or as plain number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mass,
    Plain,
}

/// A declared input of a made-up method.
struct Declared {
    name: &'static str,
    unit: &'static str,
    places: u8,
    min: Option<i64>,
    max: Option<i64>,
    open: bool,
}

/// A made-up method: its formulas, and what it declares.
pub struct MadeUp {
    seeded: Seeded,
    inputs: Vec<Declared>,
    /// Steps so far: name and whether it is a mass.
    steps: Vec<(String, Kind)>,
    used: BTreeSet<String>,
    rounded: bool,
}

const NUMBERS: [(&str, Kind); 4] =
    [("mass", Kind::Mass), ("load", Kind::Mass), ("share", Kind::Plain), ("ratio", Kind::Plain)];
const WORDS: [&str; 4] = ["kind", "flag", "day", "year"];
const MODES: [&str; 4] = ["half_up", "half_even", "up", "down"];

impl MadeUp {
    pub fn new(seed: u64) -> MadeUp {
        let mut seeded = Seeded::new(seed);
        let mass = seeded.pick(&["t", "t", "kg"]);
        let plain = seeded.pick(&["1", "1", "%"]);
        let inputs = NUMBERS
            .iter()
            .map(|(name, kind)| {
                let unit = if *kind == Kind::Mass { mass } else { plain };
                let wide = seeded.once_in(5);
                let max = if wide { 1_000_000_000_000 } else { 1_000 };
                Declared {
                    name,
                    unit,
                    places: u8::try_from(seeded.below(if wide { 9 } else { 5 })).unwrap(),
                    min: (!seeded.once_in(6)).then(|| [0, 0, 1, -500][seeded.index(4)]),
                    max: (!seeded.once_in(6)).then_some(max),
                    open: seeded.once_in(3),
                }
            })
            .collect();
        MadeUp { seeded, inputs, steps: Vec::new(), used: BTreeSet::new(), rounded: false }
    }

    fn literal(&mut self, kind: Kind) -> String {
        let number = match self.seeded.below(20) {
            0..3 => "0".to_owned(),
            3..9 => self.seeded.below(50).to_string(),
            9..14 => format!("{}.{:03}", self.seeded.below(2000), self.seeded.below(1000)),
            14..19 => format!("0.{:06}", self.seeded.below(1_000_000)),
            _ => format!("{}", self.seeded.below(1_000_000_000_000_000)),
        };
        match kind {
            Kind::Mass => {
                format!("{number}[{}]", self.seeded.pick(&["t", "t", "t", "t", "kg", "g"]))
            }
            Kind::Plain => number,
        }
    }

    fn leaf(&mut self, kind: Kind) -> String {
        let same: Vec<String> = self
            .steps
            .iter()
            .filter(|(_, own)| *own == kind)
            .map(|(name, _)| name.clone())
            .chain(NUMBERS.iter().filter(|(_, own)| *own == kind).map(|(name, _)| (*name).into()))
            .collect();
        match self.seeded.below(8) {
            0 => self.literal(kind),
            1 if kind == Kind::Plain => match self.seeded.below(8) {
                0 if self.seeded.once_in(4) => "p.later".to_owned(),
                0..4 => "p.ratio".to_owned(),
                _ => "p.carbon".to_owned(),
            },
            1 => "p.limit".to_owned(),
            2 if kind == Kind::Plain => {
                self.used.extend(["kind".to_owned(), "year".to_owned()]);
                "lookup(p.share.value, kind, year)".to_owned()
            }
            _ => {
                let name = same[self.seeded.index(same.len())].clone();
                self.used.insert(name.clone());
                name
            }
        }
    }

    fn number(&mut self, kind: Kind, depth: u32) -> String {
        if depth == 0 {
            return self.leaf(kind);
        }
        let deeper = depth - 1;
        match self.seeded.below(14) {
            0..2 => format!("({} + {})", self.number(kind, deeper), self.number(kind, deeper)),
            2 => format!("({} - {})", self.number(kind, deeper), self.number(kind, deeper)),
            3..5 => {
                format!("{} * {}", self.factor(kind, deeper), self.factor(Kind::Plain, deeper))
            }
            5 => format!("{} * {}", self.factor(Kind::Plain, deeper), self.factor(kind, deeper)),
            6 => format!("-{}", self.factor(kind, deeper)),
            7 => {
                let names = ["min", "max"];
                let name = self.seeded.pick(&names);
                format!("{name}({}, {})", self.number(kind, deeper), self.number(kind, deeper))
            }
            8 => {
                let (value, low) = (self.number(kind, deeper), self.leaf(kind));
                format!("clamp({value}, {low}, {})", self.leaf(kind))
            }
            9 => {
                let condition = self.condition(deeper);
                let (yes, no) = (self.number(kind, deeper), self.number(kind, deeper));
                format!("(if {condition} then {yes} else {no})")
            }
            10 => {
                let subject = self.word(deeper);
                let (a, b) = (self.number(kind, deeper), self.number(kind, deeper));
                format!("(match {subject} {{ 'a' => {a}, _ => {b} }})")
            }
            11 if self.rounded => {
                format!("({} / {})", self.factor(kind, deeper), self.factor(Kind::Plain, deeper))
            }
            12 if self.rounded && kind == Kind::Plain => {
                let (a, b) = (self.factor(Kind::Mass, deeper), self.factor(Kind::Mass, deeper));
                format!("({a} / {b})")
            }
            _ => {
                let before = std::mem::replace(&mut self.rounded, true);
                let inner = self.number(kind, deeper);
                self.rounded = before;
                let (places, mode) = (self.seeded.below(6), self.seeded.pick(&MODES));
                format!("round({inner}, {places}, {mode})")
            }
        }
    }

    fn factor(&mut self, kind: Kind, depth: u32) -> String {
        if depth == 0 { self.leaf(kind) } else { format!("({})", self.number(kind, depth)) }
    }

    fn word(&mut self, depth: u32) -> String {
        match self.seeded.below(4) {
            0 => {
                let condition = self.condition(depth.saturating_sub(1));
                format!("(if {condition} then 'a' else 'b')")
            }
            1 if depth > 0 => {
                self.used.extend(["kind".to_owned(), "year".to_owned()]);
                "(if lookup(p.share.word, kind, year) == 'left' then 'a' else 'c')".to_owned()
            }
            _ => {
                self.used.insert("kind".to_owned());
                "kind".to_owned()
            }
        }
    }

    fn condition(&mut self, depth: u32) -> String {
        let deeper = depth.saturating_sub(1);
        let order = self.seeded.pick(&["<", "<=", ">", ">=", "==", "!="]);
        let mut use_name = |name: &str| self.used.insert(name.to_owned());
        match self.seeded.below(9) {
            0 => {
                use_name("flag");
                "flag".to_owned()
            }
            1 => {
                use_name("day");
                format!("day {order} date(2022-0{}-15)", 1 + self.seeded.below(9))
            }
            2 => {
                use_name("year");
                format!("year {order} 202{}", self.seeded.below(4))
            }
            3 => {
                use_name("kind");
                format!("kind {} 'b'", self.seeded.pick(&["==", "!="]))
            }
            4 if depth > 0 => {
                let word = self.seeded.pick(&["and", "or"]);
                format!("({}) {word} ({})", self.condition(deeper), self.condition(deeper))
            }
            5 if depth > 0 => format!("not ({})", self.condition(deeper)),
            6 => format!("{} {order} {}", self.leaf(Kind::Plain), self.factor(Kind::Plain, deeper)),
            _ => format!("{} {order} {}", self.leaf(Kind::Mass), self.factor(Kind::Mass, deeper)),
        }
    }

    /// The body of a step: one formula, or two rules that leave some records without one.
    fn body(&mut self, kind: Option<Kind>) -> String {
        let depth = u32::try_from(1 + self.seeded.below(3)).unwrap();
        let value = |own: &mut MadeUp| match kind {
            Some(kind) => own.number(kind, depth),
            None => own.seeded.pick(&["'a'", "'b'", "'c'"]).to_owned(),
        };
        if self.seeded.once_in(4) || kind.is_none() {
            let (first, second) = (self.condition(depth), value(self));
            let negated =
                if self.seeded.once_in(6) { self.condition(1) } else { format!("not ({first})") };
            let third = value(self);
            return format!(
                "[[method.step.rule]]\nwhen = \"{first}\"\nthen = \"{second}\"\n\
                 document = \"d1\"\nclause = \"六\"\nchecked = \"memory\"\n\
                 [[method.step.rule]]\nwhen = \"{negated}\"\nthen = \"{third}\"\n\
                 document = \"d1\"\nclause = \"七\"\nchecked = \"official\"\n"
            );
        }
        format!("formula = \"{}\"\n", value(self))
    }

    /// The method as a pack file.
    pub fn text(&mut self) -> String {
        let mut bodies: Vec<(String, String, BTreeSet<String>)> = Vec::new();
        let count = 1 + self.seeded.index(3);
        for index in 0..count {
            let last = index + 1 == count;
            let name = format!("step{index}");
            let kind = match self.seeded.below(4) {
                0 if last => None,
                1 => Some(Kind::Plain),
                _ => Some(Kind::Mass),
            };
            self.used.clear();
            let body = self.body(kind);
            let head = match kind {
                Some(Kind::Mass) => format!("unit = \"{}\"\n", self.seeded.pick(&["t", "kg"])),
                Some(Kind::Plain) => "unit = \"1\"\n".to_owned(),
                None => "type = \"enum\"\nvalues = [\"a\", \"b\", \"c\"]\n".to_owned(),
            };
            bodies.push((name.clone(), head + &body, self.used.clone()));
            self.steps.extend(kind.map(|kind| (name, kind)));
        }
        self.assembled(&bodies)
    }

    fn assembled(&mut self, bodies: &[(String, String, BTreeSet<String>)]) -> String {
        let result = bodies.last().unwrap().0.clone();
        let mut needed = BTreeSet::from([result.clone()]);
        for (name, _, used) in bodies.iter().rev() {
            if needed.contains(name) {
                needed.extend(used.iter().cloned());
            }
        }
        let mut text = format!(
            "[[method]]\nid = \"p.half\"\ntitle = {{ zh = \"生成\", en = \"Made up\" }}\n\
             from = 2022-01-01\ndocument = \"d1\"\nclause = \"五\"\nchecked = \"official\"\n\
             result = \"{result}\"\n"
        );
        self.inputs.retain(|input| needed.contains(input.name));
        for input in &self.inputs {
            let name = input.name;
            writeln!(text, "[[method.input]]\nname = \"{name}\"").unwrap();
            writeln!(text, "title = {{ zh = \"数\", en = \"Number\" }}").unwrap();
            write!(text, "unit = \"{}\"\nplaces = {}\n", input.unit, input.places).unwrap();
            if let Some(min) = input.min {
                writeln!(text, "min = \"{min}\"\nmin_open = {}", input.open).unwrap();
            }
            if let Some(max) = input.max {
                writeln!(text, "max = \"{max}\"").unwrap();
            }
        }
        for (name, kind) in WORDS.iter().zip([
            "type = \"enum\"\nvalues = [\"a\", \"b\", \"c\", \"d\"]",
            "type = \"bool\"",
            "type = \"date\"",
            "type = \"year\"",
        ]) {
            if needed.contains(*name) {
                writeln!(text, "[[method.input]]\nname = \"{name}\"\n{kind}").unwrap();
                writeln!(text, "title = {{ zh = \"字\", en = \"Word\" }}").unwrap();
            }
        }
        self.used = needed;
        for (name, body, _) in bodies.iter().filter(|(name, ..)| self.used.contains(name)) {
            writeln!(text, "[[method.step]]\nname = \"{name}\"").unwrap();
            write!(text, "title = {{ zh = \"步\", en = \"Step\" }}\n{body}").unwrap();
        }
        text
    }

    /// The rulebook with the method; none where the checks at loading refuse it.
    pub fn book(&mut self) -> Option<Rulebook> {
        let text = self.text();
        let parameters = format!("{RATIO}{VALUE}{MORE_PARAMETERS}");
        let packs = pack(&[
            ("methods/half.toml", &text),
            ("parameters/ratio.toml", &parameters),
            ("tables/share.toml", TABLE),
            ("tables/share.csv", ROWS),
            ("cases/good/half.toml", &self.case()),
        ]);
        if crate::small_pack::wrong(&packs).is_empty() { Some(load(packs)) } else { None }
    }

    fn case(&self) -> String {
        "[[case]]\nname = \"一\"\nmethod = \"p.half\"\nat = 2022-06-30\ninputs = { }\n\
         error = \"input.missing\"\n"
            .to_owned()
    }

    /// Records of the method: most within what is declared, some not.
    pub fn columns(&mut self, rows: usize) -> Columns {
        let mut columns = Columns::new(rows);
        let wild = self.seeded.once_in(2);
        let declared = std::mem::take(&mut self.inputs);
        for input in &declared {
            columns = self.number_column(columns, input, rows, wild);
        }
        self.inputs = declared;
        for name in WORDS {
            if self.used.contains(name) {
                columns = self.word_column(columns, name, rows, wild);
            }
        }
        if self.seeded.once_in(40) {
            columns = columns.constant("nobody", "1");
        }
        columns
    }

    fn number_column(
        &mut self,
        columns: Columns,
        input: &Declared,
        rows: usize,
        wild: bool,
    ) -> Columns {
        let name = input.name;
        if self.seeded.once_in(10) {
            return columns.constant(name, Given::Raw(self.seeded.below(900).to_string()));
        }
        let other = match input.unit {
            "t" => "kg",
            "kg" => "t",
            "1" => "%",
            _ => "1",
        };
        let unit = if self.seeded.once_in(4) { other } else { input.unit };
        let finer = wild && self.seeded.once_in(2);
        let scale = input.places + if finer { 2 } else { 0 };
        let power = 10i64.pow(u32::from(scale));
        let most = if self.seeded.once_in(3) { input.max.unwrap_or(100_000) } else { 900 };
        let most = most.min(900_000_000_000_000_000 / power);
        let mut values: Vec<i64> = Vec::new();
        for _ in 0..rows {
            let most = u64::try_from(most).unwrap() * u64::try_from(power).unwrap();
            let inside = i64::try_from(self.seeded.below(most)).unwrap();
            values.push(match self.seeded.below(if wild { 30 } else { 400 }) {
                0 => -inside,
                1 => 0,
                2 => i64::try_from(most).unwrap(),
                3 => input.min.unwrap_or(0) * power,
                4 => input.max.unwrap_or(7).min(1_000_000) * power + 1,
                5 => [i64::MIN, i64::MAX][self.seeded.index(2)],
                _ => inside,
            });
        }
        let mut columns = columns.numbers(name, unit.parse().unwrap(), scale, values);
        if wild && rows > 0 {
            let missing = (0..rows).map(|_| self.seeded.once_in(20)).collect();
            columns = columns.missing(name, missing);
            let odd = ["1 g", "12,5", "5%", "", "3/7", "-0", "1 GJ"];
            for _ in 0..3 {
                let (row, given) = (self.seeded.index(rows), self.seeded.pick(&odd));
                columns = columns.cell(name, row, given);
            }
        }
        columns
    }

    fn word_column(&mut self, columns: Columns, name: &str, rows: usize, wild: bool) -> Columns {
        let (good, bad): (&[&str], &[&str]) = match name {
            "kind" => (&["a", "b", "c", "d"], &["e", "", "A"]),
            "flag" => (&["true", "false", "是", "否"], &["yes", ""]),
            "day" => (&["2022-01-01", "2022-03-15", "2022-12-31", "1999-02-28"], &["2022-02-30"]),
            _ => (&["2021", "2022", "2030"], &["22", "1066", " "]),
        };
        let mut words: Vec<String> = good.iter().map(|word| (*word).to_owned()).collect();
        let few = words.len();
        words.extend(bad.iter().map(|word| (*word).to_owned()));
        if self.seeded.once_in(8) {
            return columns.constant(name, words[self.seeded.index(few)].as_str());
        }
        let codes = (0..rows).map(|_| {
            let some = if wild && self.seeded.once_in(15) { words.len() } else { few };
            u32::try_from(self.seeded.index(some)).unwrap()
        });
        let codes = codes.collect();
        columns.texts(name, words, codes)
    }
}
