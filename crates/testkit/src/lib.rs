//! Fixed clock, builders, auditor model and process harness, for tests only.
