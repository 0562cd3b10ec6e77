//! The casebook of a rulebook: its forms, procedures, registers, calendar and rehearsals, read
//! together and compared with one another.

mod cross;

use std::collections::BTreeMap;

use tanheng_base::{FormId, Problem, ProcedureId, RegisterId};
use tanheng_rulebook::Rulebook;

use crate::calendar::{Calendar, CalendarYear};
use crate::fault;
use crate::form::Form;
use crate::procedure::Procedure;
use crate::register::Register;
use crate::rehearsal::Rehearsal;

/// Everything of a rulebook by which cases run.
#[derive(Debug, Clone, Default)]
pub struct Casebook {
    forms: BTreeMap<FormId, Form>,
    procedures: BTreeMap<ProcedureId, Procedure>,
    registers: BTreeMap<RegisterId, Register>,
    /// Working days.
    pub calendar: Calendar,
    /// Worked cases of procedures, each with its file.
    pub rehearsals: Vec<(String, Rehearsal)>,
    /// Where a form, procedure or register stands, by its id.
    places: BTreeMap<String, String>,
}

/// Something wrong with a file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// Pack and path.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
}

impl Casebook {
    /// The casebook of a rulebook, compared with its documents, methods and parameters.
    ///
    /// # Errors
    /// Everything wrong with any file, at once.
    pub fn of(book: &Rulebook) -> Result<Self, Vec<FileFault>> {
        let files = book.files("").map(|(pack, path, text)| (format!("{pack}/{path}"), path, text));
        let (casebook, mut faults) = Self::read(files);
        faults.extend(cross::with_rulebook(&casebook, book));
        if faults.is_empty() { Ok(casebook) } else { Err(faults) }
    }

    /// A casebook of files alone, without a rulebook to compare with.
    ///
    /// # Errors
    /// Everything wrong with any file, at once.
    pub fn of_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<FileFault>> {
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), path, text));
        let (casebook, faults) = Self::read(files);
        if faults.is_empty() { Ok(casebook) } else { Err(faults) }
    }

    fn read<'a>(files: impl Iterator<Item = (String, &'a str, &'a str)>) -> (Self, Vec<FileFault>) {
        let mut casebook = Self::default();
        let mut faults = Vec::new();
        for (whole, path, text) in files {
            let Some((kind, _)) = path.split_once('/') else { continue };
            if !path.ends_with(".toml") {
                continue;
            }
            let read = match kind {
                "forms" => casebook.add_form(&whole, text),
                "procedures" => casebook.add_procedure(&whole, text),
                "registers" => casebook.add_register(&whole, text),
                "calendar" => casebook.add_year(text),
                "rehearsals" => casebook.add_rehearsals(&whole, text),
                _ => Ok(()),
            };
            let wrong = read.err().unwrap_or_default();
            faults.extend(
                wrong.into_iter().map(|problem| FileFault { path: whole.clone(), problem }),
            );
        }
        if faults.is_empty() {
            faults = cross::among(&casebook);
        }
        (casebook, faults)
    }

    fn place(
        &mut self,
        id: &str,
        path: &str,
        code: tanheng_base::Code,
    ) -> Result<(), Vec<Problem>> {
        match self.places.insert(id.to_owned(), path.to_owned()) {
            None => Ok(()),
            Some(first) => {
                let (zh, en) =
                    (format!("`{id}` 已在 {first} 定义"), format!("`{id}` is defined in {first}"));
                Err(vec![fault::problem(code, &zh, &en)])
            }
        }
    }

    fn add_form(&mut self, path: &str, text: &str) -> Result<(), Vec<Problem>> {
        let form = Form::parse(text)?;
        self.place(form.id.as_str(), path, crate::code::DEFINITION)?;
        self.forms.insert(form.id.clone(), form);
        Ok(())
    }

    fn add_procedure(&mut self, path: &str, text: &str) -> Result<(), Vec<Problem>> {
        let procedure = Procedure::parse(text)?;
        self.place(procedure.id.as_str(), path, fault::PROCEDURE)?;
        self.procedures.insert(procedure.id.clone(), procedure);
        Ok(())
    }

    fn add_register(&mut self, path: &str, text: &str) -> Result<(), Vec<Problem>> {
        let register = Register::parse(text)?;
        self.place(register.id.as_str(), path, fault::REGISTER)?;
        self.registers.insert(register.id.clone(), register);
        Ok(())
    }

    fn add_year(&mut self, text: &str) -> Result<(), Vec<Problem>> {
        let year = CalendarYear::parse(text)?;
        let number = year.year;
        if self.calendar.add(year) {
            return Ok(());
        }
        let en = format!("the year {number} has two calendars");
        Err(vec![fault::problem(fault::CALENDAR, "该年有两份日历", &en)])
    }

    fn add_rehearsals(&mut self, path: &str, text: &str) -> Result<(), Vec<Problem>> {
        let read = Rehearsal::parse_all(text)?;
        self.rehearsals.extend(read.into_iter().map(|one| (path.to_owned(), one)));
        Ok(())
    }

    /// The forms, by id.
    pub fn forms(&self) -> impl Iterator<Item = &Form> {
        self.forms.values()
    }

    /// A form.
    #[must_use]
    pub fn form(&self, id: &FormId) -> Option<&Form> {
        self.forms.get(id)
    }

    /// The procedures, by id.
    pub fn procedures(&self) -> impl Iterator<Item = &Procedure> {
        self.procedures.values()
    }

    /// A procedure.
    #[must_use]
    pub fn procedure(&self, id: &ProcedureId) -> Option<&Procedure> {
        self.procedures.get(id)
    }

    /// The registers, by id.
    pub fn registers(&self) -> impl Iterator<Item = &Register> {
        self.registers.values()
    }

    /// A register.
    #[must_use]
    pub fn register(&self, id: &RegisterId) -> Option<&Register> {
        self.registers.get(id)
    }

    fn path_of(&self, id: &str) -> String {
        self.places.get(id).cloned().unwrap_or_default()
    }
}
