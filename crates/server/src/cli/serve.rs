//! `tanheng serve`: the pages of a demonstration book.

use std::net::SocketAddr;

use clap::Args;

use super::book::Data;
use super::session::{Exit, Failure, Session};
use crate::web;

/// 打开示例账簿的网页。Serve the pages of a demonstration book.
///
/// 尚无登录功能，只在本机回环地址、只对示例账簿开放。
/// There is no sign-in yet: on loopback only, for demonstration books only.
#[derive(Debug, Args)]
#[command(
    after_help = "例 example:\n  tanheng serve --data ./tanheng-data --listen 127.0.0.1:8022"
)]
pub(super) struct Serve {
    #[command(flatten)]
    data: Data,

    /// 监听地址，只允许本机。Address to serve on, loopback only.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8022")]
    listen: SocketAddr,
}

impl Serve {
    pub(super) fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        serve(&self.data, self.listen, session)
    }
}

/// Serves until the process is interrupted.
pub(super) fn serve(
    data: &Data,
    listen: SocketAddr,
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    web::serve(&data.book()?, listen, web::to_stderr, |address| {
        let words = session.pick("网页已打开（按 Ctrl-C 结束）", "pages are open (Ctrl-C ends)");
        session.line(format!("{words}: http://{address}/"));
        session.flush();
    })?;
    Ok(Exit::Done)
}
