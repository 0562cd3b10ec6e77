//! `tanheng rulebook publish`: one person proposes a rulebook, another publishes it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};
use tanheng_app::read::Reader;
use tanheng_app::read::record::{RulebookProposal, RulebookPurpose};
use tanheng_app::rulebook::{Draft, Propose, Publish as Confirm};
use tanheng_app::{Acknowledged, Executor, actor};
use tanheng_base::{Lang, Text};
use tanheng_rulebook::RulebookVersion;

use super::{impact, reading};
use crate::cli::book::Acting;
use crate::cli::session::{Exit, Failure, Session};

/// 发布规则库，须两人：一人提出，另一人发布。Publish a rulebook, by two persons: one proposes it,
/// another publishes it.
///
/// 首次执行：显示影响并提出；提案连同规则包的全部内容记入日志，规则不变。另一有权的用户对同一
/// 文件夹再次执行，或指明提案序号，规则才生效。
/// The first run shows the impact and proposes; the proposal carries the packs' bytes, and no rule
/// changes. Another user who may runs it again on the same folder, or names the proposal; only then
/// the rule changes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Publish {
    /// 规则包的文件夹，或含若干规则包的文件夹；覆盖现行规则库中同名的包。Folder of a pack or of
    /// several, laid over those of the same id in force.
    #[arg(value_name = "DIR", required_unless_present = "proposal")]
    dir: Option<PathBuf>,

    /// 发布这一提案。Publish this proposal.
    #[arg(long, value_name = "NUMBER", conflicts_with = "dir")]
    proposal: Option<i64>,

    /// 以JSON输出。Print JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    acting: Acting,
}

const EXAMPLES: &str = "\
例 examples:
  tanheng rulebook publish ./draft/cn-hebei --data ./tanheng-data --as province
  tanheng rulebook publish ./draft/cn-hebei --data ./tanheng-data --as province-2
  tanheng rulebook publish --proposal 812 --data ./tanheng-data --as province-2";

/// What is to be done for one purpose.
enum Task {
    Confirm(RulebookProposal),
    Propose(Propose),
}

impl Publish {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        let (book, executor) = self.acting.start()?;
        let who = actor::find(&book.reader()?, &self.acting.actor)?;
        let reader = Reader::open(&book, Arc::default(), who)?;
        let tasks = match (&self.dir, self.proposal) {
            (Some(dir), _) => self.tasks(&reader, &reading::draft(dir)?, session)?,
            (None, Some(number)) => {
                let known = reader.proposals()?;
                let found = known.into_iter().find(|proposal| proposal.proposal == number);
                vec![Task::Confirm(found.ok_or_else(|| no_proposal(number))?)]
            }
            (None, None) => Vec::new(),
        };
        if tasks.is_empty() {
            session.line(session.pick("草案与现行规则相同", "the draft is what is in force"));
        }
        let done = tasks.into_iter().map(|task| self.carry_out(task, &executor, session));
        let done = done.collect::<Result<Vec<Json>, Failure>>()?;
        if self.json {
            session.json(&json!({ "done": done }));
        }
        Ok(Exit::Done)
    }

    /// What a folder calls for: confirming what somebody else proposed with the same bytes, else
    /// proposing it, with its impact shown first.
    fn tasks(
        &self,
        reader: &Reader,
        draft: &Draft,
        session: &mut Session<'_>,
    ) -> Result<Vec<Task>, Failure> {
        let waiting = reader.proposals()?;
        let mut tasks = Vec::new();
        let mut proposes = false;
        for purpose in [RulebookPurpose::Law, RulebookPurpose::Example] {
            let base = reader.in_force(purpose)?;
            let base = base.as_deref().map(|rulebook| rulebook.sources()).unwrap_or_default();
            let packs = draft.over(purpose, base);
            let version = RulebookVersion::of(&packs);
            let of_base = RulebookVersion::of(base);
            let without_example = purpose == RulebookPurpose::Example && base.is_empty();
            if packs.is_empty()
                || version == of_base
                || without_example && draft.examples.is_empty()
            {
                continue;
            }
            let same = waiting.iter().find(|waiting| {
                waiting.version == version.as_str()
                    && waiting.purpose == purpose
                    && is_open(waiting)
            });
            match same {
                Some(same) => tasks.push(Task::Confirm(same.clone())),
                None => {
                    proposes = true;
                    tasks.push(Task::Propose(Propose::new(purpose, &packs)));
                }
            }
        }
        if proposes && !self.json {
            self.show_impact(reader, draft, session);
        }
        Ok(tasks)
    }

    /// The impact, as far as there is anybody to compute it on.
    fn show_impact(&self, reader: &Reader, draft: &Draft, session: &mut Session<'_>) {
        match reader.impact(draft, None) {
            Ok(worked) => {
                for line in impact::lines(&worked, session.lang, false) {
                    session.line(line);
                }
            }
            Err(failure) => {
                session.refuse(&failure.into());
            }
        }
    }

    fn carry_out(
        &self,
        task: Task,
        executor: &Executor,
        session: &mut Session<'_>,
    ) -> Result<Json, Failure> {
        let actor = &self.acting.actor;
        match task {
            Task::Propose(propose) => {
                let purpose = propose.purpose.name();
                let proposed = executor.run(actor, None, propose)?;
                let number = proposed.sequence;
                self.tell(session, match session.lang {
                    Lang::Zh => format!(
                        "已提出 {purpose}，提案 {number}；须另一有权的用户发布：tanheng rulebook publish --proposal {number} --as 另一用户"
                    ),
                    Lang::En => format!(
                        "{purpose} is proposed as {number}; another user has to publish it: tanheng rulebook publish --proposal {number} --as OTHER"
                    ),
                });
                Ok(told("proposed", purpose, &proposed))
            }
            Task::Confirm(proposal) => {
                let purpose = proposal.purpose.name();
                let confirm = Confirm::new(proposal.proposal, &proposal.version);
                let published = executor.run(actor, None, confirm)?;
                let version = proposal.version.get(..12).unwrap_or_default();
                let (number, proposer) = (proposal.proposal, &proposal.proposer);
                self.tell(
                    session,
                    match session.lang {
                        Lang::Zh => {
                            format!("{proposer} 提出的 {number}（{purpose} {version}）已发布")
                        }
                        Lang::En => format!(
                            "{number} ({purpose} {version}), proposed by {proposer}, is published"
                        ),
                    },
                );
                Ok(told("published", purpose, &published))
            }
        }
    }

    fn tell(&self, session: &mut Session<'_>, line: String) {
        if !self.json {
            session.line(line);
        }
    }
}

fn is_open(proposal: &RulebookProposal) -> bool {
    proposal.state == tanheng_app::read::record::ProposalState::Proposed
}

fn told(what: &str, purpose: &str, done: &Acknowledged) -> Json {
    json!({ "what": what, "purpose": purpose, "sequence": done.sequence, "outcome": done.fields })
}

fn no_proposal(number: i64) -> Failure {
    Failure::new(
        "rulebook.no_proposal",
        Text::new(
            format!("第 {number} 条不是规则库提案"),
            format!("entry {number} proposed no rulebook"),
        ),
        Text::new("见 `tanheng rulebook proposals`", "see `tanheng rulebook proposals`"),
    )
}
