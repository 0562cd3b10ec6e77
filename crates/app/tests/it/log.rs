//! The public log: what is served and exported is what was signed, and no more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tanheng_app::Failure;
use tanheng_app::actor::Admit;
use tanheng_app::book::{DatabaseChoice, Profile};
use tanheng_app::log::{CHECKPOINT, Exported, PublicLog, export};
use tanheng_base::{Role, Scope};
use tanheng_evidence::proof::{ConsistencyProof, InclusionProof};
use tanheng_evidence::tiles::{Tile, TileSource, follow, new_tiles, split_entries};
use tanheng_evidence::{
    Checkpoint, Entry, HashAlgorithm, SignatureAlgorithm, StorageError, VerifierKey,
};

use crate::desk::{Desk, id};

fn admit(desk: &Desk, count: u32) {
    for number in 0..count {
        let name = format!("citizen-{}-{number}", desk.head().size);
        desk.ok("system", Admit { id: id(&name), role: Role::Public, scope: Scope::Public });
    }
}

/// A folder as an auditor reads it.
struct Folder<'a>(&'a Path);

impl TileSource for Folder<'_> {
    fn fetch(&self, tile: &Tile) -> Result<Vec<u8>, StorageError> {
        Ok(fs::read(self.0.join(tile.to_string()))?)
    }
}

impl Folder<'_> {
    fn note(&self) -> String {
        fs::read_to_string(self.0.join(CHECKPOINT)).unwrap()
    }

    /// Everything but what belongs to earlier checkpoints only.
    fn files(&self, size: u64) -> BTreeMap<String, Vec<u8>> {
        let tiles = new_tiles(0, size).map(|tile| tile.to_string());
        let names = tiles.chain([CHECKPOINT.to_owned()]);
        names.map(|name| (name.clone(), fs::read(self.0.join(name)).unwrap())).collect()
    }

    fn audit(&self, key: &VerifierKey) -> u64 {
        let checkpoint = Checkpoint::verify(&self.note(), key).unwrap();
        let followed = follow(key.log_hash(), &checkpoint, &[], self, |sequence, leaf| {
            let entry = Entry::decode(leaf).map_err(|error| error.to_string())?;
            if entry.sequence() == sequence { Ok(()) } else { Err("place".to_owned()) }
        });
        followed.unwrap().entries
    }
}

fn exported(desk: &Desk, folder: &Path) -> Result<Exported, Failure> {
    export(&desk.book, &desk.sql(), folder, |_, _| ())
}

/// A bare book of a profile, founded by hand as the desk does.
fn desk_of(profile: Profile) -> Desk {
    Desk::bare_with(profile, &crate::desk::choice())
}

#[test]
fn an_export_in_steps_is_an_export_at_once() {
    let desk = Desk::bare();
    let key = desk.book.verifier_key().unwrap();
    let (steps, whole) = (desk.folder.path().join("steps"), desk.folder.path().join("whole"));
    let mut before = 0;
    for count in [0, 1, 0, 40, 215, 3, 260] {
        admit(&desk, count);
        let size = u64::try_from(desk.head().size).unwrap();
        let done = exported(&desk, &steps).unwrap();
        assert_eq!((done.before, done.entries), (before, size));
        assert_eq!(done.written == 0, size == before, "{done:?}");
        assert_eq!(Folder(&steps).audit(&key), size);
        before = size;
    }
    assert!(before > 512);
    exported(&desk, &whole).unwrap();
    assert_eq!(Folder(&steps).files(before), Folder(&whole).files(before));
    // the partial tiles of full ones are gone, those of the last tile are there
    assert!(!steps.join("tile/0/000.p").exists() && !steps.join("tile/entries/001.p").exists());
    assert!(steps.join("tile/0/002.p").exists());
}

#[test]
fn an_interrupted_export_is_continued() {
    let desk = Desk::bare();
    admit(&desk, 260);
    let folder = desk.folder.path().join("public");
    exported(&desk, &folder).unwrap();
    let key = desk.book.verifier_key().unwrap();
    let size = u64::try_from(desk.head().size).unwrap();
    let whole = Folder(&folder).files(size);
    // cut off before the checkpoint, with a tile half written beside and one lost
    fs::remove_file(folder.join(CHECKPOINT)).unwrap();
    fs::write(folder.join("tile/0/000.new"), b"half").unwrap();
    fs::remove_file(folder.join("tile/entries/000")).unwrap();
    assert_eq!(exported(&desk, &folder).unwrap().before, 0);
    assert_eq!(Folder(&folder).files(size), whole);
    assert_eq!(Folder(&folder).audit(&key), size);
}

#[test]
fn what_is_served_ends_at_the_kept_checkpoint() {
    let mut desk = Desk::bare();
    let older = desk.book.checkpoint().unwrap().unwrap();
    admit(&desk, 3);
    desk.stop();
    // as between a commit and its checkpoint
    fs::write(desk.book.folder().join("log.checkpoint"), &older).unwrap();
    let sql = desk.sql();
    let log = PublicLog::open(&desk.book, &sql).unwrap();
    let (size, reach) = (log.checkpoint().size(), u64::try_from(desk.head().size).unwrap());
    assert_eq!((log.note(), size + 3), (older.as_str(), reach));
    for tile in [Tile::hashes(0, 0, reach).unwrap(), Tile::entries(0, reach).unwrap()] {
        assert_eq!(log.tile(&tile).unwrap(), None, "{tile}");
    }
    let bundle = log.tile(&Tile::entries(0, size).unwrap()).unwrap().unwrap();
    assert_eq!(split_entries(&bundle, size).unwrap().len(), usize::try_from(size).unwrap());
    assert_eq!(log.inclusion(size, None).unwrap(), None);
    assert_eq!(log.inclusion(0, Some(size + 1)).unwrap(), None);
    assert_eq!(log.inclusion(2, Some(2)).unwrap(), None);
    assert_eq!(log.consistency(size + 1, None).unwrap(), None);
    assert_eq!(log.consistency(1, Some(size + 1)).unwrap(), None);
}

#[test]
fn proofs_hold_for_each_entry_and_each_earlier_size() {
    for profile in [Profile::Standard, Profile::Both, Profile::Sm] {
        let desk = desk_of(profile);
        let key = desk.book.verifier_key().unwrap();
        let mut notes = Vec::new();
        for _ in 0..6 {
            admit(&desk, 1);
            notes.push(desk.book.checkpoint().unwrap().unwrap());
        }
        let sql = desk.sql();
        let log = PublicLog::open(&desk.book, &sql).unwrap();
        for index in 0..log.checkpoint().size() {
            let text = log.inclusion(index, None).unwrap().unwrap();
            let (entry, _) = InclusionProof::parse(&text).unwrap().verify(&key).unwrap();
            assert_eq!(entry.sequence(), index);
        }
        for note in &notes {
            let old = Checkpoint::verify(note, &key).unwrap().size();
            let text = log.consistency(old, None).unwrap().unwrap();
            ConsistencyProof::parse(&text).unwrap().verify(note, &key).unwrap();
            let own = log.inclusion(1, Some(old)).unwrap().unwrap();
            // the reader's checkpoint belongs behind a proof of an earlier size
            let text = if own.contains('\u{2014}') { own } else { own + note };
            InclusionProof::parse(&text).unwrap().verify(&key).unwrap();
        }
    }
}

#[test]
fn a_folder_that_contradicts_the_book_is_not_continued() {
    let desk = Desk::bare();
    admit(&desk, 2);
    let other = Desk::bare();
    admit(&other, 9);
    let folder = desk.folder.path().join("public");
    exported(&desk, &folder).unwrap();
    // the key of another book
    assert!(exported(&other, &folder).is_err());
    // the same key, but a book that is behind: an old copy of everything was restored
    let size = desk.head().size;
    let before = desk.book.checkpoint().unwrap().unwrap();
    admit(&desk, 1);
    exported(&desk, &folder).unwrap();
    let files = Folder(&folder).files(u64::try_from(size).unwrap() + 1);
    let back = format!("UPDATE head SET size = {size}");
    desk.raw(&back, &back);
    fs::write(desk.book.folder().join("log.checkpoint"), &before).unwrap();
    let refused = exported(&desk, &folder).unwrap_err();
    assert!(matches!(refused, Failure::Inconsistent(_)), "{refused}");
    assert_eq!(Folder(&folder).files(u64::try_from(size).unwrap() + 1), files);
}

#[test]
fn the_profile_of_a_book_stays_and_everything_holds_under_it() {
    use {HashAlgorithm as H, SignatureAlgorithm as S};
    for (profile, hash, signature, lines) in [
        (Profile::Standard, H::Sha256, S::Ed25519, 5),
        (Profile::Both, H::Sha256, S::Ed25519, 6),
        (Profile::Sm, H::Sm3, S::Sm2, 5),
    ] {
        let mut desk = desk_of(profile);
        admit(&desk, 4);
        let key = desk.book.verifier_key().unwrap();
        assert_eq!((key.log_hash(), key.algorithm()), (hash, signature));
        let note = desk.book.checkpoint().unwrap().unwrap();
        assert_eq!(note.lines().count(), lines, "{note}");
        if let Some(second) = desk.book.second_key().unwrap() {
            assert_eq!((second.algorithm(), second.log_hash()), (S::Sm2, H::Sha256));
            assert_eq!(Checkpoint::verify(&note, &second), Checkpoint::verify(&note, &key));
        }
        let receipt = tanheng_app::receipt::issue(&desk.book, &desk.sql(), 3).unwrap();
        let seen = tanheng_evidence::receipt::verify(&receipt, Some(&key.to_string())).unwrap();
        assert_eq!(seen.sequence, 3);
        let audited =
            tanheng_app::audit(&desk.book, &desk.sql(), Some(&receipt), |_, _| {}).unwrap();
        assert!(audited.agrees() && audited.extends.is_some(), "{audited:?}");
        assert!(tanheng_app::replay(&desk.sql(), |_, _| ()).unwrap().agrees());
        // asked for another profile, the book keeps its own
        desk.stop();
        let again = tanheng_app::Book::create_with(
            desk.book.folder(),
            Profile::Sm,
            "elsewhere",
            &DatabaseChoice::default(),
        );
        assert_eq!(again.unwrap().verifier_key().unwrap(), key);
        desk.start();
        admit(&desk, 1);
        assert!(desk.audit().agrees());
    }
}
