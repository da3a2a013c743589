//! Whether two texts hold the same data, however it is written.

use std::collections::BTreeSet;

use recipe::syntax::{self, Table, Value, ValueKind};

/// The data of a TOML text; nothing if it has errors.
pub(super) fn data(text: &str) -> Option<BTreeSet<String>> {
    let tree = syntax::parse(text);
    if !tree.errors.is_empty() {
        return None;
    }
    let mut data = BTreeSet::new();
    add_table(&mut data, "", &tree.root);
    let mut steps = 0;
    for table in &tree.tables {
        steps += usize::from(table.is_array);
        // `[[a]]` begins a new element, and what stands behind it belongs to that.
        let mut path = format!("{steps}");
        for key in &table.path {
            path += &format!(".{:?}", key.name);
            data.insert(path.clone());
        }
        add_table(&mut data, &path, &table.table);
    }
    Some(data)
}

fn add_table(data: &mut BTreeSet<String>, path: &str, table: &Table) {
    for entry in &table.entries {
        add(data, &format!("{path}.{:?}", entry.key.name), &entry.value);
    }
}

fn add(data: &mut BTreeSet<String>, path: &str, value: &Value) {
    let said = match &value.kind {
        ValueKind::Table(table) => {
            data.insert(path.to_owned());
            return add_table(data, path, table);
        }
        ValueKind::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                add(data, &format!("{path}[{index}]"), value);
            }
            "an array".to_owned()
        }
        ValueKind::String(text) => format!("{:?}", text.text),
        other => format!("{other:?}"),
    };
    data.insert(format!("{path} = {said}"));
}
