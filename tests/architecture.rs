//! Holds the house to its plan: who may import whom, and which words may stand only in which rooms.
//!
//! The rules are the tables at the top. They are read against the code that ships: comments, strings and unit tests are
//! taken out first.

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of `src/`, lowest first. A module imports from lower floors only, so modules of one floor do not know each
/// other: what can be understood alone can be tested and replaced alone, and no ring of imports can ever form.
const FLOORS: [&[&str]; 13] = [
    // What everything may speak of. An error that knew the modules above it would be the usual start of a ring.
    &["error", "halves", "time"],
    // The raw record comes before anyone's understanding of it.
    &["envelope"],
    // What a record says,
    &["event"],
    // and what its message is an instance of; activity carries the severity of events.
    &["signature"],
    // The numbers that decide, apart from the code that uses them: a workshop takes them, none owns them.
    &["tuning"],
    // What the activity of a signature amounts to in a few numbers, which several workshops read.
    &["profile"],
    // What is told to a person, and what a person told us.
    &["candidate", "memory"],
    // The workshops: each turns one noun into the next, and none knows that there are others.
    &[
        "intake",
        "formats",
        "refine",
        "attention",
        "discovery",
        "scoring",
        "report",
    ],
    // Attention, discovery and scoring in a row: a pure function of facts, which knows no store.
    &["discern"],
    // Keeps what the workshops made.
    &["store"],
    // What people made of it: reads and writes the store.
    &["recall"],
    // Where everything meets; read from top to bottom it is the course of a record.
    &["pipeline"],
    // The only floor that talks to a terminal, an environment or a clock.
    &["cli"],
];

/// Words that may stand only in their rooms.
struct Confined {
    /// Regular expressions over the code; imports are spelled out, so `use std::{env, fs}` reads `use std::env`.
    words: &'static [&'static str],
    /// Where they may stand: beginnings of paths.
    rooms: &'static [&'static str],
    /// Why.
    reason: &'static str,
}

const CONFINED: [Confined; 5] = [
    Confined {
        words: &[r"\bredb\b"],
        rooms: &["src/store/", "src/store.rs"],
        reason: "the database can be replaced, and its locks and transactions understood, only if they are in one place",
    },
    Confined {
        words: &[r"\bclap\b", r"\bindicatif\b"],
        rooms: &["src/cli/", "src/main.rs"],
        reason: "everything below the command line can be called without one",
    },
    Confined {
        words: &[r"\bcomfy_table\b"],
        rooms: &["src/report/"],
        reason: "a table is one way to show a report among others; what it shows does not know it",
    },
    Confined {
        words: &[r"\be?print(ln)?!", r"\bio::(stdout|stderr)\b"],
        rooms: &["src/cli/", "src/main.rs"],
        reason: "all output goes through one door, which escapes what came from logs and knows about closed pipes",
    },
    Confined {
        // `env!` is read by the compiler and `SystemTime` may be a file's: neither depends on the moment of running.
        words: &[
            r"\bstd::env\b[^!]",
            r"\b(Utc|Local|SystemTime|Instant|Timestamp)::now\b",
        ],
        rooms: &["src/cli/", "src/main.rs"],
        reason: "the same facts as of the same time must give the same result: time and settings are handed down",
    },
];

/// What no checked-in text may hold. Taken apart here, so that this file does not hold them either.
const FOREIGN: [&str; 3] = [
    concat!("/tmp", "/w/"),
    concat!("/", "work/"),
    concat!(".cargo", "/registry/"),
];

/// A source file as the rules see it.
struct Source {
    /// Its path from the root of the repository, with `/`.
    path: String,
    /// Its place in the crate: `["store", "segment"]` for `src/store/segment.rs` and `src/store/segment/mod.rs`.
    module: Vec<String>,
    /// As it is in the file.
    text: String,
    /// The code that ships, with imports spelled out.
    code: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder`, sorted; without version control and build results.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the entry can be read").path())
        .collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let skipped = [".git", "target"].iter().any(|name| path.ends_with(name));
        if skipped {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("below the root");
    path.to_string_lossy().replace('\\', "/")
}

/// All source files but those that exist for unit tests only.
fn sources() -> Vec<Source> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source file is UTF-8");
        let path = relative(&path);
        let module = path.trim_start_matches("src/").trim_end_matches(".rs");
        let module = module.trim_end_matches("/mod").split('/');
        Source {
            module: module.map(str::to_string).collect(),
            code: spelled_out(&without_tests(&bare(&text))),
            path,
            text,
        }
    };
    let rust = |path: &PathBuf| path.extension().is_some_and(|end| end == "rs");
    let files = files_below(&root().join("src")).into_iter().filter(rust);
    let mut sources: Vec<Source> = files.map(read).collect();
    let tests: BTreeSet<Vec<String>> = sources.iter().flat_map(test_modules).collect();
    sources.retain(|source| !tests.iter().any(|test| source.module.starts_with(test)));
    sources
}

/// The modules that a file declares for unit tests only: `#[cfg(test)] mod samples;`.
fn test_modules(source: &Source) -> Vec<Vec<String>> {
    let declared = Regex::new(r"#\[cfg\(test\)\]\s*(?:pub(?:\([a-z]+\))?\s+)?mod\s+(\w+);");
    let declared = declared.expect("a valid expression");
    let parent = match source.module.as_slice() {
        [only] if only == "lib" => Vec::new(),
        module => module.to_vec(),
    };
    let names = declared.captures_iter(&source.text);
    names
        .map(|found| [parent.as_slice(), &[found[1].to_string()]].concat())
        .collect()
}

/// The code with comments and the insides of strings and characters blanked out.
fn bare(text: &str) -> String {
    // In this order, whatever comes first in the text is taken whole: a quote in a comment opens no string.
    let token = Regex::new(
        r##"(?xs)
          //[^\n]*
        | /\*.*?\*/
        | \bb?r\#\#\#".*?"\#\#\# | \bb?r\#\#".*?"\#\# | \bb?r\#".*?"\# | \bb?r"[^"]*"
        | "(?:[^"\\]|\\.)*"
        | '(?:[^'\\\n]|\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}|.))'
        "##,
    )
    .expect("a valid expression");
    token.replace_all(text, "\"\"").into_owned()
}

/// The bare code without items marked `#[cfg(test)]`.
fn without_tests(bare: &str) -> String {
    let mut code = String::new();
    let mut rest = bare;
    while let Some(at) = rest.find("#[cfg(test)]") {
        code.push_str(&rest[..at]);
        rest = &rest[at + item_length(&rest[at..])..];
    }
    code + rest
}

/// Where the item ends that `code` begins with: after its block, or after a semicolon outside of any.
fn item_length(code: &str) -> usize {
    let mut depth = 0;
    for (at, sign) in code.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The code with each import of a group as one of its own: `use a::{b, c::{d, e as f}};` reads
/// `use a::b; use a::c::d; use a::c::e as f;`.
fn spelled_out(code: &str) -> String {
    let import = Regex::new(r"\buse\s+([^;]+);").expect("a valid expression");
    let spell = |found: &regex::Captures| {
        let paths = leaves("", &found[1]);
        paths.iter().map(|path| format!("use {path}; ")).collect()
    };
    import
        .replace_all(code, |found: &regex::Captures| -> String { spell(found) })
        .into_owned()
}

fn leaves(prefix: &str, tree: &str) -> Vec<String> {
    let Some((before, group)) = tree.split_once('{') else {
        return vec![format!("{prefix}{}", tree.trim())];
    };
    let prefix = format!("{prefix}{}", before.trim());
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    let mut depth = 0;
    let branches = group.split(|sign| {
        depth += i32::from(sign == '{') - i32::from(sign == '}');
        sign == ',' && depth == 0
    });
    branches
        .filter(|branch| !branch.trim().is_empty())
        .flat_map(|branch| leaves(&prefix, branch))
        .collect()
}

/// The places in the crate that the code names: `["store", "open", "Store"]` for `crate::store::open::Store`.
fn named(source: &Source) -> Vec<Vec<String>> {
    let path = Regex::new(r"\b(crate|super(?:::super)*)((?:::\w+)+)").expect("a valid expression");
    let found = path.captures_iter(&source.code).map(|found| {
        let kept = match &found[1] {
            "crate" => 0,
            up => source.module.len().saturating_sub(up.split("::").count()),
        };
        let words = found[2].split("::").filter(|word| !word.is_empty());
        let above = source.module[..kept].iter().map(String::as_str);
        above.chain(words).map(str::to_string).collect()
    });
    found.collect()
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Whether a file is the crate's own: the map and the program, which stand beside the floors.
fn is_root(source: &Source) -> bool {
    matches!(source.path.as_str(), "src/lib.rs" | "src/main.rs")
}

/// What a file imports from where it must not.
fn climbs(source: &Source) -> Vec<String> {
    let own = &source.module[0];
    let Some(own_floor) = floor_of(own) else {
        return vec![format!("{}: {own} has no floor; give it one", source.path)];
    };
    let higher =
        |module: &String| module != own && floor_of(module).is_some_and(|floor| floor >= own_floor);
    let names = named(source)
        .into_iter()
        .map(|mut path| path.swap_remove(0));
    let modules: BTreeSet<String> = names.filter(higher).collect();
    let complaint = |module| format!("{}: {own} imports {module}, which is no lower", source.path);
    modules.into_iter().map(complaint).collect()
}

#[test]
fn a_module_imports_from_lower_floors_only() {
    let sources = sources();
    assert!(sources.len() > 5, "the sources were not found");
    let complaints: Vec<String> = sources
        .iter()
        .filter(|source| !is_root(source))
        .flat_map(climbs)
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// The siblings that a file names: modules of its folder that lie neither above nor below it.
fn siblings<'a>(source: &Source, modules: &'a BTreeSet<&[String]>) -> Vec<&'a [String]> {
    let names = named(source);
    let named = |module: &[String]| names.iter().any(|name| name.starts_with(module));
    let apart = |module: &[String]| {
        module[0] == source.module[0]
            && !source.module.starts_with(module)
            && !module.starts_with(&source.module)
    };
    let found = modules.iter().copied();
    found.filter(|m| apart(m) && named(m)).collect()
}

#[test]
fn neighbours_form_no_ring() {
    // Files of a folder may name each other, but never in a circle: each can then be understood before those that use it, and
    // removed once nothing does.
    let sources = sources();
    let modules: BTreeSet<&[String]> = sources.iter().map(|s| s.module.as_slice()).collect();
    let mut uses: BTreeMap<&[String], Vec<&[String]>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !is_root(source)) {
        uses.insert(source.module.as_slice(), siblings(source, &modules));
    }
    // Whatever uses nothing that is left can be taken away; what never can be is in a ring, or uses one.
    while let Some(free) = uses
        .iter()
        .find(|(_, on)| on.iter().all(|m| !uses.contains_key(m)))
        .map(|(m, _)| *m)
    {
        uses.remove(free);
    }
    assert!(
        uses.is_empty(),
        "rings among {:#?}",
        uses.keys().map(|m| m.join("::")).collect::<Vec<_>>()
    );
}

/// The words of `rule` that stand in `code`.
fn strays(rule: &Confined, code: &str) -> Vec<String> {
    let words = rule.words.iter();
    let words = words.map(|word| Regex::new(word).expect("a valid expression"));
    let found = words.filter_map(|word| word.find(code).map(|found| found.as_str().to_string()));
    found.collect()
}

#[test]
fn words_stand_only_in_their_rooms() {
    let mut complaints = Vec::new();
    for source in sources() {
        for rule in &CONFINED {
            if rule.rooms.iter().any(|room| source.path.starts_with(room)) {
                continue;
            }
            for word in strays(rule, &source.code) {
                complaints.push(format!("{}: {word}: {}", source.path, rule.reason));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn every_file_begins_with_what_it_is_for() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path)
        .collect();
    assert!(silent.is_empty(), "no //! first line: {silent:#?}");
}

#[test]
fn no_text_names_a_path_of_one_machine() {
    // Such a path helps nobody who reads it elsewhere. A longer path that ends alike, as /srv/work/, is another's.
    let beginnings = FOREIGN.map(|path| {
        Regex::new(&format!(r"(?:^|[^\w.-]){}", regex::escape(path))).expect("a valid expression")
    });
    let mut complaints = Vec::new();
    for file in files_below(root()) {
        // What is not text is an archive or a store.
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        for (line, words) in text.lines().enumerate() {
            if beginnings.iter().any(|path| path.is_match(words)) {
                complaints.push(format!("{}:{}: {words}", relative(&file), line + 1));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// A file made up for the tests of the rules.
fn made_up(path: &str, text: &str) -> Source {
    let module = path.trim_start_matches("src/").trim_end_matches(".rs");
    Source {
        path: path.to_string(),
        module: module.split('/').map(str::to_string).collect(),
        text: text.to_string(),
        code: spelled_out(&without_tests(&bare(text))),
    }
}

#[test]
fn the_rules_see_through_groups_comments_strings_and_tests() {
    let harmless = made_up(
        "src/refine/mask.rs",
        r####"
        //! Like crate::store, but "smaller.
        use crate::{error::Result, event::{Parsed, Severity}};
        use super::Masks;
        const A: &str = "use crate::store::Store; \" println!()"; /* crate::cli */
        const B: char = '"'; // crate::recall
        const C: &str = r#"crate::pipeline " redb"#;
        fn keep<'a>(x: &'a str) -> &'a str { x }
        const V: &str = env!("CARGO_PKG_VERSION");
        #[cfg(test)]
        mod tests { use crate::store::Store; fn f() { println!("}"); } }
        "####,
    );
    assert_eq!(climbs(&harmless), Vec::<String>::new());
    for rule in &CONFINED {
        assert_eq!(strays(rule, &harmless.code), Vec::<String>::new());
    }
}

#[test]
fn the_rules_find_what_breaks_them() {
    let wrong = made_up(
        "src/refine/mask.rs",
        r#"
        #[cfg(test)]
        use crate::time::Timestamp;
        use crate::{error::Result, report::Row, refine::{fold::Fold, Masks}};
        use std::{collections::BTreeMap, env, time::{Instant}};
        use redb::Database;
        fn f<'a>(c: char) { if c == '\'' { eprintln!("{}", crate::cli::width()) } }
        fn g() { let t = Instant::now(); super::token::cut(t); super::super::discern::all() }
        "#,
    );
    let found = climbs(&wrong).join("\n");
    for module in ["report", "cli", "discern"] {
        assert!(found.contains(&format!("imports {module},")), "{found}");
    }
    assert_eq!(found.lines().count(), 3, "{found}");
    let words: Vec<String> = CONFINED
        .iter()
        .flat_map(|r| strays(r, &wrong.code))
        .collect();
    assert_eq!(words, ["redb", "eprintln!", "std::env;", "Instant::now"]);
    let all = ["fold", "mask", "token"].map(|leaf| ["refine", leaf].map(str::to_string));
    let modules = all.iter().map(<[String; 2]>::as_slice).collect();
    let found: Vec<String> = siblings(&wrong, &modules)
        .iter()
        .map(|m| m.join("::"))
        .collect();
    assert_eq!(found, ["refine::fold", "refine::token"]);
    let homeless = made_up("src/attic.rs", "//! Nobody planned this.");
    assert_eq!(climbs(&homeless).len(), 1);
}
