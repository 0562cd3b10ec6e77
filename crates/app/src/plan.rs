//! Data-quality control plans (数据质量控制计划), in versions.

mod file;

pub use file::File;
