//! Rebuilding the derived tables from the journal, beside bare writes of the same rows.

use clap::Args;
use tanheng_app::bench::{bare, derived, replayed};
use tanheng_app::demo::Plan;
use tanheng_app::{Book, Failure as AppFailure};

use super::scratch::{How, Scratch, Turns};
use super::{demo, report};
use crate::cli::session::{Exit, Failure, Session};

/// 重放：由存证重建各表，与同样各行的裸写入并列。Rebuild the tables from the journal, beside bare
/// writes of the same rows.
#[derive(Debug, Args)]
#[command(after_help = "例 examples:\n  tanheng bench replay --enterprises 100")]
pub(super) struct Replay {
    #[command(flatten)]
    how: How,

    /// 示例企业数。Example enterprises whose book is rebuilt.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    enterprises: u32,

    /// 轮数。Rounds; ours and the peer take turns.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
}

impl Replay {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let scratch = Scratch::new(&self.how)?;
        let book = Book::create(&scratch.path("book"))?;
        demo::played(session, &book, Plan { enterprises: self.enterprises, ..Plan::default() })?;
        let rows = derived(&book)?;
        let mut ours = Turns::of("rows rebuilt from the journal, in memory");
        let mut peer = Turns::of("bare rusqlite: the same rows, in memory");
        for _ in 0..self.rounds {
            ours.measure(|| {
                replayed(&book)?;
                Ok::<_, Failure>(rows.count)
            })?;
            let bare = bare(None)?;
            peer.measure(|| {
                bare.run(&rows.groups).map_err(AppFailure::from)?;
                Ok::<_, Failure>(rows.count)
            })?;
        }
        report("replay", &[ours.rate()], &[peer.rate()], self.how.json, session);
        Ok(Exit::Done)
    }
}
