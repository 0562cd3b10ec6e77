//! The readers of casework on texts of the packs that are cut short or lack a line.

use std::path::Path;

use tanheng_base::Problem;
use tanheng_filing::Form;
use tanheng_filing::calendar::CalendarYear;
use tanheng_filing::procedure::Procedure;
use tanheng_filing::register::Register;
use tanheng_filing::rehearsal::Rehearsal;

/// How many lines of a file are left out in turn.
const LINES: usize = 9;

type Read = fn(&str) -> Result<(), Vec<Problem>>;

const KINDS: [(&str, Read); 5] = [
    ("forms", |text| Form::parse(text).map(drop)),
    ("procedures", |text| Procedure::parse(text).map(drop)),
    ("registers", |text| Register::parse(text).map(drop)),
    ("rehearsals", |text| Rehearsal::parse_all(text).map(drop)),
    ("calendar", |text| CalendarYear::parse(text).map(drop)),
];

fn texts(kind: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebooks");
    let packs = ["cn", "cn-hebei", "example"].map(|pack| root.join(pack).join(kind));
    let folders = packs.iter().filter(|folder| folder.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// A reader may take what is left; what it refuses it explains.
fn try_one(read: Read, text: &str) -> bool {
    match read(text) {
        Ok(()) => true,
        Err(problems) => {
            assert!(!problems.is_empty());
            assert!(problems.iter().all(|one| !one.message.zh.is_empty()));
            false
        }
    }
}

#[test]
fn a_text_that_lacks_a_part_is_read_or_refused() {
    for (kind, read) in KINDS {
        let texts = texts(kind);
        assert!(!texts.is_empty(), "{kind}");
        let mut refused = 0_usize;
        for text in &texts {
            assert!(try_one(read, text), "a file of the packs is read as it stands");
            let characters = text.chars().count();
            let half: String = text.chars().take(characters / 2).collect();
            let rest: String = text.chars().skip(characters / 2).collect();
            refused += [half, rest].iter().filter(|part| !try_one(read, part)).count();
            let lines: Vec<&str> = text.lines().collect();
            for left_out in (0..lines.len()).step_by((lines.len() / LINES).max(1)) {
                let mut others = lines.clone();
                others.remove(left_out);
                refused += usize::from(!try_one(read, &others.join("\n")));
            }
        }
        assert!(refused >= texts.len(), "{kind}: {refused} of {}", texts.len());
    }
}
