//! The HTML page in a real browser, where there is one: headless Chromium lays it out, and nothing in it runs.

use crate::world::World;
use brainstem::report::{Look, renderer};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// The first browser there is. Without one there is nothing to test, and nothing is claimed.
fn browser() -> Option<&'static str> {
    let starts = |name: &&str| {
        Command::new(name)
            .arg("--version")
            .output()
            .is_ok_and(|o| o.status.success())
    };
    BROWSERS.iter().copied().find(starts)
}

/// The digest of the invented world as a file.
fn page(folder: &Path, say: &dyn Fn(&str) -> String) -> PathBuf {
    let reports = (World { say }).reports();
    let (_, report) = reports
        .into_iter()
        .find(|(name, _)| *name == "digest")
        .expect("a digest");
    let mut html = Vec::new();
    renderer("html")
        .expect("HTML is a format")
        .render(&report, &Look::default(), &mut html)
        .expect("a vector takes everything");
    let path = folder.join("page.html");
    fs::write(&path, html).expect("a page");
    path
}

fn shown(browser: &str, folder: &Path, page: &Path, options: &[String]) -> Output {
    Command::new(browser)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--window-size=900,1400",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .args(options)
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser starts")
}

#[test]
fn nothing_in_a_page_runs_and_all_of_it_is_there() {
    let Some(browser) = browser() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let weapon =
        "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\"'>";
    let page = page(folder.path(), &|text| format!("{text} {weapon}"));
    let seen = shown(browser, folder.path(), &page, &["--dump-dom".to_string()]);
    let dom = String::from_utf8(seen.stdout).expect("a document");
    assert!(dom.contains("<title>Digest for acme"), "{dom:.200}");
    assert!(!dom.contains("<title>owned") && !dom.contains("<script") && !dom.contains("<img"));
    assert_eq!(dom.matches("<article").count(), 4);
    assert!(dom.matches("<rect").count() >= 4 * 14);
}

#[test]
fn a_page_has_a_light_and_a_dark_look() {
    let Some(browser) = browser() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let page = page(folder.path(), &str::to_string);
    let picture = |name: &str, scheme: u8| {
        let to = folder.path().join(name);
        let options = [
            format!("--blink-settings=preferredColorScheme={scheme}"),
            format!("--screenshot={}", to.display()),
        ];
        let done = shown(browser, folder.path(), &page, &options);
        fs::read(&to).unwrap_or_else(|e| {
            panic!("no picture: {e}: {}", String::from_utf8_lossy(&done.stderr))
        })
    };
    let (dark, light) = (picture("dark.png", 0), picture("light.png", 1));
    assert!(dark.starts_with(b"\x89PNG") && light.starts_with(b"\x89PNG"));
    assert!(dark != light, "both looks are the same");
}
