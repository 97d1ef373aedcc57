//! Holds answers against their schema: as much of JSON Schema as the schemas of this program use, and nothing is let through
//! that it does not know.

use serde_json::Value;

/// What is wrong with `answer`, if anything is.
pub fn fault(answer: &Value, schema: &Value) -> Result<(), String> {
    check(answer, schema, schema, "answer")
}

fn check(value: &Value, schema: &Value, root: &Value, at: &str) -> Result<(), String> {
    let rules = schema.as_object().ok_or("a schema is an object")?;
    for (rule, said) in rules {
        match rule.as_str() {
            "$ref" => {
                let name = said.as_str().and_then(|r| r.strip_prefix("#/$defs/"));
                let name = name.ok_or("a reference to a definition")?;
                let target = root["$defs"].get(name);
                check(
                    value,
                    target.ok_or(format!("no definition {name}"))?,
                    root,
                    at,
                )?;
            }
            "anyOf" => any(value, said, root, at)?,
            "type" if !is_of(value, said) => {
                return Err(format!("{at} is not {said}: {}", brief(value)));
            }
            "enum" if !list(said).contains(value) => {
                return Err(format!("{at} is none of {said}: {}", brief(value)));
            }
            "properties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = said.get(name) {
                        check(member, schema, root, &format!("{at}.{name}"))?;
                    }
                }
            }
            "required" => {
                for name in list(said).iter().filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        return Err(format!("{at} has no {name}"));
                    }
                }
            }
            "additionalProperties" => {
                for (name, member) in value.as_object().into_iter().flatten() {
                    let known = schema["properties"].get(name).is_some();
                    match said {
                        Value::Bool(false) if !known => {
                            return Err(format!("{at} has a member {name}"));
                        }
                        Value::Object(_) if !known => {
                            check(member, said, root, &format!("{at}.{name}"))?
                        }
                        _ => {}
                    }
                }
            }
            "propertyNames" => {
                for name in value.as_object().into_iter().flat_map(|o| o.keys()) {
                    check(
                        &Value::from(name.as_str()),
                        said,
                        root,
                        &format!("the name {name} in {at}"),
                    )?;
                }
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(item, said, root, &format!("{at}[{i}]"))?;
                }
            }
            "format" => {
                let is_time = |s: &str| s.parse::<chrono::DateTime<chrono::Utc>>().is_ok();
                if value
                    .as_str()
                    .is_some_and(|s| said == "date-time" && !is_time(s))
                {
                    return Err(format!("{at} is no time: {}", brief(value)));
                }
            }
            "type" | "enum" | "title" | "description" | "$schema" | "$defs" => {}
            other => return Err(format!("a rule this test does not know: {other}")),
        }
    }
    Ok(())
}

/// The fault of the answer that came nearest: the one that got deepest.
fn any(value: &Value, schemas: &Value, root: &Value, at: &str) -> Result<(), String> {
    let mut faults = Vec::new();
    for schema in list(schemas) {
        match check(value, schema, root, at) {
            Ok(()) => return Ok(()),
            Err(fault) => faults.push(fault),
        }
    }
    Err(faults.join("; or "))
}

fn is_of(value: &Value, types: &Value) -> bool {
    let is = |name: &Value| match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => false,
    };
    match types {
        Value::Array(types) => types.iter().any(is),
        one => is(one),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn brief(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}
