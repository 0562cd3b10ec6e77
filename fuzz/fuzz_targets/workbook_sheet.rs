//! `workbook_sheet` of crates/fuzzing.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tanheng_fuzzing::workbook_sheet(data));
