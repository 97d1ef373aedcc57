//! An invented week at a small hosting company, as every page would tell it.
//!
//! All text goes through `World::say`, so that a test can put something else in every field.

use brainstem::candidate::{
    AttentionBand, Candidate, CandidateType, Component, Contribution, DecisionBand, Evidence,
    Member,
};
use brainstem::envelope::{Coverage, ParseStatus};
use brainstem::error::{Error, Kind};
use brainstem::event::{Event, Fields, Severity};
use brainstem::memory::{
    Act, Amendment, Decision, Incident, Marks, MemoryType, Overrule, PinnedRecord, Review, Status,
    WakeLimits,
};
use brainstem::report::pages::*;
use brainstem::report::{Change, Report};
use brainstem::signature::{
    Fingerprint, Range, SeveritySeen, SignatureId, SlotReport, SlotValues, derived_id, digest_parts,
};
use brainstem::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

/// Monday 2026-03-16, 07:00 UTC.
pub const AS_OF: Timestamp = Timestamp(1_773_644_400 * SECOND);

/// Builds every page; `say` decides what stands in each field of text.
pub struct World<'a> {
    pub say: &'a dyn Fn(&str) -> String,
}

impl World<'_> {
    pub fn s(&self, text: &str) -> String {
        (self.say)(text)
    }

    fn all(&self, texts: &[&str]) -> Vec<String> {
        texts.iter().map(|t| self.s(t)).collect()
    }

    /// Every page by name.
    pub fn reports(&self) -> Vec<(&'static str, Report)> {
        let found = self.candidates();
        vec![
            ("digest", self.digest(&found)),
            ("digest_empty", self.digest(&[])),
            ("candidates", candidates(&found, AS_OF)),
            ("explain_candidate", self.explain_candidate(&found[0])),
            ("explain_signature", self.explain_signature()),
            ("explain_event", self.explain_event()),
            ("explain_incident", self.explain_incident()),
            ("events", events(&self.events(), AS_OF)),
            ("signatures", signatures(&self.signatures(), AS_OF)),
            ("incidents", self.incidents()),
            ("related", self.related()),
            ("status", self.status()),
            ("ingest", self.ingest()),
            ("replay", self.replay()),
            ("replay_before", self.replay_before()),
            ("replay_compared", self.replay_compared()),
            ("suggestion", self.suggestion()),
            ("reparse", self.reparse()),
            ("reviews", reviews(&self.review_rows(), AS_OF)),
            ("reviewed", self.reviewed()),
            ("promoted", promoted(&self.incident(), AS_OF)),
            ("error", error(&self.error())),
        ]
    }

    pub fn error(&self) -> Error {
        let message = self.s("cannot read absent.log: No such file or directory");
        Error::new(Kind::NoInput, message).hint(self.s("pass - to read standard input"))
    }

    fn candidates(&self) -> Vec<Candidate> {
        vec![
            self.disk(),
            self.tunnel(),
            self.mail(),
            self.backup(),
            self.cron(),
        ]
    }

    fn disk(&self) -> Candidate {
        Candidate {
            candidate_id: derived_id("cand_", &["disk"]),
            tenant_id: self.s("acme"),
            candidate_type: CandidateType::Anomaly,
            title: self.s("New on db-01: kernel: sd <dev>: unaligned transfer, retrying sector <num>"),
            signatures: vec![signature("disk"), signature("disk-2")],
            service: self.s("kernel"),
            template: self.s("sd <dev>: unaligned transfer, retrying sector <num>"),
            hosts: self.all(&["db-01"]),
            event_count: 42,
            first_seen: AS_OF.plus(-3 * HOUR),
            last_seen: AS_OF.plus(-9 * MINUTE),
            decision_band: DecisionBand::UrgentHumanReview,
            attention_band: AttentionBand::Promote,
            score_points: 8_712,
            score_breakdown: vec![
                row(Component::Novelty, 1.0, 0.02, 1.0, 0.30, 3_000),
                row(Component::Burst, 42.0, 0.4, 0.95, 0.25, 2_375),
                row(Component::HumanImpact, 0.9, 0.1, 0.9, 0.25, 2_250),
                row(Component::Recurrence, 3.0, 0.0, 0.543, 0.20, 1_087),
            ],
            why_it_matters: self.s(
                "A kernel error that no host here has ever logged came 42 times in 3 hours; on this source something new \
                 turns up once in 40 days.",
            ),
            explanation: self.s("db-01 began to retry disk sectors at 04:00 and still does."),
            evidence: vec![
                Evidence { name: self.s("first seen"), value: self.s("2026-03-16 04:00") },
                Evidence { name: self.s("resembles"), value: self.s("nothing in 14 days") },
                Evidence { name: self.s("news here"), value: self.s("once in 40 days") },
            ],
            counterfactual: self.all(&["would be `review` if it had come fewer than 5 times", "would be `watch` as a notice"]),
            check_next: self.all(&["smartctl -a /dev/sda on db-01", "brainstem events --host db-01 --since 4h"]),
            rules: self.all(&["a kernel error that is new is urgent"]),
            members: vec![Member {
                candidate_id: derived_id("cand_", &["disk-slow"]),
                candidate_type: CandidateType::Burst,
                title: self.s("postgres: slow query on db-01, 14 times its usual rate"),
                signature_ids: vec![signature("slow").to_string()],
            }],
            related_incidents: vec![],
            related_lessons: vec![],
            thin: Some(self.s("3 events are too few to tell a trend")),
            judgements: vec![],
            held_back: false,
            daily: vec![0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 42],
        }
    }

    fn tunnel(&self) -> Candidate {
        Candidate {
            candidate_id: derived_id("cand_", &["tunnel"]),
            candidate_type: CandidateType::SelfHeal,
            title: self.s("charon on fw-01 loses the tunnel to <ip> and heals itself, slower each time"),
            signatures: vec![signature("tunnel")],
            service: self.s("charon"),
            template: self.s("IKE_SA <name> rekeying with <ip> failed, retrying in <num> s"),
            hosts: self.all(&["fw-01", "fw-02"]),
            event_count: 1_204,
            first_seen: AS_OF.plus(-7 * DAY),
            last_seen: AS_OF.plus(-50 * MINUTE),
            decision_band: DecisionBand::Review,
            attention_band: AttentionBand::Investigate,
            score_points: 6_840,
            why_it_matters: self.s(
                "12 episodes in 7 days, each healed; the time to recover rose from 20 s to 3 min, and the last two came \
                 within an hour.",
            ),
            explanation: self.s("The VPN to 203.0.113.10 drops and comes back by itself."),
            check_next: self.all(&["Compare phase 2 lifetimes on both ends of the tunnel."]),
            related_incidents: vec![self.incident().incident_memory_id],
            daily: vec![0, 0, 0, 0, 0, 0, 0, 80, 112, 96, 170, 188, 240, 318],
            ..self.disk()
        }
    }

    fn mail(&self) -> Candidate {
        Candidate {
            candidate_id: derived_id("cand_", &["mail"]),
            candidate_type: CandidateType::Spread,
            title: self
                .s("postfix/smtp: certificate verification failed for <host> now on 8 hosts"),
            signatures: vec![signature("mail")],
            service: self.s("postfix/smtp"),
            template: self.s("certificate verification failed for <host>: untrusted issuer <path>"),
            hosts: self.all(&[
                "web-01", "web-02", "web-03", "web-04", "app-01", "app-02", "mail-01", "mail-02",
            ]),
            event_count: 96,
            first_seen: AS_OF.plus(-20 * HOUR),
            last_seen: AS_OF.plus(-HOUR),
            decision_band: DecisionBand::Review,
            attention_band: AttentionBand::Investigate,
            score_points: 5_120,
            why_it_matters: self
                .s("Seen on 1 host in two weeks, and on 8 of 12 within the last day."),
            explanation: self
                .s("Outgoing mail meets a certificate it does not trust, host after host."),
            check_next: self.all(&["Was the CA bundle updated on these hosts yesterday?"]),
            related_incidents: vec![],
            daily: vec![1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 31, 62],
            ..self.disk()
        }
    }

    fn backup(&self) -> Candidate {
        Candidate {
            candidate_id: derived_id("cand_", &["backup"]),
            candidate_type: CandidateType::Silence,
            title: self.s("restic on db-02: the nightly backup has not said that it finished"),
            service: self.s("restic"),
            template: self.s("snapshot <id> saved"),
            hosts: self.all(&["db-02"]),
            event_count: 13,
            decision_band: DecisionBand::Watch,
            attention_band: AttentionBand::Watch,
            score_points: 3_890,
            why_it_matters: self.s("It came every 24h for 13 days and is 5h late."),
            explanation: self.s("It came every 24h for 13 days and is 5h late."),
            check_next: vec![],
            daily: vec![1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
            ..self.tunnel()
        }
    }

    fn cron(&self) -> Candidate {
        Candidate {
            candidate_id: derived_id("cand_", &["cron"]),
            candidate_type: CandidateType::Recurrence,
            title: self.s("cron: mail could not be delivered to root"),
            service: self.s("cron"),
            score_points: 2_010,
            ..self.backup()
        }
    }

    fn digest(&self, candidates: &[Candidate]) -> Report {
        let changes = [
            Change::New,
            Change::Worse,
            Change::New,
            Change::Same,
            Change::Better,
        ];
        let items: Vec<DigestItem> =
            candidates
                .iter()
                .zip(changes)
                .map(|(c, change)| DigestItem {
                    candidate: c.clone(),
                    change: Some(change),
                    example: Some(self.s(
                        "kernel: sd 2:0:0:0: [sda] unaligned transfer, retrying sector 81920344",
                    )),
                })
                .collect();
        let (shown, below) = items.split_at(items.len().min(4));
        let gone = [Gone {
            candidate_id: derived_id("cand_", &["ntp"]),
            title: self.s("chronyd: no selectable sources on web-03"),
            last_seen: AS_OF.plus(-30 * HOUR),
        }];
        let held = [HeldBack {
            review_id: derived_id("rev_", &["scanner"]),
            title: self.s("sshd: Invalid user <user> from <ip>"),
            decision: self.s("noise"),
            reviewer: Some(self.s("kim")),
            since: AS_OF.plus(-3 * DAY),
            hosts: self.all(&["web-01", "web-02"]),
            event_count: 1_480,
            until: Some(AS_OF.plus(14 * DAY)),
            wakes: Some(self.s("62 of 400 an hour, 2 of 4 hosts")),
        }];
        let busy = !candidates.is_empty();
        digest(&DigestPage {
            tenant: &self.s("acme"),
            as_of: AS_OF,
            since: AS_OF.plus(-DAY),
            items: shown,
            below,
            gone: if busy { &gone } else { &[] },
            previous: busy.then(|| AS_OF.plus(-DAY)),
            held_back: if busy { &held } else { &[] },
            known: Known {
                incidents: &[self.incident()],
                helped: &self.helped(),
            },
            coverage: coverage(),
            hosts: 12,
            signatures: 1_431,
            statement: "",
            notices: &if busy {
                self.all(&["could not read /var/log/auth.log: Permission denied"])
            } else {
                vec![]
            },
        })
    }

    fn explain_candidate(&self, candidate: &Candidate) -> Report {
        explain_candidate(&CandidatePage {
            candidate,
            as_of: AS_OF,
            samples: &self.samples(),
            known: Known {
                incidents: &[self.incident()],
                helped: &self.helped(),
            },
            reviews: &self.review_rows(),
            recomputed: Some(candidate.score_points),
        })
    }

    fn samples(&self) -> Vec<Sample> {
        (0..2)
            .map(|i| Sample {
                event_id: format!("evt_0000{i}"),
                timestamp: AS_OF.plus(-3 * HOUR + i * 7 * SECOND),
                host: self.s("db-01"),
                raw: self
                    .s("Mar 16 04:00:07 db-01 kernel: [81234.567890] sd 2:0:0:0: [sda] unaligned transfer, retrying sector 81920344\n\tcall trace:\n\t sd_done+0x1f/0x2c0")
                    .into_bytes(),
                message: None,
                source: self.s("/var/log/kern.log"),
            })
            .collect()
    }

    fn explain_signature(&self) -> Report {
        let rows = self.signatures();
        explain_signature(&SignaturePage {
            signature: &rows[1],
            as_of: AS_OF,
            severities: &[
                SeveritySeen { severity: Severity::Error, first_seen: AS_OF.plus(-DAY), count: 204 },
                SeveritySeen { severity: Severity::Warning, first_seen: AS_OF.plus(-7 * DAY), count: 1_000 },
            ],
            reasons: &[
                AttentionReason {
                    name: self.s("severity"),
                    value: 0.8,
                    weight: 0.3,
                    contribution: 0.24,
                    detail: self.s("error, and the word failed"),
                },
                AttentionReason {
                    name: self.s("change of rate"),
                    value: 0.61,
                    weight: 0.4,
                    contribution: 0.244,
                    detail: self.s("318 today, 130 on such a day"),
                },
            ],
            members: &[
                MemberRow {
                    fingerprint: format!("{:032x}", digest_parts(&["a"])),
                    template: self.s("IKE_SA <name> rekeying with <ip> failed, retrying in <num> s"),
                    count: 1_100,
                    first_seen: AS_OF.plus(-7 * DAY),
                },
                MemberRow {
                    fingerprint: format!("{:032x}", digest_parts(&["b"])),
                    template: self.s("IKE_SA <name> rekeying with <ip> failed, retrying in <num> s (attempt <num>)"),
                    count: 104,
                    first_seen: AS_OF.plus(-2 * DAY),
                },
            ],
            slots: &SlotReport {
                records: 40,
                unclear: 1,
                slots: vec![
                    SlotValues {
                        slot: self.s("<user>"),
                        before: self.s("Failed password for "),
                        distinct: 9,
                        top: vec![(self.s("root"), 20), (self.s("admin"), 3)],
                        range: None,
                    },
                    SlotValues {
                        slot: self.s("<num> ms"),
                        before: self.s("after "),
                        distinct: 30,
                        top: vec![(self.s("7 ms"), 2), (self.s("0.25 ms"), 1)],
                        range: Some(Range { unit: self.s("ms"), min: 0.25, median: 7.0, p95: 1500.0, max: 1501.5 }),
                    },
                    SlotValues {
                        slot: self.s("<num>"),
                        before: self.s("v="),
                        distinct: 1,
                        top: vec![(self.s("2"), 39)],
                        range: Some(Range { unit: String::new(), min: 2.0, median: 2.0, p95: 2.0, max: 2.0 }),
                    },
                ],
            },
            lineage: Lineage {
                algorithm: "v1",
                aliases: &[Alias {
                    signature_id: signature("old").to_string(),
                    why: "merged",
                    stood_until: Some(AS_OF.plus(-3 * DAY)),
                    recorded: true,
                }],
                overrules: &[Overrule {
                    overrule_id: derived_id("ovr_", &["merge"]),
                    tenant_id: self.s("client-a"),
                    act: Act::Merge,
                    subject_id: signature("ssh").to_string(),
                    signature_ids: vec![signature("ssh").to_string(), signature("old").to_string()],
                    templates: self.all(&["Failed password", "failed the password"]),
                    text: None,
                    author: Some(self.s("ann")),
                    created_at: AS_OF.plus(-DAY),
                    undone: None,
                }],
            },
            candidates: &[(derived_id("cand_", &["tunnel"]), self.s("charon on fw-01 loses the tunnel"))],
            incidents: &[(self.incident().incident_memory_id, self.s("VPN instability towards the branch"))],
            reviews: &self.review_rows(),
            samples: &self.samples(),
        })
    }

    fn explain_event(&self) -> Report {
        explain_event(&EventPage {
            event: &self.events()[1],
            raw: self.s("Mar 16 06:09:58 fw-01 charon: 09[IKE] IKE_SA branch[12] rekeying with 203.0.113.10 failed").as_bytes(),
            template: &self.s("IKE_SA <name> rekeying with <ip> failed, retrying in <num> s"),
            signature_count: 1_204,
            candidates: &[(derived_id("cand_", &["tunnel"]), self.s("charon on fw-01 loses the tunnel"))],
            incidents: &[(self.incident().incident_memory_id, self.s("VPN instability towards the branch"))],
            as_of: AS_OF,
        })
    }

    fn explain_incident(&self) -> Report {
        explain_incident(&IncidentPage {
            messages: &[],
            incident: &self.incident(),
            candidates: &[(
                derived_id("cand_", &["tunnel"]),
                self.s("charon on fw-01 loses the tunnel"),
            )],
            helped: Some(self.s("tried once")),
            as_of: AS_OF,
        })
    }

    fn incident(&self) -> Incident {
        Incident {
            incident_memory_id: derived_id("inc_", &["vpn"]),
            tenant_id: self.s("acme"),
            memory_type: MemoryType::IncidentMemory,
            incident_type: Some(self.s("vpn_instability")),
            title: self.s("VPN instability towards the branch"),
            summary: self.s("Rekeying failed for a week; the branch router had been given another lifetime."),
            check: Some(self.s("compare the phase 2 lifetimes")),
            candidate_id: derived_id("cand_", &["tunnel-old"]),
            candidate_type: "self_heal".to_string(),
            signature_ids: vec![signature("tunnel").to_string()],
            templates: self.all(&["IKE_SA <name> rekeying with <ip> failed, retrying in <num> s"]),
            service: self.s("charon"),
            hosts: self.all(&["fw-01"]),
            event_count: 310,
            first_seen: AS_OF.plus(-70 * DAY),
            last_seen: AS_OF.plus(-62 * DAY),
            score_points: 7_150,
            created_at: AS_OF.plus(-61 * DAY),
            judged_at: AS_OF.plus(-61 * DAY),
            author: Some(self.s("kim")),
            configuration: "cfg_bcdf".to_string(),
            status: Status::Closed,
            marks: Marks::default(),
            merged_into: None,
            history: vec![Amendment {
                at: AS_OF.plus(-60 * DAY),
                author: Some(self.s("sam")),
                field: "status".to_string(),
                before: "open".to_string(),
                after: "closed".to_string(),
            }],
            pinned: vec![PinnedRecord {
                event_id: "evt_00007".to_string(),
                timestamp: AS_OF.plus(-62 * DAY),
                host: self.s("fw-01"),
                raw: self.s("Jan 13 07:00:00 fw-01 charon: 11[IKE] IKE_SA branch[3] rekeying with 203.0.113.10 failed"),
            }],
        }
    }

    fn helped(&self) -> BTreeMap<String, String> {
        let words = self.s("tried once, helped once; quiet for 3d since");
        BTreeMap::from([(self.incident().incident_memory_id, words)])
    }

    fn review(&self) -> Review {
        Review {
            review_id: derived_id("rev_", &["tunnel"]),
            tenant_id: self.s("acme"),
            subject_type: "candidate".to_string(),
            subject_id: derived_id("cand_", &["tunnel"]),
            title: self.s("charon on fw-01 loses the tunnel"),
            decision: Decision::Snooze,
            signature_ids: vec![signature("tunnel").to_string()],
            hosts: self.all(&["fw-01"]),
            notes: Some(self.s("the provider works on it")),
            reviewer: Some(self.s("kim")),
            created_at: AS_OF.plus(-DAY),
            judged_at: AS_OF.plus(-DAY),
            until: None,
            wake: Some(WakeLimits {
                hourly_rate: 12.0,
                hosts: self.all(&["fw-01", "fw-02"]),
                severity: Some(Severity::Warning),
                recovery: None,
            }),
            tried: None,
        }
    }

    fn review_rows(&self) -> Vec<ReviewRow> {
        let wake = |axis, limit: &str, now: &str| WakeRow {
            axis,
            limit: self.s(limit),
            now: self.s(now),
            reached: false,
        };
        vec![
            ReviewRow {
                review: Review {
                    decision: Decision::Note,
                    review_id: derived_id("rev_", &["note"]),
                    wake: None,
                    ..self.review()
                },
                state: "in_force",
                words: String::new(),
                events_since: None,
                wakes: vec![],
            },
            ReviewRow {
                review: self.review(),
                state: "holding",
                words: self.s("snooze by kim since 2026-03-15 07:00"),
                events_since: Some(31),
                wakes: vec![
                    wake("rate", "more than 12 in an hour", "3 of 12 an hour"),
                    wake("host", "any host but the 2 known ones", "no new host"),
                ],
            },
        ]
    }

    fn reviewed(&self) -> Report {
        reviewed(&ReviewPage {
            review: &self.review(),
            wakes: &self.all(&["more than 12 in an hour", "any host but the 2 known ones"]),
            as_of: AS_OF,
        })
    }

    fn events(&self) -> Vec<Event> {
        let mut fields = Fields::new();
        fields.insert(self.s("peer"), json!(self.s("203.0.113.10")));
        fields.insert(self.s("attempt"), json!(3));
        let event = |n: i64, host: &str, service: &str, severity, message: &str| Event {
            event_id: format!("evt_0001{n}"),
            tenant_id: self.s("acme"),
            signature_id: signature(service).to_string(),
            timestamp: AS_OF.plus(-n * 17 * MINUTE),
            asset_id: self.s(host),
            host: self.s(host),
            service: self.s(service),
            severity,
            facility: Some(self.s("daemon")),
            kind: "syslog".to_string(),
            message_raw: self.s(message),
            message_normalized: self.s(message),
            structured_fields: fields.clone(),
            correlation_keys: self.all(&["203.0.113.10"]),
            labels: self.all(&["edge"]),
            source_type: "file".to_string(),
            source_name: self.s("/var/log/syslog"),
            raw_ref: self.s("/var/log/syslog:81234"),
            parse_status: ParseStatus::Ok,
            ingest_metadata: Fields::new(),
        };
        vec![
            event(
                4,
                "web-01",
                "nginx",
                Some(Severity::Error),
                "upstream timed out (110: Connection timed out) while reading response header from upstream",
            ),
            event(
                3,
                "fw-01",
                "charon",
                Some(Severity::Warning),
                "IKE_SA branch[12] rekeying with 203.0.113.10 failed, retrying in 4 s",
            ),
            event(
                2,
                "db-01",
                "postgres",
                None,
                "checkpoint complete: wrote 312 buffers (1.9%)",
            ),
            event(
                1,
                "db-01",
                "kernel",
                Some(Severity::Critical),
                "sd 2:0:0:0: [sda] unaligned transfer, retrying sector 81920344",
            ),
        ]
    }

    fn signatures(&self) -> Vec<SignatureRow> {
        let row =
            |name: &str, service: &str, template: &str, count, band, daily: &[u32]| SignatureRow {
                signature_id: signature(name),
                service: self.s(service),
                template: self.s(template),
                name: None,
                count,
                hosts: self.all(&["web-01", "web-02", "fw-01"]),
                first_seen: AS_OF.plus(-13 * DAY),
                last_seen: AS_OF.plus(-40 * MINUTE),
                attention_band: band,
                attention: 0.484,
                daily: daily.to_vec(),
            };
        vec![
            row(
                "disk",
                "kernel",
                "sd <dev>: unaligned transfer, retrying sector <num>",
                42,
                AttentionBand::Promote,
                &[0, 0, 0, 0, 0, 0, 42],
            ),
            row(
                "tunnel",
                "charon",
                "IKE_SA <name> rekeying with <ip> failed, retrying in <num> s",
                1_204,
                AttentionBand::Investigate,
                &[80, 112, 96, 170, 188, 240, 318],
            ),
            row(
                "scan",
                "sshd",
                "Failed password for invalid user <user> from <ip> port <num> ssh2",
                184_220,
                AttentionBand::Background,
                &[26_000, 25_100, 27_300, 26_400, 25_900, 27_000, 26_520],
            ),
            row(
                "cron",
                "CRON",
                "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 <num> <num>)",
                2_016,
                AttentionBand::IgnoreFast,
                &[288, 288, 288, 288, 288, 288, 288],
            ),
        ]
    }

    fn incidents(&self) -> Report {
        incidents(
            &[IncidentHit {
                incident: self.incident(),
                reason: self.s("the words vpn, rekeying; the same signature"),
            }],
            AS_OF,
        )
    }

    fn related(&self) -> Report {
        related(&RelatedPage {
            subject_id: &signature("tunnel").to_string(),
            subject: &self.s("IKE_SA <name> rekeying with <ip> failed, retrying in <num> s"),
            as_of: AS_OF,
            candidates: &[RelatedCandidate {
                candidate_id: derived_id("cand_", &["tunnel"]),
                title: self.s("charon on fw-01 loses the tunnel to <ip> and heals itself"),
                decision_band: DecisionBand::Review,
                score_points: 6_840,
                last_seen: AS_OF.plus(-50 * MINUTE),
                closeness: 0.71,
                reasons: vec![self.s("the same signature")],
            }],
            incidents: &[RelatedMemory {
                incident_memory_id: derived_id("inc_", &["vpn"]),
                memory_type: MemoryType::IncidentMemory,
                title: self.s("VPN instability towards the branch"),
                check: Some(self.s("compare the phase 2 lifetimes")),
                last_seen: AS_OF.plus(-62 * DAY),
                closeness: 0.55,
                reasons: vec![self.s("the same signature, and 203.0.113.10")],
            }],
            lessons: &[RelatedMemory {
                incident_memory_id: derived_id("inc_", &["lesson"]),
                memory_type: MemoryType::Lesson,
                title: self.s("Lifetimes must match on both ends"),
                check: None,
                last_seen: AS_OF.plus(-61 * DAY),
                closeness: 0.15,
                reasons: vec![self.s("the words rekeying, tunnel")],
            }],
        })
    }

    fn status(&self) -> Report {
        let source = |name: &str, format: &str, lines: u64| SourceStatus {
            source_id: derived_id("src_", &[name]),
            name: self.s(name),
            format: self.s(format),
            last_ingest: AS_OF.plus(-5 * MINUTE),
            last_event: Some(AS_OF.plus(-7 * MINUTE)),
            bytes: lines * 118,
            unlike: lines / 40,
            beyond: 0,
            unsuitable: None,
            coverage: Coverage {
                lines_read: lines,
                parsed: lines - 3,
                partial: 2,
                malformed: 1,
                undated: 0,
                skipped_seen: 0,
            },
        };
        status(&StatusPage {
            tenant: &self.s("acme"),
            as_of: AS_OF,
            problems: &self.all(&["/var/log/auth.log was last read 3d ago"]),
            store: &self.s("/var/lib/brainstem/store.redb"),
            store_bytes: 19_600_000,
            schema_version: 1,
            events: 1_225_000,
            signatures: 1_431,
            fingerprints: 2_004,
            growth: Some((90_100, 11_400_000, 620_000)),
            last_ingest: Some(AS_OF.plus(-5 * MINUTE)),
            hosts: 12,
            incidents: 7,
            reviews: 19,
            first_event: Some(AS_OF.plus(-14 * DAY)),
            last_event: Some(AS_OF.plus(-7 * MINUTE)),
            coverage: coverage(),
            sources: &[
                source("/var/log/kern.log", "syslog", 18_400),
                source("/var/log/syslog", "syslog", 1_206_000),
                source("journal of web-01", "journald", 600),
            ],
        })
    }

    fn ingest(&self) -> Report {
        ingest(&IngestPage {
            ingested: 225_120,
            signatures_created: 14,
            candidates_created: 2,
            coverage: coverage(),
            skipped_old: 1_204,
            sources: 3,
            bytes: 28_400_000,
            took: Some(1_250_000),
            event_id: None,
            signature_id: None,
            candidate_ids: &[
                derived_id("cand_", &["disk"]),
                derived_id("cand_", &["mail"]),
            ],
            skipped: &[Skipped {
                source: self.s("/var/log/auth.log"),
                reason: self.s("Permission denied"),
            }],
            seen_before: &[SeenBefore {
                incident_memory_id: self.incident().incident_memory_id,
                title: self.s("VPN instability towards the branch"),
                last_seen: AS_OF.plus(-62 * DAY),
                check: Some(self.s("compare the phase 2 lifetimes")),
                helped: Some(self.s("tried once, helped once")),
            }],
            dry_run: DryRun::No,
            trial: None,
            as_of: AS_OF,
        })
    }

    fn replay(&self) -> Report {
        let surfaced = |name: &str, title: &str, points| Surfaced {
            candidate_id: derived_id("cand_", &[name]),
            title: self.s(title),
            decision_band: DecisionBand::Review,
            score_points: points,
        };
        replay(&ReplayPage {
            tenant: &self.s("acme"),
            as_of: AS_OF,
            step: DAY,
            steps: &[
                ReplayStep {
                    as_of: AS_OF.plus(-2 * DAY),
                    events: 88_120,
                    new: vec![],
                    worse: vec![],
                    gone: vec![],
                },
                ReplayStep {
                    as_of: AS_OF.plus(-DAY),
                    events: 91_004,
                    new: vec![
                        surfaced("tunnel", "charon on fw-01 loses the tunnel to <ip>", 5_000),
                        surfaced("ntp", "chronyd: no selectable sources", 2_900),
                    ],
                    worse: vec![],
                    gone: vec![],
                },
                ReplayStep {
                    as_of: AS_OF,
                    events: 90_311,
                    new: vec![surfaced(
                        "disk",
                        "New on db-01: kernel: unaligned transfer",
                        8_712,
                    )],
                    worse: vec![surfaced(
                        "tunnel",
                        "charon on fw-01 loses the tunnel to <ip>",
                        6_840,
                    )],
                    gone: vec![surfaced("ntp", "chronyd: no selectable sources", 0)],
                },
            ],
            first: &[
                FirstSurfaced {
                    candidate_id: derived_id("cand_", &["tunnel"]),
                    candidate_type: CandidateType::SelfHeal,
                    title: self.s("charon on fw-01 loses the tunnel to <ip>"),
                    first_surfaced: AS_OF.plus(-DAY),
                    first_band: DecisionBand::Watch,
                    peak: AS_OF,
                    highest_band: DecisionBand::Review,
                    highest_points: 6_840,
                    steps: 2,
                },
                FirstSurfaced {
                    candidate_id: derived_id("cand_", &["disk"]),
                    candidate_type: CandidateType::Anomaly,
                    title: self.s("New on db-01: kernel: unaligned transfer"),
                    first_surfaced: AS_OF,
                    first_band: DecisionBand::UrgentHumanReview,
                    peak: AS_OF,
                    highest_band: DecisionBand::UrgentHumanReview,
                    highest_points: 8_712,
                    steps: 1,
                },
            ],
        })
    }
}

fn signature(name: &str) -> SignatureId {
    SignatureId(Fingerprint(digest_parts(&[name])))
}

fn row(
    component: Component,
    raw: f64,
    baseline: f64,
    value: f64,
    weight: f64,
    points: i64,
) -> Contribution {
    Contribution {
        component,
        raw,
        baseline,
        value,
        weight,
        points,
    }
}

fn coverage() -> Coverage {
    Coverage {
        lines_read: 225_120,
        parsed: 224_310,
        partial: 702,
        malformed: 108,
        undated: 12,
        skipped_seen: 4_002,
    }
}
