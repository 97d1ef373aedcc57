//! dogwood: the gateway. BSD syslog without a year, rotated and compressed.

use crate::calendar::{END, Rhythm, START};
use crate::log::{Log, Program, kernel};
use crate::routine;
use brainstem::time::{HOUR, SECOND};

pub const TUNNELS: Program = Program {
    name: "tunnel-watch",
    facility: 3,
    exe: "/usr/local/sbin/tunnel-watch",
    unit: "tunnel-watch.service",
};
const CHARON: Program = Program {
    name: "charon",
    facility: 3,
    exe: "/usr/lib/ipsec/charon",
    unit: "strongswan-starter.service",
};
const DNSMASQ: Program = Program {
    name: "dnsmasq-dhcp",
    facility: 3,
    exe: "/usr/sbin/dnsmasq",
    unit: "dnsmasq.service",
};
const DHCLIENT: Program = Program {
    name: "dhclient",
    facility: 3,
    exe: "/usr/sbin/dhclient",
    unit: "networking.service",
};

/// The routine of dogwood.
pub fn log() -> Log {
    let mut log = Log::of("dogwood");
    routine::write(&mut log, 10);
    leases(&mut log);
    uplink(&mut log);
    firewall(&mut log);
    rekeying(&mut log);
    log
}

/// The office's machines: address, hardware address, name.
const MACHINES: [(&str, &str, &str); 6] = [
    ("192.0.2.131", "52:54:00:1b:8c:02", "laptop-marta"),
    ("192.0.2.132", "52:54:00:1b:8c:7e", "laptop-tomas"),
    ("192.0.2.133", "52:54:00:41:0d:19", "till-front"),
    ("192.0.2.134", "52:54:00:41:0d:2a", "till-back"),
    ("192.0.2.135", "52:54:00:9f:33:c4", "printer"),
    ("192.0.2.136", "52:54:00:66:e1:50", "phone-ines"),
];

fn leases(log: &mut Log) {
    let mut dice = log.dice("leases");
    for at in Rhythm::Office.arrivals(&mut dice, 11) {
        let who = log.daemon(&DNSMASQ, at);
        let (address, hardware, name) = dice.pick(&MACHINES);
        log.info(at, who, format!("DHCPREQUEST(eth1) {address} {hardware}"));
        log.info(
            at + 4_000,
            who,
            format!("DHCPACK(eth1) {address} {hardware} {name}"),
        );
    }
}

fn uplink(log: &mut Log) {
    let mut dice = log.dice("uplink");
    let mut at = START + dice.between(0, HOUR);
    while at < END {
        let who = log.daemon(&DHCLIENT, at);
        let renewal = dice.between(11_000, 16_000);
        log.info(
            at,
            who,
            "DHCPREQUEST for 203.0.113.44 on eth0 to 203.0.113.1 port 67",
        );
        log.info(at + 20_000, who, "DHCPACK of 203.0.113.44 from 203.0.113.1");
        log.info(
            at + 50_000,
            who,
            format!("bound to 203.0.113.44 -- renewal in {renewal} seconds."),
        );
        at += renewal * SECOND;
    }
}

fn firewall(log: &mut Log) {
    let mut dice = log.dice("firewall");
    for at in Rhythm::Flat.arrivals(&mut dice, 16) {
        let (from, length, life) = (
            dice.between(100, 254),
            dice.pick(&[40, 44, 60]),
            dice.between(38, 244),
        );
        let (id, port) = (dice.between(1, 65_535), dice.between(1_024, 65_535));
        let service = dice.pick(&[23, 445, 3389, 5900, 8080, 8728]);
        log.info(
            at,
            kernel(),
            format!("[UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:aa:10:01:52:54:00:aa:10:fe:08:00 SRC=198.51.100.{from} DST=203.0.113.44 LEN={length} TOS=0x00 PREC=0x00 TTL={life} ID={id} PROTO=TCP SPT={port} DPT={service} WINDOW=1024 RES=0x00 SYN URGP=0"),
        );
    }
}

fn rekeying(log: &mut Log) {
    let mut dice = log.dice("rekeying");
    let mut at = START + dice.between(0, 4 * HOUR);
    let mut number = 209;
    while at < END {
        let who = log.daemon(&CHARON, at);
        let thread = dice.between(5, 16);
        log.info(
            at,
            who,
            format!("{thread:02}[IKE] IKE_SA branch-north[{number}] rekeyed between 203.0.113.44[gw.example.com]...198.51.100.20[north.example.net]"),
        );
        number += 1;
        at += 4 * HOUR - dice.between(0, 900) * SECOND;
    }
}
