//! `explain` of a memory: what happened then, what to look at now, and the records that were kept.

use super::{
    IncidentHit, hosts_line, incident_value, incidents, joined, page, push_fact, section,
    section_beside,
};
use crate::memory::{Amendment, Incident, PinnedRecord};
use crate::report::{Answer, Block, Cell, Exhibit, Fact, Line, Report, Untrusted};
use crate::time::Timestamp;
use serde_json::json;

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct IncidentPage<'a> {
    /// The memory.
    pub incident: &'a Incident,
    /// The message of each record kept with it, where that is easier to read than the record.
    pub messages: &'a [Option<String>],
    /// Candidates of today that match it: id and title.
    pub candidates: &'a [(String, String)],
    /// What came of following it, in words.
    pub helped: Option<String>,
    /// What all times are relative to.
    pub as_of: Timestamp,
}

/// A memory with everything that was kept with it.
pub fn explain_incident(p: &IncidentPage<'_>) -> Report {
    let i = p.incident;
    let mut blocks = vec![page(
        vec![Cell::text(&i.title)],
        vec![Cell::id(&i.incident_memory_id)],
    )];
    if !i.summary.is_empty() {
        blocks.push(Block::Paragraph(vec![Cell::text(&i.summary)]));
    }
    let mut facts = facts(i);
    let helped = p.helped.as_ref().map_or(Cell::Empty, Cell::text);
    push_fact(&mut facts, "Tried", vec![helped]);
    blocks.push(Block::Facts(facts));
    if !p.candidates.is_empty() {
        let line = |(id, title): &(String, String)| {
            vec![Cell::id(id), Cell::Words(" "), Cell::text(title)]
        };
        blocks.extend([
            section("Seen again"),
            Block::Bullets(p.candidates.iter().map(line).collect()),
        ]);
    }
    if !i.history.is_empty() {
        let lines = i.history.iter().map(amendment_line).collect();
        blocks.extend([section("What was changed"), Block::Bullets(lines)]);
    }
    if !i.pinned.is_empty() {
        let aside = vec![Cell::Counted(i.pinned.len() as u64, "record", "records")];
        let messages = p.messages.iter().map(Option::as_ref);
        let messages = messages.chain(std::iter::repeat(None));
        let exhibits = i.pinned.iter().zip(messages);
        let exhibits = exhibits.map(|(r, message)| exhibit(r, message)).collect();
        blocks.extend([
            section_beside("Records kept with it", aside),
            Block::Evidence(exhibits),
        ]);
    }
    let hit = IncidentHit {
        incident: i.clone(),
        reason: String::new(),
    };
    let candidate_ids: Vec<&String> = p.candidates.iter().map(|(id, _)| id).collect();
    Report {
        as_of: p.as_of,
        answer: Answer::ok(
            json!({"incident": incident_value(i), "related_candidates": candidate_ids, "helped": p.helped}),
        ),
        sheet: incidents(&[hit], p.as_of).sheet,
        blocks,
        ..Report::default()
    }
}

fn facts(i: &Incident) -> Vec<Fact> {
    let mut facts = Vec::new();
    let kind = i.incident_type.as_ref().map_or(Cell::Empty, Cell::text);
    push_fact(
        &mut facts,
        "Kind",
        joined(vec![
            vec![Cell::Named(i.memory_type.name())],
            vec![kind],
            vec![Cell::Words(i.status.name())],
        ]),
    );
    push_fact(
        &mut facts,
        "Check",
        vec![i.check.as_ref().map_or(Cell::Empty, Cell::text)],
    );
    push_fact(&mut facts, "Service", vec![Cell::text(&i.service)]);
    push_fact(&mut facts, "Hosts", hosts_line(&i.hosts));
    let seen = vec![
        Cell::Counted(i.event_count, "time", "times"),
        Cell::Words(" from "),
        Cell::Time(i.first_seen),
        Cell::Words(" to "),
        Cell::Time(i.last_seen),
        Cell::Words(", "),
        Cell::Ago(i.last_seen),
    ];
    push_fact(&mut facts, "Seen", seen);
    let made = joined(vec![
        vec![Cell::Time(i.created_at)],
        vec![Cell::Words("from "), Cell::id(&i.candidate_id)],
        vec![Cell::text(&i.candidate_type)],
        vec![Cell::Words("score "), Cell::Score(i.score_points)],
        vec![i.author.as_ref().map_or(Cell::Empty, Cell::text)],
        vec![Cell::text(&i.configuration)],
    ]);
    push_fact(&mut facts, "Promoted", made);
    let signatures = i.signature_ids.iter().map(|s| vec![Cell::id(s)]).collect();
    push_fact(&mut facts, "Signatures", joined(signatures));
    if !i.templates.is_empty() {
        facts.push(Fact::many(
            "Templates",
            i.templates.iter().map(|t| vec![Cell::code(t)]).collect(),
        ));
    }
    facts
}

fn amendment_line(a: &Amendment) -> Line {
    let mut line = vec![Cell::Time(a.at), Cell::Words(" "), Cell::text(&a.field)];
    line.extend([Cell::Words(": "), Cell::text(&a.before)]);
    line.extend([Cell::Words(" is now "), Cell::text(&a.after)]);
    if let Some(author) = &a.author {
        line.extend([Cell::Words(", by "), Cell::text(author)]);
    }
    line
}

fn exhibit(record: &PinnedRecord, message: Option<&String>) -> Exhibit {
    Exhibit {
        about: joined(vec![
            vec![Cell::Moment(record.timestamp)],
            vec![Cell::text(&record.host)],
            vec![Cell::id(&record.event_id)],
        ]),
        raw: Untrusted::from(message.unwrap_or(&record.raw)),
    }
}
