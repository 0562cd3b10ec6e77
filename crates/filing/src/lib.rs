//! Forms as data, filings, versions and checks.
