//! The register of key and ordinary emitters, and published lists.

use std::collections::BTreeMap;

use tanheng_base::{EnterpriseId, ListId, RegisterId};
use tanheng_store::RowScope;
use tanheng_store::record::{
    Enterprise, EnterpriseFilter, ListEntry, PublishedList, RegisterEvent, RegisterMember,
};

use super::Reader;
use crate::Failure;
use crate::policy::{Action, Subject, authorise};

/// How many enterprises a register page looks up at most.
const MANY: i64 = 100_000;

/// Somebody on a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The enterprise.
    pub enterprise: Enterprise,
    /// Its place on the register.
    pub member: RegisterMember,
}

/// An event of a register with the enterprise it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The enterprise.
    pub enterprise: Enterprise,
    /// The event.
    pub event: RegisterEvent,
}

/// The registers and lists of a book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registers {
    /// Who stands on the register, by class and enterprise.
    pub members: Vec<Member>,
    /// Entries, changes and exits, the newest first.
    pub events: Vec<Event>,
    /// Published lists with the number of their lines.
    pub lists: Vec<(PublishedList, usize)>,
}

impl Reader {
    /// The registers and lists. Names and classes only: no figure hangs on them here.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn registers(&self) -> Result<Registers, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            let all = Enterprise::list(sql, &RowScope::All, &EnterpriseFilter::default(), MANY)?;
            let mut registers: Vec<RegisterId> = Vec::new();
            let mut found = Registers::default();
            let mut events: Vec<(i64, Event)> = Vec::new();
            let by_id: BTreeMap<&EnterpriseId, &Enterprise> =
                all.iter().map(|enterprise| (&enterprise.id, enterprise)).collect();
            for enterprise in &all {
                for event in RegisterEvent::of(sql, &enterprise.id)? {
                    if !registers.contains(&event.register) {
                        registers.push(event.register.clone());
                    }
                    events.push((event.entry, Event { enterprise: enterprise.clone(), event }));
                }
            }
            for register in &registers {
                for member in RegisterMember::all(sql, register)? {
                    if let Some(enterprise) = by_id.get(&member.enterprise) {
                        found.members.push(Member { enterprise: (*enterprise).clone(), member });
                    }
                }
            }
            found.members.sort_by(|one, other| {
                let key =
                    |member: &Member| (member.member.class.clone(), member.enterprise.id.clone());
                key(one).cmp(&key(other))
            });
            events.sort_by_key(|(entry, _)| std::cmp::Reverse(*entry));
            found.events = events.into_iter().map(|(_, event)| event).collect();
            for list in PublishedList::all(sql)? {
                let lines = ListEntry::of(sql, &list.id)?.len();
                found.lists.push((list, lines));
            }
            Ok(found)
        })
    }

    /// A published list with its lines as printed; `None` when there is none of that id.
    ///
    /// # Errors
    /// `policy.not_allowed`, or a failure of storage.
    pub fn list(&self, id: &ListId) -> Result<Option<(PublishedList, Vec<ListEntry>)>, Failure> {
        self.read(|sql| {
            authorise(sql, &self.actor, Action::ViewPublic, Subject::Book)?;
            let Some(list) = PublishedList::find(sql, id)? else { return Ok(None) };
            let lines = ListEntry::of(sql, id)?;
            Ok(Some((list, lines)))
        })
    }
}
