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
        let mut best: Option<Kin> = None;
        for &other in self.order[from..].iter().take(COMPARED) {
            if signatures[other].service != this.service {
                break;
            }
            if signatures[other].first_seen >= this.first_seen {
                continue;
            }
            let alike = alike(&this.template, &signatures[other].template);
            let routine = |i: usize| self.view.notes[i].routine;
            let closer = |b: Kin| (alike, routine(other)) > (b.alike, routine(b.signature));
            if alike >= 0.5 && best.is_none_or(closer) {
                best = Some(Kin {
                    signature: other,
                    alike,
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

/// The share of words two templates have in common, 0 to 1: twice the common ones over all (Dice 1945).
pub fn alike(a: &str, b: &str) -> f64 {
    let words = |text: &'_ str| -> Vec<String> {
        let mut words: Vec<String> = (text.split_whitespace().take(WORDS))
            .map(|w| w.trim_matches([',', ':', ';', '.']).to_string())
            .collect();
        words.sort_unstable();
        words
    };
    let (a, b) = (words(a), words(b));
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    f64::from(2 * shared) / (a.len() + b.len()).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_alike_in_any_order() {
        assert_eq!(alike("a b <num>", "<num>: b, a"), 1.0);
        assert_eq!(alike("a b", "c d"), 0.0);
        assert_eq!(alike("", ""), 0.0);
        assert!((alike("link <num> is down", "link <num> is up") - 0.75).abs() < 1e-9);
    }
}
