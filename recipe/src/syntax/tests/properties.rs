//! Any text has a tree with every range in order, and whether a text is TOML is what `toml_edit`
//! says.

use proptest::prelude::*;

use super::*;

pub(super) const SAMPLE: &str = r#"# A recipe of everything.
[recipe]
name = "train" # why not
version = '1.0'

[variables]
A = """
line ${B} \
    joined
"""
"quoted key" = 'x'
dotted.b.c = 1
dotted.b.d = 0xf_f

[target]
min_gpus = 1
min_memory_gb = 1_0.5e3
since = 2024-02-29T12:00:00Z

[[step]]
id = "one"
run_commands = { commands = """
cat > x.toml <<'EOF'
[[step]]
id = "not a step"
EOF
""", env = { TOKEN = "${secret:a/b}", X = 'ü😀' }, }
retry = {
  max_attempts = 3,
  delay_secs = 5, # five
}

[[step]]
id = "two"
depends_on = [
  "one", # first
  "zero",
]
when = "'${A}' == \"b\" && \u0024{B}"
ssh_command.command = '''
if [[ -n "$x" ]]; then
x = 1
fi
'''
"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_text_has_a_tree(text in any::<String>()) {
        assert_in_order(&text, &parse(&text));
    }

    #[test]
    fn any_pile_of_pieces_has_a_tree_and_is_toml_if_toml_edit_says_so(text in pile()) {
        let tree = parse(&text);
        assert_in_order(&text, &tree);
        assert_agrees(&text, &tree);
    }

    #[test]
    fn any_edit_leaves_a_tree(edits in prop::collection::vec(edit(), 1..4), crlf in any::<bool>()) {
        let mut text = match crlf {
            true => SAMPLE.replace('\n', "\r\n"),
            false => SAMPLE.to_owned(),
        };
        for (at, removed, inserted) in edits {
            let start = text.floor_char_boundary(at % (text.len() + 1));
            let end = text.floor_char_boundary((start + removed).min(text.len()));
            text.replace_range(start..end, inserted);
        }
        let tree = parse(&text);
        assert_in_order(&text, &tree);
        assert_agrees(&text, &tree);
    }
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "key",
    "\"q\"",
    "'l'",
    "1",
    "-0x1f",
    "1.5",
    "true",
    "yes",
    "2024-01-02",
    "07:32",
    "+inf",
    "08",
    " = ",
    "=",
    ".",
    ",",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    " ",
    "\t",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "\\n",
    "\\u12",
    "# c",
    "\u{7}",
    "\u{feff}",
    "ü",
    "\n[a]\n",
    "\n[[s]]\n",
    "\n[a.b]\n",
    "\nx = 1\n",
    "\na.b = 2\n",
    "\ns = \"x\"\n",
    "\nm = '''\nt\n'''\n",
];

fn pile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

fn edit() -> impl Strategy<Value = (usize, usize, &'static str)> {
    let removed = prop_oneof![Just(0_usize), 0..3_usize, 0..200_usize];
    let inserted = prop_oneof![Just(""), prop::sample::select(PIECES)];
    (any::<usize>(), removed, inserted)
}

#[test]
fn every_prefix_and_every_text_without_one_line_has_a_tree() {
    let crlf = SAMPLE.replace('\n', "\r\n");
    for text in [SAMPLE, &crlf, &format!("\u{feff}{SAMPLE}")] {
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let tree = parse(&text[..end]);
            assert_in_order(&text[..end], &tree);
            assert_agrees(&text[..end], &tree);
        }
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        for left_out in 0..lines.len() {
            let text = [&lines[..left_out], &lines[left_out + 1..]]
                .concat()
                .concat();
            let tree = parse(&text);
            assert_in_order(&text, &tree);
            assert_agrees(&text, &tree);
        }
    }
}

/// `toml_edit` finds no error exactly where we find none, and then says the same.
pub(super) fn assert_agrees(text: &str, tree: &Tree) {
    match text.parse::<toml_edit::DocumentMut>() {
        Ok(document) => {
            assert!(tree.errors.is_empty(), "{:#?} in {text:?}", tree.errors);
            assert_eq!(ours(tree), theirs(document.as_item()), "{text:?}");
        }
        Err(error) => assert!(!tree.errors.is_empty(), "{error} in {text:?}"),
    }
}

/// A value to compare.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    Scalar(String),
    Array(Vec<Plain>),
    Table(std::collections::BTreeMap<String, Plain>),
}

fn ours(tree: &Tree) -> Plain {
    let mut root = our_table(&tree.root);
    for table in &tree.tables {
        let mut place = &mut root;
        for (index, key) in table.path.iter().enumerate() {
            let is_last = index + 1 == table.path.len();
            let Plain::Table(entries) = place else {
                panic!("{} is no table", key.name);
            };
            let fresh = match table.is_array && is_last {
                true => Plain::Array(Vec::new()),
                false => Plain::Table(Default::default()),
            };
            place = entries.entry(key.name.clone()).or_insert(fresh);
            if let Plain::Array(elements) = place {
                if is_last {
                    elements.push(Plain::Table(Default::default()));
                }
                place = elements.last_mut().expect("a table of the array");
            }
        }
        let (Plain::Table(place), Plain::Table(more)) = (place, our_table(&table.table)) else {
            panic!("no table");
        };
        place.extend(more);
    }
    root
}

fn our_table(table: &Table) -> Plain {
    let entry = |entry: &Entry| (entry.key.name.clone(), our_value(&entry.value));
    Plain::Table(table.entries.iter().map(entry).collect())
}

fn our_value(value: &Value) -> Plain {
    match &value.kind {
        ValueKind::String(string) => Plain::Scalar(format!("{:?}", string.text)),
        ValueKind::Integer(number) => Plain::Scalar(number.to_string()),
        ValueKind::Float(number) => Plain::Scalar(format!("{number:?}")),
        ValueKind::Boolean(value) => Plain::Scalar(value.to_string()),
        ValueKind::Datetime => Plain::Scalar("date".to_owned()),
        ValueKind::Array(values) => Plain::Array(values.iter().map(our_value).collect()),
        ValueKind::Table(table) => our_table(table),
        ValueKind::Missing => panic!("missing in a sound text"),
    }
}

fn theirs(item: &toml_edit::Item) -> Plain {
    if let Some(tables) = item.as_array_of_tables() {
        return Plain::Array(tables.iter().map(|table| their_table(table)).collect());
    }
    match (item.as_table_like(), item.as_value()) {
        (Some(table), _) => their_table(table),
        (None, Some(value)) => their_value(value),
        (None, None) => panic!("{item:?}"),
    }
}

fn their_table(table: &dyn toml_edit::TableLike) -> Plain {
    let entry = |(key, item): (&str, &toml_edit::Item)| (key.to_owned(), theirs(item));
    Plain::Table(table.iter().map(entry).collect())
}

fn their_value(value: &toml_edit::Value) -> Plain {
    use toml_edit::Value;
    match value {
        Value::String(text) => Plain::Scalar(format!("{:?}", text.value())),
        Value::Integer(number) => Plain::Scalar(number.value().to_string()),
        Value::Float(number) => Plain::Scalar(format!("{:?}", number.value())),
        Value::Boolean(value) => Plain::Scalar(value.value().to_string()),
        Value::Datetime(_) => Plain::Scalar("date".to_owned()),
        Value::Array(values) => Plain::Array(values.iter().map(their_value).collect()),
        Value::InlineTable(table) => their_table(table),
    }
}
