//! The pages over HTTP, on loopback: binding, shutting down, and what stands before every page.
//!
//! Until there is sign-in, everybody who reaches the server is one demonstration actor. So it
//! starts only on a loopback address and only for a book of demonstration data, and it answers
//! only requests that name a loopback host (a web page elsewhere could otherwise have its own
//! name point here).

mod asked;
mod guard;
mod log;
mod receipt;
mod site;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use tanheng_app::{Book, Failure};
use tanheng_base::{Code, Problem, Text};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

pub use site::Report;
use site::Site;

/// The longest body that is read: a receipt of some megabytes, encoded as a form.
const MAX_BODY: usize = 8 << 20;
/// After this a request is given up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Threads that read the database and draw pages.
const READERS: usize = 8;

/// A server that is bound and not yet running.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    site: Arc<Site>,
}

impl Server {
    /// Binds a server for a book. `report` is told what went wrong inside; visitors are not.
    ///
    /// # Errors
    /// `server.not_loopback`, `server.not_demonstration`, `server.address` when the address
    /// cannot be had, or a failure of storage.
    pub fn bind(book: &Book, listen: SocketAddr, report: Report) -> Result<Self, Failure> {
        if !listen.ip().is_loopback() {
            return Err(not_loopback(listen));
        }
        let site = Site::new(book, report)?;
        if !site.is_demonstration()? {
            return Err(not_demonstration());
        }
        let listener = TcpListener::bind(listen).map_err(|error| unavailable(listen, &error))?;
        let address = listener.local_addr().map_err(|error| unavailable(listen, &error))?;
        Ok(Self { listener, address, site: Arc::new(site) })
    }

    /// The address it is bound to, with the port that the system chose for port 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `shutdown` is ready, then finishes those under way.
    ///
    /// # Errors
    /// When the system refuses threads or the listener.
    pub fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), Failure> {
        let refused = |error: std::io::Error| unavailable(self.address, &error);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(READERS)
            .enable_all()
            .build()
            .map_err(refused)?;
        // `self.site` outlives the runtime: clients of a database end on this thread, never on
        // a worker, where ending one would panic.
        let router = guarded(pages(&self.site), Arc::clone(&self.site));
        runtime
            .block_on(async move {
                self.listener.set_nonblocking(true)?;
                let listener = tokio::net::TcpListener::from_std(self.listener)?;
                axum::serve(listener, router).with_graceful_shutdown(shutdown).await
            })
            .map_err(|error| unavailable(self.address, &error))
    }
}

/// Serves a book until the process is interrupted. `ready` gets the address once it is bound.
///
/// # Errors
/// As [`Server::bind`] and [`Server::run`].
pub fn serve(
    book: &Book,
    listen: SocketAddr,
    report: Report,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Failure> {
    let server = Server::bind(book, listen, report)?;
    ready(server.address());
    server.run(interrupted())
}

/// Tells what went wrong inside to whoever runs the server.
pub fn to_stderr(text: &str) {
    use std::io::Write;
    // what cannot be written there cannot be told anywhere
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// Ready when the process is asked to stop.
async fn interrupted() {
    let keyboard = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = keyboard => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(keyboard.await);
}

/// The pages and what they are drawn with.
fn pages(site: &Arc<Site>) -> Router {
    Router::new()
        .route("/assets/style.css", axum::routing::get(guard::style))
        .route("/assets/mark.svg", axum::routing::get(guard::mark))
        .fallback(site::answer)
        .with_state(Arc::clone(site))
}

/// What stands before the pages, the outermost last.
fn guarded(pages: Router, site: Arc<Site>) -> Router {
    let on_panic = {
        let site = Arc::clone(&site);
        move |_: Box<dyn std::any::Any + Send>| site::panicked(&site)
    };
    pages
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&site), guard::check))
        .layer(axum::middleware::map_response(guard::headers))
}

fn not_loopback(listen: SocketAddr) -> Failure {
    Failure::refuse(
        "server.not_loopback",
        Text::new(
            format!("`{listen}` 不是本机回环地址；尚无登录功能，服务只能在本机开放"),
            format!(
                "`{listen}` is no loopback address; without sign-in the server is open on this machine only"
            ),
        ),
        Text::new(
            "请使用 127.0.0.1 或 [::1]，例如 --listen 127.0.0.1:8022",
            "use 127.0.0.1 or [::1], for example --listen 127.0.0.1:8022",
        ),
    )
}

fn not_demonstration() -> Failure {
    Failure::refuse(
        "server.not_demonstration",
        Text::new(
            "该账簿不是示例数据；尚无登录功能，只能浏览示例账簿",
            "the book holds real data; without sign-in only demonstration books are served",
        ),
        Text::new(
            "请用 tanheng demo 生成示例账簿，或用命令行查阅此账簿",
            "make an example book with tanheng demo, or use the command line for this one",
        ),
    )
}

fn unavailable(listen: SocketAddr, error: &std::io::Error) -> Failure {
    Failure::from(Problem::new(
        Code("server.address"),
        Text::new(
            format!("无法在 `{listen}` 提供服务：{error}"),
            format!("cannot serve on `{listen}`: {error}"),
        ),
        Text::new(
            "请用 --listen 换一个端口，或停止占用该端口的程序",
            "name another port with --listen, or stop the program that uses it",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    /// A bug in a page gives a page of its own, with all headers and nothing of its inside.
    #[test]
    fn a_panic_shows_nothing_of_itself() {
        let folder = tempfile::tempdir().unwrap();
        let book = Book::create(folder.path()).unwrap();
        let site = Arc::new(Site::new(&book, |_| ()).unwrap());
        async fn boom() -> &'static str {
            panic!("a secret of the inside")
        }
        let broken = pages(&site).route("/boom", axum::routing::get(boom));
        let router = guarded(broken, site);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                listener.set_nonblocking(true).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        let mut stream = TcpStream::connect(address).unwrap();
        let request = "GET /boom HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.contains("content-security-policy: default-src 'none';"), "{answer}");
        assert!(answer.contains("</html>") && !answer.contains("secret"), "{answer}");
    }
}
