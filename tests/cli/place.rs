//! Places that others can write to: what they put there leads nobody astray.

use crate::machine::{Machine, column, minutes, same, text};
use rustix::process::geteuid;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};

/// A user who is neither root nor whoever runs the tests.
const STRANGER: u32 = 64_001;

#[test]
fn links_of_a_stranger_to_a_secret_are_refused_by_name_and_the_rest_is_read() {
    if !geteuid().is_root() {
        return; // only root can make links of others
    }
    let machine = Machine::new();
    let secret = machine.file("secret", "root:the canary:19000:0:99999:7:::\n");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).expect("a mode");
    let log = machine.file("logs/app.log", minutes("web-1", 0..3));
    symlink(&secret, machine.path("logs/soft.log")).expect("a link");
    fs::hard_link(&secret, machine.path("logs/hard.log")).expect("a second name");
    symlink("app.log", machine.path("logs/own.log")).expect("a link");
    for name in ["soft.log", "own.log"] {
        let link = machine.path("logs").join(name);
        lchown(link, Some(STRANGER), None).expect("root may");
    }
    for path in [&log, &text(&machine.path("logs"))] {
        chown(path, Some(STRANGER), None).expect("root may");
    }
    for logs in ["logs", "logs/*.log"] {
        let run = machine.run(&["ingest", logs, "--format", "json"]).exits(1);
        let reasons = column(&run.json()["skipped"], "reason").join("\n");
        assert!(
            reasons.contains("soft.log: a symbolic link on the way"),
            "{reasons}"
        );
        assert!(
            reasons.contains("hard.log: a hard link on the way"),
            "{reasons}"
        );
        assert_eq!(reasons.lines().count(), 2, "{reasons}");
    }
    for name in ["logs/soft.log", "logs/hard.log"] {
        machine
            .run(&["ingest", name])
            .exits(66)
            .says("refusing to read")
            .says("hint: ");
    }
    same(&machine.raw(), minutes("web-1", 0..3).as_bytes());
}

#[test]
fn a_store_of_another_user_is_not_written_to() {
    if !geteuid().is_root() {
        return; // only root can give files away
    }
    let machine = Machine::with_demo();
    chown(machine.store(), Some(STRANGER), None).expect("root may");
    let before = fs::read(machine.store()).expect("a store");
    let log = machine.file("app.log", minutes("web-1", 0..3));
    for args in [&["ingest", log.as_str()][..], &["prune"]] {
        machine
            .run(args)
            .exits(73)
            .says("it belongs to another user")
            .says("hint: ");
    }
    same(&fs::read(machine.store()).expect("a store"), &before);
}

#[test]
fn where_everybody_may_write_but_not_replace_a_store_is_private_and_links_lie_in_wait_in_vain() {
    let machine = Machine::new();
    fs::create_dir(machine.path("store")).expect("a directory");
    let shared = fs::Permissions::from_mode(0o1777);
    fs::set_permissions(machine.path("store"), shared).expect("a mode");
    let victim = machine.file("victim", "precious\n");
    // All names but that of the store itself that the program may write to.
    symlink(&victim, machine.path("store/.store.redb.reserve")).expect("a link");
    for pid in 1..100 {
        let name = format!("store/.store.redb.tmp.{pid}");
        symlink(&victim, machine.path(&name)).expect("a link");
    }
    let log = machine.file("app.log", minutes("web-1", 0..3));
    for _ in 0..2 {
        machine.ok(&["ingest", &log]);
        machine.ok(&["prune"]);
    }
    let store = fs::metadata(machine.store()).expect("a store");
    assert_eq!(store.mode() & 0o7777, 0o600);
    assert_eq!(fs::read(&victim).expect("a file"), b"precious\n");
    same(&machine.raw(), minutes("web-1", 0..3).as_bytes());
}
