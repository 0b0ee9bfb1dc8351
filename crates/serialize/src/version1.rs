//! A whole model's description as it was written with version 1 of the container: JSON, in which a setting
//! is a list of nodes, `[["in_features", [{"depth": 0, "key": "", "atom": {"Int": 2}}]]]`.

use nn::{Architecture, Value};

/// The description in this text; `None` if it is none.
pub(crate) fn architecture(json: &str) -> Option<Architecture> {
    let mut modules: Value = serde_json::from_str(json).ok()?;
    let Value::List(items) = &mut modules else { return None };
    for module in items {
        let Value::Dict(entries) = module else { return None };
        let (_, config) = entries.iter_mut().find(|(key, _)| key.as_str() == Some("config"))?;
        let settings = config.as_list()?.iter().map(|pair| match pair.as_list()? {
            [Value::Str(name), Value::List(nodes)] => Some((name.clone(), setting(nodes)?)),
            _ => None,
        });
        *config = Value::dict(settings.collect::<Option<Vec<_>>>()?);
    }
    Architecture::from_value(&modules).ok()
}

fn setting(nodes: &[Value]) -> Option<Value> {
    let mut rest = nodes;
    let (_, value) = build(&mut rest, 0)?;
    rest.is_empty().then_some(value)
}

/// The first node with the parts that follow it, one deeper, and its key.
fn build(rest: &mut &[Value], depth: usize) -> Option<(String, Value)> {
    let (node, behind) = rest.split_first()?;
    if depth > Value::MAX_DEPTH {
        return None;
    }
    *rest = behind;
    let key = node.get("key")?.as_str()?.to_owned();
    let mut parts = || -> Option<Vec<(String, Value)>> {
        let mut parts = Vec::new();
        let deeper = Some(depth as i64 + 1);
        while rest.first().is_some_and(|node| node.get("depth").and_then(Value::as_int) == deeper) {
            parts.push(build(rest, depth + 1)?);
        }
        Some(parts)
    };
    let items = |parts: Vec<(String, Value)>| parts.into_iter().map(|(_, value)| value).collect();
    let value = match node.get("atom")? {
        Value::Str(kind) => match kind.as_str() {
            "None" => Value::None,
            "List" => Value::List(items(parts()?)),
            "Tuple" => Value::Tuple(items(parts()?)),
            "Map" => Value::dict(parts()?),
            _ => return None,
        },
        Value::Dict(atom) => match &atom[..] {
            [(Value::Str(kind), x)] if kind == "Float" => Value::Float(x.as_float()?),
            [(_, x)] => x.clone(),
            _ => return None,
        },
        _ => return None,
    };
    Some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_every_type_are_read() {
        let json = r#"[{"depth":0,"name":"","kind":"Net","training":true,"parameters":[],"buffers":[],"same_as":null,
            "config":[["a",[{"depth":0,"key":"","atom":"Map"},
                {"depth":1,"key":"b","atom":"Tuple"},
                    {"depth":2,"key":"","atom":{"Int":1}},{"depth":2,"key":"","atom":{"Float":2.0}},
                {"depth":1,"key":"c","atom":"List"},{"depth":2,"key":"","atom":"None"},
                {"depth":1,"key":"d","atom":{"Str":"x"}},{"depth":1,"key":"e","atom":{"Bool":true}}]]]}]"#;
        let settings = architecture(json).unwrap().config;
        assert_eq!(settings[0].1.to_string(), "{'b': (1, 2.0), 'c': [None], 'd': 'x', 'e': True}");
        for (from, to) in
            [("\"Map\"", "\"List\"}, {\"depth\":3"), ("\"Net\"", "1"), ("\"a\"", "2"), ("Tuple", "?")]
        {
            assert!(architecture(&json.replace(from, to)).is_none(), "{to}");
        }
    }
}
