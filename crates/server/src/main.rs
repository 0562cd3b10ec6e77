//! The `tanheng` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    tanheng_server::cli::main()
}
