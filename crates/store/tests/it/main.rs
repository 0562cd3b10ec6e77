//! The database as its users see it, on each engine.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod connection;
mod tables;
mod transaction;

use tanheng_base::EnterpriseId;
use tanheng_store::record::{Hundredths, MonthFigure};
use tanheng_store::{Database, Durability};
use tanheng_testkit::Fresh;

fn figure(month: &str, direct: &str) -> MonthFigure {
    MonthFigure {
        enterprise: EnterpriseId::example(1),
        month: month.parse().unwrap(),
        filing: "f/1".into(),
        direct_e2: Hundredths::from(direct.parse::<tanheng_quantity::Decimal>().unwrap()),
        indirect_e2: Hundredths::from(tanheng_quantity::Decimal::ZERO),
        outputs: "{}".into(),
        standing: "{}".into(),
        trial: false,
        example: true,
        sealed: false,
        entry: 7,
    }
}

/// A connection for writing to a database.
fn open(fresh: &Fresh) -> Database {
    Database::open(&fresh.address, Durability::Full).unwrap()
}
