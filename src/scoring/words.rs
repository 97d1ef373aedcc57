//! The words of a candidate: its title, its message made readable, and what to check next.

use crate::candidate::{CandidateType, Finding};
use crate::time::Timestamp;

/// Characters of a message in a title; what is longer is cut from the right.
const TITLE: usize = 110;
/// Characters of a message in a sentence.
const SENTENCE: usize = 72;

/// One line with what and where: the message first, so that it can be recognised at a glance.
pub fn title(finding: &Finding, template: &str, limit: usize) -> String {
    let text = readable(template);
    let kind = match finding.candidate_type {
        CandidateType::Recurrence => "recurring",
        CandidateType::Burst => "burst",
        CandidateType::Spread => "spreading",
        CandidateType::SelfHeal => "heals itself",
        CandidateType::Precursor => "early warning",
        CandidateType::Anomaly => "new",
        CandidateType::Silence => "silent",
    };
    format!(
        "{kind}, {}: {}",
        finding.headline,
        shortened(&text, if limit == 0 { TITLE } else { limit })
    )
}

/// A template as words: brackets, quotes and repeated blanks left out, placeholders kept.
pub fn readable(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    for c in template.chars() {
        match c {
            '(' | ')' | '[' | ']' | '{' | '}' | '"' | '\'' | '`' => {}
            c if c.is_whitespace() || c.is_control() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A template as words, as many as stand well in a sentence.
pub fn brief(template: &str) -> String {
    shortened(&readable(template), SENTENCE)
}

/// The first `limit` characters, cut at a word where one is near, with an ellipsis where something is left out.
fn shortened(text: &str, limit: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return text.to_string();
    };
    let head = &text[..end];
    let cut = head.rfind(' ').filter(|&i| i * 4 >= end * 3).unwrap_or(end);
    format!("{}…", head[..cut].trim_end_matches([' ', ',', ';', ':']))
}

/// What to look at next: the commands that show the evidence, then advice by type.
pub fn advice(
    finding: &Finding,
    signature_ids: &[String],
    host: &str,
    service: &str,
) -> Vec<String> {
    let lead = signature_ids.first().map_or("", String::as_str);
    let mut out = vec![format!("brainstem events --signature {lead} --raw")];
    let around = || {
        let at = Timestamp::from_secs(finding.first_seen.secs());
        match host {
            "" => format!("brainstem events --around {at}"),
            _ => format!("brainstem events --host {} --around {at}", quoted(host)),
        }
    };
    match finding.candidate_type {
        CandidateType::Recurrence => out.push(
            "compare the times of the episodes with jobs, shifts and load: what else happens then?"
                .to_string(),
        ),
        CandidateType::Burst => {
            out.push(around());
            out.push("look at what started just before the first line of the storm".to_string());
        }
        CandidateType::Spread => {
            out.push(format!(
                "look at {} first: it was the first to say it",
                if host.is_empty() {
                    "the first host"
                } else {
                    host
                }
            ));
            out.push(
                "look for what the hosts share: a name server, a certificate, a switch, an upgrade"
                    .to_string(),
            );
        }
        CandidateType::SelfHeal => {
            if let Some(recovery) = signature_ids.get(1) {
                out.push(format!("brainstem events --signature {recovery} --raw"));
            }
            out.push("find out what heals it, and whether users notice the gap".to_string());
        }
        CandidateType::Precursor => {
            if let Some(outcome) = signature_ids.get(1) {
                out.push(format!("brainstem events --signature {outcome} --raw"));
            }
            out.push(
                "make an alert of the early line: there is time to act between the two".to_string(),
            );
        }
        CandidateType::Anomaly => {
            out.push(around());
            out.push(
                "ask what was changed: packages, configuration, hardware, accounts".to_string(),
            );
        }
        CandidateType::Silence => {
            out.push(format!(
                "check that {} still runs{}",
                if service.is_empty() {
                    "the program"
                } else {
                    service
                },
                if host.is_empty() {
                    String::new()
                } else {
                    format!(" on {host}")
                }
            ));
            out.push("check that its log still reaches the store: brainstem status".to_string());
        }
    }
    out
}

/// A word for a shell: as it is where it is harmless, in single quotes else.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_as_words() {
        assert_eq!(
            readable("[main] (pump)  \"<num>\" is\tlow"),
            "main pump <num> is low"
        );
        assert_eq!(readable("\u{1b}[31mred\u{7}"), "31mred");
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_word_from_the_right() {
        assert_eq!(shortened("one two three", 20), "one two three");
        assert_eq!(shortened("one two three four", 15), "one two three…");
        assert_eq!(shortened("äöüäöüäöü", 4), "äöüä…");
    }

    #[test]
    fn commands_can_be_typed_as_they_stand() {
        assert_eq!(quoted("db-01"), "db-01");
        assert_eq!(quoted("a b; rm -rf x"), "'a b; rm -rf x'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
