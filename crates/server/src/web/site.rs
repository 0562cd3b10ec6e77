//! Answers: reads the book on plain threads, draws the page, says what went wrong.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tanheng_app::read::Reader;
use tanheng_app::read::province::Province;
use tanheng_app::read::record::{CaseFilter, EnterpriseFilter, RulebookPurpose};
use tanheng_app::{Book, Failure, Rulebooks};
use tanheng_base::{Actor, Date, Lang, Problem, Role, Scope, Text, Year};

use super::asked::{Asked, Target};
use super::receipt;
use crate::address::{Address, Subject};
use crate::i18n::Words;
use crate::page::case::{CasePage, CasesPage};
use crate::page::enterprise::{ListPage as EnterprisesPage, OnePage};
use crate::page::error::ErrorPage;
use crate::page::figure::{LinePage, MonthPage, YearPage};
use crate::page::frame::{BookState, View};
use crate::page::log::{EntryPage, LogPage, ReceiptPage};
use crate::page::procedure::{ProcedurePage, ProceduresPage};
use crate::page::province::ProvincePage;
use crate::page::register::{ListPage, RegisterPage, RegistersPage};
use crate::page::rulebook::{
    DocumentPage, DocumentsPage, IndexPage, MethodPage, MethodsPage, ParameterPage, ParametersPage,
    Published, Reading, TablePage, TablesPage,
};
use crate::page::{Page, case, enterprise, link_exports, log};

/// Is told what went wrong inside.
pub type Report = fn(&str);

/// Rows of an export at most.
const EXPORT: usize = 1_000_000;

/// What the server knows.
pub(super) struct Site {
    book: Book,
    rulebooks: Arc<Rulebooks>,
    actor: Actor,
    readers: Mutex<Vec<Reader>>,
    /// The sums of the province as of a size of the log: nothing else changes them.
    province: Mutex<Option<(Key, Arc<Province>)>>,
    report: Report,
}

type Key = (u64, Option<Year>, Date);

impl Site {
    pub(super) fn new(book: &Book, report: Report) -> Result<Self, Failure> {
        Ok(Self {
            book: book.clone(),
            rulebooks: Arc::new(Rulebooks::default()),
            actor: demonstrator()?,
            readers: Mutex::new(Vec::new()),
            province: Mutex::new(None),
            report,
        })
    }

    pub(super) fn is_demonstration(&self) -> Result<bool, Failure> {
        self.with_reader(Reader::is_demonstration)
    }

    /// Runs `work` with a reader that nobody else uses meanwhile. A reader whose work panicked
    /// is not used again.
    fn with_reader<T>(
        &self,
        work: impl FnOnce(&Reader) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => Reader::open(&self.book, Arc::clone(&self.rulebooks), self.actor.clone())?,
        };
        let result = work(&reader);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        result
    }

    fn province(&self, reader: &Reader, key: Key) -> Result<Arc<Province>, Failure> {
        let known = self.province.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((own, province)) = known
            && own == key
        {
            return Ok(province);
        }
        let province = Arc::new(reader.province(key.1, key.2)?);
        let kept = (key, Arc::clone(&province));
        *self.province.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(province)
    }
}

/// Who everybody is until there is sign-in: the province's own eyes, on example data only.
fn demonstrator() -> Result<Actor, Failure> {
    let id = "demonstration".parse();
    let id = id.map_err(|error: tanheng_base::IdError| Failure::Evidence(error.to_string()))?;
    Ok(Actor { id, role: Role::Province, scope: Scope::Province })
}

/// Answers a request.
pub(super) async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    let asked = Asked::read(request.uri(), request.headers());
    let page = match (request.method(), &asked.target) {
        (&Method::GET | &Method::HEAD, _) => None,
        (&Method::POST, Target::Page { address, csv: false })
            if address.subject == Subject::Receipt =>
        {
            match body(request).await {
                Ok(text) => Some(text),
                Err((status, name)) => return explain(&site, asked, status, name).await,
            }
        }
        _ => return explain(&site, asked, StatusCode::METHOD_NOT_ALLOWED, "method").await,
    };
    let inner = Arc::clone(&site);
    blocking(&site, move || inner.respond(&asked, page.as_deref())).await
}

/// The pasted receipt.
async fn body(request: Request) -> Result<String, (StatusCode, &'static str)> {
    let bytes = axum::body::Bytes::from_request(request, &())
        .await
        .map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "too-large"))?;
    receipt::field(&bytes, "receipt").ok_or((StatusCode::UNPROCESSABLE_ENTITY, "bad-form"))
}

/// Runs work off the async workers: no database client is ever used on one.
async fn blocking(site: &Arc<Site>, work: impl FnOnce() -> Response + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => panicked(site),
        },
    }
}

/// The answer after a bug: nothing of its inside. It needs neither book nor thread.
pub(super) fn panicked(site: &Site) -> Response {
    (site.report)("a page panicked");
    let view = bare_view(Lang::Zh);
    let page = ErrorPage::new(&view, "failed", &[]);
    html(StatusCode::INTERNAL_SERVER_ERROR, &page)
}

/// The name of the page for a status that a layer gave without one.
pub(super) fn refuse_page(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::FORBIDDEN => Some("cross-site"),
        StatusCode::PAYLOAD_TOO_LARGE => Some("too-large"),
        StatusCode::METHOD_NOT_ALLOWED => Some("method"),
        StatusCode::SERVICE_UNAVAILABLE => Some("slow"),
        status if status.is_client_error() => Some("not-found"),
        status if status.is_server_error() => Some("failed"),
        _ => None,
    }
}

/// A page that says why there is none. It reads nothing: the reason may be the book itself.
pub(super) async fn explain(
    site: &Arc<Site>,
    asked: Asked,
    status: StatusCode,
    name: &'static str,
) -> Response {
    let site = Arc::clone(site);
    let inner = Arc::clone(&site);
    blocking(&site, move || inner.error(&asked, status, name, &[])).await
}

fn bare_view(lang: Lang) -> View {
    View {
        words: Words::new(lang),
        address: Address::new(lang, Subject::Province),
        query: Vec::new(),
        book: BookState {
            demonstration: true,
            place: Text::new("", ""),
            rulebook: None,
            log_size: 0,
            as_of: String::new(),
        },
    }
}

fn html(status: StatusCode, page: &dyn Page) -> Response {
    match page.html() {
        Ok(text) => {
            (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn file(name: &str, kind: &'static str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, text).into_response()
}

/// A page that was found, or that there is none.
type Found = Result<Option<Box<dyn Page>>, Failure>;

fn boxed<P: Page + 'static>(page: Option<P>) -> Option<Box<dyn Page>> {
    page.map(|page| Box::new(page) as Box<dyn Page>)
}

impl Site {
    fn respond(&self, asked: &Asked, posted: Option<&str>) -> Response {
        let result = match &asked.target {
            Target::Redirect(to) => return redirect(to),
            Target::Nothing => Ok(None),
            Target::Page { address, csv } => self.page(asked, address, *csv, posted),
            Target::Receipt(sequence) => self.with_reader(|reader| {
                let name = format!("receipt-{sequence}.json");
                let text = reader.receipt(*sequence)?;
                Ok(text.map(|text| file(&name, "application/json", text)))
            }),
            Target::Log(public) => {
                self.with_reader(|reader| public.answer(reader, asked.value("size")))
            }
            Target::Key => self
                .book
                .verifier_key()
                .map(|key| Some(file("log.pub", "text/plain; charset=utf-8", format!("{key}\n")))),
        };
        match result {
            Ok(Some(response)) => response,
            Ok(None) => self.error(asked, StatusCode::NOT_FOUND, "not-found", &[]),
            Err(failure) => self.failed(asked, &failure),
        }
    }

    fn page(
        &self,
        asked: &Asked,
        address: &Address,
        csv: bool,
        posted: Option<&str>,
    ) -> Result<Option<Response>, Failure> {
        self.with_reader(|reader| {
            let work = Work { site: self, reader, asked, address, csv };
            let view = work.view()?;
            let page = match posted {
                Some(text) => work.receipt(&view, Some(text)).map(Some)?,
                None => work.find(&view)?,
            };
            let Some(mut page) = page else { return Ok(None) };
            if csv {
                return Ok(export(&view, page.as_mut()));
            }
            link_exports(&view, page.as_mut());
            Ok(Some(html(StatusCode::OK, page.as_ref())))
        })
    }

    fn failed(&self, asked: &Asked, failure: &Failure) -> Response {
        let problems = failure.problems();
        let Some(first) = problems.first() else {
            (self.report)(&failure.to_string());
            let status = match failure.is_passing() {
                true => StatusCode::SERVICE_UNAVAILABLE,
                false => StatusCode::INTERNAL_SERVER_ERROR,
            };
            return self.error(asked, status, "failed", &[]);
        };
        let (status, name) = match first.code.0 {
            "policy.not_allowed" => (StatusCode::FORBIDDEN, "forbidden"),
            "receipt.erased" => (StatusCode::GONE, "refused"),
            _ => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
        };
        self.error(asked, status, name, problems)
    }

    fn error(
        &self,
        asked: &Asked,
        status: StatusCode,
        name: &str,
        problems: &[Problem],
    ) -> Response {
        let mut view = bare_view(asked.lang);
        if let Ok(state) = self.with_reader(|reader| book_state(reader, asked.as_of())) {
            view.book = state;
        }
        html(status, &ErrorPage::new(&view, name, problems))
    }
}

fn redirect(to: &str) -> Response {
    let headers = [(header::LOCATION, to.to_owned()), (header::VARY, "accept-language".to_owned())];
    (StatusCode::FOUND, headers, Body::empty()).into_response()
}

/// The table that was asked for, by default the main one.
fn export(view: &View, page: &mut dyn Page) -> Option<Response> {
    let wanted = view.asked("table").map(str::to_owned);
    let tables = page.tables();
    let table = match &wanted {
        None => tables.into_iter().next()?,
        Some(name) => tables.into_iter().find(|table| table.id == *name)?,
    };
    let name = view.address.subject.to_string().replace('/', "-");
    let name = if name.is_empty() { "province".to_owned() } else { name };
    Some(file(&format!("{name}-{}.csv", table.id), "text/csv; charset=utf-8", table.to_csv()))
}

fn book_state(reader: &Reader, as_of: Option<Date>) -> Result<BookState, Failure> {
    let reach = reader.reach()?;
    let law = reader.rulebook(None)?;
    let place = law.as_deref().and_then(|law| {
        let own = law.packs().last()?;
        law.region(own.jurisdiction.as_str()).map(|region| region.name.clone())
    });
    let as_of = as_of.or(reach.last_day);
    Ok(BookState {
        demonstration: reader.is_demonstration()?,
        place: place.unwrap_or_else(|| Text::new("", "")),
        rulebook: law.map(|law| law.version().to_string()),
        log_size: reach.entries,
        as_of: as_of.map_or_else(String::new, |day| day.to_string()),
    })
}

/// One page being made.
struct Work<'a> {
    site: &'a Site,
    reader: &'a Reader,
    asked: &'a Asked,
    address: &'a Address,
    csv: bool,
}

impl Work<'_> {
    fn view(&self) -> Result<View, Failure> {
        Ok(View {
            words: Words::new(self.address.lang),
            address: self.address.clone(),
            query: self.asked.query.clone(),
            book: book_state(self.reader, self.asked.as_of())?,
        })
    }

    /// The day for which the page speaks: asked for, or that of the last entry.
    fn day(&self) -> Result<Date, Failure> {
        let asked = self.asked.as_of();
        let day = asked.or(self.reader.reach()?.last_day);
        day.ok_or(Failure::Stopped)
    }

    fn find(&self, view: &View) -> Found {
        match &self.address.subject {
            Subject::Province
            | Subject::Enterprises
            | Subject::Enterprise(_)
            | Subject::Year(..)
            | Subject::Month(..)
            | Subject::Ledger(..)
            | Subject::Line(..) => self.figures(view),
            Subject::Registers | Subject::List(_) | Subject::Log | Subject::Entry(_) => {
                self.records(view)
            }
            Subject::Cases
            | Subject::Case(_)
            | Subject::Procedures
            | Subject::Procedure(_)
            | Subject::Register(_) => self.casework(view),
            Subject::Receipt if self.csv => Ok(None),
            Subject::Receipt => self.receipt(view, None).map(Some),
            _ => self.rulebook(view),
        }
    }

    fn figures(&self, view: &View) -> Found {
        let reader = self.reader;
        let law = reader.rulebook(None)?;
        let law = law.as_deref();
        Ok(match &self.address.subject {
            Subject::Enterprises => {
                let limit = if self.csv { EXPORT } else { enterprise::PAGE };
                let Some(filter) = self.filter() else { return Ok(None) };
                let list = reader.enterprises(&filter, limit)?;
                boxed(Some(EnterprisesPage::new(view, law, &list)))
            }
            Subject::Enterprise(id) => {
                let found = reader.enterprise(id)?;
                let shelf = |version: &str| reader.rulebook(Some(version)).ok().flatten();
                let page = found.map(|found| OnePage::new(view, law, &shelf, &found));
                boxed(page.transpose()?)
            }
            Subject::Year(id, year) => {
                let found = reader.enterprise(id)?;
                boxed(found.and_then(|found| YearPage::new(view, &found, *year)))
            }
            Subject::Month(id, month) => {
                let ledger = reader.ledger(id, *month, None)?;
                boxed(ledger.map(|ledger| MonthPage::new(view, &ledger)))
            }
            Subject::Ledger(id, month, version) => {
                let ledger = reader.ledger(id, *month, Some(*version))?;
                boxed(ledger.map(|ledger| MonthPage::new(view, &ledger)))
            }
            Subject::Line(id, month, version, row) => {
                let line = reader.ledger_line(id, *month, *version, *row)?;
                boxed(line.map(|line| LinePage::new(view, &line)))
            }
            _ => {
                let year = self.asked.value("year").and_then(|year| year.parse().ok());
                let key = (view.book.log_size, year, self.day()?);
                let province = self.site.province(reader, key)?;
                boxed(Some(ProvincePage::new(view, law, &province)))
            }
        })
    }

    /// The filter of the list; `None` when a code is none.
    fn filter(&self) -> Option<EnterpriseFilter> {
        let asked = self.asked;
        Some(EnterpriseFilter {
            region: asked.value("region").map(str::parse).transpose().ok()?,
            industry: asked.value("industry").map(str::parse).transpose().ok()?,
            text: asked.value("text").map(str::to_owned),
            after: match self.csv {
                true => None,
                false => asked.value("after").map(str::parse).transpose().ok()?,
            },
        })
    }

    fn records(&self, view: &View) -> Found {
        let reader = self.reader;
        Ok(match &self.address.subject {
            Subject::List(id) => {
                let law = reader.rulebook(None)?;
                let found = reader.list(id)?;
                let page =
                    found.map(|(list, lines)| ListPage::new(view, law.as_deref(), &list, &lines));
                boxed(page)
            }
            Subject::Log => {
                let before = self.asked.value("before").and_then(|text| text.parse().ok());
                let all = u64::try_from(EXPORT).unwrap_or(u64::MAX);
                let (before, limit) = if self.csv { (None, all) } else { (before, log::PAGE) };
                let found = reader.log(before, limit)?;
                boxed(Some(LogPage::new(view, &found, before)))
            }
            Subject::Entry(sequence) => {
                let entry = reader.entry(*sequence)?;
                boxed(entry.map(|entry| EntryPage::new(view, &entry)))
            }
            _ => {
                let law = reader.rulebook(None)?;
                let (registers, by_cases) = (reader.registers()?, reader.case_registers()?);
                boxed(Some(RegistersPage::new(view, law.as_deref(), &registers, &by_cases)))
            }
        })
    }

    fn casework(&self, view: &View) -> Found {
        let reader = self.reader;
        let found = reader.casebook()?;
        Ok(match (&self.address.subject, found) {
            (Subject::Case(id), found) => {
                let law = found.map(|(law, _)| law);
                let case = reader.case(id)?;
                boxed(case.map(|case| CasePage::new(view, law.as_deref(), &case)))
            }
            (Subject::Procedures, Some((law, casebook))) => {
                let rehearsed = reader.rehearsed(&law)?;
                boxed(Some(ProceduresPage::new(view, &law, &casebook, &rehearsed)))
            }
            (Subject::Procedure(id), Some((law, casebook))) => {
                let own = casebook.procedure(id);
                boxed(own.map(|own| ProcedurePage::new(view, &law, own)))
            }
            (Subject::Register(id), Some((law, _))) => {
                let found = reader.case_register(id, self.asked.as_of())?;
                boxed(found.map(|found| RegisterPage::new(view, &law, &found)))
            }
            (Subject::Cases, _) => {
                let filter = CaseFilter {
                    open: self.asked.value("open").is_some(),
                    before: self.asked.value("before").and_then(|text| text.parse().ok()),
                    ..CaseFilter::default()
                };
                boxed(Some(CasesPage::new(view, &reader.cases(&filter, case::PAGE)?)))
            }
            _ => None,
        })
    }

    fn receipt(&self, view: &View, posted: Option<&str>) -> Result<Box<dyn Page>, Failure> {
        let key = self.reader.book().verifier_key()?.to_string();
        Ok(Box::new(match posted {
            None => ReceiptPage::empty(view, key),
            Some(text) => {
                let issued = receipt::as_issued(text);
                let found = tanheng_evidence::receipt::verify(&issued, Some(&key));
                ReceiptPage::answered(view, key, text, &found)
            }
        }))
    }

    fn rulebook(&self, view: &View) -> Found {
        let found = self.reader.rulebook(self.asked.value("version"))?;
        let Some(rulebook) = found.as_deref() else { return Ok(None) };
        let reading = Reading { view, rulebook, at: self.day()? };
        Ok(match &self.address.subject {
            Subject::Documents => boxed(Some(DocumentsPage::new(reading))),
            Subject::Document(id) => boxed(DocumentPage::new(reading, id)),
            Subject::Parameters => boxed(Some(ParametersPage::new(reading))),
            Subject::Parameter(id) => boxed(ParameterPage::new(reading, id)),
            Subject::Methods => boxed(Some(MethodsPage::new(reading))),
            Subject::Method(id) => boxed(MethodPage::new(reading, id)),
            Subject::Tables => boxed(Some(TablesPage::new(reading))),
            Subject::Table(id) => boxed(TablePage::new(reading, id)),
            _ => boxed(Some(self.index(reading)?)),
        })
    }

    fn index(&self, reading: Reading<'_>) -> Result<IndexPage, Failure> {
        let published = self.reader.published()?.into_iter().map(|one| Published {
            example: one.purpose == RulebookPurpose::Example,
            entry: u64::try_from(one.entry).unwrap_or_default(),
            version: one.version,
        });
        Ok(IndexPage::new(reading, &published.collect::<Vec<_>>()))
    }
}
