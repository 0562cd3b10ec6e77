//! The shipped packs, and variants of them in which the law has decided more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use tanheng_rulebook::{PackFiles, Rulebook};

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}

fn pack(id: &str) -> PackFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks").join(id);
    let mut files = BTreeMap::new();
    read(&root, "", &mut files);
    PackFiles { id: id.parse().unwrap(), files }
}

fn load(packs: Vec<PackFiles>) -> Rulebook {
    Rulebook::load(packs).unwrap_or_else(|found| {
        let texts: Vec<String> = found.iter().map(|d| format!("{d:?}")).collect();
        panic!("{}", texts.join("\n"));
    })
}

/// The law as it stands: no benchmark is published, much is open.
pub fn law() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| load(vec![pack("cn"), pack("cn-hebei")]))
}

/// With the example pack, which fills benchmarks and the yearly plan.
pub fn with_example() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| load(vec![pack("cn"), pack("cn-hebei"), pack("example")]))
}

/// A pack on top of the law, as a later decree would be: parameter fills and further files.
pub fn decreed(fills: &[(&str, &str)], files: &[(&str, &str)]) -> Rulebook {
    load(vec![pack("cn"), pack("cn-hebei"), decree(fills, files)])
}

/// The same on top of the law with the example pack.
pub fn decreed_on_example(files: &[(&str, &str)]) -> Rulebook {
    load(vec![pack("cn"), pack("cn-hebei"), pack("example"), decree(&[], files)])
}

fn decree(fills: &[(&str, &str)], files: &[(&str, &str)]) -> PackFiles {
    let parameters: String = fills
        .iter()
        .map(|(parameter, value)| {
            format!(
                "[[fill]]\nparameter = \"{parameter}\"\n[[fill.value]]\nfrom = 2022-11-07\n\
                 value = \"{value}\"\ndocument = \"decree\"\nclause = \"1\"\nchecked = \"official\"\n"
            )
        })
        .collect();
    let own: BTreeMap<String, String> = [
        (
            "pack.toml",
            "id = \"decree\"\ntitle = { zh = \"后续文件\", en = \"Later decree\" }\n\
             jurisdiction = \"130000\"\ndepends_on = [\"cn-hebei\"]\nexample = false\n",
        ),
        (
            "sources.toml",
            "[[document]]\nid = \"decree\"\nnumber = \"\"\n\
             title = { zh = \"后续文件\", en = \"Later decree\" }\n\
             issuer = { zh = \"省\", en = \"Province\" }\nstate = \"in_force\"\nchecked = \"official\"\n",
        ),
        ("parameters/fills.toml", parameters.as_str()),
    ]
    .into_iter()
    .chain(files.iter().copied())
    .map(|(path, text)| (path.to_owned(), text.to_owned()))
    .collect();
    PackFiles { id: "decree".parse().unwrap(), files: own }
}

/// Benchmarks that a decree publishes: `product,intensity,absolute` of an industry.
pub const BENCHMARK_TOML: &str = "fills = \"hebei.benchmark\"\n";
/// Heading of their CSV.
pub const BENCHMARK_HEADING: &str = "industry,product,intensity,absolute,from,to,region,state,document,clause,checked,note_zh,note_en\n";
