//! Pages from a book whose database is on a server that comes and goes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use tanheng_testkit::postgres::Server;
use tempfile::TempDir;

use crate::tanheng;

/// A running server of pages, and where it listens.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap().trim().trim_end_matches('/');
        Self { child, address: address.to_owned() }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks the process to end; what it wrote to standard error.
    fn end(mut self) -> String {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(asked.unwrap().success());
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{told}");
        told
    }
}

#[test]
fn pages_come_again_when_the_database_does() {
    let Some(server) = Server::of_its_own() else { return };
    let folder = TempDir::new().unwrap();
    let database = server.fresh_database();
    let book = tanheng(folder.path()).on(Some(database.clone()));
    let played = book.run(&["demo", "--no-serve", "--enterprises", "3", "--seed", "1"]);
    assert_eq!(played.code, Some(0), "{played:?}");

    // The folder knows where its database is.
    let serving = Serving::start(book.on(None).command(&["serve", "--listen", "127.0.0.1:0"]));
    let found = |path: &str| serving.get(path).starts_with("HTTP/1.1 200 ");
    let all = ["/en/", "/en/enterprises", "/en/log", "/en/enterprises?text=%00"];
    assert!(all.iter().all(|path| found(path)), "{}", serving.get("/en/"));
    server.end_connections(&database);
    assert!(all.iter().all(|path| found(path)), "a connection that was ended is made again");
    server.stop();
    let away = serving.get("/en/enterprises");
    assert!(away.starts_with("HTTP/1.1 503 ") && away.contains("</html>"), "{away}");
    assert!(!away.contains(&server.folder().display().to_string()), "{away}");
    server.start();
    assert!(all.iter().all(|path| found(path)), "nothing has to be started again");
    let told = serving.end();
    assert!(told.contains("cannot be reached") && !told.contains("panic"), "{told}");
}
