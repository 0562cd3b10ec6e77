//! Reporting entities, sources, the four figures, classes, obligations, delta to the last accepted version.
