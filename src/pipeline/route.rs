//! Routes: whose a record is, where the configuration says so by its source, its host or one of its fields.

use crate::event::{Fields, Parsed};
use crate::intake::Input;
use glob::Pattern;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a route looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The path of a file, under its live name, or the label of a stream.
    Path,
    /// The host a record names.
    Host,
    /// A field of a record.
    Field(String),
}

/// A rule: what matches the pattern belongs to the tenant.
#[derive(Clone, Debug)]
pub struct Route {
    /// What it looks at.
    pub by: By,
    /// What that must look like; `*` stands for anything.
    pub pattern: Pattern,
    /// The tenant; named by the operator, never by a log.
    pub tenant: String,
}

/// The rules, in order: the first that matches counts. What a record itself says comes before where it came from.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    routes: Vec<Route>,
    /// The tenants they name, each once.
    tenants: Vec<String>,
}

impl Routes {
    /// The rules in their order.
    pub fn new(routes: Vec<Route>) -> Routes {
        let mut tenants: Vec<String> = routes.iter().map(|r| r.tenant.clone()).collect();
        tenants.sort_unstable();
        tenants.dedup();
        Routes { routes, tenants }
    }

    /// The tenants they name.
    pub fn tenants(&self) -> &[String] {
        &self.tenants
    }

    /// Whose an input is by its name.
    pub fn of_input(&self, input: &Input) -> Option<&str> {
        let names = match input {
            Input::File(log) => vec![
                log.family.live().display().to_string(),
                log.path.display().to_string(),
            ],
            Input::Stdin { label } => vec![label.clone()],
        };
        let matches = |r: &&Route| r.by == By::Path && names.iter().any(|n| r.pattern.matches(n));
        self.routes.iter().find(matches).map(|r| r.tenant.as_str())
    }

    /// Whether records have to be looked at one by one.
    pub fn look_at_records(&self) -> bool {
        self.routes.iter().any(|r| r.by != By::Path)
    }

    /// The tenant, as its place in [`Routes::tenants`], that a record names itself. `fields` are asked for when a rule wants them.
    pub fn of_record(&self, parsed: &Parsed<'_>, fields: impl Fn() -> Fields) -> Option<usize> {
        let mut known: Option<Fields> = None;
        let route = self.routes.iter().find(|route| match &route.by {
            By::Path => false,
            By::Host => route.pattern.matches(&parsed.host),
            By::Field(name) => match known.get_or_insert_with(&fields).get(name) {
                Some(Value::String(text)) => route.pattern.matches(text),
                Some(Value::Number(n)) => route.pattern.matches(&n.to_string()),
                _ => false,
            },
        })?;
        self.tenants.binary_search(&route.tenant).ok()
    }
}

/// Puts places into groups.
pub(super) type Groups = BTreeMap<usize, Vec<u32>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn route(by: By, pattern: &str, tenant: &str) -> Route {
        Route {
            by,
            pattern: Pattern::new(pattern).expect("a pattern"),
            tenant: tenant.to_string(),
        }
    }

    #[test]
    fn the_first_rule_that_matches_counts() {
        let routes = Routes::new(vec![
            route(By::Path, "*", "z"),
            route(By::Host, "a-*", "b"),
            route(By::Host, "*", "c"),
            route(By::Field("customer".into()), "acme", "a"),
        ]);
        assert_eq!(routes.tenants(), ["a", "b", "c", "z"]);
        let of = |host: &str| {
            let parsed = Parsed {
                host: host.to_string().into(),
                ..Parsed::default()
            };
            routes.of_record(&parsed, Fields::new)
        };
        assert_eq!((of("a-1"), of("d")), (Some(1), Some(2)));
    }

    #[test]
    fn a_field_names_a_tenant_only_through_a_rule() {
        let routes = Routes::new(vec![route(By::Field("customer".into()), "acme-*", "a")]);
        let of = |value: Value| {
            let fields = || Fields::from_iter([("customer".to_string(), value.clone())]);
            routes.of_record(&Parsed::default(), fields)
        };
        assert_eq!(of("acme-7".into()), Some(0));
        assert_eq!(of("a".into()), None);
        assert_eq!(of(Value::Null), None);
        let none = Routes::default();
        assert_eq!(none.of_record(&Parsed::default(), Fields::new), None);
    }
}
