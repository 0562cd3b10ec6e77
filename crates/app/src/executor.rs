//! The executor: commands are decided one at a time, in one order, and written in
//! groups; nobody is answered before the group is on disk.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread::JoinHandle;
use std::time::Duration;

use tanheng_base::{Actor, ActorId, Clock, Instant, Text};
use tanheng_evidence::Appender;
use tanheng_evidence::receipt::MARKS;
use tanheng_store::journal::{self, Head, Nodes, Sealed};
use tanheng_store::record::Idempotency;
use tanheng_store::{Database, Durability, StoreError, apply};

use crate::book::{Book, Keeper};
use crate::journal::{Draft, Read, Sealer};
use crate::outcome::{Decision, Fields, Outcome};
use crate::situation::{Rulebooks, Situation};
use crate::{Command, Failure, actor};

/// Commands that may wait; when the queue is full the next one is refused.
const QUEUE: usize = 1_024;
/// Commands written in one transaction at most.
const AT_ONCE: usize = 256;
/// Bytes of an idempotency key at most: it is part of an index.
const KEY: usize = 256;
/// Milliseconds to wait before a group is tried anew when the connection to the database was
/// lost: a server that starts again needs some seconds.
const ANEW: [u64; 9] = [0, 50, 100, 250, 500, 1_000, 2_000, 4_000, 8_000];
/// How long to wait before erased content is taken out of the write-ahead log again.
const SCRUB_AGAIN: Duration = Duration::from_secs(1);

/// A command with who sends it.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Who.
    pub actor: ActorId,
    /// A key that makes sending it again harmless.
    pub key: Option<String>,
    /// What.
    pub command: Command,
}

/// What became of a command: it is on disk.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    /// Sequence of its entry.
    pub sequence: i64,
    /// Time of its entry.
    pub time: Instant,
    /// Hash of the leaf in the log.
    pub leaf: [u8; 32],
    /// Named results.
    pub fields: Fields,
    /// It had happened before; this is what happened then.
    pub repeated: bool,
}

struct Job {
    envelope: Envelope,
    time: Instant,
    reply: SyncSender<Result<Acknowledged, Failure>>,
}

/// The answer to a command that was sent.
pub struct Ticket(Receiver<Result<Acknowledged, Failure>>);

impl Ticket {
    /// Waits for the answer.
    ///
    /// # Errors
    /// Why the command did not happen.
    pub fn wait(self) -> Result<Acknowledged, Failure> {
        self.0.recv().unwrap_or(Err(Failure::Stopped))
    }
}

/// A running executor on a book.
pub struct Executor {
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    clock: Arc<dyn Clock>,
}

impl Executor {
    /// Starts an executor: one thread of its own with its own connection.
    ///
    /// # Errors
    /// When the book cannot be used or contradicts its checkpoint.
    pub fn start(
        book: &Book,
        clock: Arc<dyn Clock>,
        durability: Durability,
    ) -> Result<Self, Failure> {
        let database = book.database(durability)?;
        let mut keeper = Keeper::new(book.folder(), book.signers()?);
        let log = database.read(|sql| {
            let size = size(journal::head(sql)?);
            keeper.compare(sql, size)?;
            Ok::<_, Failure>(Appender::open(keeper.hash(), size, &Nodes(sql))?)
        })?;
        // A crash may have come between a commit and its checkpoint.
        if keeper.lags(log.size()) {
            keeper.keep(&database, &log)?;
        }
        // Nor is it known whether the last erasure reached the write-ahead log.
        let worker = Worker { database, keeper, rulebooks: Rulebooks::default(), unscrubbed: true };
        let (queue, jobs) = sync_channel(QUEUE);
        let thread = std::thread::spawn(move || worker.run(&jobs));
        Ok(Self { queue: Some(queue), thread: Some(thread), clock })
    }

    /// Sends a command, waiting for a place in the queue.
    ///
    /// # Errors
    /// [`Failure::Stopped`].
    pub fn send(&self, envelope: Envelope) -> Result<Ticket, Failure> {
        let (job, ticket) = self.job(envelope);
        let queue = self.queue.as_ref().ok_or(Failure::Stopped)?;
        queue.send(job).map_err(|_| Failure::Stopped)?;
        Ok(ticket)
    }

    /// Sends a command unless the queue is full.
    ///
    /// # Errors
    /// `executor.busy`, or [`Failure::Stopped`].
    pub fn offer(&self, envelope: Envelope) -> Result<Ticket, Failure> {
        let (job, ticket) = self.job(envelope);
        match self.queue.as_ref().ok_or(Failure::Stopped)?.try_send(job) {
            Ok(()) => Ok(ticket),
            Err(TrySendError::Disconnected(_)) => Err(Failure::Stopped),
            Err(TrySendError::Full(_)) => Err(Failure::refuse(
                "executor.busy",
                Text::new(
                    "系统繁忙，未受理",
                    "too many commands are waiting; this one was not taken",
                ),
                Text::new("请稍后重试", "try again in a moment"),
            )),
        }
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// Why it did not happen.
    pub fn run(
        &self,
        actor: &ActorId,
        key: Option<String>,
        command: impl Into<Command>,
    ) -> Result<Acknowledged, Failure> {
        self.send(Envelope { actor: actor.clone(), key, command: command.into() })?.wait()
    }

    fn job(&self, envelope: Envelope) -> (Job, Ticket) {
        let (reply, answer) = sync_channel(1);
        (Job { envelope, time: self.clock.now(), reply }, Ticket(answer))
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the worker was reported to whoever waited for an answer.
            drop(thread.join());
        }
    }
}

struct Worker {
    database: Database,
    keeper: Keeper,
    rulebooks: Rulebooks,
    /// Erased content may still stand in the write-ahead log.
    unscrubbed: bool,
}

type Answers = Vec<Result<Acknowledged, Failure>>;
/// What was decided about a group, and the log as it is with it.
type Written = (Answers, Appender);

impl Worker {
    fn run(mut self, jobs: &Receiver<Job>) {
        self.scrub();
        while let Some(first) = self.next(jobs) {
            let mut group = vec![first];
            while group.len() < AT_ONCE {
                match jobs.try_recv() {
                    Ok(job) => group.push(job),
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                }
            }
            self.answer(group);
        }
    }

    /// The next command; while it waits, what could not be scrubbed is tried again.
    fn next(&mut self, jobs: &Receiver<Job>) -> Option<Job> {
        while self.unscrubbed {
            match jobs.recv_timeout(SCRUB_AGAIN) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => self.scrub(),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        jobs.recv().ok()
    }

    /// Takes erased content out of the write-ahead log, unless a reader needs it yet.
    fn scrub(&mut self) {
        if self.unscrubbed {
            self.unscrubbed = !self.database.scrub().unwrap_or(false);
        }
    }

    /// Writes a group and answers. When storage fails the group is rolled back
    /// and its commands are applied singly, so that one cannot take the others
    /// with it. When there is no database to be had, or nobody knows what became of the
    /// group, that is the answer to all of them.
    fn answer(&mut self, group: Vec<Job>) {
        let answers = match self.write(&group) {
            Ok(written) => self.sign(written),
            Err(error) if group.len() == 1 => vec![Err(error)],
            Err(Failure::Store(error)) if error.of_connection().is_some() => {
                let same = || error.of_connection().map_or(Failure::Stopped, Failure::Store);
                group.iter().map(|_| Err(same())).collect()
            }
            Err(_) => group.iter().map(|job| self.single(job)).collect(),
        };
        let erases = |job: &Job| matches!(job.envelope.command, Command::EraseContent(_));
        self.unscrubbed |= group.iter().any(erases);
        self.scrub();
        for (job, answer) in group.into_iter().zip(answers) {
            // Whoever asked may have gone away; what happened stands all the same.
            drop(job.reply.send(answer));
        }
    }

    fn single(&mut self, job: &Job) -> Result<Acknowledged, Failure> {
        let written = self.write(std::slice::from_ref(job))?;
        self.sign(written).pop().unwrap_or(Err(Failure::Stopped))
    }

    /// Decides and commits a group, anew where the connection was lost and nothing of the
    /// group is there. An error means that nothing of it is there, unless it says that
    /// nobody knows.
    fn write(&mut self, group: &[Job]) -> Result<Written, Failure> {
        for wait in ANEW {
            match self.attempt(group) {
                Err(failure) if failure.is_passing() => pause(wait),
                done => return done,
            }
        }
        self.attempt(group)
    }

    fn attempt(&mut self, group: &[Job]) -> Result<Written, Failure> {
        let (keeper, rulebooks) = (&mut self.keeper, &self.rulebooks);
        let mut written = None;
        let committed = self.database.write(|sql| {
            let head = journal::head(sql)?;
            keeper.compare(sql, size(head))?;
            let before = head.size;
            let mut log = Appender::open(keeper.hash(), size(head), &Nodes(sql))?;
            let (answers, head) = std::thread::scope(|scope| {
                let sealer = Sealer::new(log.hash(), group.len(), scope);
                let mut decided = Group::new(sql, head, &mut log, sealer);
                for job in group {
                    decided.take(rulebooks, job)?;
                }
                decided.done()
            })?;
            if head.size > before {
                journal::set_head(sql, head)?;
            }
            written = Some((answers, log));
            Ok(())
        });
        match (committed, written) {
            (Ok(()), Some(written)) => Ok(written),
            (Err(Failure::Store(StoreError::Undecided { reason })), Some(written)) => {
                self.settle(written, &reason)
            }
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(Failure::Stopped),
        }
    }

    /// Finds out what became of a group whose commit was cut off: its last leaf, which nobody
    /// could make twice, is in the journal or not. Looked at under the lock of writers, which
    /// the lost transaction holds until it is at its end.
    fn settle(&mut self, written: Written, reason: &str) -> Result<Written, Failure> {
        let new = written.0.iter().flatten().rfind(|answer| !answer.repeated);
        let Some((sequence, leaf)) = new.map(|answer| (answer.sequence, answer.leaf)) else {
            return Ok(written);
        };
        for wait in ANEW {
            let found = self.database.settled(|sql| {
                let reaches = journal::head(sql)?.size > sequence;
                Ok::<_, Failure>(reaches && recall(sql, sequence)?.leaf == leaf)
            });
            match found {
                Ok(true) => return Ok(written),
                Ok(false) => {
                    return Err(Failure::Store(StoreError::Lost { reason: reason.to_owned() }));
                }
                Err(_) => pause(wait),
            }
        }
        Err(Failure::Store(StoreError::Undecided { reason: reason.to_owned() }))
    }

    /// Signs what was committed. Where that fails nothing is undone and nothing may be
    /// applied again; it is only not acknowledged.
    fn sign(&mut self, (mut answers, log): Written) -> Answers {
        if self.keeper.lags(log.size())
            && let Err(error) = self.keeper.keep(&self.database, &log)
        {
            let why = format!(
                "the command is in the journal, but no checkpoint over it could be kept: {error}; \
                 when that is mended, send it again with the same key"
            );
            for answer in answers.iter_mut().filter(|answer| answer.is_ok()) {
                *answer = Err(Failure::Evidence(why.clone()));
            }
        }
        answers
    }
}

fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// A group while it is decided: what was decided is in the tables, its entries follow when they
/// are sealed.
struct Group<'a, 'l> {
    sql: &'l Database,
    head: Head,
    log: &'l mut Appender,
    answers: Answers,
    sealer: Sealer<'a>,
    /// The answer of each entry that is not written, which lacks the hash of its leaf.
    places: VecDeque<usize>,
}

impl<'a, 'l> Group<'a, 'l> {
    fn new(sql: &'l Database, head: Head, log: &'l mut Appender, sealer: Sealer<'a>) -> Self {
        Self { sql, head, log, answers: Answers::new(), sealer, places: VecDeque::new() }
    }

    /// Decides a command; a refusal is its answer.
    fn take(&mut self, rulebooks: &Rulebooks, job: &'a Job) -> Result<(), Failure> {
        let answer = match self.step(rulebooks, job) {
            Err(Failure::Refused(problems)) => Err(Failure::Refused(problems)),
            Err(failed) => return Err(failed),
            Ok(acknowledged) => Ok(acknowledged),
        };
        self.answers.push(answer);
        while let Some(sealed) = self.sealer.ready()? {
            self.append(sealed)?;
        }
        Ok(())
    }

    /// The answers, when all is written.
    fn done(mut self) -> Result<(Answers, Head), Failure> {
        self.write()?;
        Ok((self.answers, self.head))
    }

    /// Writes the entries that wait.
    fn write(&mut self) -> Result<(), Failure> {
        while let Some(sealed) = self.sealer.next()? {
            self.append(sealed)?;
        }
        Ok(())
    }

    fn append(&mut self, sealed: Sealed) -> Result<(), Failure> {
        let leaf = journal::append(self.sql, self.log, sealed)?;
        let place = self.places.pop_front();
        if let Some(Ok(answer)) = place.and_then(|place| self.answers.get_mut(place)) {
            answer.leaf = leaf;
        }
        Ok(())
    }

    /// One command: authorise, decide, apply.
    fn step(&mut self, rulebooks: &Rulebooks, job: &'a Job) -> Result<Acknowledged, Failure> {
        let Envelope { actor: id, key, command } = &job.envelope;
        let (sql, key) = (self.sql, key.as_deref());
        let actor = actor_at(sql, self.head.size, id)?;
        check_key(key)?;
        if let Some(key) = key
            && let Some(first) = Idempotency::find(sql, id, key)?
        {
            self.write()?;
            return repeat(sql, first.entry, command);
        }
        if let Command::PublishRulebook(publish) = command
            && let Some(retired) = publish.retired()
        {
            return Err(retired);
        }
        if let Command::EraseContent(_) = command {
            // It reads the journal, and takes out of it.
            self.write()?;
        }
        let (sequence, now) = (self.head.size, Instant(job.time.0.max(self.head.time_ms)));
        let situation = Situation { sql, rulebooks, actor: &actor, sequence, now };
        let outcome = match decide(&situation, command, key)? {
            Decision::Same(sequence) => {
                self.write()?;
                return recall(sql, sequence);
            }
            Decision::New(outcome) => outcome,
        };
        for change in outcome.changes.iter().chain(&outcome.confidential) {
            apply(sql, change.clone())?;
        }
        if let Command::EraseContent(erase) = command {
            erase.destroy(sql)?;
        }
        // Told as it will be told when the command is repeated.
        let mut fields = outcome.fields.clone();
        fields.insert(MARKS.to_owned(), outcome.marks.clone().into());
        self.places.push_back(self.answers.len());
        self.sealer.push(Draft { sequence, now, actor: id, key, command, outcome })?;
        self.head = Head { size: sequence + 1, time_ms: now.0 };
        Ok(Acknowledged { sequence, time: now, leaf: [0; 32], fields, repeated: false })
    }
}

fn check_key(key: Option<&str>) -> Result<(), Failure> {
    if key.is_none_or(|key| key.len() <= KEY) {
        return Ok(());
    }
    Err(Failure::refuse(
        "command.key_too_long",
        Text::new(
            format!("幂等键超过 {KEY} 字节"),
            format!("the idempotency key is longer than {KEY} bytes"),
        ),
        Text::new("请使用较短的键", "use a shorter key"),
    ))
}

/// Decides a command, and remembers its key with the outcome.
pub(crate) fn decide(
    situation: &Situation<'_>,
    command: &Command,
    key: Option<&str>,
) -> Result<Decision, Failure> {
    let mut decision = command.decide(situation)?;
    if let (Decision::New(outcome), Some(key)) = (&mut decision, key) {
        outcome.put(&Idempotency {
            actor: situation.actor.id.clone(),
            key: key.to_owned(),
            entry: situation.sequence,
        })?;
    }
    if let Decision::New(outcome) = &mut decision {
        mark_demonstration(situation, outcome)?;
    }
    Ok(decision)
}

/// Everything in a demonstration book carries the mark.
fn mark_demonstration(situation: &Situation<'_>, outcome: &mut Outcome) -> Result<(), Failure> {
    let setting = tanheng_store::record::Setting::find(situation.sql, crate::book::DEMONSTRATION)?;
    if setting.is_some() {
        outcome.mark(crate::EXAMPLE_MARK);
    }
    Ok(())
}

/// The same key again: the first answer, unless the key was for something else.
fn repeat(sql: &Database, sequence: i64, command: &Command) -> Result<Acknowledged, Failure> {
    let first =
        Read::one(sql, sequence)?.and_then(|read| read.command().transpose()).transpose()?;
    if let Some((first, _)) = first {
        let same = first.kind() == command.kind()
            && first.to_json().ok().is_some_and(|json| command.to_json().ok() == Some(json));
        if !same {
            return Err(Failure::refuse(
                "command.key_reused",
                Text::new(
                    "幂等键已用于另一条指令",
                    "the idempotency key was used for another command",
                ),
                Text::new("请换一个键", "use another key"),
            ));
        }
    }
    recall(sql, sequence)
}

/// What happened at an earlier entry.
fn recall(sql: &Database, sequence: i64) -> Result<Acknowledged, Failure> {
    let reason = || "the entry is missing".to_owned();
    let read = Read::one(sql, sequence)?
        .ok_or_else(|| Failure::Unreadable { sequence, reason: reason() })?;
    Ok(Acknowledged {
        sequence,
        time: Instant(read.entry.time_ms()),
        leaf: read.entry.leaf_hash(),
        fields: read.fields(),
        repeated: true,
    })
}

/// The number of entries as the log counts them.
pub(crate) fn size(head: Head) -> u64 {
    u64::try_from(head.size).unwrap_or_default()
}

/// Who acts at the founding of a book, when nobody is admitted yet.
pub(crate) fn actor_at(sql: &Database, sequence: i64, id: &ActorId) -> Result<Actor, Failure> {
    if sequence == 0 { Ok(actor::nobody(id)) } else { actor::find(sql, id) }
}
