//! `prometheus`: the numbers of a report in the text format that node_exporter's textfile collector reads.

use super::{Look, Renderer, Report, Untrusted};
use std::io::{self, Write};

/// The renderer for the textfile collector.
pub struct PrometheusRenderer;

/// A family of numbers. Its name carries its unit, as Prometheus has it: `brainstem_store_size_bytes`.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What it counts or measures.
    pub help: &'static str,
    /// The numbers, each with its labels.
    pub samples: Vec<(Vec<(&'static str, Untrusted)>, f64)>,
}

impl Metric {
    /// A family of one number without labels.
    pub fn one(name: &'static str, help: &'static str, value: f64) -> Metric {
        Metric {
            name,
            help,
            samples: vec![(Vec::new(), value)],
        }
    }
}

impl Renderer for PrometheusRenderer {
    fn name(&self) -> &'static str {
        "prometheus"
    }

    fn render(&self, report: &Report, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        for metric in report.metrics.iter().filter(|m| !m.samples.is_empty()) {
            writeln!(out, "# HELP {} {}", metric.name, metric.help)?;
            writeln!(out, "# TYPE {} {}", metric.name, kind(metric.name))?;
            for (labels, value) in &metric.samples {
                let labels: Vec<String> = labels
                    .iter()
                    .map(|(name, text)| format!("{name}=\"{}\"", quoted(&text.shown(look.secrets))))
                    .collect();
                let labels = match labels.is_empty() {
                    true => String::new(),
                    false => format!("{{{}}}", labels.join(",")),
                };
                writeln!(out, "{}{labels} {value}", metric.name)?;
            }
        }
        Ok(())
    }
}

/// What only grows is a counter, and its name says so.
fn kind(name: &str) -> &'static str {
    match name.ends_with("_total") {
        true => "counter",
        false => "gauge",
    }
}

/// A label's value: on one line already, backslashes and quotes written out.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_break_out_of_their_quotes() {
        let report = Report {
            metrics: vec![
                Metric::one("brainstem_healthy", "Whether all is well.", 1.0),
                Metric {
                    name: "brainstem_source_records_total",
                    help: "Records read.",
                    samples: vec![(vec![("source", Untrusted::from("a\"} 1\n\\b"))], 12.0)],
                },
            ],
            ..Report::default()
        };
        let mut out = Vec::new();
        PrometheusRenderer
            .render(&report, &Look::default(), &mut out)
            .expect("a vector takes everything");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "# HELP brainstem_healthy Whether all is well.\n# TYPE brainstem_healthy gauge\nbrainstem_healthy 1\n\
             # HELP brainstem_source_records_total Records read.\n# TYPE brainstem_source_records_total counter\n\
             brainstem_source_records_total{source=\"a\\\"} 1\\\\n\\\\b\"} 12\n"
        );
    }
}
