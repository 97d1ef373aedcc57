//! Families of messages: what belongs together is together, what does not is apart, and no order matters.

use brainstem::refine::{Cut, Known, families, fingerprint, normalise, widen};
use brainstem::signature::Fingerprint;
use brainstem::time::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What became of a fingerprint: the root of its family, and the family's template.
type Verdict = BTreeMap<Fingerprint, (Fingerprint, String)>;

fn fingerprint_of(service: &str, message: &str) -> (Fingerprint, String) {
    let mut cut = Cut::new();
    cut.cut(message.as_bytes());
    let text = normalise(&cut.logtype);
    (fingerprint(service, &text), text)
}

/// Reads messages as the program does, in the order given.
fn learn(messages: &[(&str, &str)]) -> Verdict {
    let mut texts: BTreeMap<Fingerprint, (String, String)> = BTreeMap::new();
    let mut order = Vec::new();
    for (service, message) in messages {
        let (id, text) = fingerprint_of(service, message);
        if !texts.contains_key(&id) {
            order.push(id);
        }
        let known = texts
            .entry(id)
            .or_insert_with(|| (service.to_string(), text.clone()));
        known.1 = widen(&known.1, &text);
    }
    let known: Vec<Known> = order
        .iter()
        .map(|id| Known {
            fingerprint: *id,
            service: &texts[id].0,
            normalised: &texts[id].1,
            first_seen: Timestamp(0),
        })
        .collect();
    let found = families(&known);
    (0..known.len())
        .map(|i| {
            let root = known[found.root[i] as usize].fingerprint;
            (known[i].fingerprint, (root, found.template[i].clone()))
        })
        .collect()
}

/// The templates of messages of one service, each once.
fn templates(messages: &[String]) -> Vec<String> {
    let all: Vec<(&str, &str)> = messages.iter().map(|m| ("svc", m.as_str())).collect();
    let mut out: Vec<String> = learn(&all).into_values().map(|(_, t)| t).collect();
    out.sort();
    out.dedup();
    out
}

fn with_each(values: &[&str], pattern: &str) -> Vec<String> {
    values.iter().map(|v| pattern.replace("{}", v)).collect()
}

const PEOPLE: [&str; 12] = [
    "anna", "bert", "chris", "dora", "emil", "frida", "gustav", "hanna", "igor", "jana", "karl",
    "lena",
];

#[test]
fn names_after_a_word_that_announces_them_are_one_variable() {
    assert_eq!(
        templates(&with_each(
            &PEOPLE[..3],
            "session opened for user {} by uid 0"
        )),
        ["session opened for user <user> by uid <num>"]
    );
    assert_eq!(
        templates(&with_each(
            &PEOPLE[..2],
            "session opened for user {} by uid 0"
        ))
        .len(),
        2,
        "two are too few to tell"
    );
}

#[test]
fn names_of_things_need_few_values_and_plain_words_many() {
    let units = ["ssh.service", "cron.service", "nginx.service"];
    assert_eq!(
        templates(&with_each(&units, "unit entered {} after boot")).len(),
        1
    );
    assert_eq!(
        templates(&with_each(&PEOPLE[..5], "lunch was cooked {} again today")).len(),
        5
    );
    assert_eq!(
        templates(&with_each(&PEOPLE, "lunch was cooked {} again today")),
        ["lunch was cooked <*> again today"]
    );
}

#[test]
fn states_never_meet() {
    for pair in [
        ["started", "stopped"],
        ["up", "down"],
        ["opened", "closed"],
        ["accepted", "refused"],
        ["failed", "succeeded"],
        ["enabled", "disabled"],
        ["connected", "disconnected"],
        ["mounted", "unmounted"],
        ["active", "inactive"],
        ["SCREEN_ON", "SCREEN_OFF"],
        ["startService", "stopService"],
        ["login", "logout"],
        ["ok", "error"],
    ] {
        // Even where the place is known to be variable.
        let mut messages = with_each(&PEOPLE[..5], "the link to office is now {} after check");
        messages.extend(with_each(&pair, "the link to office is now {} after check"));
        let all: Vec<(&str, &str)> = messages.iter().map(|m| ("", m.as_str())).collect();
        let verdict = learn(&all);
        let root = |i: usize| verdict[&fingerprint_of("", &messages[messages.len() - i]).0].0;
        assert_ne!(root(1), root(2), "{pair:?}");
    }
    let states = [
        "NEW",
        "ASSIGNED",
        "RUNNING",
        "SUCCEEDED",
        "KILL_CLEANUP",
        "COMMIT_PENDING",
        "setup",
        "Done",
    ];
    assert_eq!(
        templates(&with_each(&states, "task 7 transitioned from {} to next")).len(),
        states.len()
    );
}

#[test]
fn several_names_in_one_message_vary_together() {
    let messages: Vec<String> = (0..6)
        .map(|i| {
            format!(
                "route from {}-gw.example.org to {}-db.example.net is gone",
                PEOPLE[i],
                PEOPLE[i + 3]
            )
        })
        .collect();
    assert_eq!(templates(&messages).len(), 1);
}

#[test]
fn shapes_of_the_same_value_are_one() {
    for messages in [
        ["call init() ok", "call init(7) ok", "call init(0x1f) ok"],
        [
            "auth failure; user= host=a.example.org",
            "auth failure; user=5 host=a.example.org",
            "auth failure; user= host=10.0.0.1",
        ],
        [
            "fan speeds ( 1 2 3 )",
            "fan speeds ( 1 **** )",
            "fan speeds ( **** 4500 9 )",
        ],
        [
            "sent 7 bytes in 3 ms",
            "sent 4.5 KB in 1 sec",
            "sent 1 GB in <1 sec",
        ],
        [
            "expires Fri Jun 17 07:07:00 2005 here",
            "expires Jan 3 07:07:00 UTC 2006 here",
            "expires 2006-01-03 here",
        ],
        [
            "lost 10.0.0.1:80 now",
            "lost 10.0.0.2 now",
            "lost /var/run/x now",
        ],
        [
            "login host=? user=\"-\" by 5",
            "login host=10.0.0.1 user=\"77\" by 5",
            "login host=- user=\"?\" by 6",
        ],
        ["Disk FULL: 5", "disk full: 6", "DISK Full: 7"],
        [
            "ready=true, mode=none;",
            "ready=false, mode=null;",
            "ready=5, mode=6;",
        ],
    ] {
        let ids: Vec<Fingerprint> = messages.iter().map(|m| fingerprint_of("", m).0).collect();
        let verdict = learn(&messages.map(|m| ("", m)));
        let roots: std::collections::BTreeSet<Fingerprint> =
            ids.iter().map(|id| verdict[id].0).collect();
        assert_eq!(roots.len(), 1, "{messages:?}");
    }
}

#[test]
fn different_sentences_are_apart() {
    for (a, b) in [
        ("GET /a HTTP/1.1", "POST /a HTTP/1.1"),
        (
            "Failed password for root from 1.2.3.4",
            "Failed password for invalid user root from 1.2.3.4",
        ),
        ("%LINK-3-UPDOWN: port 1", "%LINK-5-CHANGED: port 1"),
        (
            "java.io.IOException: reset",
            "java.net.ConnectException: reset",
        ),
        ("IPv4 address 5", "IPv6 address 5"),
        (
            "level=info msg=\"all good here\"",
            "level=error msg=\"all good here\"",
        ),
    ] {
        assert_ne!(
            fingerprint_of("", a).0,
            fingerprint_of("", b).0,
            "{a} / {b}"
        );
    }
}

#[test]
fn the_service_belongs_to_the_identity_but_not_its_version() {
    let (id, text) = fingerprint_of("sshd", "connection lost");
    assert_ne!(id, fingerprint("cron", &text));
    for same in ["SSHD", "sshd[4711]", "sshd(1.2.3)", " sshd "] {
        assert_eq!(id, fingerprint(same, &text), "{same}");
    }
    let messages: Vec<(&str, String)> = (["a", "b", "c"].iter().zip(PEOPLE))
        .map(|(service, who)| (*service, format!("bye to user {who} again")))
        .collect();
    let all: Vec<(&str, &str)> = messages.iter().map(|(s, m)| (*s, m.as_str())).collect();
    assert!(learn(&all).iter().all(|(id, (root, _))| id == root));
}

#[test]
fn a_message_of_one_word_is_no_value() {
    let messages: Vec<String> = (0..40u8)
        .map(|i| {
            format!(
                "{}{}-thing",
                char::from(b'a' + i % 26),
                char::from(b'a' + i / 26)
            )
        })
        .collect();
    assert_eq!(templates(&messages).len(), 40);
}

#[test]
fn the_eldest_member_names_the_family() {
    let texts: Vec<(Fingerprint, String)> = (PEOPLE.iter())
        .map(|who| fingerprint_of("", &format!("mail for user {who} was kept")))
        .collect();
    let known: Vec<Known> = (0i64..)
        .zip(&texts)
        .map(|(i, (id, text))| Known {
            fingerprint: *id,
            service: "",
            normalised: text,
            first_seen: Timestamp((i - 4).abs()),
        })
        .collect();
    assert!(families(&known).root.iter().all(|&r| r == 4));
}

/// Messages of a few sentences with values of many sorts.
fn message() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[0-9]{1,4}",
        "[a-f0-9]{6,8}",
        "10\\.0\\.[0-9]\\.[0-9]",
        "/[a-c]{1,3}/[0-9]",
        prop::sample::select(PEOPLE.to_vec()).prop_map(str::to_string),
        prop::sample::select(vec![
            "started", "stopped", "up", "down", "Pool(5)", "x-y", "a.b", "readFile", "", "(null)"
        ])
        .prop_map(str::to_string),
    ];
    let sentence = prop::sample::select(vec![
        "job {} of user {} done",
        "{} reached {}",
        "state={} id={} seen",
        "copy {} to {} took {} ms",
        "[{}] {}: {} lost",
        "link {} is {}",
        "word {}",
        "{}",
    ]);
    (sentence, prop::collection::vec(value, 3)).prop_map(|(sentence, values)| {
        values.iter().fold(sentence.to_string(), |text, value| {
            text.replacen("{}", value, 1)
        })
    })
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_matters(
        messages in prop::collection::vec(message(), 1..120),
        seed in prop::collection::vec(any::<u32>(), 120),
    ) {
        let all: Vec<(&str, &str)> = messages.iter().map(|m| ("", m.as_str())).collect();
        let mut shuffled: Vec<(u32, (&str, &str))> = seed.iter().copied().zip(all.iter().copied()).collect();
        shuffled.extend(seed.iter().rev().copied().zip(all.iter().copied()));
        shuffled.sort_by_key(|s| s.0);
        let other: Vec<(&str, &str)> = shuffled.into_iter().map(|s| s.1).collect();
        prop_assert_eq!(learn(&all), learn(&other));
    }

    #[test]
    fn any_bytes_make_a_signature(bytes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 1..20)) {
        let mut cut = Cut::new();
        let mut texts = BTreeMap::new();
        for message in &bytes {
            cut.cut(message);
            let text = normalise(&cut.logtype);
            texts.insert(fingerprint("", &text), text);
        }
        let known: Vec<Known> = texts
            .iter()
            .map(|(id, text)| Known { fingerprint: *id, service: "", normalised: text, first_seen: Timestamp(0) })
            .collect();
        let found = families(&known);
        for (i, &root) in found.root.iter().enumerate() {
            prop_assert_eq!(found.root[root as usize], root);
            prop_assert_eq!(&found.template[i], &found.template[root as usize]);
        }
    }
}
