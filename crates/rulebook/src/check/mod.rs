//! Checks of a rulebook as a whole: dates, citations, regions, formulas, rules.

mod columns;
mod dates;
mod fills;
mod inputs;
mod method;
mod references;
mod rules;
mod samples;
mod typing;

use crate::book::Rulebook;
use crate::read::Sink;

/// Everything that can be found without a worked case.
pub(crate) fn book(book: &Rulebook, sink: &Sink) {
    references::check(book, sink);
    dates::check(book, sink);
    fills::check(book, sink);
    for method in book.methods() {
        if method::check(book, method, sink) {
            rules::check(book, method, sink);
        }
    }
}
