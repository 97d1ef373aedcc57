//! `explain` of a candidate: everything there is to say about it, and how its score came about.

use super::{
    Known, ReviewRow, Sample, activity_line, candidate_value, candidates, evidence, hosts_line,
    joined, page, period_line, push_fact, review_value, reviews_section, score_value, section,
    section_beside, seen_before_lines, seen_before_value, step_lines, text_lines,
};
use crate::candidate::{Candidate, Contribution, Evidence, Member};
use crate::report::{Answer, Block, Cell, Column, Fact, Line, Report, Table, Tone};
use crate::time::Timestamp;
use serde_json::{Value, json};

/// Everything the page is made of.
#[derive(Clone, Debug)]
pub struct CandidatePage<'a> {
    /// The candidate.
    pub candidate: &'a Candidate,
    /// What all times are relative to.
    pub as_of: Timestamp,
    /// Raw records that show it.
    pub samples: &'a [Sample],
    /// What memory knows.
    pub known: Known<'a>,
    /// What people said about it, oldest first.
    pub reviews: &'a [ReviewRow],
    /// The score computed anew from stored facts, in ten-thousandths, where that was asked for.
    pub recomputed: Option<i64>,
}

/// What it is, why it matters, how its score came about, what would change it, and the records that show it.
pub fn explain_candidate(p: &CandidatePage<'_>) -> Report {
    let c = p.candidate;
    let mut blocks = vec![page(
        vec![Cell::text(&c.title)],
        vec![
            Cell::Score(c.score_points),
            Cell::Words("  "),
            Cell::Band(c.decision_band),
        ],
    )];
    blocks.push(Block::Paragraph(vec![Cell::text(&c.explanation)]));
    if c.why_it_matters != c.explanation {
        blocks.push(Block::Paragraph(vec![Cell::text(&c.why_it_matters)]));
    }
    blocks.push(Block::Facts(facts(p)));
    blocks.extend(measured(&c.evidence));
    blocks.extend(score(p));
    blocks.extend(bullets(
        "What would change it",
        text_lines(&c.counterfactual),
    ));
    blocks.extend(bullets("What to check next", step_lines(&c.check_next)));
    blocks.extend(reviews_section(p.reviews));
    blocks.extend(folded(&c.members));
    blocks.extend(evidence(p.samples, c.event_count));
    Report {
        as_of: p.as_of,
        answer: answer(p),
        sheet: candidates(std::slice::from_ref(c), p.as_of).sheet,
        blocks,
        ..Report::default()
    }
}

fn facts(p: &CandidatePage<'_>) -> Vec<Fact> {
    let c = p.candidate;
    let mut facts = Vec::new();
    let kind = joined(vec![
        vec![Cell::Named(c.candidate_type.name())],
        vec![Cell::text(&c.service)],
        vec![Cell::Words("attention "), Cell::Attention(c.attention_band)],
    ]);
    push_fact(&mut facts, "Type", kind);
    push_fact(&mut facts, "Candidate", vec![Cell::id(&c.candidate_id)]);
    push_fact(&mut facts, "Template", vec![Cell::code(&c.template)]);
    let signatures = c
        .signatures
        .iter()
        .map(|s| vec![Cell::id(s.to_string())])
        .collect();
    push_fact(&mut facts, "Signatures", spaced(signatures));
    push_fact(&mut facts, "Hosts", hosts_line(&c.hosts));
    let mut seen = vec![
        Cell::Counted(c.event_count, "time", "times"),
        Cell::Words(" "),
    ];
    seen.extend(period_line(c.first_seen, c.last_seen));
    push_fact(&mut facts, "Seen", seen);
    if !c.daily.is_empty() {
        push_fact(&mut facts, "Activity", activity_line(&c.daily));
    }
    let before = seen_before_lines(c, p.known);
    facts.push(match before.is_empty() {
        true => Fact::new("Before", vec![Cell::Words("not in memory")]),
        false => Fact::many("Before", before),
    });
    facts
}

fn measured(all: &[Evidence]) -> Vec<Block> {
    if all.is_empty() {
        return Vec::new();
    }
    let fact = |e: &Evidence| Fact {
        name: Cell::text(&e.name),
        lines: vec![vec![Cell::text(&e.value)]],
    };
    vec![
        section("What was measured"),
        Block::Facts(all.iter().map(fact).collect()),
    ]
}

fn spaced(pieces: Vec<Line>) -> Line {
    let mut line = Line::new();
    for piece in pieces {
        if !line.is_empty() {
            line.push(Cell::Words(" "));
        }
        line.extend(piece);
    }
    line
}

static SCORE: [Column; 6] = [
    Column::new("component", "component"),
    Column::new("raw", "measured"),
    Column::new("baseline", "usual"),
    Column::new("value", "value"),
    Column::new("weight", "weight"),
    Column::new("contribution", "adds"),
];

fn score(p: &CandidatePage<'_>) -> Vec<Block> {
    let c = p.candidate;
    let mut table = Table::new(&SCORE);
    table.rows = c.score_breakdown.iter().map(score_row).collect();
    let sum = c.score_breakdown.iter().map(|row| row.points).sum();
    table.rows.push(vec![
        Cell::Words("score"),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Points(sum),
    ]);
    let mut blocks = vec![section("How the score came about"), Block::Table(table)];
    let recorded = c.judgements.iter().map(|j| {
        vec![
            Cell::Words("memory_weight: "),
            Cell::text(&j.words),
            Cell::Words(" "),
            Cell::id(&j.id),
        ]
    });
    let lines: Vec<Line> = text_lines(&c.rules).into_iter().chain(recorded).collect();
    if !lines.is_empty() {
        blocks.push(Block::Bullets(lines));
    }
    if let Some(again) = p.recomputed {
        blocks.push(recomputed(again, c.score_points));
    }
    blocks
}

fn score_row(row: &Contribution) -> Vec<Cell> {
    vec![
        Cell::Named(row.component.name()),
        Cell::Number(row.raw),
        Cell::Number(row.baseline),
        Cell::Share(row.value),
        Cell::Share(row.weight),
        Cell::Points(row.points),
    ]
}

fn recomputed(again: i64, stored: i64) -> Block {
    let (tone, verdict) = match again == stored {
        true => (Tone::Good, ", the same."),
        false => (Tone::Alarm, ", which is NOT the score above."),
    };
    let line = vec![
        Cell::Words("Computed anew from stored facts: "),
        Cell::Points(again),
        Cell::Words(verdict),
    ];
    Block::Note(tone, line)
}

fn bullets(title: &'static str, lines: Vec<Line>) -> Vec<Block> {
    match lines.is_empty() {
        true => Vec::new(),
        false => vec![section(title), Block::Bullets(lines)],
    }
}

static MEMBERS: [Column; 3] = [
    Column::new("candidate_type", "type"),
    Column::new("title", "title").least(30),
    Column::new("candidate_id", "id"),
];

fn folded(members: &[Member]) -> Vec<Block> {
    if members.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new(&MEMBERS);
    table.rows = members
        .iter()
        .map(|m| {
            vec![
                Cell::Named(m.candidate_type.name()),
                Cell::title(&m.title),
                Cell::id(&m.candidate_id),
            ]
        })
        .collect();
    let aside = vec![Cell::Counted(
        members.len() as u64,
        "candidate",
        "candidates",
    )];
    vec![section_beside("Folded into it", aside), Block::Table(table)]
}

fn answer(p: &CandidatePage<'_>) -> Answer {
    let c = p.candidate;
    let candidate = candidate_value(c);
    let mut answer = Answer::ok(json!({
        "score_breakdown": candidate["score_breakdown"],
        "evidence": {
            "event_count": c.event_count,
            "signature_ids": candidate["signature_ids"],
            "samples": p.samples.iter().map(Sample::value).collect::<Vec<Value>>(),
            "related_incidents": c.related_incidents,
            "measures": c.evidence,
        },
        "seen_before": seen_before_value(c, p.known),
        "explanation": c.explanation,
        "why_it_matters": c.why_it_matters,
        "counterfactual": c.counterfactual,
        "check_next": c.check_next,
        "rules": c.rules,
        "judgements": c.judgements,
        "reviews": p.reviews.iter().map(review_value).collect::<Vec<Value>>(),
        "members": c.members,
    }));
    answer
        .head
        .shift_insert(1, "candidate".to_string(), candidate);
    match p.recomputed {
        Some(again) => {
            let same = again == c.score_points;
            answer.with(
                "recomputed",
                json!({"score_total": score_value(again), "same": same}),
            )
        }
        None => answer,
    }
}
