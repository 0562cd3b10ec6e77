//! Whatever is changed in the database behind the book's back is found.
