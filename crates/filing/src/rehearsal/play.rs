//! Playing a rehearsal.

use std::collections::BTreeSet;

use tanheng_base::{Date, EnterpriseId, Problem, ProcedureId, RegionCode, RegisterId, Role, Text};
use tanheng_rulebook::Rulebook;

use super::{Rehearsal, RehearsedAct};
use crate::casebook::Casebook;
use crate::fault;
use crate::procedure::{
    Attempt, Case, DueDay, Law, OPEN, Order, Procedure, SERVE, Service, Step, SubjectKind,
    Surroundings, Values, open_exists,
};

/// What came of an act.
#[derive(Debug, Clone)]
pub struct PlayedAct {
    /// The case it happened in, by procedure.
    pub procedure: ProcedureId,
    /// Who.
    pub who: String,
    /// When.
    pub day: Date,
    /// What was tried.
    pub action: String,
    /// The state afterwards; none where it was refused and there is no case.
    pub state: Option<String>,
    /// The day by which the state is to be left.
    pub due: Option<DueDay>,
    /// What was brought about.
    pub orders: Vec<Order>,
    /// A second person is waited for.
    pub pending: bool,
    /// Why it was refused.
    pub refused: Vec<Problem>,
    /// What is not as it must be.
    pub differs: Option<Problem>,
    trial: bool,
}

/// A rehearsal as it was played.
#[derive(Debug, Clone)]
pub struct Played {
    /// Every act, up to the first that is not as it must be.
    pub acts: Vec<PlayedAct>,
    /// The actions that took place, by procedure.
    pub exercised: BTreeSet<(ProcedureId, String)>,
    /// The rehearsed case came to its end.
    pub ended: bool,
}

impl Played {
    /// What is not as it must be.
    #[must_use]
    pub fn failure(&self) -> Option<&Problem> {
        self.acts.iter().find_map(|act| act.differs.as_ref())
    }
}

/// A rehearsal of a pack, and how it went.
#[derive(Debug, Clone)]
pub struct Report {
    /// Pack and path.
    pub path: String,
    /// The procedure.
    pub procedure: ProcedureId,
    /// What it shows.
    pub title: Text,
    /// How it went.
    pub played: Played,
}

impl Casebook {
    /// Plays every rehearsal. `region` is where one takes place that names none.
    #[must_use]
    pub fn rehearse(&self, book: Option<&Rulebook>, region: Option<&RegionCode>) -> Vec<Report> {
        let report = |(path, rehearsal): &(String, Rehearsal)| Report {
            path: path.clone(),
            procedure: rehearsal.procedure.clone(),
            title: rehearsal.title.clone(),
            played: rehearsal.play(self, book, region),
        };
        self.rehearsals.iter().map(report).collect()
    }

    /// The procedures that a passing rehearsal brings to an end.
    #[must_use]
    pub fn rehearsed(reports: &[Report]) -> BTreeSet<ProcedureId> {
        let passing =
            reports.iter().filter(|one| one.played.ended && one.played.failure().is_none());
        passing.map(|report| report.procedure.clone()).collect()
    }
}

/// The definitions that passing rehearsals use, by folder and id: procedures that come to an
/// end, and the forms and registers of what was done in them.
#[must_use]
pub fn shown(casebook: &Casebook, reports: &[Report]) -> BTreeSet<(&'static str, String)> {
    let mut shown = BTreeSet::new();
    for id in Casebook::rehearsed(reports) {
        shown.insert(("procedures", id.to_string()));
    }
    let passing = reports.iter().filter(|one| one.played.ended && one.played.failure().is_none());
    for (procedure, action) in passing.flat_map(|report| &report.played.exercised) {
        let action = casebook.procedure(procedure).and_then(|own| own.action(action));
        let Some(action) = action else { continue };
        shown.extend(action.form.iter().map(|form| ("forms", form.to_string())));
        let registers = action.effects.iter().map(|effect| effect.register.to_string());
        shown.extend(registers.map(|register| ("registers", register)));
    }
    shown
}

struct OnTable<'a> {
    procedure: &'a Procedure,
    case: Case,
    parent: Option<usize>,
}

struct Play<'a> {
    casebook: &'a Casebook,
    law: Law<'a>,
    subject: Option<String>,
    cases: Vec<OnTable<'a>>,
    members: BTreeSet<(RegisterId, String)>,
    exercised: BTreeSet<(ProcedureId, String)>,
}

impl Rehearsal {
    /// Plays it up to the first act that is not as it must be.
    #[must_use]
    pub fn play(
        &self,
        casebook: &Casebook,
        book: Option<&Rulebook>,
        region: Option<&RegionCode>,
    ) -> Played {
        let main = casebook.procedure(&self.procedure);
        let region = self.region.as_ref().or(region);
        let subject = match main.map(|procedure| procedure.subject) {
            Some(SubjectKind::Enterprise) => Some(EnterpriseId::example(1).as_str().to_owned()),
            Some(SubjectKind::Region) => region.map(ToString::to_string),
            _ => None,
        };
        let mut play = Play {
            casebook,
            law: Law { rulebook: book, region: region.cloned() },
            subject: self.subject.clone().or(subject),
            cases: Vec::new(),
            members: self.members.iter().cloned().collect(),
            exercised: BTreeSet::new(),
        };
        let mut acts = Vec::new();
        for act in &self.acts {
            let played = play.act(self, act);
            let stop = played.differs.is_some();
            acts.push(played);
            if stop {
                break;
            }
        }
        let ended = play.cases.first().is_some_and(|first| first.case.closed(first.procedure));
        Played { acts, exercised: play.exercised, ended }
    }
}

impl<'a> Play<'a> {
    fn act(&mut self, rehearsal: &Rehearsal, act: &RehearsedAct) -> PlayedAct {
        let id = act.within.as_ref().unwrap_or(&rehearsal.procedure).clone();
        let mut played = PlayedAct {
            procedure: id.clone(),
            who: act.who.clone(),
            day: act.day,
            action: act.action.clone(),
            state: None,
            due: None,
            orders: Vec::new(),
            pending: false,
            refused: Vec::new(),
            differs: None,
            trial: false,
        };
        let place = self.cases.iter().rposition(|one| one.procedure.id == id);
        let opening = act.action == OPEN;
        let decided = match (self.casebook.procedure(&id), place) {
            (Some(procedure), _) if opening => {
                self.open(procedure, act).map(|step| (procedure, None, step))
            }
            (Some(procedure), Some(place)) => {
                self.decide(place, act).map(|step| (procedure, Some(place), step))
            }
            _ => {
                Err(vec![fault::problem(fault::REHEARSAL, "尚未立案", "there is no such case yet")])
            }
        };
        match decided {
            Ok((procedure, place, step)) => self.settle(procedure, place, act, step, &mut played),
            Err(problems) => {
                let now = place.map(|place| &self.cases[place]);
                played.state = now.map(|one| one.case.state.clone());
                played.due = now.and_then(|one| self.due(one));
                played.refused = problems;
            }
        }
        played.differs = differs(act, &played);
        played
    }

    fn due(&self, one: &OnTable<'_>) -> Option<DueDay> {
        one.case.due(one.procedure, &self.casebook.calendar, &self.law)
    }

    fn organisation<'b>(&'b self, act: &'b RehearsedAct) -> &'b str {
        match (act.who.split_once(':'), act.role) {
            (_, Role::Province) => act.role.name(),
            (Some((_, name)), _) => name,
            (None, Role::Enterprise) => self.subject.as_deref().unwrap_or("enterprise"),
            (None, role) => role.name(),
        }
    }

    fn with<T>(
        &self,
        place: Option<usize>,
        act: &RehearsedAct,
        decide: impl FnOnce(&Attempt<'_>, &Surroundings<'_>) -> T,
    ) -> T {
        let attempt = Attempt {
            person: &act.who,
            organisation: self.organisation(act),
            role: act.role,
            day: act.day,
        };
        let open = |one: &&OnTable<'_>| {
            place.is_some() && one.parent == place && !one.case.closed(one.procedure)
        };
        let members = |register: &RegisterId| {
            let of = self.members.iter().filter(|(own, _)| own == register);
            of.map(|(_, member)| member.clone()).collect::<BTreeSet<_>>()
        };
        let around = Surroundings {
            casebook: self.casebook,
            law: self.law.clone(),
            subject: self.subject.as_deref(),
            open_children: self.cases.iter().filter(open).count(),
            members: &members,
        };
        decide(&attempt, &around)
    }

    fn open(&self, procedure: &Procedure, act: &RehearsedAct) -> Result<Step, Vec<Problem>> {
        let form = procedure.open.form.as_ref().and_then(|id| self.casebook.form(id));
        let mut key = Values::new();
        let mut rows = act.rows.clone();
        for name in procedure.key.iter().flatten() {
            if form.is_none_or(|form| form.field(name).is_none()) {
                let found = rows.iter_mut().find_map(|row| row.remove(name));
                key.extend(found.map(|value| (name.clone(), value)));
            }
        }
        rows.retain(|row| !row.is_empty());
        let step =
            self.with(None, act, |attempt, around| procedure.open(attempt, &key, rows, around))?;
        let same = |one: &OnTable<'_>| {
            one.procedure.id == procedure.id
                && one.case.key == step.case.key
                && !one.case.closed(procedure)
        };
        if procedure.key.is_some() && self.cases.iter().any(same) {
            return Err(vec![open_exists(procedure, None)]);
        }
        Ok(step)
    }

    fn decide(&self, place: usize, act: &RehearsedAct) -> Result<Step, Vec<Problem>> {
        let OnTable { procedure, case, .. } = &self.cases[place];
        self.with(Some(place), act, |attempt, around| match act.action.as_str() {
            "confirm" => case.confirm(procedure, true, attempt, around),
            "decline" => case.confirm(procedure, false, attempt, around),
            SERVE => {
                let none = || vec![fault::problem(fault::REHEARSAL, "尚无通知", "no notice yet")];
                let issue = case.last_issue().ok_or_else(none)?;
                let notice = case.act_of(issue).and_then(|act| act.notice.as_ref());
                let kind = notice.and_then(|id| procedure.notice(id));
                let usual = kind.and_then(|kind| kind.served.first().cloned());
                let way = act.way.clone().or(usual).unwrap_or_default();
                case.serve(procedure, &Service { act: issue, way }, attempt)
            }
            action => case.act(procedure, action, attempt, act.rows.clone(), around),
        })
    }

    fn settle(
        &mut self,
        procedure: &'a Procedure,
        place: Option<usize>,
        act: &RehearsedAct,
        step: Step,
        played: &mut PlayedAct,
    ) {
        let last = step.case.acts.last();
        if let Some(done) = last.filter(|done| done.stage == crate::procedure::Stage::Done) {
            self.exercised.insert((procedure.id.clone(), done.action.clone()));
        }
        played.trial = last.is_some_and(|done| done.trial);
        played.pending = step.case.pending.is_some();
        let number = last.map(|done| done.number);
        let place = match place {
            Some(place) => {
                self.cases[place].case = step.case;
                place
            }
            None => {
                self.cases.push(OnTable { procedure, case: step.case, parent: None });
                self.cases.len() - 1
            }
        };
        for order in &step.orders {
            match order {
                Order::Move(change) => {
                    let member = (change.register.clone(), change.member.clone());
                    if change.enter {
                        self.members.insert(member);
                    } else {
                        self.members.remove(&member);
                    }
                }
                Order::Open(id) => {
                    let parent = &self.cases[place].case;
                    let paper =
                        parent.papers.iter().find(|paper| Some(paper.number) == number).cloned();
                    let key = parent.key.clone();
                    if let Some(child) = self.casebook.procedure(id) {
                        let case = self
                            .with(None, act, |attempt, _| child.open_child(attempt, key, paper));
                        self.cases.extend(case.map(|case| OnTable {
                            procedure: child,
                            case,
                            parent: Some(place),
                        }));
                    }
                }
                Order::Notice(_) | Order::Run { .. } => {}
            }
        }
        played.orders = step.orders;
        let now = &self.cases[place];
        played.state = Some(now.case.state.clone());
        played.due = self.due(now);
    }
}

/// What is not as the rehearsal says.
fn differs(act: &RehearsedAct, played: &PlayedAct) -> Option<Problem> {
    let expected = &act.expected;
    let told = |what: &str, wanted: &str, found: &str| {
        let (day, who, action) = (act.day, &act.who, &act.action);
        let zh = format!("{day} {who} {action}：{what} 应为 {wanted}，实为 {found}");
        let en = format!("{day} {who} {action}: {what} should be {wanted} and is {found}");
        Some(fault::problem(fault::REHEARSAL_DIFFERS, &zh, &en))
    };
    let refusals: Vec<&str> = played.refused.iter().map(|problem| problem.code.0).collect();
    match (&expected.refused, refusals.is_empty()) {
        (Some(wanted), true) => return told("refused", wanted, "accepted"),
        (Some(wanted), false) if !refusals.contains(&wanted.as_str()) => {
            return told("refused", wanted, &refusals.join(" "));
        }
        (None, false) => {
            let lines: Vec<String> = played.refused.iter().map(ToString::to_string).collect();
            return told("refused", "accepted", &lines.join("; "));
        }
        _ => {}
    }
    let due = played.due.map_or("none".to_owned(), |due| due.day.to_string());
    let moved = |enter| {
        let moves = played.orders.iter().filter_map(move |order| match order {
            Order::Move(change) if change.enter == enter => Some(change.register.as_str()),
            _ => None,
        });
        let registers: BTreeSet<&str> = moves.collect();
        registers.into_iter().collect::<Vec<_>>().join(" ")
    };
    let list = |wanted: &Option<Vec<String>>| {
        let wanted = wanted.as_ref()?;
        let sorted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
        Some(sorted.into_iter().collect::<Vec<_>>().join(" "))
    };
    let order = |pick: fn(&Order) -> Option<&str>| {
        played.orders.iter().find_map(pick).unwrap_or("none").to_owned()
    };
    let notice = order(|order| match order {
        Order::Notice(issued) => Some(issued.notice.as_str()),
        _ => None,
    });
    let opens = order(|order| match order {
        Order::Open(id) => Some(id.as_str()),
        _ => None,
    });
    let runs = order(|order| match order {
        Order::Run { command, .. } => Some(command.as_str()),
        _ => None,
    });
    let state = played.state.clone().unwrap_or_else(|| "none".to_owned());
    let compared = [
        ("state", expected.state.clone(), state),
        ("due", expected.due.clone(), due),
        ("pending", expected.pending.map(|yes| yes.to_string()), played.pending.to_string()),
        ("enters", list(&expected.enters), moved(true)),
        ("leaves", list(&expected.leaves), moved(false)),
        ("notice", expected.notice.clone(), notice),
        ("opens", expected.opens.clone(), opens),
        ("runs", expected.runs.clone(), runs),
        ("trial", expected.trial.map(|yes| yes.to_string()), played.trial.to_string()),
    ];
    compared.into_iter().find_map(|(what, wanted, found)| {
        let wanted = wanted.filter(|wanted| *wanted != found)?;
        told(what, &wanted, &found)
    })
}
