//! Checks of a rulebook as a whole: dates, citations, regions, formulas, rules.

mod dates;



mod references;



use crate::book::Rulebook;
use crate::read::Sink;

/// Everything that can be found without evaluating a case.
pub(crate) fn book(book: &Rulebook, sink: &Sink) {
    references::check(book, sink);
    dates::check(book, sink);

}
