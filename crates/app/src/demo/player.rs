//! Sending a long play of commands: many under way, each with its key.

use std::collections::VecDeque;

use tanheng_base::{ActorId, Date, FixedClock, Instant, Text};

use crate::executor::{Acknowledged, Envelope, Executor, Ticket};
use crate::{Command, Failure};

/// Commands under way at once.
const WINDOW: usize = 512;

/// Who watches the play.
pub trait Watch {
    /// A stage begins, with about so many commands.
    fn stage(&mut self, title: &Text, commands: u64);
    /// A command is on disk.
    fn acknowledged(&mut self, acknowledged: &Acknowledged);
}

/// Sends commands and follows their answers.
pub(super) struct Player<'a> {
    executor: &'a Executor,
    clock: &'a FixedClock,
    watch: &'a mut dyn Watch,
    under_way: VecDeque<(String, Ticket)>,
}

impl<'a> Player<'a> {
    pub(super) fn new(
        executor: &'a Executor,
        clock: &'a FixedClock,
        watch: &'a mut dyn Watch,
    ) -> Self {
        Self { executor, clock, watch, under_way: VecDeque::new() }
    }

    /// Begins a stage; everything before it is on disk.
    pub(super) fn stage(&mut self, zh: &str, en: &str, commands: u64) -> Result<(), Failure> {
        self.settle()?;
        self.watch.stage(&Text::new(zh, en), commands);
        Ok(())
    }

    /// Sets the clock to an hour of a day.
    pub(super) fn at(&self, day: Date, hour: i8) -> Result<(), Failure> {
        self.clock.set(Instant::on(day, hour).ok_or(Failure::Stopped)?);
        Ok(())
    }

    /// Sends a command under a key of the play.
    pub(super) fn send(
        &mut self,
        key: impl Into<String>,
        actor: &ActorId,
        command: impl Into<Command>,
    ) -> Result<(), Failure> {
        while self.under_way.len() >= WINDOW {
            self.receive()?;
        }
        let key: String = key.into();
        let envelope =
            Envelope { actor: actor.clone(), key: Some(key.clone()), command: command.into() };
        self.under_way.push_back((key, self.executor.send(envelope)?));
        Ok(())
    }

    /// Sends a command and waits for its answer, after those of all before it.
    pub(super) fn ask(
        &mut self,
        key: impl Into<String>,
        actor: &ActorId,
        command: impl Into<Command>,
    ) -> Result<Acknowledged, Failure> {
        self.settle()?;
        let key: String = key.into();
        let acknowledged = self.executor.run(actor, Some(key.clone()), command);
        let acknowledged = acknowledged.map_err(|failure| name(failure, &key))?;
        self.watch.acknowledged(&acknowledged);
        Ok(acknowledged)
    }

    /// Waits until everything is on disk.
    pub(super) fn settle(&mut self) -> Result<(), Failure> {
        while !self.under_way.is_empty() {
            self.receive()?;
        }
        Ok(())
    }

    fn receive(&mut self) -> Result<(), Failure> {
        if let Some((key, ticket)) = self.under_way.pop_front() {
            let acknowledged = ticket.wait().map_err(|failure| name(failure, &key))?;
            self.watch.acknowledged(&acknowledged);
        }
        Ok(())
    }
}

/// A refusal says which step of the play it was.
fn name(failure: Failure, key: &str) -> Failure {
    match failure {
        Failure::Refused(problems) => {
            Failure::Refused(problems.into_iter().map(|problem| problem.by(key)).collect())
        }
        other => other,
    }
}
