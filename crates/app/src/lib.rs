//! Use cases, executor and journal, policy table, the example province.
