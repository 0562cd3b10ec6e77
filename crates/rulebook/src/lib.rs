//! The rule language: parse, resolve, check units, evaluate with trace; packs, documents and clauses.
