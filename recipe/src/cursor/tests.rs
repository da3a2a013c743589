use super::*;
use crate::Analyser;

/// Finds what stands at `$0` and writes it down in a line.
fn at(text: &str) -> String {
    let offset = text.find("$0").expect("a cursor");
    let text = text.replacen("$0", "", 1);
    let cursor = Cursor::at(&text, offset);
    let analysis = Analyser::default().analyse(text.as_str().into(), None);
    assert_eq!(Cursor::of(&analysis, offset), cursor);
    let path = cursor.path.join(" ");
    let slice = |span: Span| &text[span.range()];
    match cursor.place {
        Place::Nothing => "nothing".to_owned(),
        Place::Header { span } => format!("header {:?}", slice(span)),
        Place::Key {
            word,
            assigned,
            siblings,
            ..
        } => format!(
            "[{path}] key {:?}{} beside {siblings:?}",
            slice(word),
            if assigned { " =" } else { "" },
        ),
        Place::Value { word, siblings, .. } => {
            format!("[{path}] value {:?} beside {siblings:?}", slice(word))
        }
        Place::String {
            quotes,
            siblings,
            reference,
            ..
        } => {
            let reference = reference.map_or_else(String::new, |it| {
                let close = if it.closed { "}" } else { "" };
                format!(" reference {:?}{close}", slice(it.name))
            });
            format!(
                "[{path}] string {:?}{reference} beside {siblings:?}",
                slice(quotes.content)
            )
        }
    }
}

#[test]
fn keys() {
    assert_eq!(at("$0"), "[] key \"\" beside []");
    assert_eq!(at("[recipe]\nna$0"), "[recipe] key \"na\" beside []");
    assert_eq!(
        at("[recipe]\nna$0me = 'x'\nversion = '1'\n[target]\ntype = 'any'"),
        "[recipe] key \"name\" = beside [\"version\"]"
    );
    assert_eq!(
        at("[[step]]\nid = \"a\"\n$0\nwhen = \"x\"\n\n[[step]]\nname = 'b'"),
        "[step] key \"\" beside [\"id\", \"when\"]"
    );
    assert_eq!(
        at("[[step]]\nssh_command = { command = 'a', $0 }"),
        "[step ssh_command] key \"\" beside [\"command\"]"
    );
    assert_eq!(
        at("[[step]]\nssh_command = {\n  env = { A = '1' },\n  $0\n  command = 'x',\n}\nid = 'a'"),
        "[step ssh_command] key \"\" beside [\"env\", \"command\"]"
    );
    assert_eq!(
        at("[step.ssh_command]\nw$0"),
        "[step ssh_command] key \"w\" beside []"
    );
    assert_eq!(at("[[step]]\nretry.$0"), "[step retry] key \"\" beside []");
    assert_eq!(
        at("[[step]]\nretry.m$0ax = 1"),
        "[step retry] key \"max\" = beside []"
    );
    assert_eq!(
        at("[[step]]\nassert = { condition = { and = [ { $0 } ] } }"),
        "[step assert condition and] key \"\" beside []"
    );
    assert_eq!(
        at("[[step]]\r\nid = 'a'\r\n$0\r\n"),
        "[step] key \"\" beside [\"id\"]"
    );
}

#[test]
fn headers() {
    assert_eq!(at("[$0"), "header \"[\"");
    assert_eq!(at("[[ste$0\nid = 'a'"), "header \"[[ste\"");
    assert_eq!(at("[[st$0ep]]  # x"), "header \"[[step]]\"");
    assert_eq!(at("[recipe]$0\n"), "header \"[recipe]\"");
    assert_eq!(at("[[step]] $0"), "nothing");
}

#[test]
fn values() {
    assert_eq!(
        at("[target]\ntype = $0"),
        "[target type] value \"\" beside []"
    );
    assert_eq!(
        at("[target]\ntype =$0\nmin_gpus = 1"),
        "[target type] value \"\" beside []"
    );
    assert_eq!(
        at("[[step]]\ncontinue_on_failure = tr$0ue\n"),
        "[step continue_on_failure] value \"true\" beside []"
    );
    assert_eq!(at("[[step]]\nid = 1 $0"), "nothing");
    assert_eq!(at("[[step]]\nid = 'a'$0"), "nothing");
    assert_eq!(at("[[step]]\nid = 'a' # $0"), "nothing");
    assert_eq!(
        at("[[step]]\ndepends_on = ['a', $0, 'b']"),
        "[step depends_on] value \"\" beside [\"a\", \"b\"]"
    );
    assert_eq!(
        at("[[step]]\ndepends_on = [\n  'a',\n  'b$0',\n  'c'\n]"),
        "[step depends_on] string \"b\" beside [\"a\", \"c\"]"
    );
}

#[test]
fn strings_of_every_kind() {
    assert_eq!(at("a = \"$0\""), "[a] string \"\" beside []");
    assert_eq!(at("a = \"x$0"), "[a] string \"x\" beside []");
    assert_eq!(at("a = 'x$0\nb = 1"), "[a] string \"x\" beside []");
    assert_eq!(
        at("a = \"x\\\"$0y\""),
        "[a] string \"x\\\\\\\"y\" beside []"
    );
    assert_eq!(at("a = '''\nx$0\n'''"), "[a] string \"\\nx\\n\" beside []");
    assert_eq!(
        at("a = \"\"\"x\"y$0\"\"\"\"\nb = 2"),
        "[a] string \"x\\\"y\\\"\" beside []"
    );
    // Quotes that open the next string close none.
    assert_eq!(
        at("[[step]]\nssh_command = { host_id = \"gp$0, command = \"ls\" }"),
        "[step ssh_command host_id] string \"gp\" beside []"
    );
    assert_eq!(
        at("[[step]]\nssh_command = { command = 'a, b = $0', workdir = '/' }"),
        "[step ssh_command command] string \"a, b = \" beside []"
    );
    assert_eq!(at("a = $0'x'"), "[a] value \"\" beside []");
    assert_eq!(at("a = \"\"$0"), "nothing");
    assert_eq!(at("a = \"\"$0\"\"\"\"\""), "nothing");
}

#[test]
fn references() {
    assert_eq!(
        at("a = \"${$0\""),
        "[a] string \"${\" reference \"\" beside []"
    );
    assert_eq!(
        at("a = \"$$0\""),
        "[a] string \"$\" reference \"\" beside []"
    );
    assert_eq!(
        at("a = '${secret:hug$0ging/x} b'"),
        "[a] string \"${secret:hugging/x} b\" reference \"secret:hugging/x\"} beside []"
    );
    assert_eq!(
        at("a = '''x ${secret:$0\n${b}'''"),
        "[a] string \"x ${secret:\\n${b}\" reference \"secret:\" beside []"
    );
    assert_eq!(
        at("a = 'x $a$0b c'"),
        "[a] string \"x $ab c\" reference \"ab\" beside []"
    );
    assert_eq!(at("a = '$b/$0'"), "[a] string \"$b/\" beside []");
    assert_eq!(
        at("a = '$${b} \\$c$0'"),
        "[a] string \"$${b} \\\\$c\" beside []"
    );
    assert_eq!(at("a = '${b}$0'"), "[a] string \"${b}\" beside []");
    assert_eq!(at("a = '$${b$0'"), "[a] string \"$${b\" beside []");
    assert_eq!(at("a = '\\${b$0'"), "[a] string \"\\\\${b\" beside []");
    assert_eq!(
        at("a = '${b:-$0}'"),
        "[a] string \"${b:-}\" reference \"b:-\"} beside []"
    );
    assert_eq!(at("a = '$(b$0)'"), "[a] string \"$(b)\" beside []");
}

#[test]
fn what_was_left_open_ends_at_the_next_header_or_key_of_a_step() {
    let open = [
        "run_commands = { commands = \"\"\"\necho hi\n",
        "run_commands = { commands = '''\necho hi\n",
        "run_commands = { commands = \"x\n",
        "run_commands = { commands = \"x\", env = {\n",
        "depends_on = [ \"x\",\n",
        "depends_on = [ [\n",
        "when =\n",
        "na\n",
        "env.\n",
    ];
    for open in open {
        let text = format!(
            "[[step]]\n{open}\n[[step]]\nid = \"b\"\n$0\nrun_commands = {{ commands = \"\"\"\nls\n\"\"\" }}\n"
        );
        assert_eq!(
            at(&text),
            "[step] key \"\" beside [\"id\", \"run_commands\"]",
            "{open}"
        );
    }
    assert_eq!(
        at("[[step]]\nssh_command = { command = 'x'\nwhen = 'y'\n$0"),
        "[step] key \"\" beside [\"ssh_command\", \"when\"]"
    );
    assert_eq!(
        at("[[step]]\ndepends_on = ['x'\nwhen = '$0'\n"),
        "[step when] string \"\" beside []"
    );
}

#[test]
fn a_header_inside_a_closed_string_is_text() {
    assert_eq!(
        at("[[step]]\nrun_commands = { commands = '''\ncat <<E\n[[step]]\nE\n''', w$0 }"),
        "[step run_commands] key \"w\" beside [\"commands\"]"
    );
}

#[test]
fn every_place_of_every_prefix_is_inside_the_text() {
    let text = "\u{feff}[recipe]\r\nname = \"ä ${secret:é/x}\"\n[[step]]\nrun_commands = { commands = '''\n${a}😀\n''', env.\"A b\" = \"$\" }\n# end";
    let borders = || (0..=text.len()).filter(|at| text.is_char_boundary(*at));
    for end in borders() {
        let prefix = &text[..end];
        for offset in borders().take_while(|offset| *offset <= end) {
            let cursor = Cursor::at(prefix, offset);
            if let Place::String {
                quotes, reference, ..
            } = cursor.place
            {
                assert!(quotes.content.touches(offset), "{offset} of {end}");
                if let Some(reference) = reference {
                    assert!(quotes.content.covers(reference.name), "{offset} of {end}");
                    assert!(prefix.get(reference.name.range()).is_some());
                }
            }
        }
    }
}
