//! Answers for several tenants as one: side by side, never mixed.

use super::{Answer, Block, Cell, Column, Level, Metric, Report, Table, Tone, Untrusted};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Puts the reports of tenants together: rows say whose they are, pages follow each other.
pub fn together(parts: Vec<(String, Report)>) -> Report {
    let mut whole = Report {
        as_of: parts.iter().map(|(_, r)| r.as_of).max().unwrap_or_default(),
        answer: answer(&parts),
        sheet: sheet(&parts),
        ..Report::default()
    };
    for (tenant, report) in parts {
        whole.blocks.push(Block::Heading {
            level: Level::Page,
            tone: Tone::Strong,
            line: vec![Cell::Words("Tenant "), Cell::text(&tenant)],
            aside: Vec::new(),
        });
        let own = |block| match block {
            Block::Sheet => Block::Table(report.sheet.clone()),
            other => other,
        };
        whole.blocks.extend(report.blocks.into_iter().map(own));
        for metric in report.metrics {
            add(&mut whole.metrics, metric, &tenant);
        }
    }
    whole
}

/// The rows of all lists, each with its tenant; and what else each answer said. Where there are no lists, a list of answers.
fn answer(parts: &[(String, Report)]) -> Answer {
    let named = |tenant: &str, members: &[&Map<String, Value>]| {
        let mut object = Map::new();
        object.insert("tenant_id".to_string(), json!(tenant));
        for (name, value) in members.iter().flat_map(|m| m.iter()) {
            if name != "ok" && name != "tenant_id" {
                object.insert(name.clone(), value.clone());
            }
        }
        Value::Object(object)
    };
    let rest: Vec<Value> = parts
        .iter()
        .map(|(tenant, r)| named(tenant, &[&r.answer.head, &r.answer.tail]))
        .collect();
    let lists = parts
        .iter()
        .filter_map(|(tenant, r)| Some((tenant, r.answer.list.as_ref()?)));
    let Some((_, (name, _))) = lists.clone().next() else {
        return Answer::list("tenants", rest);
    };
    let rows = lists.flat_map(|(tenant, (_, rows))| {
        rows.iter().map(|row| match row {
            Value::Object(members) => named(tenant, &[members]),
            other => other.clone(),
        })
    });
    Answer::list(name, rows.collect()).with("tenants", Value::Array(rest))
}

fn sheet(parts: &[(String, Report)]) -> Table {
    let columns = parts.iter().map(|(_, r)| &r.sheet.columns);
    let Some(columns) = columns.max_by_key(|c| c.len()) else {
        return Table::default();
    };
    // A row that names its tenant anyway need not do so twice.
    let named = columns.iter().any(|c| c.key == "tenant_id");
    let first = (!named).then(|| Column::new("tenant_id", "tenant"));
    let row = |tenant: &str, row: &Vec<Cell>| {
        let first = (!named).then(|| Cell::text(tenant));
        first.into_iter().chain(row.iter().cloned()).collect()
    };
    Table {
        columns: Cow::Owned(first.into_iter().chain(columns.iter().cloned()).collect()),
        rows: parts
            .iter()
            .flat_map(|(tenant, r)| r.sheet.rows.iter().map(|cells| row(tenant, cells)))
            .collect(),
    }
}

/// Adds the samples of a metric to those of its name, labelled with the tenant.
fn add(metrics: &mut Vec<Metric>, mut metric: Metric, tenant: &str) {
    for (labels, _) in &mut metric.samples {
        labels.push(("tenant", Untrusted::from(tenant)));
    }
    match metrics.iter_mut().find(|m| m.name == metric.name) {
        Some(known) => known.samples.extend(metric.samples),
        None => metrics.push(metric),
    }
}
