//! Exact decimals and bounded rationals, units as dimension vectors, rounding.
