//! What stands before and behind every answer: the host that was named, and the headers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::asked::Asked;
use super::site::{Site, explain, refuse_page};
use crate::page::frame::{MARK, STYLE};

/// No script of any kind, no frame, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sets the headers that every answer has.
pub(super) async fn headers(mut response: Response) -> Response {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "geolocation=(), camera=(), microphone=()"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let kept = response.headers().contains_key(header::CACHE_CONTROL);
    if !kept {
        let value = HeaderValue::from_static("no-store");
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    response
}

/// Lets only requests pass that name a loopback host, and gives the answers that layers below
/// make themselves a page.
pub(super) async fn check(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let asked = Asked::read(request.uri(), request.headers());
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(is_loopback) {
        return explain(&site, asked, StatusCode::MISDIRECTED_REQUEST, "host").await;
    }
    let response = next.run(request).await;
    if response.headers().contains_key(header::CONTENT_TYPE) && !is_bare(&response) {
        return response;
    }
    match refuse_page(response.status()) {
        Some(name) => explain(&site, asked, response.status(), name).await,
        None => response,
    }
}

/// Whether a layer answered in a line of plain text.
fn is_bare(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let failed = response.status().is_client_error() || response.status().is_server_error();
    failed && kind.is_some_and(|kind| kind.starts_with("text/plain"))
}

/// Whether a Host header names this machine itself, with or without a port.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let literal = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    literal || name.eq_ignore_ascii_case("localhost")
}

/// The style sheet. Its address changes with its content, so it can be kept.
pub(super) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

/// The sign in the browser's tab.
pub(super) async fn mark() -> Response {
    asset("image/svg+xml", MARK)
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let kept = "public, max-age=86400";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_a_host() {
        for host in
            ["localhost", "LocalHost:8022", "127.0.0.1:1", "127.9.9.9", "[::1]:8022", "[::1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "tanheng.example",
            "localhost.evil.example:8022",
            "10.0.0.1",
            "127.0.0.1.nip.io",
            "[::2]:1",
            "0.0.0.0:80",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
