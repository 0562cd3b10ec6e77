//! What a broken connection, a stopped server and a wrong address lead to.

use tanheng_store::record::{MonthFigure, Setting};
use tanheng_store::{Address, Database, Durability, Record, Sql, StoreError, apply, journal};
use tanheng_testkit::postgres::Server;
use tanheng_testkit::{Fresh, on_each_engine};

use crate::{figure, open};

fn fresh(server: &Server) -> (String, Database) {
    let text = server.fresh_database();
    let address = Address::server(&text, None).unwrap();
    (text, Database::open(&address, Durability::Full).unwrap())
}

fn count(sql: &Database) -> usize {
    MonthFigure::of(sql, &figure("2022-03", "1").enterprise).unwrap().len()
}

#[test]
fn a_connection_that_breaks_in_a_transaction_takes_all_of_it_and_is_made_again() {
    let Some(server) = Server::shared() else { return };
    let (name, database) = fresh(server);
    let lost = database.write(|sql| {
        apply(sql, figure("2022-03", "1").put()?)?;
        journal::head(sql)?;
        server.end_connections(&name);
        let lost = sql.query("SELECT size FROM head", &[]).unwrap_err();
        assert!(matches!(lost, StoreError::Lost { .. }), "{lost}");
        // Whoever passes that over does not go on in a transaction of its own.
        apply(sql, figure("2022-04", "1").put()?)?;
        let again = sql.query("SELECT entry FROM month_figure", &[]).unwrap_err();
        assert!(matches!(again, StoreError::Lost { .. }), "{again}");
        Ok(())
    });
    assert!(matches!(lost, Err(StoreError::Lost { .. })), "{lost:?}");
    assert_eq!(count(&database), 0);
    database.write(|sql| apply(sql, figure("2022-03", "1").put()?)).unwrap();
    assert_eq!(count(&database), 1);
}

#[test]
fn a_connection_that_broke_while_nobody_used_it_is_not_noticed() {
    let Some(server) = Server::shared() else { return };
    let (name, database) = fresh(server);
    server.end_connections(&name);
    database.write(|sql| apply(sql, figure("2022-03", "1").put()?)).unwrap();
    server.end_connections(&name);
    assert_eq!(count(&database), 1);
    server.end_connections(&name);
    assert_eq!(database.read(journal::head).unwrap().size, 0);
    // A statement that writes is not sent twice by itself.
    server.end_connections(&name);
    let setting = Setting { name: "a".into(), value: "b".into(), entry: 1 };
    let lost = apply(&database, setting.put().unwrap());
    assert!(matches!(lost, Err(StoreError::Lost { .. })), "{lost:?}");
    apply(&database, setting.put().unwrap()).unwrap();
}

#[test]
fn a_commit_that_is_cut_off_is_said_to_be_undecided() {
    let Some(server) = Server::shared() else { return };
    let (name, database) = fresh(server);
    // The commit takes so long that it can be cut off.
    server.sql(
        &name,
        "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$; \
         CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON head DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION linger()",
    );
    let outcome = std::thread::scope(|scope| {
        let writing = scope.spawn(move || {
            let outcome = database.write(|sql| {
                apply(sql, figure("2022-03", "1").put()?)?;
                journal::set_head(sql, journal::Head { size: 1, time_ms: 1 })
            });
            (outcome, count(&database))
        });
        let late = "SELECT COUNT(*) FROM pg_stat_activity WHERE query = 'COMMIT' \
                    AND wait_event = 'PgSleep'";
        while server.sql(&name, late) == "0" {
            std::thread::yield_now();
        }
        server.end_connections(&name);
        writing.join().unwrap()
    });
    assert!(matches!(outcome, (Err(StoreError::Undecided { .. }), 0)), "{outcome:?}");
}

#[test]
fn a_server_that_stops_and_starts_again_is_told_apart_from_one_that_fails() {
    let Some(server) = Server::of_its_own() else { return };
    let (name, database) = fresh(&server);
    let lost = database.write(|sql| {
        apply(sql, figure("2022-03", "1").put()?)?;
        server.stop();
        journal::head(sql)
    });
    assert!(matches!(lost, Err(StoreError::Lost { .. })), "{lost:?}");
    let away = database.write(journal::head).unwrap_err();
    assert!(matches!(away, StoreError::Unreachable { .. }) && away.is_passing(), "{away}");
    assert_eq!(away.code(), "database.unreachable");
    let address = Address::server(&name, Some("geheim")).unwrap();
    let away = Database::open(&address, Durability::Full).err().unwrap().to_string();
    assert!(away.contains(&address.to_string()) && !away.contains("geheim"), "{away}");
    server.start();
    assert_eq!(count(&database), 0);
    database.write(|sql| apply(sql, figure("2022-03", "1").put()?)).unwrap();
    server.kill();
    server.start();
    assert_eq!(count(&database), 1);
}

#[test]
fn a_server_that_cannot_keep_the_promise_is_refused() {
    let Some(server) = Server::shared() else { return };
    let text = server.fresh_database();
    server.sql("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0 LOCALE_PROVIDER libc");
    let latin = Address::server(&server.address("latin"), None).unwrap();
    let refused = Database::open(&latin, Durability::Full).err().unwrap();
    assert_eq!(refused.code(), "database.unfit");
    // A role for which commits do not wait for the disk is made to wait.
    let name = text.strip_prefix("postgres:///").unwrap().split('?').next().unwrap();
    server.sql("postgres", &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let address = Address::server(&text, None).unwrap();
    for (durability, setting) in [(Durability::Full, "on"), (Durability::Off, "off")] {
        let database = Database::open(&address, durability).unwrap();
        let shown = database.row("SELECT current_setting('synchronous_commit')", &[]).unwrap();
        assert_eq!(shown.unwrap()[0].to_string(), setting);
    }
}

#[test]
fn what_is_deleted_is_taken_away_unless_a_reader_needs_it() {
    on_each_engine(|| {
        let fresh = Fresh::new();
        let database = open(&fresh);
        let order = tanheng_store::record::Erasure { sequence: 1, reason: "r".into(), entry: 2 };
        database
            .write(|sql| {
                apply(sql, order.put()?)?;
                apply(sql, figure("2022-03", "1").put()?)
            })
            .unwrap();
        let reader = Database::open_read_only(&fresh.address).unwrap();
        let read = reader.read(|sql| {
            journal::head(sql)?;
            database.write(|sql| apply(sql, figure("2022-03", "1").delete()?))?;
            assert!(!database.scrub()?, "a reader of the older state is there");
            Ok::<_, StoreError>(())
        });
        read.unwrap();
        assert!(database.scrub().unwrap());
    });
}
