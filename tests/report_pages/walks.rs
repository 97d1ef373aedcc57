//! The pages of `replay` but for the plain walk, in the invented week.

use crate::world::{AS_OF, World};
use brainstem::candidate::{CandidateType, DecisionBand};
use brainstem::envelope::Coverage;
use brainstem::report::Report;
use brainstem::report::pages::*;
use brainstem::signature::derived_id;
use brainstem::time::{DAY, HOUR};

impl World<'_> {
    pub fn replay_before(&self) -> Report {
        let incident = derived_id("inc_", &["vpn"]);
        replay_before(&BeforePage {
            tenant: &self.s("acme"),
            incident: Some((&incident, &self.s("VPN instability towards the branch"))),
            trouble: AS_OF,
            from: AS_OF.plus(-7 * DAY),
            step: 3 * HOUR,
            warned: &[
                Warned {
                    candidate_id: derived_id("cand_", &["tunnel"]),
                    candidate_type: CandidateType::SelfHeal,
                    title: self.s("charon on fw-01 loses the tunnel to <ip>"),
                    first_surfaced: AS_OF.plus(-39 * HOUR),
                    highest_band: DecisionBand::Review,
                    highest_points: 6_840,
                    reasons: vec![self.s("the same signature"), self.s("the same host: fw-01")],
                },
                Warned {
                    candidate_id: derived_id("cand_", &["ntp"]),
                    candidate_type: CandidateType::Silence,
                    title: self.s("chronyd: no selectable sources"),
                    first_surfaced: AS_OF.plus(-6 * HOUR),
                    highest_band: DecisionBand::Watch,
                    highest_points: 2_900,
                    reasons: Vec::new(),
                },
            ],
            unsaid: &[Unsaid {
                candidate_id: derived_id("cand_", &["modem"]),
                candidate_type: CandidateType::Recurrence,
                title: self.s("pppd: carrier lost, 2 episodes in 4d on fw-01"),
                score_points: 3_120,
                last_seen: AS_OF.plus(-26 * HOUR),
                why: self.s("told with recurrence.episodes = 2"),
            }],
        })
    }

    pub fn replay_compared(&self) -> Report {
        let raised = |days: i64, points| Raised {
            first_surfaced: AS_OF.plus(-days * DAY),
            highest_band: DecisionBand::Review,
            highest_points: points,
        };
        let row = |name: &str, title: &str, before, after| Compared {
            candidate_id: derived_id("cand_", &[name]),
            candidate_type: CandidateType::Burst,
            title: self.s(title),
            before,
            after,
        };
        replay_compared(&ComparedPage {
            tenant: &self.s("acme"),
            as_of: AS_OF,
            step: DAY,
            steps: 14,
            settings: &[Setting {
                name: "burst.factor".to_string(),
                from: 3.0,
                to: 4.0,
            }],
            rows: &[
                row("modem", "pppd: carrier lost", None, Some(raised(3, 3_100))),
                row(
                    "mail",
                    "postfix: 400 deferred in an hour",
                    Some(raised(2, 5_200)),
                    None,
                ),
                row(
                    "tunnel",
                    "charon loses the tunnel",
                    Some(raised(2, 6_840)),
                    Some(raised(1, 6_120)),
                ),
            ],
            same: 12,
        })
    }

    pub fn suggestion(&self) -> Report {
        let setting = |name: &str, from, to| Setting {
            name: name.to_string(),
            from,
            to,
        };
        suggestion(&SuggestionPage {
            tenant: &self.s("acme"),
            as_of: AS_OF,
            useful: 5,
            noise: 4,
            least: 3,
            pairs: 20,
            right_before: 13,
            right_after: 18,
            settings: &[
                setting("weight.recurrence", 0.3, 0.38),
                setting("weight.burst", 0.35, 0.27),
            ],
        })
    }

    pub fn reparse(&self) -> Report {
        let was = |name: &str, template: &str, records| Was {
            signature_id: derived_id("sig_", &[name]),
            template: self.s(template),
            records,
        };
        let coverage = |parsed, malformed| Coverage {
            lines_read: 1_200,
            parsed,
            malformed,
            ..Coverage::default()
        };
        reparse(&ReparsePage {
            tenant: &self.s("acme"),
            as_of: AS_OF,
            records: 225_000,
            changed: 812,
            fields: &[
                ("time", 0),
                ("host", 812),
                ("service", 0),
                ("severity", 0),
                ("parse_status", 400),
                ("message", 812),
            ],
            sources: &[SourceReading {
                name: self.s("/var/log/legacy.log"),
                before: coverage(800, 400),
                after: coverage(1_200, 0),
            }],
            signatures: &[
                Regrouping {
                    before: vec![was("whole", "<*>", 400)],
                    after: vec![
                        was("pump", "pressure <num> bar", 300),
                        was("tray", "tray <num> is empty", 100),
                    ],
                    example: self.s("Mar  9 00:00:07 mill-1 pump[300]: pressure 0 bar"),
                },
                Regrouping {
                    before: vec![was("old", "mill-1 cron: jobs finished", 412)],
                    after: vec![was("new", "jobs finished", 412)],
                    example: self.s("Mar  9 00:20:07 mill-1 cron: jobs finished"),
                },
            ],
            applied: Applied::No,
        })
    }
}
