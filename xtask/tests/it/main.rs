//! Each check finds what it is for, in a tree made up for the test; and the workspace itself is
//! tidy.

mod edges;
mod pages;
mod run;
mod sources;
mod support;
mod workspace;
