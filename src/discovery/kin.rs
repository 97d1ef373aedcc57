//! What a new line resembles: known lines of the same program that share most of its words.

use super::View;

/// The known line a new one resembles most.
#[derive(Clone, Copy)]
pub struct Kin {
    /// Its index.
    pub signature: usize,
    /// Share of words in common, 0 to 1.
    pub alike: f64,
}

/// Signatures by program, to look for what resembles a new one.
pub struct ByService<'a> {
    /// What detectors read.
    pub view: &'a View<'a>,
    order: Vec<usize>,
}

/// So many signatures of a program are compared with a new one at most; and so many words of each.
const COMPARED: usize = 300;
const WORDS: usize = 64;

impl<'a> ByService<'a> {
    /// Sorts the signatures of `services` (ascending) by program.
    pub fn new(view: &'a View<'a>, services: &[&str]) -> ByService<'a> {
        let wanted = |i: &usize| {
            let service = view.facts.signatures[*i].service.as_str();
            services.binary_search(&service).is_ok()
        };
        let mut order: Vec<usize> = (0..view.facts.signatures.len()).filter(wanted).collect();
        order.sort_by(|&a, &b| {
            let service = |i: usize| view.facts.signatures[i].service.as_str();
            service(a).cmp(service(b)).then(a.cmp(&b))
        });
        ByService { view, order }
    }

    /// The known signature of the same program that shares the most words (the most routine of several), if it
    /// shares half of them.
    pub fn nearest(&self, index: usize) -> Option<Kin> {
        let signatures = &self.view.facts.signatures;
        let this = &signatures[index];
        let from = self
            .order
            .partition_point(|&i| signatures[i].service < this.service);
        let words: Vec<&str> = this.template.split_whitespace().take(WORDS).collect();
        let mut best: Option<Kin> = None;
        for &other in self.order[from..].iter().take(COMPARED) {
            if signatures[other].service != this.service {
                break;
            }
            if signatures[other].first_seen >= this.first_seen {
                continue;
            }
            let theirs: Vec<&str> = signatures[other]
                .template
                .split_whitespace()
                .take(WORDS)
                .collect();
            let shared = theirs.iter().filter(|w| words.contains(w)).count();
            let alike = (2 * shared) as f64 / (words.len() + theirs.len()).max(1) as f64;
            let routine = |i: usize| self.view.notes[i].routine;
            let closer = |b: Kin| (alike, routine(other)) > (b.alike, routine(b.signature));
            if alike >= 0.5 && best.is_none_or(closer) {
                best = Some(Kin {
                    signature: other,
                    alike: alike.min(1.0),
                });
            }
        }
        best
    }

    /// What is left of the news in a line that a routine line says nearly word for word: its trouble is as routine.
    pub fn left(&self, kin: Option<Kin>) -> f64 {
        kin.filter(|k| k.alike >= 0.7).map_or(1.0, |k| {
            1.0 - k.alike * self.view.notes[k.signature].routine
        })
    }
}
