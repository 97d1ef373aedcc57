//! Access logs of web servers: common and combined, with or without the virtual host in front.
//!
//! The message is the method, the path and the status in words (`GET /cart 502 Bad Gateway`): the words are what tells
//! a served page from a failing one. Everything else becomes fields.

use super::{Context, Format, Said, When, read_clf, trimmed};
use crate::event::{Fields, Parsed, Severity};
use std::borrow::Cow;

/// The format `access`.
pub(super) struct Access;

/// The parts of a line.
struct Line<'a> {
    virtual_host: &'a [u8],
    client: &'a [u8],
    user: &'a [u8],
    when: When,
    time: &'a [u8],
    request: &'a [u8],
    status: u16,
    /// What follows the status: bytes, referer, agent, and whatever the operator added.
    rest: &'a [u8],
}

impl Format for Access {
    fn name(&self) -> &'static str {
        "access"
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            r#"203.0.113.7 - alice [02/Mar/2026:01:02:03 +0000] "GET /cart HTTP/1.1" 502 157"#,
            r#"203.0.113.7 - - [02/Mar/2026:01:02:03 +0100] "POST /login HTTP/2.0" 200 31 "https://shop.example/" "Mozilla/5.0 (X11)""#,
            r#"shop.example:443 2001:db8::7 - - [02/Mar/2026:01:02:04 +0000] "GET / HTTP/1.1" 404 - "-" "curl/8.0""#,
        ]
    }

    fn likeness(&self, record: &[u8]) -> u8 {
        if line(trimmed(record)).is_some() {
            95
        } else {
            0
        }
    }

    fn parse<'a>(&self, record: &'a [u8], context: &mut Context) -> Parsed<'a> {
        let text = trimmed(record);
        let mut parsed = Parsed::default();
        let Some(line) = line(text) else {
            return Said::unparsed(text).parsed(record, parsed, context);
        };
        context.set_time(&mut parsed, record, &line.when, line.time);
        let port = memchr::memrchr(b':', line.virtual_host);
        let host = &line.virtual_host[..port.unwrap_or(line.virtual_host.len())];
        let said = Said {
            host: Cow::Borrowed(host),
            message: Cow::Owned(line.message()),
            severity: Some(severity(line.status)),
            ..Said::default()
        };
        said.parsed(record, parsed, context)
    }

    fn fields(&self, record: &[u8]) -> Fields {
        let mut fields = Fields::new();
        let Some(line) = line(trimmed(record)) else {
            return fields;
        };
        let mut add = |name: &str, part: &[u8]| {
            if !part.is_empty() && part != b"-" {
                let value = match super::number(part) {
                    Some(number) => number.into(),
                    None => String::from_utf8_lossy(part).into_owned().into(),
                };
                fields.insert(name.to_string(), value);
            }
        };
        add("virtual_host", line.virtual_host);
        add("client", line.client);
        add("user", line.user);
        let (method, path, protocol) = line.request_parts();
        add("method", method);
        add("path", path);
        add("protocol", protocol);
        let mut rest = line.rest;
        for name in ["bytes", "referer", "agent"] {
            let (word, behind) = word(rest);
            add(name, word);
            rest = behind;
        }
        add("more", rest.trim_ascii());
        fields.insert("status".to_string(), line.status.into());
        fields
    }
}

impl<'a> Line<'a> {
    /// Method, path and protocol; a request that is none of that is all path.
    fn request_parts(&self) -> (&'a [u8], &'a [u8], &'a [u8]) {
        let mut parts = self.request.splitn(3, |&b| b == b' ');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(method), Some(path), protocol) => (method, path, protocol.unwrap_or_default()),
            _ => (b"", self.request, b""),
        }
    }

    fn message(&self) -> Vec<u8> {
        let (method, path, _) = self.request_parts();
        let status = self.status.to_string();
        let parts = [
            method,
            path,
            status.as_bytes(),
            phrase(self.status).as_bytes(),
        ];
        let parts: Vec<&[u8]> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(&b' ')
    }
}

/// What a status says of the server: its own failures are errors, those of the client are worth a note.
fn severity(status: u16) -> Severity {
    match status {
        500.. => Severity::Error,
        400..=499 => Severity::Notice,
        _ => Severity::Info,
    }
}

/// The words of RFC 9110 for a status, and nginx's own for 499.
const PHRASES: &[(u16, &str)] = &[
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (204, "No Content"),
    (206, "Partial Content"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (413, "Content Too Large"),
    (429, "Too Many Requests"),
    (499, "Client Closed Request"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
];

/// What a status means: its words, or those of its class.
fn phrase(status: u16) -> &'static str {
    let known = PHRASES.iter().find(|(number, _)| *number == status);
    known.map_or_else(
        || match status / 100 {
            1 => "Informational",
            2 => "Success",
            3 => "Redirection",
            4 => "Client Error",
            _ => "Server Error",
        },
        |(_, words)| words,
    )
}

fn line(text: &[u8]) -> Option<Line<'_>> {
    let open = memchr::memmem::find(&text[..text.len().min(1024)], b" [")?;
    let mut words = text[..open].split(|&b| b == b' ');
    let (first, second, third) = (words.next()?, words.next()?, words.next()?);
    let (virtual_host, client, user) = match (words.next(), words.next()) {
        (None, _) => (&b""[..], first, third),
        (Some(user), None) => (first, second, user),
        _ => return None,
    };
    let inner = &text[open + 2..];
    let (stamp, len) = read_clf(inner)?;
    let rest = inner[len..].strip_prefix(b"] \"")?;
    let end = quote_end(rest)?;
    let request = &rest[..end];
    let rest = rest[end + 1..].strip_prefix(b" ")?;
    let status = super::number(rest.get(..3)?)?;
    if !matches!(rest.get(3), None | Some(b' ')) || !(100..600).contains(&status) {
        return None;
    }
    Some(Line {
        virtual_host,
        client,
        user,
        when: When::Civil(stamp),
        time: &inner[..len],
        request,
        status: status as u16,
        rest: &rest[3..],
    })
}

/// The position of the quote that ends the text at the head; servers write a quote inside with a backslash.
fn quote_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// The word at the head, without quotes, and what is behind it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    if let Some(quoted) = text.strip_prefix(b"\"")
        && let Some(end) = quote_end(quoted)
    {
        return (&quoted[..end], &quoted[end + 1..]);
    }
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_in_words_what_came_of_the_request() {
        let rows = [
            (
                r#"1.2.3.4 - - [02/Mar/2026:01:02:03 +0000] "GET /a?b=c HTTP/1.1" 200 5"#,
                "GET /a?b=c 200 OK",
            ),
            (
                r#"1.2.3.4 - - [02/Mar/2026:01:02:03 +0000] "\x16\x03\x01" 400 0 "-" "-""#,
                r"\x16\x03\x01 400 Bad Request",
            ),
            (
                r#"1.2.3.4 - - [02/Mar/2026:01:02:03 +0000] "GET /\"q\" HTTP/1.1" 599 5"#,
                r#"GET /\"q\" 599 Server Error"#,
            ),
            (
                r#"1.2.3.4 - - [02/Mar/2026:01:02:03 +0000] "-" 408 -"#,
                "- 408 Request Timeout",
            ),
            (
                r#"1.2.3.4 - - [02/Mar/2026:01:02:03 +0000] "" 418 -"#,
                "418 Client Error",
            ),
        ];
        for (record, message) in rows {
            let line = line(record.as_bytes()).expect(record);
            assert_eq!(String::from_utf8_lossy(&line.message()), message);
        }
    }

    #[test]
    fn other_lines_are_none() {
        for record in [
            "",
            r#"1.2.3.4 - - [02/Mar/2026:01:02:03 +0000] "GET / HTTP/1.1""#,
            r#"1.2.3.4 - - [02/Mar/2026:01:02:03 +0000] "GET / HTTP/1.1" 2000 1"#,
            r#"1.2.3.4 - - [yesterday] "GET / HTTP/1.1" 200 1"#,
            r#"1.2.3.4 [02/Mar/2026:01:02:03 +0000] "GET / HTTP/1.1" 200 1"#,
        ] {
            assert!(line(record.as_bytes()).is_none(), "{record}");
        }
    }
}
