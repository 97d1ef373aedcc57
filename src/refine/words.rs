//! Tables of words that tell a state, and of words that announce a name. English, and no product's own.

/// Words after which a name follows: of a person, a machine, a device, a program.
pub fn announces(word: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 35] = [
        "via", "user", "users", "username", "login", "account", "for", "from", "by", "to", "host", "hostname", "node",
        "server", "client", "peer", "interface", "device", "disk", "volume", "service", "process", "program",
        "command", "daemon", "module", "plugin", "unit", "job", "task", "queue", "file", "named", "name", "called",
    ];
    WORDS.contains(&word)
}

/// Whether a word says that a state changes.
pub fn is_change(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    ["transition", "chang", "switch", "state", "status", "mode"]
        .iter()
        .any(|stem| lower.contains(stem))
}

/// Whether a word tells a state or an outcome, or is a verb's `-ed` or `-ing`.
pub fn has_state(text: &str) -> bool {
    let whole = text.chars().all(char::is_alphabetic);
    let state = || STATES.binary_search(&text.to_lowercase().as_str()).is_ok();
    (whole && state()) || text.split(' ').any(is_verb) || has_turn(text)
}

/// Whether a word, or the last part of a name, is the bad or the ending side of a pair of states.
pub fn has_turn(text: &str) -> bool {
    let last = text.rsplit(['.', '/']).next().unwrap_or(text);
    subwords(last).any(|word| TURNS.binary_search(&word.to_lowercase().as_str()).is_ok())
}

/// A word of letters that ends like a participle.
fn is_verb(word: &str) -> bool {
    let lower = word.to_lowercase();
    let ends = lower.len() >= 5 && (lower.ends_with("ed") || lower.ends_with("ing"));
    ends && word.chars().all(char::is_alphabetic)
}

/// The words inside a name: `readBlock_OK` has `read`, `Block` and `OK`.
fn subwords(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(|word| {
        let chars: Vec<(usize, char)> = word.char_indices().collect();
        let mut cuts = vec![0];
        cuts.extend(
            chars
                .windows(2)
                .filter(|w| w[0].1.is_lowercase() && w[1].1.is_uppercase())
                .map(|w| w[1].0),
        );
        cuts.push(word.len());
        let ends: Vec<(usize, usize)> = cuts.windows(2).map(|w| (w[0], w[1])).collect();
        ends.into_iter().map(move |(a, b)| &word[a..b])
    })
}

/// Within a name, and among very many values, one side of each pair is enough to keep the pair apart: `SCREEN_OFF` stays
/// by itself, whatever `SCREEN_ON` joins. The other side is often just part of a name (`StartMenu`, `wake_lock`). Sorted.
#[rustfmt::skip]
const TURNS: [&str; 57] = [
    "abort", "aborted", "cancel", "canceled", "cancelled", "close", "closed", "critical", "delete", "deleted",
    "denied", "deny", "destroy", "destroyed", "detach", "disable", "disabled", "disconnect", "disconnected", "down",
    "end", "error", "exception", "exit", "expire", "expired", "fail", "failed", "failure", "fatal", "inactive",
    "invalid", "kill", "killed", "leave", "logout", "lost", "off", "offline", "pause", "paused", "reject", "rejected",
    "release", "released", "remove", "removed", "stop", "stopped", "timeout", "unavailable", "unload", "unlock",
    "unlocked", "unmount", "warn", "warning",
];
/// Words that tell a state, an outcome, a direction or a gravity. Sorted.
#[rustfmt::skip]
const STATES: [&str; 174] = [
    "abort", "aborted", "absent", "accept", "acquire", "active", "add", "alarm", "alert", "alive", "allow", "attach",
    "available", "backup", "bad", "begin", "block", "boot", "broken", "busy", "cancel", "canceled", "cancelled",
    "change", "clean", "clear", "close", "closed", "complete", "connect", "corrupt", "crash", "create", "critical",
    "dead", "debug", "default", "degraded", "delete", "deleted", "denied", "deny", "destroy", "destroyed", "detach",
    "dirty", "disable", "disabled", "disconnect", "disconnected", "done", "down", "drop", "empty", "enable", "end",
    "enter", "err", "error", "exception", "exit", "expire", "expired", "fail", "failed", "failure", "fatal", "fault",
    "finish", "follower", "following", "found", "full", "gone", "good", "grant", "halt", "healthy", "high", "idle",
    "inactive", "info", "invalid", "kill", "killed", "leader", "leading", "leave", "left", "load", "lock", "login",
    "logout", "lost", "low", "master", "missing", "mount", "new", "no", "normal", "notice", "off", "offline", "ok",
    "old", "on", "online", "open", "out", "panic", "pass", "pause", "paused", "pending", "power", "present",
    "primary", "read", "ready", "receive", "refuse", "register", "reject", "rejected", "release", "released",
    "remove", "removed", "replica", "reset", "resolve", "restart", "restore", "resume", "retry", "run", "secondary",
    "send", "sent", "setup", "severe", "shut", "shutdown", "slave", "sleep", "slow", "standby", "start", "startup",
    "stop", "stopped", "succeed", "success", "suspend", "terminate", "timeout", "trace", "unavailable", "unhealthy",
    "unknown", "unload", "unlock", "unlocked", "unmount", "up", "valid", "verbose", "wait", "wake", "warn", "warning",
    "write", "yes",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_are_searched_are_sorted() {
        assert!(STATES.is_sorted());
        assert!(TURNS.is_sorted());
    }

    #[test]
    fn states_are_told_from_names() {
        for state in [
            "started",
            "Running",
            "up",
            "OFFLINE",
            "SCREEN_OFF",
            "onPause",
            "io.TimeoutException",
            "link lost",
        ] {
            assert!(has_state(state), "{state}");
        }
        for name in [
            "anna",
            "red",
            "king",
            "eth-backup",
            "wakeLock",
            "a.downstream.b",
            "big box",
            "com.closed.app",
        ] {
            assert!(!has_state(name), "{name}");
        }
        assert!(
            has_turn("stopped")
                && has_turn("SCREEN_OFF")
                && !has_turn("started")
                && !has_turn("SCREEN_ON")
        );
    }
}
