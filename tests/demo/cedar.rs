//! cedar: the mail server. A journald export, one JSON object a line.

use crate::calendar::{Rhythm, march, nightly};
use crate::dice::Dice;
use crate::log::{Log, Program};
use crate::planted;
use crate::routine;
use brainstem::event::Severity::Warning;
use brainstem::time::{HOUR, MINUTE, SECOND};

const fn postfix(name: &'static str, exe: &'static str) -> Program {
    Program {
        name,
        facility: 2,
        exe,
        unit: "postfix@-.service",
    }
}

const SMTPD: Program = postfix("postfix/smtpd", "/usr/lib/postfix/sbin/smtpd");
const CLEANUP: Program = postfix("postfix/cleanup", "/usr/lib/postfix/sbin/cleanup");
const QMGR: Program = postfix("postfix/qmgr", "/usr/lib/postfix/sbin/qmgr");
const LMTP: Program = postfix("postfix/lmtp", "/usr/lib/postfix/sbin/lmtp");
const SMTP: Program = postfix("postfix/smtp", "/usr/lib/postfix/sbin/smtp");
const DOVECOT: Program = Program {
    name: "dovecot",
    facility: 2,
    exe: "/usr/sbin/dovecot",
    unit: "dovecot.service",
};
const INTEGRITY: Program = Program {
    name: "integrity",
    facility: 3,
    exe: "/usr/local/sbin/integrity",
    unit: "integrity.service",
};
pub const INDEXER: Program = Program {
    name: "imap-indexer",
    facility: 3,
    exe: "/usr/lib/imap-indexer",
    unit: "imap-indexer.service",
};

/// The routine of cedar, with a planned restart on 11 March.
pub fn log() -> Log {
    let mut log = Log::of("cedar");
    routine::restart(&mut log, march(11, "04:12"));
    routine::write(&mut log, 3);
    mail_in(&mut log);
    refused(&mut log);
    deferred(&mut log);
    mailboxes(&mut log);
    indexing(&mut log);
    integrity(&mut log);
    log
}

/// Who writes from outside: host, address, domain.
const PARTNERS: [(&str, &str, &str); 4] = [
    ("mx1.orchard.example", "198.51.100.31", "orchard.example"),
    ("out.millrace.example", "198.51.100.52", "millrace.example"),
    ("mail.tannery.example", "198.51.100.77", "tannery.example"),
    (
        "relay2.quayside.example",
        "198.51.100.90",
        "quayside.example",
    ),
];

const BOXES: [&str; 5] = ["marta", "tomas", "office", "orders", "ines"];

fn queue_id(dice: &mut Dice) -> String {
    dice.hex(10).to_uppercase()
}

fn mail_in(log: &mut Log) {
    let mut dice = log.dice("mail");
    for at in Rhythm::Office.arrivals(&mut dice, 8) {
        let (host, address, domain) = dice.pick(&PARTNERS);
        let (to, queue, size) = (
            dice.pick(&BOXES),
            queue_id(&mut dice),
            dice.between(1_200, 480_000),
        );
        let smtpd = log.process(&SMTPD, at);
        let (cleanup, lmtp) = (
            log.process(&CLEANUP, at + 2 * SECOND),
            log.process(&LMTP, at + 4 * SECOND),
        );
        let qmgr = log.daemon(&QMGR, at);
        let (id, delay) = (dice.hex(16), dice.between(11, 98));
        log.info(at, smtpd, format!("connect from {host}[{address}]"));
        log.info(
            at + 300_000,
            smtpd,
            format!("{queue}: client={host}[{address}]"),
        );
        log.info(
            at + 350_000,
            cleanup,
            format!("{queue}: message-id=<{id}@{domain}>"),
        );
        log.info(
            at + 380_000,
            qmgr,
            format!("{queue}: from=<news@{domain}>, size={size}, nrcpt=1 (queue active)"),
        );
        log.info(
            at + 700_000,
            smtpd,
            format!("disconnect from {host}[{address}] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7"),
        );
        log.info(
            at + 380_000 + delay * 10_000,
            lmtp,
            format!("{queue}: to=<{to}@example.com>, relay=cedar.example.com[private/dovecot-lmtp], delay=0.{delay}, delays=0.0{}/0.01/0.02/0.0{}, dsn=2.0.0, status=sent (250 2.0.0 <{to}@example.com> Saved)", dice.between(1, 9), dice.between(1, 9)),
        );
        log.info(
            at + 400_000 + delay * 10_000,
            qmgr,
            format!("{queue}: removed"),
        );
    }
}

/// Decoy: warnings of an open port, day and night.
fn refused(log: &mut Log) {
    let mut dice = log.dice("refused");
    for at in Rhythm::Flat.arrivals(&mut dice, 6) {
        let who = log.process(&SMTPD, at);
        let address = format!("203.0.113.{}", dice.between(100, 254));
        log.say(
            Warning,
            at,
            who,
            format!("warning: unknown[{address}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"),
        );
    }
    for at in Rhythm::Flat.arrivals(&mut dice, 3) {
        let who = log.process(&SMTPD, at);
        let address = format!("203.0.113.{}", dice.between(100, 254));
        log.info(
            at,
            who,
            format!("NOQUEUE: reject: RCPT from unknown[{address}]: 554 5.7.1 <probe@example.org>: Relay access denied; from=<probe@example.org> to=<probe@example.org> proto=ESMTP helo=<win-{}>", dice.hex(6)),
        );
    }
}

/// Decoy: one partner's server is always slow.
fn deferred(log: &mut Log) {
    let mut dice = log.dice("deferred");
    for at in Rhythm::Flat.arrivals(&mut dice, 6) {
        let who = log.process(&SMTP, at);
        let (queue, delay) = (queue_id(&mut dice), dice.between(300, 4000));
        log.info(
            at,
            who,
            format!("{queue}: to=<info@tannery.example>, relay=none, delay={delay}, delays={delay}/0.02/30/0, dsn=4.4.1, status=deferred (connect to mail.tannery.example[198.51.100.77]:25: Connection timed out)"),
        );
    }
}

fn mailboxes(log: &mut Log) {
    let mut dice = log.dice("mailboxes");
    for at in Rhythm::Office.arrivals(&mut dice, 10) {
        let who = log.daemon(&DOVECOT, at);
        let (user, client) = (dice.pick(&BOXES), dice.between(130, 150));
        let mpid = dice.between(20_000, 90_000);
        log.info(
            at,
            who,
            format!("imap-login: Login: user=<{user}>, method=PLAIN, rip=192.0.2.{client}, lip=192.0.2.13, mpid={mpid}, TLS, session=<{}>", dice.hex(12)),
        );
        let (read, sent) = (dice.between(100, 9_000), dice.between(2_000, 900_000));
        log.info(
            at + dice.between(MINUTE, 40 * MINUTE),
            who,
            format!("imap({user})<{mpid}>: Disconnected: Logged out in={read} out={sent}"),
        );
    }
}

fn indexing(log: &mut Log) {
    let mut dice = log.dice("indexing");
    for step in 0..14 * 8 {
        let at = march(2, "00:09") + step * 3 * HOUR + dice.between(0, 9 * SECOND);
        let who = planted::indexer(log, at);
        let (messages, boxes) = (dice.between(4, 140), dice.between(2, 5));
        log.info(
            at,
            who,
            format!("indexed {messages} messages in {boxes} mailboxes, 0 errors"),
        );
    }
}

/// Decoy: critical, tampered, failures; and all is well.
fn integrity(log: &mut Log) {
    let mut dice = log.dice("integrity");
    for night in nightly("04:40") {
        let at = night + dice.between(0, 4 * SECOND);
        let who = log.process(&INTEGRITY, at);
        let files = dice.between(1830, 1850);
        log.info(
            at,
            who,
            format!("comparing {files} critical files with their checksums"),
        );
        log.info(
            at + 90 * SECOND,
            who,
            format!("{files} files intact, none tampered with, no failures"),
        );
    }
}
