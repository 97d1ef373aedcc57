//! alder: the web server. rsyslog with ISO stamps, no severities.

use crate::calendar::{Rhythm, nightly};
use crate::log::{Log, Program};
use crate::routine;
use brainstem::time::{MINUTE, SECOND};

pub const NGINX: Program = Program {
    name: "nginx",
    facility: 23,
    exe: "/usr/sbin/nginx",
    unit: "nginx.service",
};
const SHOP: Program = Program {
    name: "shop-api",
    facility: 3,
    exe: "/opt/shop/bin/shop-api",
    unit: "shop-api.service",
};
const CERTBOT: Program = Program {
    name: "certbot",
    facility: 3,
    exe: "/usr/bin/python3.11",
    unit: "certbot.service",
};
const LINKCHECK: Program = Program {
    name: "linkcheck",
    facility: 3,
    exe: "/opt/shop/bin/linkcheck",
    unit: "linkcheck.service",
};

/// The routine of alder.
pub fn log() -> Log {
    let mut log = Log::of("alder");
    routine::write(&mut log, 9);
    orders(&mut log);
    certificates(&mut log);
    link_check(&mut log);
    log
}

fn orders(log: &mut Log) {
    let mut dice = log.dice("orders");
    let mut order = 48_200;
    for at in Rhythm::Office.arrivals(&mut dice, 26) {
        let who = log.daemon(&SHOP, at);
        let took = dice.between(90, 700);
        match dice.between(0, 9) {
            0..=5 => {
                order += 1;
                let euros = dice.between(8, 240);
                log.info(
                    at,
                    who,
                    format!("order {order} paid: {euros}.90 EUR, {took} ms"),
                );
            }
            6 | 7 => {
                let (cart, age) = (dice.hex(8), dice.between(30, 90));
                log.info(at, who, format!("cart {cart} expired after {age} minutes"));
            }
            8 => log.info(
                at,
                who,
                format!("price list reloaded in {took} ms, 0 errors"),
            ),
            _ => log.info(
                at,
                who,
                format!("stock check finished in {took} ms, no failures"),
            ),
        }
    }
}

fn certificates(log: &mut Log) {
    let mut dice = log.dice("certificates");
    for clock in ["05:12", "17:12"] {
        for half_day in nightly(clock) {
            let at = half_day + dice.between(0, 20 * MINUTE);
            let who = log.process(&CERTBOT, at);
            log.info(
                at,
                who,
                "Certificate for shop.example.com not yet due for renewal",
            );
            log.info(at + SECOND, who, "No renewals were attempted.");
        }
    }
}

/// Decoy: words of alarm, every night, meaning nothing.
fn link_check(log: &mut Log) {
    let mut dice = log.dice("linkcheck");
    for night in nightly("03:20") {
        let at = night + dice.between(0, 3 * SECOND);
        let who = log.process(&LINKCHECK, at);
        log.info(
            at,
            who,
            "warning: stale lock of last night removed, this is expected",
        );
        for part in 0..dice.between(3, 6) {
            let page = dice.between(100, 999);
            log.info(
                at + (part + 2) * 7 * SECOND,
                who,
                format!("error page /help/{page} answers 404 as it should"),
            );
        }
        let pages = dice.between(1900, 1990);
        log.info(
            at + 70 * SECOND,
            who,
            format!("checked {pages} pages: 0 errors, 0 failed, 0 timed out"),
        );
    }
}
