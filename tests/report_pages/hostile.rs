//! Hostile text in every field of every page, through every output format: it stays text.

use crate::world::World;
use brainstem::report::{Color, Extent, Glyphs, Look, RENDERERS, Report, Secrets, renderer};
use proptest::prelude::*;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;
use unicode_width::UnicodeWidthStr;

const WEAPONS: [&str; 44] = [
    "\u{1b}[2J\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{1b}]52;c;cm0gLXJm\u{7}",
    "\u{9b}1A\u{9d}",
    "\u{202e}reversed\u{2066}",
    "\u{200b}\u{200d}\u{feff}\u{ad}",
    "\u{e0041}\u{e007f}\u{e0063}",
    "\u{2028}\u{2029}\u{85}",
    "\r\u{8}\u{7f}\0\t",
    "\n",
    "\nMar 16 04:00:00 db-01 sshd[1]: forged line\n",
    "\n```\n# heading\n",
    "\n````text\n",
    "`",
    "``` `` `",
    "| a | b |",
    "\\| x \\",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "＝1+1",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</code></pre><!-- -->",
    "\"><svg onload=alert(1)>",
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "https://evil.example/?q=1",
    "www.evil.example",
    "@everyone",
    "#1 GH-1 !2 $3",
    "**bold** _it_ ~~s~~",
    "1. one",
    "- item",
    "&lt;b&gt; &#x1b;",
    "${jndi:ldap://x} {{7*7}} %n%s $(id) {}",
    "a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "漢字かな交じり",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️",
    "\u{d55c}\u{1161}\u{11a8}\u{115f}",
    " ",
    "word",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(&WEAPONS[..]).prop_map(str::to_string),
        2 => any::<String>(),
        1 => prop::sample::select(&["x", "漢", "`", "|"][..]).prop_map(|c| c.repeat(300)),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

fn looks() -> Vec<Look> {
    let plain = Look {
        secrets: Secrets::Shown,
        ..Look::default()
    };
    vec![
        Look { width: 60, ..plain },
        Look {
            width: 137,
            glyphs: Glyphs::Ascii,
            ..plain
        },
        Look {
            color: Color::On,
            ..plain
        },
        Look {
            extent: Extent::Wide,
            ..plain
        },
    ]
}

fn written(format: &str, report: &Report, look: &Look) -> String {
    let mut out = Vec::new();
    let renderer = renderer(format).expect("a known format");
    renderer
        .render(report, look, &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("output is UTF-8")
}

static STEERING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}--\n]")
        .expect("Unicode classes")
});
static COLOURS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("\u{1b}\\[[0-9;]{1,5}m").expect("SGR codes"));

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_is_inert_in_every_field_of_every_page(text in hostile()) {
        check_all(&text)?;
    }
}

#[test]
fn words_of_ten_thousand_characters_are_inert() {
    for c in ["漢", "`"] {
        check_pages(&c.repeat(10_000), &["candidates", "explain_event"]).expect("inert");
    }
}

#[test]
fn every_weapon_alone_is_inert() {
    for weapon in WEAPONS {
        check_pages(weapon, &["digest", "explain_signature", "ingest"]).expect("inert");
    }
}

fn check_all(text: &str) -> Result<(), TestCaseError> {
    check_pages(text, &[])
}

/// Checks the pages of these names, or all, in every format and look.
fn check_pages(text: &str, names: &[&str]) -> Result<(), TestCaseError> {
    let world = World {
        say: &|_| text.to_string(),
    };
    for (name, report) in world.reports() {
        if !names.is_empty() && !names.contains(&name) {
            continue;
        }
        for format in RENDERERS {
            let for_people = !matches!(format.name(), "json" | "ndjson" | "csv" | "prometheus");
            for look in looks()
                .into_iter()
                .take(if for_people { usize::MAX } else { 1 })
            {
                check(name, &report, format.name(), &look)?;
            }
        }
    }
    Ok(())
}

fn check(name: &str, report: &Report, format: &str, look: &Look) -> Result<(), TestCaseError> {
    let page = written(format, report, look);
    check_steering(name, &page, look, format)?;
    match format {
        "table" => check_width(name, &page, look),
        "json" => check_json(name, &page, report),
        "ndjson" => check_lines(name, &page),
        "csv" => check_cells(name, &page, report),
        "markdown" => check_markdown(name, &page),
        "html" => check_html(name, &page),
        "prometheus" => check_metrics(name, &page),
        other => Err(TestCaseError::fail(format!(
            "no check for the format {other}"
        ))),
    }
}

/// Nothing a terminal obeys or a reader cannot see, but newlines, and our own colours where they were asked for.
fn check_steering(name: &str, page: &str, look: &Look, format: &str) -> Result<(), TestCaseError> {
    let bare = match look.color {
        Color::On if format == "table" => COLOURS.replace_all(page, ""),
        _ => page.into(),
    };
    prop_assert!(
        !STEERING.is_match(&bare),
        "{} {}: {:?}",
        name,
        format,
        STEERING.find(&bare)
    );
    if matches!(format, "json" | "ndjson") || (format == "table" && look.glyphs == Glyphs::Ascii) {
        prop_assert!(bare.is_ascii(), "{} {}", name, format);
    }
    Ok(())
}

/// No line is wider than the screen.
fn check_width(name: &str, page: &str, look: &Look) -> Result<(), TestCaseError> {
    if look.extent == Extent::Fitted {
        for line in page.lines() {
            let bare = COLOURS.replace_all(line, "");
            prop_assert!(
                bare.width() <= look.width,
                "{}: {} columns: {}",
                name,
                bare.width(),
                bare
            );
        }
    }
    Ok(())
}

/// The JSON parses to what was said, character for character.
fn check_json(name: &str, page: &str, report: &Report) -> Result<(), TestCaseError> {
    let parsed: Value =
        serde_json::from_str(page).map_err(|e| TestCaseError::fail(format!("{name}: {e}")))?;
    let mut said = report.answer.head.clone();
    if let Some((list, rows)) = &report.answer.list {
        said.insert((*list).to_string(), Value::Array(rows.clone()));
    }
    said.extend(report.answer.tail.clone());
    prop_assert_eq!(parsed, Value::Object(said));
    Ok(())
}

fn check_lines(name: &str, page: &str) -> Result<(), TestCaseError> {
    for line in page.lines() {
        prop_assert!(
            serde_json::from_str::<Value>(line).is_ok_and(|v| v.is_object()),
            "{}: {}",
            name,
            line
        );
    }
    Ok(())
}

/// Every record has all cells, and none that is not a number begins a formula.
fn check_cells(name: &str, page: &str, report: &Report) -> Result<(), TestCaseError> {
    let mut reader = csv::Reader::from_reader(page.as_bytes());
    let mut rows = 0;
    for record in reader.records() {
        let record = record.map_err(|e| TestCaseError::fail(format!("{name}: {e}")))?;
        prop_assert_eq!(record.len(), report.sheet.columns.len());
        for cell in &record {
            let formula = cell
                .trim_start()
                .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']);
            prop_assert!(
                !formula || cell.parse::<f64>().is_ok(),
                "{}: {}",
                name,
                cell
            );
        }
        rows += 1;
    }
    prop_assert_eq!(rows, report.sheet.rows.len());
    Ok(())
}

/// Outside fences and code spans stands nothing that any dialect of markdown could read as more than words.
fn check_markdown(name: &str, page: &str) -> Result<(), TestCaseError> {
    prop_assert!(
        !page.contains(&"`".repeat(81)),
        "{}: a fence that no parser pairs",
        name
    );
    let mut lines = page.lines().peekable();
    let mut columns = 0;
    while let Some(line) = lines.next() {
        if let Some(fence) = line
            .strip_suffix("text")
            .filter(|f| f.len() > 2 && f.bytes().all(|b| b == b'`'))
        {
            let closes =
                |l: &str| l.trim().len() >= fence.len() && l.trim().bytes().all(|b| b == b'`');
            prop_assert!(lines.by_ref().any(closes), "{}: a fence stays open", name);
            continue;
        }
        if let Some(row) = line.strip_prefix('|') {
            let cells = split_cells(row);
            let is_heading = lines.peek().is_some_and(|next| next.starts_with("| -"));
            columns = if is_heading { cells.len() } else { columns };
            prop_assert_eq!(cells.len(), columns, "{}: {}", name, line);
            cells.iter().try_for_each(|cell| check_words(name, cell))?;
            continue;
        }
        let text = line.trim_start_matches(' ');
        let text = ["###", "##", "#", ">", "-"]
            .iter()
            .find_map(|sign| text.strip_prefix(sign))
            .unwrap_or(text);
        let text = text.strip_prefix(' ').unwrap_or(text);
        check_words(name, text)?;
    }
    Ok(())
}

/// The cells of a table row as GitHub splits them: at every pipe that has no backslash before it.
fn split_cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut before = ' ';
    for c in row.chars() {
        match (c, cells.last_mut()) {
            ('|', _) if before != '\\' => cells.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            _ => {}
        }
        before = c;
    }
    cells.pop();
    cells
}

fn check_words(name: &str, text: &str) -> Result<(), TestCaseError> {
    static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[<>\[\]@#`\\&~_!|$^={}]|://|www\.|^\s*\d+[.)]\s|^\s*[-+*]\s").expect("a class")
    });
    let bare = without_code(text).replace("**", "");
    prop_assert!(
        !bare.contains('*') && !MARKUP.is_match(&bare),
        "{}: {:?} of {:?}",
        name,
        bare,
        text
    );
    Ok(())
}

/// The text without its code spans, as CommonMark pairs them: a run of backticks ends at the next run as long.
fn without_code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let fence = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let inside = &rest[at + fence..];
        let mut from = 0;
        let end = loop {
            let Some(next) = inside[from..].find('`').map(|i| i + from) else {
                break None;
            };
            let run = inside[next..].len() - inside[next..].trim_start_matches('`').len();
            if run == fence {
                break Some(next + run);
            }
            from = next + run;
        };
        match end {
            Some(end) => rest = &inside[end..],
            None => {
                out.push_str(&rest[at..at + fence]);
                rest = inside;
            }
        }
    }
    out + rest
}

/// Every line is a comment of ours or a name of ours with quoted labels and a number.
fn check_metrics(name: &str, page: &str) -> Result<(), TestCaseError> {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        let label = r#"[a-z]+="(?:[^"\\]|\\[\\"n])*""#;
        Regex::new(&format!(
            "^(?:# (?:HELP|TYPE) .*|brainstem_[a-z_]+(?:\\{{{label}(?:,{label})*\\}})? [0-9.e+-]+)$"
        ))
        .expect("a line")
    });
    for line in page.lines() {
        prop_assert!(LINE.is_match(line), "{}: {}", name, line);
    }
    Ok(())
}

/// Every tag is one of ours with attributes of ours; text holds no other sign of HTML than five entities.
fn check_html(name: &str, page: &str) -> Result<(), TestCaseError> {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        let names = "!doctype|html|head|meta|title|style|body|div|p|h1|h2|h3|ul|li|dl|dt|dd|article|pre|code|span|time\
                     |table|thead|tbody|tr|th|td|svg|rect";
        let value = "(?:[a-z:A-Z-]+=\"[^\"<>]*\"|html)";
        Regex::new(&format!("^</?(?:{names})(?: {value})*/?>")).expect("a tag")
    });
    static ENTITY: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("^&(?:amp|lt|gt|quot|#39);").expect("an entity"));
    static BANNED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)^<[^>]* (?:on\w+|href|src|style|xlink[^=]*)="#).expect("an attribute")
    });
    let (style_from, style_to) = (page.find("<style>"), page.find("</style>"));
    let style = style_from
        .zip(style_to)
        .map_or(0..0, |(from, to)| from + 7..to);
    for (at, sign) in page
        .match_indices(['<', '&', '>'])
        .filter(|(at, _)| !style.contains(at))
    {
        let rest = &page[at..];
        let fine = match sign {
            "<" => TAG.is_match(rest) && !BANNED.is_match(rest),
            "&" => ENTITY.is_match(rest),
            _ => true,
        };
        prop_assert!(
            fine,
            "{}: {:?}",
            name,
            rest.chars().take(60).collect::<String>()
        );
    }
    for (open, close) in [
        ("<code", "</code"),
        ("<pre", "</pre"),
        ("<article", "</article"),
        ("<td", "</td"),
    ] {
        prop_assert_eq!(
            page.matches(open).count(),
            page.matches(close).count(),
            "{}: {}",
            name,
            open
        );
    }
    Ok(())
}

#[test]
fn the_checks_see_what_they_look_for() {
    let look = Look::default();
    assert!(check_steering("x", "a\u{202e}b", &look, "table").is_err());
    assert!(check_steering("x", "a\tb", &look, "csv").is_err());
    assert!(check_width("x", &"x".repeat(81), &look).is_err());
    assert!(check_markdown("x", "see [a](b)").is_err());
    assert!(check_markdown("x", "| a | b |\n| --- | --- |\n| `x | y` | z |").is_err());
    assert!(check_markdown("x", "```text\n```\n<b>\n```").is_err());
    assert!(check_html("x", "<p>a <b>b</b></p>").is_err());
    assert!(check_html("x", "<p onclick=\"x\">").is_err());
    assert!(check_metrics("x", "brainstem_a{b=\"c\"d\"} 1").is_err());
    assert!(check_html("x", "&copy;").is_err());
    assert!(check_markdown("x", "`a` and ``b`c`` and **d**").is_ok());
}
