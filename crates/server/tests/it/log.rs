//! The public log as outsiders meet it: exported, served, checked by strangers, forged.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use tanheng_app::Book;
use tanheng_server::web::Server;
use tanheng_testkit::program;
use tempfile::TempDir;

use crate::{Ran, tanheng_in};

const PROFILES: [&str; 3] = ["standard", "both", "sm"];

/// One example book of each profile with its exported log, made once.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    for profile in PROFILES {
        let made = tanheng_in(
            folder.path(),
            &["demo", "--enterprises", "14", "--no-serve", "--data", profile, "--profile", profile],
        );
        assert_eq!(made.code, 0, "{}{}", made.out, made.err);
        let done = run(folder.path(), &format!("log export --data {profile} --out {profile}-log"));
        assert_eq!(done.code, 0, "{}", done.err);
    }
    folder
});

fn run(folder: &Path, line: &str) -> Ran {
    tanheng_in(folder, &line.split_whitespace().collect::<Vec<_>>())
}

fn here(line: &str) -> Ran {
    run(FOLDER.path(), line)
}

#[track_caller]
fn good(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

fn key_of(profile: &str) -> String {
    fs::read_to_string(FOLDER.path().join(profile).join("keys/log.pub")).unwrap().trim().to_owned()
}

#[test]
fn every_profile_is_exported_checked_replayed_and_audited() {
    for profile in PROFILES {
        let checked = here(&format!("log check {profile}-log --data {profile} --json"));
        good(&checked);
        let json = checked.json();
        assert!(json["entries"].as_u64().unwrap() > 256, "{json}");
        for command in ["replay", "audit"] {
            good(&here(&format!("{command} --data {profile}")));
        }
        // the mirror is a witness for an audit too
        let audited = here(&format!("audit --data {profile} --against {profile}-log --json"));
        good(&audited);
        assert_eq!(audited.json()["audit"]["extends"], json["entries"]);
        let again = here(&format!("log export --data {profile} --out {profile}-log --json"));
        assert_eq!((again.code, &again.json()["written"]), (0, &0.into()));
        assert_eq!(
            here(&format!("log check {profile}-log --key {}", key_of("both"))).code,
            i32::from(profile != "both")
        );
    }
}

/// From the specification, in another language, with nothing but its standard library.
#[test]
fn an_auditor_that_shares_nothing_agrees_and_finds_forgeries() {
    if !program("python3", &["-c", "import sys; sys.exit(sys.version_info < (3, 8))"]) {
        return;
    }
    let auditor = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/auditor.py");
    let audit = |folder: &Path, key: &str| {
        let output = Command::new("python3")
            .arg("-B")
            .arg(&auditor)
            .arg(folder)
            .arg(key)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    for profile in PROFILES {
        let folder = FOLDER.path().join(format!("{profile}-log"));
        let root = here(&format!("log check {profile}-log --data {profile} --json")).json();
        let (root, size) = (root["root"].as_str().unwrap().to_owned(), root["entries"].clone());
        let expected = format!("ok {size} {root}\n");
        assert_eq!(audit(&folder, &key_of(profile)), (true, expected.clone()), "{profile}");
        if profile == "both" {
            let second = FOLDER.path().join("both/keys/log-sm2.pub");
            let second = fs::read_to_string(second).unwrap();
            assert_eq!(audit(&folder, second.trim()), (true, expected), "the second signature");
        }
        let forged = TempDir::new().unwrap();
        let forged = forged.path().join("log");
        for file in ["checkpoint", "tile/0/000", "tile/entries/000"] {
            copied(&folder, &forged);
            let mut bytes = fs::read(forged.join(file)).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(forged.join(file), bytes).unwrap();
            assert!(!audit(&forged, &key_of(profile)).0, "{profile} {file}");
        }
    }
}

/// An auditor that others wrote: the Python package aics-tlog, where it is installed.
#[test]
fn a_foreign_auditor_agrees() {
    if !program("aics-tlog", &["--version"]) {
        return;
    }
    for profile in ["standard", "both"] {
        let folder = FOLDER.path();
        let ask = |command: &str, rest: &[&str]| {
            let output = Command::new("aics-tlog")
                .args([command, "--tiles"])
                .arg(folder.join(format!("{profile}-log")))
                .arg("--vkey-file")
                .arg(folder.join(profile).join("keys/log.pub"))
                .args(rest)
                .current_dir(folder)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let told = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{command}: {told}");
            let json: serde_json::Value = serde_json::from_str(&told).unwrap();
            assert_eq!(json["ok"], true, "{told}");
            json
        };
        let kept = format!("{profile}.note");
        let seen = ask("verify-checkpoint", &["--save-checkpoint", &kept]);
        assert_eq!((&seen["log_ok"], &seen["tiles_ok"]), (&true.into(), &true.into()));
        for index in ["0", "255", "256"] {
            ask("verify-inclusion", &["--index", index]);
        }
        ask("verify-consistency", &["--old-checkpoint", &kept]);
    }
}

#[test]
fn a_forged_or_rewound_mirror_is_refused() {
    let scratch = TempDir::new().unwrap();
    let mirror = scratch.path().join("log");
    let key = key_of("standard");
    fs::write(scratch.path().join("log.pub"), &key).unwrap();
    let check =
        |more: &str| run(scratch.path(), &format!("log check log --key log.pub {more} --lang en"));
    copied(&FOLDER.path().join("standard-log"), &mirror);
    good(&check("--keep last.checkpoint"));
    good(&check("--keep last.checkpoint --against last.checkpoint"));
    let kept = fs::read(scratch.path().join("last.checkpoint")).unwrap();
    let bundle = fs::read(mirror.join("tile/entries/000")).unwrap();
    for at in [0, 1, 2, 100, bundle.len() - 1] {
        let mut changed = bundle.clone();
        changed[at] ^= 1;
        fs::write(mirror.join("tile/entries/000"), changed).unwrap();
        let ran = check("--keep last.checkpoint");
        assert!(ran.code == 1 && ran.err.contains("log.differs"), "byte {at}: {}", ran.err);
    }
    fs::remove_file(mirror.join("tile/entries/000")).unwrap();
    assert_eq!(check("").code, 1);
    fs::write(mirror.join("tile/entries/000"), &bundle).unwrap();
    good(&check(""));
    assert_eq!(fs::read(scratch.path().join("last.checkpoint")).unwrap(), kept);

    // the log of another book under the same name
    let other = FOLDER.path().join("both-log");
    fs::remove_dir_all(&mirror).unwrap();
    copied(&other, &mirror);
    assert_eq!(check("").code, 1);
    fs::write(mirror.join("checkpoint"), b"nonsense").unwrap();
    assert_eq!(check("").code, 1);
    fs::remove_file(mirror.join("checkpoint")).unwrap();
    assert!(check("").err.contains("log.source"));
    assert!(run(scratch.path(), "log check nowhere --key log.pub").err.contains("log.source"));
    assert!(run(scratch.path(), "log check log --key nonsense").err.contains("log.unreadable"));
}

#[test]
fn a_running_server_is_checked_over_http() {
    let book = Book::open(&FOLDER.path().join("sm")).unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let server = Server::bind(&book, listen, |text| panic!("{text}")).unwrap();
    let address = server.address();
    std::thread::spawn(move || server.run(std::future::pending()));
    let checked =
        here(&format!("log check http://{address}/log/ --data sm --against sm-log --json"));
    good(&checked);
    assert_eq!(checked.json()["extends"][0], checked.json()["entries"]);
    let elsewhere = here(&format!("log check http://{address}/nothing --data sm"));
    assert!(elsewhere.err.contains("log.source"), "{}", elsewhere.err);
    let another = here(&format!("log check http://{address}/log --data standard"));
    assert!(another.err.contains("log.differs"), "{}", another.err);
}

#[test]
fn proofs_are_given_and_verified_and_others_refused() {
    let scratch = TempDir::new().unwrap();
    for profile in PROFILES {
        let key = FOLDER.path().join(profile).join("keys/log.pub");
        let verify = |text: &str, more: &str| {
            fs::write(scratch.path().join("proof"), text).unwrap();
            run(scratch.path(), &format!("log verify proof --key {} {more}", key.display()))
        };
        let proof = here(&format!("log proof 12 --data {profile}"));
        good(&proof);
        let seen = verify(&proof.out, "--json");
        good(&seen);
        assert_eq!((&seen.json()["sequence"], &seen.json()["valid"]), (&12.into(), &true.into()));
        let told = verify(&proof.out, "").out;
        assert!(told.contains("证明有效") && told.contains("12"), "{told}");
        let changed = proof.out.replacen("index 12", "index 13", 1);
        assert!(verify(&changed, "").err.contains("log.proof"));

        // of the whole log from its own checkpoint, which is the only one kept here
        let note = FOLDER.path().join(format!("{profile}-log/checkpoint"));
        let size =
            here(&format!("log check {profile}-log --data {profile} --json")).json()["entries"]
                .clone();
        let extension = here(&format!("log consistency {size} --data {profile}"));
        good(&verify(&extension.out, &format!("--against {}", note.display())));
        assert!(verify(&extension.out, "").err.contains("log.against"));
        let earlier = here(&format!("log consistency 7 --data {profile}"));
        let other = verify(&earlier.out, &format!("--against {}", note.display()));
        assert!(other.err.contains("log.proof"), "{}", other.err);
        for beyond in [
            format!("log proof {size}"),
            "log proof 3 --size 3".to_owned(),
            "log consistency 9 --size 8".to_owned(),
        ] {
            let ran = here(&format!("{beyond} --data {profile}"));
            assert!(ran.code == 1 && ran.err.contains("log.beyond"), "{beyond}: {}", ran.err);
        }
    }
}
