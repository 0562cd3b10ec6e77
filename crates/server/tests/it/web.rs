//! The pages over real sockets on loopback, on a book that the demonstration made.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::LazyLock;

use tanheng_app::Book;
use tanheng_server::i18n::MISSING;
use tanheng_server::web::Server;
use tempfile::TempDir;

use crate::{html, tanheng_in};

/// A served book with a few example enterprises, made once for all tests of this module.
struct Site {
    address: SocketAddr,
    /// Keeps the book while tests run.
    _folder: TempDir,
}

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let made = tanheng_in(
        folder.path(),
        &["demo", "--enterprises", "14", "--no-serve", "--json", "--data", "book"],
    );
    assert_eq!(made.code, 0, "{}{}", made.out, made.err);
    let book = Book::open(&folder.path().join("book")).unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let server = Server::bind(&book, listen, |text| panic!("{text}")).unwrap();
    let address = server.address();
    std::thread::spawn(move || server.run(std::future::pending()));
    Site { address, _folder: folder }
});

/// An answer.
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

/// Sends a request as it stands and reads the whole answer.
fn send(request: &str) -> Answer {
    let mut stream = TcpStream::connect(SITE.address).unwrap();
    // a server that refuses early may close before everything is sent
    drop(stream.write_all(request.as_bytes()));
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes));
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let chunked = headers.get("transfer-encoding").is_some_and(|how| how == "chunked");
    assert!(!chunked, "the client of these tests reads no chunks");
    Answer { status, headers, body: body.to_owned() }
}

fn get(path: &str) -> Answer {
    get_with(path, "")
}

fn get_with(path: &str, headers: &str) -> Answer {
    let host = SITE.address;
    send(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n"))
}

fn post(path: &str, headers: &str, body: &str) -> Answer {
    let (host, length) = (SITE.address, body.len());
    send(&format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    ))
}

fn encoded(text: &str) -> String {
    let line_ends = text.replace('\n', "\r\n");
    line_ends.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn check_headers(path: &str, answer: &Answer) {
    let policy = &answer.headers["content-security-policy"];
    for wanted in [
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(wanted), "{path}: {policy}");
    }
    assert!(!policy.contains("script"), "{path}: {policy}");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
    assert_eq!(answer.headers["referrer-policy"], "same-origin", "{path}");
}

/// What kind of page an address is: ids and numbers taken out.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, ""), |(path, query)| (path, query));
    let parts = path.split('/').map(|part| {
        let (name, ending) = match part.strip_suffix(".csv") {
            Some(name) => (name, ".csv"),
            None => (part, ""),
        };
        let varies = name.contains(|c: char| c.is_ascii_digit() || c == '.' || c == '_');
        if varies { format!("*{ending}") } else { part.to_owned() }
    });
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    format!("{}?{}", parts.collect::<Vec<_>>().join("/"), names.collect::<Vec<_>>().join("&"))
}

#[test]
fn every_link_leads_to_a_page_in_both_languages() {
    let mut waiting: Vec<String> = vec!["/zh/".into(), "/en/".into()];
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut visited = std::collections::BTreeSet::new();
    while let Some(path) = waiting.pop() {
        let count = seen.entry(shape(&path)).or_default();
        // a few of each kind of page are as good as all
        if *count >= 4 || !visited.insert(path.clone()) {
            continue;
        }
        *count += 1;
        let answer = get(&path);
        assert_eq!(answer.status, 200, "{path}");
        check_headers(&path, &answer);
        let kind = &answer.headers["content-type"];
        if !kind.starts_with("text/html") {
            continue;
        }
        assert!(!answer.body.contains(MISSING), "{path}: a text is missing");
        assert_eq!(html::faults(&answer.body), Vec::<String>::new(), "{path}");
        assert!(answer.body.contains("class=\"ribbon\""), "{path}: no mark of example data");
        waiting.extend(html::links(&answer.body));
    }
    for wanted in [
        "/zh/?",
        "/en/enterprises?",
        "/zh/enterprises/*?",
        "/en/enterprises/*/*?",
        "/zh/enterprises/*/*/*?",
        "/en/enterprises/*/*/*/*?",
        "/zh/rulebook?",
        "/en/rulebook?version",
        "/zh/rulebook/documents/*?",
        "/en/rulebook/parameters/*?",
        "/zh/rulebook/methods/*?",
        "/en/rulebook/tables/*?",
        "/zh/registers?",
        "/en/lists/*?",
        "/zh/log?",
        "/en/log?before",
        "/zh/log/*?",
        "/en/receipt?",
        "/log/*/receipt?",
        "/log/checkpoint?",
        "/log/key?",
        "/en/index.csv?",
        "/zh/enterprises.csv?",
        "/en/enterprises/*.csv?table",
        "/zh/enterprises?region",
        "/en/enterprises?industry",
        "/assets/*?v",
    ] {
        assert!(seen.contains_key(wanted), "no page links to {wanted}: {seen:#?}");
    }
}

#[test]
fn what_is_not_there_is_a_page_that_says_so() {
    for path in [
        "/nothing",
        "/zh/nothing",
        "/en/enterprises/91350100M000100Y43",
        "/en/enterprises/91350100M000100Y43/2022-01/v1",
        "/zh/log/99999999",
        "/log/99999999/receipt",
        "/zh/rulebook/parameters/no.such",
        "/zh/rulebook?version=0000",
        "/zh/enterprises?region=+",
        "/zh/receipt.csv",
        "/zh/enterprises.csv?table=nothing",
        "/zh/..%2f..%2fetc",
    ] {
        let answer = get(path);
        assert_eq!(answer.status, 404, "{path}");
        check_headers(path, &answer);
        assert_eq!(html::faults(&answer.body), Vec::<String>::new(), "{path}");
        assert!(!answer.body.contains(MISSING), "{path}");
    }
    assert_eq!(post("/zh/", "", "").status, 405);
    let host = SITE.address;
    let deleted =
        send(&format!("DELETE /zh/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    assert_eq!(deleted.status, 405);
    check_headers("DELETE", &deleted);
}

#[test]
fn the_first_page_follows_the_browser() {
    let english = get_with("/", "Accept-Language: en-US,en;q=0.9\r\n");
    assert_eq!((english.status, english.headers["location"].as_str()), (302, "/en/"));
    assert_eq!(english.headers["vary"], "accept-language");
    assert_eq!(get("/").headers["location"], "/zh/");
    assert_eq!(get("/en").headers["location"], "/en/");
}

#[test]
fn only_this_machine_may_be_named() {
    for host in ["tanheng.example", "127.0.0.1.nip.io", "10.1.2.3:80", ""] {
        let answer =
            send(&format!("GET /zh/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert_eq!(answer.status, 421, "`{host}`");
        assert!(!answer.body.contains("tCO2e"), "`{host}`");
        check_headers(host, &answer);
    }
    for host in ["localhost", "localhost:1234", "[::1]:80", "127.0.0.1"] {
        let answer =
            send(&format!("GET /zh/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        assert_eq!(answer.status, 200, "`{host}`");
    }
}

#[test]
fn a_receipt_is_verified_and_every_change_is_noticed() {
    let receipt = get("/log/30/receipt");
    assert_eq!(receipt.status, 200);
    assert!(receipt.headers["content-disposition"].contains("receipt-30.json"));
    let ask = |text: &str| post("/en/receipt", "", &format!("receipt={}", encoded(text)));

    let good = ask(&receipt.body);
    assert_eq!(good.status, 200);
    assert!(good.body.contains("verdict-good"), "{}", html::text(&good.body));
    assert_eq!(html::faults(&good.body), Vec::<String>::new());

    for (from, to) in [
        ("\"sequence\": 30", "\"sequence\": 31"),
        ("\"kind\": \"", "\"kind\": \"x"),
        ("\"inclusion\"", "\"inclusions\""),
        ("示例", "实例"),
    ] {
        assert!(receipt.body.contains(from), "{from}");
        let bad = ask(&receipt.body.replacen(from, to, 1));
        assert!(bad.body.contains("verdict-bad"), "{from}");
        assert!(!bad.body.contains("verdict-good"), "{from}");
    }
    let hostile = ask("</textarea><script>alert(1)</script>");
    assert!(hostile.body.contains("verdict-bad"));
    assert_eq!(html::faults(&hostile.body), Vec::<String>::new());

    assert_eq!(post("/en/receipt", "", "nothing=1").status, 422);
}

#[test]
fn a_form_of_another_site_is_refused() {
    for foreign in [
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\nOrigin: http://other.localhost\r\n",
    ] {
        let answer = post("/en/receipt", foreign, "receipt=x");
        assert_eq!(answer.status, 403, "{foreign}");
        check_headers(foreign, &answer);
        assert_eq!(html::faults(&answer.body), Vec::<String>::new());
    }
    let own = format!("Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n", SITE.address);
    assert_eq!(post("/en/receipt", &own, "receipt=x").status, 200);
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    let answer = post("/en/receipt", "", &format!("receipt={}", "x".repeat(9 << 20)));
    assert_eq!(answer.status, 413);
}

#[test]
fn exports_are_exact_and_marked() {
    let page = get("/zh/enterprises");
    let export = get("/zh/enterprises.csv");
    assert_eq!(export.headers["content-type"], "text/csv; charset=utf-8");
    let text = export.body.strip_prefix('\u{feff}').expect("a byte-order mark");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 15, "{text}");
    assert!(lines[1].contains("[示例]"), "{}", lines[1]);
    let figure = text
        .lines()
        .flat_map(|line| line.split(','))
        .find(|cell| cell.contains('.') && cell.parse::<tanheng_quantity::Decimal>().is_ok());
    let figure = figure.expect("a figure without separators");
    assert!(page.body.contains(&format!("title=\"{figure}\"")) || figure.len() <= 6, "{figure}");
}

#[test]
fn no_figure_of_any_kind_stands_beside_a_real_company() {
    let registers = get("/en/registers");
    let lists = html::links(&registers.body);
    let list = lists.iter().find(|link| link.starts_with("/en/lists/")).expect("the list of 2022");
    let export = get(&format!("{list}.csv"));
    let mut names = Vec::new();
    for line in export.body.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), 3, "{line}");
        assert!(cells[0].parse::<u32>().is_ok(), "{line}");
        assert!(!cells[1].contains(|c: char| c.is_ascii_digit()), "{line}");
        names.push(cells[2].to_owned());
    }
    assert_eq!(names.len(), 93);
    let page = get(list);
    for unit in ["tCO2", "MWh", "GJ"] {
        assert!(!page.body.contains(unit), "{unit}");
    }
    assert!(page.body.contains("94") && page.body.contains("93"));
    let everybody = get("/zh/enterprises.csv").body + &get("/zh/registers.csv").body;
    for name in &names {
        assert!(!everybody.contains(name), "{name} has a page of its own");
    }
}

#[test]
fn a_figure_opens_down_to_its_clause() {
    let first = |page: &str, wanted: &dyn Fn(&str) -> bool| {
        let found = html::links(page).into_iter().find(|link| wanted(link));
        found.unwrap_or_else(|| panic!("{}", html::text(page)))
    };
    let list = get("/en/enterprises").body;
    let one = first(&list, &|link| link.matches('/').count() == 3 && link.contains("/91"));
    let page = get(&one).body;
    let month = first(&page, &|link| link.ends_with("/2022-05"));
    let lines = get(&month).body;
    let is_line = |link: &str| link.contains("/v1/") && !link.contains(".csv");
    let opened = html::links(&lines).into_iter().filter(|link| is_line(link));
    let mut pages = opened.map(|link| get(&link).body);
    let line = pages.find(|page| page.contains("class=\"rounding\"")).expect("a calculated line");
    let text = html::text(&line);
    for wanted in
        ["Calculation", "agrees", "Rounded:", "Clause", "Factors and grounds", "tCO2", "×"]
    {
        assert!(text.contains(wanted), "no {wanted}: {text}");
    }
    let receipt = first(&line, &|link| link.ends_with("/receipt") && link.starts_with("/log/"));
    assert_eq!(get(&receipt).status, 200);
}

#[test]
fn the_server_starts_only_where_nobody_else_can_come() {
    let folder = TempDir::new().unwrap();
    let real = Book::create(folder.path()).unwrap();
    let code = |listen: &str| {
        let failure = Server::bind(&real, listen.parse().unwrap(), |_| ()).err().unwrap();
        failure.problems()[0].code.to_string()
    };
    assert_eq!(code("0.0.0.0:0"), "server.not_loopback");
    assert_eq!(code("192.0.2.1:8022"), "server.not_loopback");
    assert_eq!(code("[::]:0"), "server.not_loopback");
    assert_eq!(code("127.0.0.1:0"), "server.not_demonstration");
}
