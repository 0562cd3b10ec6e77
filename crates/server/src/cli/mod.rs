//! The command line: one file per noun, one line per command in `commands!`.
//!
//! Exit codes: 0 when all is well, 1 when something is refused or differs, 2 when the command
//! itself is written wrongly. What scripts read goes to standard output, remarks go to standard
//! error.

mod audit;
mod bench;
mod book;
mod case;
mod check;
mod demo;
mod eval;
mod form;
mod ledger;
mod log;
mod procedure;
mod progress;
mod receipt;
mod register;
mod replay;
mod rulebook;
mod run;
mod serve;
mod session;
mod suggest;
mod summary;
mod words;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use tanheng_base::{Date, Lang};
use tanheng_rulebook::Style;

use session::{Exit, Failure, Session};

/// 碳衡：省级碳排放核算。Tanheng: provincial carbon accounting.
///
/// 规则随程序带有，不联网；每个数都能说出依据的条款。
/// The rules come with the program, nothing is fetched; every figure can name its clause.
#[derive(Debug, Parser)]
#[command(name = "tanheng", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    /// 输出语言。Language of the output.
    #[arg(long, global = true, value_enum, default_value_t = Language::Zh, help_heading = GLOBAL)]
    lang: Language,

    /// 从文件夹读规则包，代替程序自带的规则。Read rulebook packs from a folder instead of those
    /// built in.
    #[arg(long, global = true, value_name = "DIR", help_heading = GLOBAL)]
    rulebooks: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

const GLOBAL: &str = "通用选项 Options of every command";

const EXIT_CODES: &str = "\
退出码 exit codes:
  0  正常 all is well
  1  被拒绝或不一致 refused, or something differs
  2  命令写错 the command is written wrongly";

/// Declares the subcommands: a variant, and the arguments with their `run`.
macro_rules! commands {
    ($($name:ident($arguments:ty)),+ $(,)?) => {
        #[derive(Debug, Subcommand)]
        enum Command {
            $($name($arguments)),+
        }

        impl Command {
            fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
                match self {
                    $(Command::$name(arguments) => arguments.run(session)),+
                }
            }
        }
    };
}

commands! {
    Eval(eval::Eval),
    Rulebook(rulebook::Rulebook),
    Receipt(receipt::Receipt),
    Demo(demo::Demo),
    Serve(serve::Serve),
    Init(book::Init),
    Form(form::Forms),
    Check(check::Checks),
    Ledger(ledger::Ledger),
    Procedure(procedure::Procedure),
    Case(case::Case),
    Register(register::Register),
    Run(run::Run),
    Replay(replay::Replay),
    Audit(audit::Audit),
    Log(log::Log),
    Bench(bench::Bench),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Language {
    /// 中文 Chinese
    Zh,
    /// 英文 English
    En,
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let style = if out.is_terminal() && colours_wanted() { Style::Coloured } else { Style::Plain };
    run(std::env::args_os(), style, &mut out, &mut err)
}

#[expect(clippy::disallowed_methods, reason = "NO_COLOR is the user's wish for every program")]
fn colours_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn run(
    arguments: impl IntoIterator<Item = OsString>,
    style: Style,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            // a closed pipe is the reader's choice
            let _ = usage.print();
            return u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let lang = match cli.lang {
        Language::Zh => Lang::Zh,
        Language::En => Lang::En,
    };
    let mut session = Session::new(lang, cli.rulebooks, style, out, err);
    let exit = match cli.command.run(&mut session) {
        Ok(exit) => exit,
        Err(failure) => session.refuse(&failure),
    };
    match session.finish() {
        Ok(()) if exit == Exit::Done => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Reads a civil date; only the spelling `2022-12-31`.
fn read_date(text: &str) -> Result<Date, String> {
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    date.ok_or_else(|| "写日期如 2022-12-31; write a date such as 2022-12-31".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_declared_soundly() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_is_for() {
        fn visit(command: &clap::Command) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let chinese = about.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
            assert!(chinese && about.contains(' '), "`{}`: `{about}`", command.get_name());
            command
                .get_subcommands()
                .filter(|command| command.get_name() != "help")
                .for_each(visit);
        }
        visit(&Cli::command());
    }

    #[test]
    fn a_closed_pipe_ends_quietly_and_a_full_disk_does_not() {
        struct Broken(io::ErrorKind);
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(self.0.into())
            }
        }
        let list = || ["tanheng", "rulebook", "list"].map(OsString::from);
        let exit_with = |kind| run(list(), Style::Plain, &mut Broken(kind), &mut Vec::new());
        assert_eq!(exit_with(io::ErrorKind::BrokenPipe), ExitCode::SUCCESS);
        assert_eq!(exit_with(io::ErrorKind::StorageFull), ExitCode::FAILURE);
    }
}
