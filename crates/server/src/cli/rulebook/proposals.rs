//! `tanheng rulebook proposals`: who proposed which rulebook, and what became of it.

use clap::Args;
use serde_json::json;
use tanheng_app::read::record::{ProposalState, RulebookProposal};
use tanheng_base::Lang;

use super::reading::Reading;
use super::table;
use crate::cli::session::{Exit, Failure, Session};

/// 规则库提案及其结果。Proposed rulebooks and what became of them.
#[derive(Debug, Args)]
#[command(after_help = "例 example:\n  tanheng rulebook proposals --data ./tanheng-data")]
pub(super) struct Proposals {
    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    reading: Reading,
}

impl Proposals {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (_, reader) = self.reading.open()?;
        let proposals = reader.proposals()?;
        if self.json {
            let all: Vec<_> = proposals.iter().map(json_of).collect();
            session.json(&json!({ "proposals": all }));
            return Ok(Exit::Done);
        }
        let head = match session.lang {
            Lang::Zh => ["提案", "用途", "版本", "提出人", "状态", "决定人"],
            Lang::En => ["proposal", "purpose", "version", "proposed by", "state", "decided by"],
        };
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(proposals.iter().map(|proposal| row(proposal, session.lang)));
        for line in table::lines(&rows) {
            session.line(line);
        }
        Ok(Exit::Done)
    }
}

fn row(proposal: &RulebookProposal, lang: Lang) -> Vec<String> {
    let state = match (proposal.state, lang) {
        (ProposalState::Proposed, Lang::Zh) => "待另一人发布",
        (ProposalState::Proposed, Lang::En) => "waits for another person",
        (ProposalState::Published, Lang::Zh) => "已发布",
        (ProposalState::Published, Lang::En) => "published",
        (ProposalState::Withdrawn, Lang::Zh) => "已撤回",
        (ProposalState::Withdrawn, Lang::En) => "withdrawn",
        (ProposalState::Superseded, Lang::Zh) => "被取代",
        (ProposalState::Superseded, Lang::En) => "superseded",
    };
    vec![
        proposal.proposal.to_string(),
        proposal.purpose.name().to_owned(),
        proposal.version.get(..12).unwrap_or_default().to_owned(),
        proposal.proposer.to_string(),
        state.to_owned(),
        proposal.decided_by.as_ref().map_or("–".to_owned(), ToString::to_string),
    ]
}

fn json_of(proposal: &RulebookProposal) -> serde_json::Value {
    json!({
        "proposal": proposal.proposal,
        "purpose": proposal.purpose,
        "version": proposal.version,
        "base": proposal.base,
        "proposer": proposal.proposer,
        "state": proposal.state,
        "decided_by": proposal.decided_by,
        "entry": proposal.entry,
    })
}
