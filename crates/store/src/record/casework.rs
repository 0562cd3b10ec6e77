//! Cases of procedures, their acts, papers and notices, and registers whose members enter and
//! leave by cases.

use tanheng_base::{
    ActorId, CaseId, Date, EnterpriseId, FormId, NoticeId, ProcedureId, RegionCode, RegisterId,
};

use super::record;
use crate::{Cell, RowScope, Sql, StoreError, find, select};

record! {
    /// A case: where it stands after its last act.
    CaseFile in "case_file" key("id") {
        /// Its id.
        id: CaseId,
        /// The entry that opened it.
        number: i64,
        /// The procedure.
        procedure: ProcedureId,
        /// The version of the rulebook it began with and stays on.
        rulebook: String,
        /// The enterprise it is about.
        enterprise: Option<EnterpriseId>,
        /// The region it is about.
        region: Option<RegionCode>,
        /// Its key, as JSON.
        content: String,
        /// The state.
        state: String,
        /// The role whose turn it is.
        turn: Option<String>,
        /// The public sees it in this state.
        public: bool,
        /// Nothing follows.
        closed: bool,
        /// A second person is waited for.
        pending: bool,
        /// The day on which it was opened.
        opened: Date,
        /// The day on which the state was entered.
        entered: Date,
        /// The day by which the state is to be left.
        due: Option<Date>,
        /// That day was counted by calendars of all years concerned.
        certain: bool,
        /// The case that opened it.
        parent: Option<CaseId>,
        /// Who opened it.
        opened_by: ActorId,
        /// For which organisation.
        opened_for: String,
        /// The only roles that see it, with a blank around each; all where empty.
        seen_by: String,
        /// Organisations that it is assigned to, with a blank around each.
        assigned: String,
        /// Something in it rests on unverified values.
        trial: bool,
        /// The entry of the last act.
        entry: i64,
    }
}

record! {
    /// An act of a case.
    CaseAct in "case_act" key("case_id", "number") {
        /// The case.
        case_id: CaseId,
        /// Its number, from 1.
        number: i64,
        /// The action.
        action: String,
        /// `done`, `proposed`, `declined` or `served`.
        stage: String,
        /// Who acted.
        person: ActorId,
        /// For which organisation.
        organisation: String,
        /// In which role.
        role: String,
        /// When.
        day: Date,
        /// The state before.
        state_from: Option<String>,
        /// The state after.
        state: String,
        /// A state was entered.
        entered: bool,
        /// The number of the act that it confirms or declines.
        answers: Option<i64>,
        /// The kind of notice that it issued or served.
        notice: Option<NoticeId>,
        /// It rests on unverified values.
        trial: bool,
        /// The entry.
        entry: i64,
    }
}

record! {
    /// What was filled in with an act; confidential, and erased with its entry.
    CasePaper in "case_paper" key("case_id", "number") {
        /// The case.
        case_id: CaseId,
        /// The number of the act.
        number: i64,
        /// The form.
        form: FormId,
        /// Its rows, as JSON.
        content: String,
        /// The entry.
        entry: i64,
    }
}

record! {
    /// A notice with its number and the proof of its service.
    NoticeRow in "notice" key("id") {
        /// `kind/year/serial`.
        id: String,
        /// The kind.
        kind: NoticeId,
        /// The year in which it was issued.
        year: i64,
        /// Its serial within kind and year, without gaps.
        serial: i64,
        /// The number as it is printed.
        number: String,
        /// The case.
        case_id: CaseId,
        /// The act that issued it.
        act: i64,
        /// The enterprise the case is about.
        enterprise: Option<EnterpriseId>,
        /// The role it is for.
        recipient: String,
        /// When it was issued.
        issued: Date,
        /// When it was served.
        served: Option<Date>,
        /// In which way.
        way: Option<String>,
        /// What proves it, such as the number of a receipt.
        evidence: Option<String>,
        /// Who recorded it.
        served_by: Option<ActorId>,
        /// The entry of the last change.
        entry: i64,
    }
}

record! {
    /// A stay of a member on a register.
    Membership in "membership" key("register", "member", "stay") {
        /// The register.
        register: RegisterId,
        /// An enterprise by its code, or another thing by its name.
        member: String,
        /// Which stay of this member, from 1.
        stay: i64,
        /// The first day.
        since: Date,
        /// The day of the last act that put or kept it there.
        reviewed: Date,
        /// The day on which it left.
        until: Option<Date>,
        /// The columns, as JSON.
        content: String,
        /// The case by which it entered or was kept.
        case_id: CaseId,
        /// The act.
        act: i64,
        /// The case by which it left.
        left_case: Option<CaseId>,
        /// The act.
        left_act: Option<i64>,
        /// The entry of the last change.
        entry: i64,
    }
}

/// Which cases somebody sees.
#[derive(Debug, Clone)]
pub struct CaseScope {
    /// By the enterprise, or for a region role by the region.
    pub rows: RowScope,
    /// The role.
    pub role: &'static str,
    /// The organisation: its own cases are always seen.
    pub organisation: String,
    /// Cases about nobody in particular are seen.
    pub common: bool,
}

/// Which cases a list shows; without limits all.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Only of this procedure.
    pub procedure: Option<ProcedureId>,
    /// Only those whose turn is this role's.
    pub turn: Option<String>,
    /// Only open ones.
    pub open: bool,
    /// Only those whose state should have been left before this day.
    pub overdue: Option<Date>,
    /// Only about this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// Only older than this one: keyset pagination.
    pub before: Option<i64>,
}

impl CaseScope {
    /// The condition with its parameters, the first of which is number `first`.
    fn condition(&self, first: usize) -> (String, Vec<Cell>) {
        let (rows, more) = self.rows.condition("enterprise", first + 3);
        let region = match &self.rows {
            RowScope::All => "region IS NOT NULL".to_owned(),
            RowScope::Region(_) => format!("region = ${}", first + 3),
            _ => "1 = 0".to_owned(),
        };
        let common = match self.common {
            true => "enterprise IS NULL AND region IS NULL",
            false => "1 = 0",
        };
        let (opener, role, own) = (first, first + 1, first + 2);
        let text = format!(
            "(opened_for = ${opener} OR public = 1 OR replace(assigned, ${own}, '') <> assigned OR \
             ((seen_by = '' OR replace(seen_by, ${role}, '') <> seen_by) AND \
             ((enterprise IS NOT NULL AND {rows}) OR ({region}) OR ({common}))))"
        );
        let mut parameters = vec![
            Cell::from(self.organisation.as_str()),
            Cell::Text(format!(" {} ", self.role)),
            Cell::Text(format!(" {} ", self.organisation)),
        ];
        parameters.extend(more);
        (text, parameters)
    }
}

impl CaseFile {
    /// The case of an id, where a scope reaches it.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn seen(
        sql: &impl Sql,
        scope: &CaseScope,
        id: &CaseId,
    ) -> Result<Option<Self>, StoreError> {
        let (condition, more) = scope.condition(2);
        let mut parameters = vec![Cell::from(id.as_str())];
        parameters.extend(more);
        let rest = format!("WHERE id = $1 AND {condition}");
        Ok(select(sql, &rest, &parameters)?.into_iter().next())
    }

    /// The open cases of a procedure about a subject.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn open_of(
        sql: &impl Sql,
        procedure: &ProcedureId,
        subject: Option<&str>,
    ) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE procedure = $1 AND closed = 0 AND \
                    COALESCE(enterprise, region, '') = COALESCE(CAST($2 AS TEXT), '') ORDER BY number";
        let subject = subject.map_or(Cell::Null, Cell::from);
        select(sql, rest, &[Cell::from(procedure.as_str()), subject])
    }

    /// The cases that a case opened.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn children(sql: &impl Sql, parent: &CaseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE parent = $1 ORDER BY number, id";
        select(sql, rest, &[Cell::from(parent.as_str())])
    }

    /// Cases in a scope that pass a filter, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn list(
        sql: &impl Sql,
        scope: &CaseScope,
        filter: &CaseFilter,
        limit: i64,
    ) -> Result<Vec<Self>, StoreError> {
        let optional = |text: Option<String>| text.map_or(Cell::Null, Cell::Text);
        let mut parameters = vec![
            optional(filter.procedure.as_ref().map(ToString::to_string)),
            optional(filter.turn.clone()),
            optional(filter.overdue.map(|day| day.to_string())),
            optional(filter.enterprise.as_ref().map(ToString::to_string)),
            filter.before.map_or(Cell::Null, Cell::Integer),
            Cell::Integer(limit),
        ];
        let open = if filter.open || filter.overdue.is_some() { "closed = 0" } else { "1 = 1" };
        let (condition, more) = scope.condition(7);
        parameters.extend(more);
        let rest = format!(
            "WHERE (CAST($1 AS TEXT) IS NULL OR procedure = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR turn = $2) \
             AND (CAST($3 AS TEXT) IS NULL OR due < $3) \
             AND (CAST($4 AS TEXT) IS NULL OR enterprise = $4) \
             AND (CAST($5 AS BIGINT) IS NULL OR number < $5) \
             AND {open} AND {condition} ORDER BY number DESC, id LIMIT $6"
        );
        select(sql, &rest, &parameters)
    }
}

impl CaseAct {
    /// The acts of a case, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, case: &CaseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE case_id = $1 ORDER BY number";
        select(sql, rest, &[Cell::from(case.as_str())])
    }

    /// The acts that an entry made.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn by_entry(sql: &impl Sql, entry: i64) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE entry = $1 ORDER BY case_id, number";
        select(sql, rest, &[Cell::Integer(entry)])
    }
}

impl CasePaper {
    /// The papers of a case, in the order of the acts.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, case: &CaseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE case_id = $1 ORDER BY number";
        select(sql, rest, &[Cell::from(case.as_str())])
    }
}

impl NoticeRow {
    /// The notice of an id.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn find(sql: &impl Sql, id: &str) -> Result<Option<Self>, StoreError> {
        find(sql, &[Cell::from(id)])
    }

    /// The last serial of a kind and year; 0 before the first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn last_serial(sql: &impl Sql, kind: &NoticeId, year: i64) -> Result<i64, StoreError> {
        let rest = "WHERE kind = $1 AND year = $2 ORDER BY serial DESC LIMIT 1";
        let found: Vec<Self> =
            select(sql, rest, &[Cell::from(kind.as_str()), Cell::Integer(year)])?;
        Ok(found.first().map_or(0, |last| last.serial))
    }

    /// The notices of a case, in order.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn of(sql: &impl Sql, case: &CaseId) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE case_id = $1 ORDER BY act, id";
        select(sql, rest, &[Cell::from(case.as_str())])
    }
}

impl Membership {
    /// All stays of a member, the last one first.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn stays(
        sql: &impl Sql,
        register: &RegisterId,
        member: &str,
    ) -> Result<Vec<Self>, StoreError> {
        let rest = "WHERE register = $1 AND member = $2 ORDER BY stay DESC";
        select(sql, rest, &[Cell::from(register.as_str()), Cell::from(member)])
    }

    /// Who stands on a register on a day; without a day, now.
    ///
    /// # Errors
    /// When the engine fails or a cell is impossible.
    pub fn on(
        sql: &impl Sql,
        register: &RegisterId,
        day: Option<Date>,
    ) -> Result<Vec<Self>, StoreError> {
        let day = day.map_or(Cell::Null, |day| Cell::Text(day.to_string()));
        let rest = "WHERE register = $1 AND (CASE WHEN CAST($2 AS TEXT) IS NULL THEN until IS NULL \
                    ELSE since <= $2 AND (until IS NULL OR until > $2) END) ORDER BY member, stay";
        select(sql, rest, &[Cell::from(register.as_str()), day])
    }
}
