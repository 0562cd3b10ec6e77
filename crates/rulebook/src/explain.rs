//! A calculation as a carbon accountant writes it.
