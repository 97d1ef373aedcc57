//! Evidence of trouble in words: which words of a template speak of failure, and what takes it back.
//!
//! Finds: words and phrases of failure, each with a weight; several add up (noisy or). Taken back by a negation shortly
//! before ("no errors", "without failure"), by a count of zero or a count as such ("errors=0", "<num> errors": a report
//! of counters), and by words of success in the same line ("exited normally").
//! Misses: trouble told without any such word ("carrier 3 of 4"), irony, other languages than English, a counter whose
//! value is what matters ("<num> errors" with a high number).

use std::sync::LazyLock;

/// What the words of a template say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// Evidence of trouble, 0 to 1.
    pub trouble: f64,
    /// Evidence that access or protection changed, 0 to 1: worth a look even where nothing failed.
    pub access: f64,
    /// The words it was found by, at most four.
    pub found: Vec<&'static str>,
}

/// What a row of the table says.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    Trouble,
    Success,
    Access,
}

/// Rows, parted by ` | `: words with what they say and how strongly. A final `*` stands for any ending; a space joins words that must
/// follow each other. The longest row that fits a place wins, so that "failover" is not "fail*".
const ROWS: &[(Says, f64, &str)] = &[
    // The system, or data, is going or gone.
    (
        Says::Trouble,
        0.9,
        "panic* | fatal* | emerg* | segfault* | segmentation fault | oops | corrupt* | \
         out of memory | oom | hardware error | machine check | data loss | lost data | \
         kernel bug | uncorrect* | unrecover* | split brain | deadlock* | catastroph* | \
         meltdown | lockup | not syncing | double free | thermal shutdown | breach* | \
         ransom* | malware | rootkit",
    ),
    // Something did not work.
    (
        Says::Trouble,
        0.65,
        "error* | fail* | critical* | crit | exception* | traceback | refus* | timeout* | \
         timed out | time out | unreach* | unavail* | dead | died | dies | killed | \
         kill* | crash* | abort* | broken | unhealthy | unreadable | unwritable | \
         unwriteable | exhaust* | no space | overflow* | overrun* | unable | cannot | \
         can not | could not | couldn t | can t | not respond* | no response | no route | \
         no carrier | not ready | notready | not reachable | not running | unresponsive | \
         stuck | hung | hang* | lost | down | offline | outage* | fault* | malfunction* | \
         bad sector* | stall* | starv* | overheat* | overload* | servfail | nxdomain | \
         econnrefused | econnreset | etimedout | ehostunreach | enetunreach | enospc | \
         enomem | emfile | eio | epipe | sigsegv | sigkill | sigabrt | coredump* | \
         core dump* | giving up | gave up | give up | violat* | damag* | unclean | \
         diverg* | poison* | leak* | runaway | brownout* | blackout* | power loss | \
         undervoltage | over temperature",
    ),
    // Something is not as it should be.
    (
        Says::Trouble,
        0.45,
        "warn | warning* | alert | denied | deny | reject* | drop* | discard* | reset* | \
         disconnect* | mismatch* | expir* | stale | missing | miss | missed | not found | \
         no such | not permitted | not available | not accessible | inaccessible | \
         degrad* | exceed* | too many | too long | too large | too high | too low | \
         too slow | too old | too small | too late | saturat* | throttl* | unexpected* | \
         incomplete | inconsist* | incorrect | insufficient | truncat* | interrupt* | \
         suspend* | blocked | block* | evict* | terminat* | oversubscrib* | unauthori* | \
         unauthenticated | suspicious* | duplicate* | conflict* | collision* | flap* | \
         bounc* | unstable | instab* | quarantin* | misconfig* | malform* | invalid* | \
         illegal* | unsupported | unknown host | weak | vulnerab* | outdated | below | \
         shortage | depleted | low | underrun* | out of range | out of order | \
         out of sync | desync* | unsync* | drift* | partial* | skew | excessive* | \
         spike* | congest* | contention | nak | backpressure | back pressure | \
         pending sector* | reallocat* | wedged | orphan* | rollback | rolled back | \
         revert* | preempt* | abnormal* | anomal* | irregular* | aberrant | refault* | \
         vanish* | disappear* | gone | unplugged | unmounted unexpectedly | replay*",
    ),
    // Something wears.
    (
        Says::Trouble,
        0.3,
        "slow* | retry* | retri* | late | lag* | delay* | behind | backlog* | wait* too | \
         took | pressure | exceeding | above | over limit | limit* | threshold* | full | \
         high | hot | wear* | jitter* | contend* | catching up | again | retransmi* | \
         resend* | requeue* | deferred | defer* | deprecated | not | no longer | unknown | \
         temporar* | transient | may time out | degrading | long | longer | exceptional* | \
         skipp* | ignor* | unusual* | marginal* | fallback | falling back | failover | \
         failback | failed over | restart* | reboot* | respawn* | reconnect* | re elect* | \
         election | mitigat* | swap* | raising | rising | growing | struggl*",
    ),
    // It went well.
    (
        Says::Success,
        0.7,
        "normally | successful* | success | succeed* | ok | okay | passed | healthy | \
         recovered | restored | resolved | cleared | established | up to date | \
         no updates | not needed | clean | all good | nominal | no problem* | no issue* | \
         nothing to do | no action | no change* | in sync | reachable | gracefully | \
         as expected | as scheduled | by design | harmless",
    ),
    (
        Says::Success,
        0.4,
        "completed | complete | finished | accepted | installed | connected | verified | \
         valid | enabled | ready | done | started | synchronized | synchronised | up | \
         online | renewed | refreshed | acknowledged | routine | scheduled | \
         informational | optional | test",
    ),
    // Who may do what changed.
    (
        Says::Access,
        0.8,
        "administrator | new user | user added | useradd | adduser | account created | \
         new account | created account | account added | sudoers | authorized keys | \
         authorized key | authorised key* | privilege* | setuid | promiscuous | tamper* | \
         intrusion* | backdoor* | brute force | audit* disabled | firewall disabled | \
         selinux disabled | logging disabled | protection disabled | root shell | \
         reverse shell | exploit* | escalat* | password changed | key added | new group | \
         group added | to group | unsigned module | taint* | new device | \
         history cleared | log cleared | cleared the audit | domain admin* | superuser | \
         unknown binary | unknown key | new key | fingerprint changed | host key | rogue",
    ),
];

/// Words that, shortly before a word of trouble or success, turn it into its opposite.
const NEGATIONS: &str = "no not without zero never none 0 non free neither nor nothing avoid avoids avoided \
     prevent prevents prevented ignore ignoring prevention if unless";
/// Plural nouns and their like that are reported as counts: `<num> errors`, `drops=<num>`.
const COUNTED: &str = "errors error failures failure failed warnings warning drops dropped retries retry \
     timeouts lost missed misses miss rejected denied skipped overruns overrun collisions \
     retransmits crashes faults deferred invalid blocked killed aborted expired duplicates \
     conflicts discarded resets exceptions unreachable ignored delay delays limit threshold \
     lag restarts";
/// How far back a negation reaches, in words of the same clause.
const REACH: usize = 3;
/// What is left of a word of trouble that only names a counter.
const COUNTER: f64 = 0.12;

struct Row {
    words: Vec<&'static str>,
    says: Says,
    weight: f64,
    text: &'static str,
}

/// Rows by first word; `by_start` holds which two-letter beginnings occur, to pass over most words at once.
struct Table {
    rows: Vec<Row>,
    by_start: Vec<(u16, Vec<usize>)>,
    negations: Vec<&'static str>,
    counted: Vec<&'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut rows: Vec<Row> = Vec::new();
    for &(says, weight, texts) in ROWS {
        rows.extend(texts.split(" | ").map(|text| Row {
            words: text.split(' ').collect(),
            says,
            weight,
            text,
        }));
    }
    let mut by_start: Vec<(u16, Vec<usize>)> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let key = start_of(row.words[0]);
        match by_start.binary_search_by_key(&key, |(k, _)| *k) {
            Ok(at) => by_start[at].1.push(i),
            Err(at) => by_start.insert(at, (key, vec![i])),
        }
    }
    Table {
        rows,
        by_start,
        negations: NEGATIONS.split(' ').collect(),
        counted: COUNTED.split(' ').collect(),
    }
});

fn start_of(word: &str) -> u16 {
    let bytes = word.as_bytes();
    u16::from(bytes.first().copied().unwrap_or(0)) << 8
        | u16::from(bytes.get(1).copied().unwrap_or(0))
}

/// Reads a template. The cost is linear in its length.
pub fn words_of(template: &str) -> Words {
    let words = split(template);
    let mut left = 1.0;
    let mut kept = 1.0;
    let mut access: f64 = 0.0;
    let mut found: Vec<&'static str> = Vec::new();
    let mut seen: Vec<&'static str> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((row, length)) = row_at(&words, at) else {
            at += 1;
            continue;
        };
        let new = !seen.contains(&row.text);
        if new {
            seen.push(row.text);
        }
        let negated = negated(&words, at);
        match row.says {
            Says::Trouble if !negated && new => {
                let counter = counter(&words, at, length);
                left *= 1.0 - row.weight * if counter { COUNTER } else { 1.0 };
                if !counter && row.weight > 0.3 && found.len() < 4 {
                    found.push(row.text.trim_end_matches('*'));
                }
            }
            Says::Success if !negated && new => kept *= 1.0 - row.weight,
            Says::Access if !negated => access = access.max(row.weight),
            _ => {}
        }
        at += length;
    }
    Words {
        trouble: (1.0 - left) * kept,
        access,
        found,
    }
}

/// One word of a template, lower case, with what stands around it.
struct Word {
    text: String,
    /// A placeholder or a number.
    value: bool,
    /// Punctuation that ends a clause stands before it.
    starts_clause: bool,
    /// `=` or `:` stands directly after it.
    assigns: bool,
}

/// Words longer than this are data, and lines with more words than this are dumps: cut, so that cost stays bounded.
const LONGEST: usize = 40;
const MOST: usize = 120;

fn split(template: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut text = String::new();
    let mut starts_clause = true;
    let mut last_lower = false;
    let mut placeholder = false;
    let flush = |text: &mut String, starts: &mut bool, placeholder: bool, words: &mut Vec<Word>| {
        if text.is_empty() {
            return;
        }
        let value = placeholder || text.bytes().all(|b| b.is_ascii_digit() || b == b'*');
        let text = std::mem::take(text);
        if text.len() <= LONGEST {
            words.push(Word {
                text,
                value,
                starts_clause: *starts,
                assigns: false,
            });
        }
        *starts = false;
    };
    for c in template.chars() {
        if words.len() >= MOST {
            break;
        }
        if c.is_alphanumeric() || c == '*' {
            if c.is_uppercase() && last_lower {
                flush(&mut text, &mut starts_clause, placeholder, &mut words);
            }
            last_lower = c.is_lowercase();
            text.extend(c.to_lowercase());
            continue;
        }
        last_lower = false;
        let held = !text.is_empty();
        flush(&mut text, &mut starts_clause, placeholder, &mut words);
        match c {
            '<' => placeholder = true,
            '>' => placeholder = false,
            '=' | ':' => {
                if let Some(word) = words.last_mut().filter(|_| held) {
                    word.assigns = true;
                }
                starts_clause = c == ':' || starts_clause;
            }
            ',' | ';' | '.' | '(' | ')' | '!' | '|' => starts_clause = true,
            _ => {}
        }
    }
    flush(&mut text, &mut starts_clause, placeholder, &mut words);
    words
}

/// The longest row that fits at `at`, and how many words it takes.
fn row_at(words: &[Word], at: usize) -> Option<(&'static Row, usize)> {
    let word = words[at].text.as_str();
    let table = &*TABLE;
    let rows = (table.by_start)
        .binary_search_by_key(&start_of(word), |(k, _)| *k)
        .ok()
        .map(|i| &table.by_start[i].1)?;
    rows.iter()
        .map(|&i| &table.rows[i])
        .filter(|row| {
            row.words.len() <= words.len() - at
                && (row.words.iter().zip(&words[at..])).all(|(r, w)| fits(r, &w.text))
        })
        .max_by_key(|row| row.text.len())
        .map(|row| (row, row.words.len()))
}

fn fits(row: &str, word: &str) -> bool {
    match row.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == row,
    }
}

fn negated(words: &[Word], at: usize) -> bool {
    let mut i = at;
    for _ in 0..REACH {
        if words[i].starts_clause || i == 0 {
            return false;
        }
        i -= 1;
        if TABLE.negations.contains(&words[i].text.as_str()) {
            return true;
        }
    }
    false
}

/// Whether the word is the name of a counter: `errors=<num>`, `<num> errors`.
fn counter(words: &[Word], at: usize, length: usize) -> bool {
    if !TABLE.counted.contains(&words[at].text.as_str()) {
        return false;
    }
    let end = at + length;
    let named = words[end - 1].assigns
        || words
            .get(end)
            .is_some_and(|w| w.text == "count" && w.assigns);
    let value_after = words
        .get(end)
        .is_some_and(|w| w.value || w.text == "none" || w.text == "count");
    if named && value_after {
        return true;
    }
    let plural = words[at].text.ends_with('s');
    at > 0
        && words[at - 1].value
        && !words[at].starts_clause
        && (plural || words[at - 1].starts_clause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_trouble() {
        for text in [
            "disk <num> failed",
            "connection to <ip> refused",
            "request timed out after <num> ms",
            "out of memory: killed process <num>",
            "link is down",
            "ERROR: cannot open <path>",
            "node marked NotReady",
            "upstream returned SERVFAIL for <host>",
            "replica is <num> s behind, queue full",
            "job <num> failed",
            "no route to host",
            "read-only: no space left on device",
        ] {
            assert!(words_of(text).trouble > 0.4, "{text}: {:?}", words_of(text));
        }
    }

    #[test]
    fn what_is_denied_counted_or_went_well_is_no_trouble() {
        for text in [
            "scan complete: 0 errors",
            "<num> errors, <num> failed, <num> files",
            "no failures seen",
            "finished without error",
            "ALERT exited normally with status 0",
            "error_count=0",
            "errors=<num> warnings=<num>",
            "errors: none",
            "dropped=<num>",
            "backup succeeded, 0 failed",
            "no errors or warnings found",
            "link is up",
            "failover test completed successfully",
            "session opened for user <user>",
        ] {
            assert!(words_of(text).trouble < 0.2, "{text}: {:?}", words_of(text));
        }
    }

    #[test]
    fn access_is_told_apart() {
        let words = words_of("new user: name=<user>, UID=<num>, home=<path>");
        assert!(words.access > 0.5 && words.trouble < 0.2);
        assert_eq!(words_of("session closed for user <user>").access, 0.0);
    }

    /// The misses the first lines of this file admit, so that a change of mind shows.
    #[test]
    fn known_misses() {
        assert!(words_of("carrier <num> of <num>").trouble < 0.2);
        assert!(words_of("<num> errors on port <num>").trouble < 0.2);
        assert!(words_of("Verbindung fehlgeschlagen").trouble < 0.2);
    }

    #[test]
    fn any_text_is_read() {
        for text in [
            "",
            "<",
            ">>><<<",
            "=====",
            "é\u{202e}İ",
            &"fail ".repeat(10_000),
            &"x".repeat(100_000),
        ] {
            let words = words_of(text);
            assert!((0.0..=1.0).contains(&words.trouble));
        }
    }
}
