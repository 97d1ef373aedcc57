//! Every page as it is kept beside this file: whole, so that a change of looks is seen as what it is.
//!
//! `BRAINSTEM_BLESS=1 cargo test --test report_pages` writes the files anew; then look at the difference.

use crate::world::World;
use brainstem::report::{Color, Extent, Glyphs, Look, Report, renderer};
use std::path::PathBuf;

/// The width, and what else is special about a look, by the name it has in a file's name.
const LOOKS: [(&str, Look); 7] = [
    ("80", at(80)),
    ("60", at(60)),
    ("120", at(120)),
    ("200", at(200)),
    (
        "ascii",
        Look {
            glyphs: Glyphs::Ascii,
            ..at(80)
        },
    ),
    (
        "wide",
        Look {
            extent: Extent::Wide,
            ..at(80)
        },
    ),
    (
        "color",
        Look {
            color: Color::On,
            ..at(80)
        },
    ),
];

const fn at(width: usize) -> Look {
    Look {
        width,
        color: Color::Off,
        glyphs: Glyphs::Unicode,
        extent: Extent::Fitted,
        secrets: brainstem::report::Secrets::Masked,
    }
}

#[test]
fn pages_look_as_they_did() {
    let world = World {
        say: &|text| text.to_string(),
    };
    let mut changed = Vec::new();
    for (name, report) in world.reports() {
        for (format, ending) in [
            ("table", "txt"),
            ("json", "json"),
            ("markdown", "md"),
            ("csv", "csv"),
            ("html", "html"),
            ("prometheus", "prom"),
        ] {
            for (look_name, look) in LOOKS.iter().filter(|(look, _)| is_kept(name, format, look)) {
                let file = format!("{name}.{look_name}.{ending}");
                if !is_as_kept(&file, &written(format, &report, look)) {
                    changed.push(file);
                }
            }
        }
    }
    assert!(
        changed.is_empty(),
        "these pages look different: {changed:?}; BRAINSTEM_BLESS=1 keeps them so"
    );
}

/// All pages as a terminal of 80 columns and as JSON; the others where the look has something to do.
fn is_kept(page: &str, format: &str, look: &str) -> bool {
    match (format, look) {
        ("table" | "json", "80") => true,
        ("table", "60" | "120") => {
            matches!(page, "digest" | "candidates" | "events" | "signatures")
        }
        ("table", "200" | "wide") => matches!(page, "candidates"),
        ("table", "ascii" | "color") => matches!(page, "digest"),
        ("markdown", "80") => matches!(page, "digest" | "explain_candidate" | "related"),
        ("csv", "80") => matches!(page, "digest" | "candidates" | "events"),
        ("html", "80") => matches!(page, "digest"),
        ("prometheus", "80") => matches!(page, "status"),
        _ => false,
    }
}

fn written(format: &str, report: &Report, look: &Look) -> String {
    let mut out = Vec::new();
    let renderer = renderer(format).expect("a known format");
    renderer
        .render(report, look, &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("output is UTF-8")
}

fn is_as_kept(file: &str, now: &str) -> bool {
    let path: PathBuf = [
        env!("CARGO_MANIFEST_DIR"),
        "tests/report_pages/golden",
        file,
    ]
    .iter()
    .collect();
    if std::env::var_os("BRAINSTEM_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory"))
            .expect("a place for golden files");
        std::fs::write(&path, now).expect("a golden file can be written");
    }
    std::fs::read_to_string(&path).is_ok_and(|kept| kept == now)
}
