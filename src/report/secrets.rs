//! Secrets that logs leak, and how they are masked before a person sees them. The store keeps what came.
//!
//! A row of [`PATTERNS`] is one kind of secret. Masking errs on the side of masking: a hidden harmless word costs a
//! look with the option that shows secrets, a shown password costs a password.

use regex::bytes::{Captures, Regex, RegexBuilder};
use std::borrow::Cow;
use std::sync::OnceLock;

/// What stands where a secret stood.
pub const MASK: &str = "****";

/// One kind of secret.
struct Pattern {
    /// Lower-case words one of which must be in the text before the expression is tried: it is cheap, and an
    /// expression that is never needed is never compiled.
    markers: &'static [&'static str],
    /// Matches the secret; what the groups `keep` and `after` match stays around the mask.
    expression: &'static str,
    /// A last look at the match, for kinds that are not certain by their shape.
    holds: fn(&[u8]) -> bool,
}

const fn certain(markers: &'static [&'static str], expression: &'static str) -> Pattern {
    Pattern {
        markers,
        expression,
        holds: |_| true,
    }
}

static PATTERNS: [Pattern; 12] = [
    // A private key in PEM, to its end or, cut short, to the end of the record.
    certain(
        &["private key"],
        r"(?s)(?<keep>-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----).*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\z)",
    ),
    // user:password@ in a URL: the user stays.
    certain(
        &["://"],
        r"(?<keep>[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s/:@]{0,200}:)[^\s/@]+(?<after>@)",
    ),
    // JSON web tokens: three base64url parts, the first the code of `{"`.
    certain(
        &["eyj"],
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
    ),
    // HTTP authorization headers, whatever the scheme.
    certain(
        &["authorization"],
        r#"(?i)(?<keep>authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:basic|bearer|digest|negotiate|ntlm|token|aws4-hmac-sha256)\s+)?)[^\s"',;<][^\s"']*"#,
    ),
    // A bearer token by itself; shorter words after "bearer" are speech.
    certain(
        &["bearer"],
        r"(?i)(?<keep>\bbearer\s+)[A-Za-z0-9._~+/-]{16,}=*",
    ),
    // password=..., "api_key": "...", --secret ...: names that say so.
    certain(
        &[
            "passw",
            "pwd",
            "passphrase",
            "secret",
            "api",
            "access",
            "private",
            "auth",
        ],
        r#"(?i)(?<keep>(?:passw(?:or)?d|pwd|passphrase|secret(?:[_-]?access)?(?:[_-]?key)?|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key)[a-z0-9_]{0,12}["']?\s{0,4}(?:=|:)\s{0,4})(?:"[^"]+"|'[^']+'|[^\s"',;&<)\]}][^\s"',;&)\]}]*)"#,
    ),
    // token=...: "token: expired" is speech, so the value must look like one.
    certain(
        &["token", "session", "cookie"],
        r#"(?i)(?<keep>(?:token|session[_-]?id|cookie)["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9._~+/-]{16,}=*"#,
    ),
    // What a header says of cookies: any of them may be a session.
    certain(
        &["cookie:"],
        r#"(?i)(?<keep>\b(?:set-)?cookie:\s*)[^\s"'][^\r\n"']*"#,
    ),
    // user:password as an option of a command that was logged: the user stays.
    certain(
        &[" -u", " --user"],
        r#"(?<keep>\s(?:-u|--user)[\s=]{0,4}["']?[^\s:"']{1,100}:)[^\s"']+"#,
    ),
    // Passwords that stand right behind an option.
    certain(
        &["sshpass", "mysql"],
        r#"(?<keep>\b(?:sshpass\s{1,4}-p\s{0,4}|mysql[a-z]{0,10}\s{1,4}(?:\S{1,200}\s{1,4}){0,8}?-p))(?:"[^"]+"|'[^']+'|[^\s"']+)"#,
    ),
    // Keys with a maker's mark: AWS, GitHub, GitLab, Slack, Google, Stripe.
    certain(
        &["akia", "asia", "gh", "glpat-", "xox", "aiza", "_live_"],
        r"\b(?:A(?:KIA|SIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{36,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35}|[rs]k_live_[A-Za-z0-9]{16,})",
    ),
    // Payment cards: the issuers' first digits, the right length, the check digit (ISO/IEC 7812).
    Pattern {
        markers: &["3", "4", "5", "6"],
        expression: r"\b(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6(?:011|5\d\d))([ -]?)\d{4}([ -]?)\d{4}([ -]?)\d{4}\b|\b3[47]\d\d([ -]?)\d{6}([ -]?)\d{5}\b",
        holds: check_digit_holds,
    },
];

/// The compiled form of each row, made when a text first needs it.
static COMPILED: [OnceLock<Option<Regex>>; PATTERNS.len()] =
    [const { OnceLock::new() }; PATTERNS.len()];

/// The text with every secret in it replaced by [`MASK`]; linear in its length.
pub fn mask(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let mut masked = Cow::Borrowed(text);
    for (pattern, slot) in PATTERNS.iter().zip(&COMPILED) {
        if !pattern.markers.iter().any(|marker| lower.contains(marker)) {
            continue;
        }
        let compiled = slot.get_or_init(|| compiled(pattern.expression));
        if let Some(expression) = compiled
            && expression.is_match(masked.as_bytes())
        {
            masked = Cow::Owned(replaced(expression, pattern, &masked));
        }
    }
    masked
}

/// Bytes and ASCII classes compile ten times faster than Unicode's, and every command pays for it.
fn compiled(expression: &str) -> Option<Regex> {
    RegexBuilder::new(expression).unicode(false).build().ok()
}

/// All expressions begin and end beside ASCII, so that what is left over is text as it was before.
fn replaced(expression: &Regex, pattern: &Pattern, text: &str) -> String {
    let bytes = expression.replace_all(text.as_bytes(), |found: &Captures<'_>| {
        let whole = &found[0];
        if !(pattern.holds)(whole) {
            return whole.to_vec();
        }
        let group = |name| found.name(name).map_or(&b""[..], |m| m.as_bytes());
        [group("keep"), MASK.as_bytes(), group("after")].concat()
    });
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a field of this name holds a secret whatever its value looks like: `"password": "hunter2"` as JSON.
pub fn names_a_secret(field: &str) -> bool {
    const NAMES: [&str; 10] = [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "api_key",
        "apikey",
        "access_key",
        "private_key",
        "authorization",
    ];
    let field = field.to_ascii_lowercase().replace('-', "_");
    NAMES.iter().any(|name| field.ends_with(name))
}

/// The Luhn check: every second digit from the right doubled, the sum of all digits a multiple of ten.
fn check_digit_holds(number: &[u8]) -> bool {
    let digits = number
        .iter()
        .rev()
        .filter(|b| b.is_ascii_digit())
        .map(|b| u32::from(b - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(i, d)| match i % 2 {
            0 => d,
            _ if d > 4 => 2 * d - 9,
            _ => 2 * d,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_masked_and_their_names_stay() {
        for (leak, safe) in [
            ("login password=hunter2 ok", "login password=**** ok"),
            (
                "DB_PASSWORD: \"two words\", next",
                "DB_PASSWORD: ****, next",
            ),
            (
                "{\"api_key\":\"k-1\",\"n\":1}",
                "{\"api_key\":****,\"n\":1}",
            ),
            ("GET /?user=a&passwd=b&x=1", "GET /?user=a&passwd=****&x=1"),
            (
                "postgres://app:s3cret@db-1/main",
                "postgres://app:****@db-1/main",
            ),
            (
                "Authorization: Bearer abc.def",
                "Authorization: Bearer ****",
            ),
            (
                "authorization=Basic dXNlcjpwYXNz",
                "authorization=Basic ****",
            ),
            ("sent bearer 0123456789abcdef0", "sent bearer ****"),
            (
                "GET / HTTP/1.1 Cookie: id=7; theme=dark",
                "GET / HTTP/1.1 Cookie: ****",
            ),
            (
                "CMD (curl -s -u backup:tr0ub4dor https://h/)",
                "CMD (curl -s -u backup:**** https://h/)",
            ),
            (
                "CMD (mysqldump -h db-1 -ps3cret shop)",
                "CMD (mysqldump -h db-1 -p**** shop)",
            ),
            ("sshpass -p letmein ssh x", "sshpass -p **** ssh x"),
            ("sshpass -p 'let me in' ssh x", "sshpass -p **** ssh x"),
            ("curl -u 'backup:pw' h", "curl -u 'backup:****' h"),
            ("curl -ubackup:pw h", "curl -ubackup:**** h"),
            ("got eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl!", "got ****!"),
            ("key AKIAIOSFODNN7EXAMPLE used", "key **** used"),
            (
                "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG",
                "aws_secret_access_key = ****",
            ),
            ("token=0123456789abcdef0123", "token=****"),
            ("pässwörd pwd=schlüssel ü", "pässwörd pwd=**** ü"),
            ("http://jürgen:größe@höst/", "http://jürgen:****@höst/"),
            ("card 4111 1111 1111 1111 declined", "card **** declined"),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest",
                "-----BEGIN RSA PRIVATE KEY-----****\nrest",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nMIIEvQ",
                "-----BEGIN PRIVATE KEY-----****",
            ),
        ] {
            assert_eq!(mask(leak), safe, "{leak}");
        }
    }

    #[test]
    fn plain_speech_stays() {
        for text in [
            "Failed password for root from 192.0.2.1 port 22 ssh2",
            "password=<secret> for <user>",
            "bearer authentication failed",
            "token: expired",
            "see https://example.org:8443/path?mail=a@b",
            "order 4111111111111112 shipped",
            "request 12:30:45 took 5 ms",
            "risk assessment: private network",
            "CMD (mysqld --port=3306 --user=mysql)",
            "COMMAND=/usr/bin/id -u root",
            "cookie expired",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn every_row_compiles() {
        for pattern in &PATTERNS {
            assert!(
                compiled(pattern.expression).is_some(),
                "{}",
                pattern.expression
            );
        }
    }

    #[test]
    fn masked_text_holds_no_more_secrets() {
        let once = mask("password=a1 Authorization: Bearer abcdef https://u:p@h/").into_owned();
        assert_eq!(mask(&once), once);
    }

    proptest! {
        #[test]
        fn text_around_a_secret_stays_as_it_was(before in "\\PC{0,20}", after in "\\PC{0,20}", name in "pwd|api_key|Password") {
            let leak = format!("{before} {name}=hunter2 {after}");
            let safe = format!("{} {name}=**** {}", mask(&before), mask(&after));
            prop_assert_eq!(mask(&leak), safe);
        }
    }

    #[test]
    fn names_of_secret_fields_are_known() {
        assert!(names_a_secret("X-Api-Key") && names_a_secret("db_password"));
        assert!(!names_a_secret("password_attempts") && !names_a_secret("user"));
    }
}
