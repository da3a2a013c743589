//! Code actions through the protocol: which are sent, of which kind, and that every fix of every check is one.

use recipe::checks::CHECKS;
use recipe::{Analyser, Facts, LineIndex};
use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::{URI, connect, offers, server};

/// A recipe with everything to change.
const RECIPE: &str = r#"[recipe]
name = "x"

[variables]
model = "bert"

[[step]]
id = "train"
depends_on = ["get"]
ssh_command = { command = "train ${model}", workdir = "/data" }

[[step]]
id = "get"
ssh_command = { command = "get ${model}" }
"#;

/// What is offered between two places, of some kinds or all.
fn actions(client: &mut LspClient, from: (u32, u32), to: (u32, u32), only: &[&str]) -> Vec<Value> {
    let place = |(line, character): (u32, u32)| json!({"line": line, "character": character});
    let mut context = json!({"diagnostics": []});
    if !only.is_empty() {
        context["only"] = json!(only);
    }
    let range = json!({"start": place(from), "end": place(to)});
    let about = json!({"textDocument": {"uri": URI}, "range": range, "context": context});
    let actions = client.request("textDocument/codeAction", about);
    actions.as_array().expect("actions").clone()
}

fn shown(actions: &[Value]) -> Vec<String> {
    let word = |action: &Value, key: &str| action[key].as_str().unwrap_or_default().to_owned();
    let line = |action| format!("{}: {}", word(action, "kind"), word(action, "title"));
    actions.iter().map(line).collect()
}

#[test]
fn each_kind_is_told_of_and_asked_for_by_its_name_or_a_part_of_it() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, server) = LspClient::connect(&mut server(home.path()), offers());
    let kinds = &server["codeActionProvider"]["codeActionKinds"];
    for kind in [
        "quickfix",
        "refactor.extract",
        "refactor.inline",
        "refactor.rewrite",
        "source.sortSteps",
        "source.fixAll.doppio",
    ] {
        assert!(
            kinds.as_array().expect("kinds").contains(&json!(kind)),
            "{kinds}"
        );
    }
    client.open(URI, RECIPE);
    let at = (9, 60);
    let refactor = ["refactor.extract: Extract into variable 'workdir'".to_owned()];
    assert_eq!(
        shown(&actions(&mut client, at, at, &["refactor"])),
        refactor
    );
    assert_eq!(
        shown(&actions(&mut client, at, at, &["refactor.extract"])),
        refactor
    );
    assert_eq!(
        shown(&actions(&mut client, at, at, &["refactor.ext"])),
        [""; 0]
    );
    let sort = ["source.sortSteps: Sort steps in the order they run".to_owned()];
    assert_eq!(shown(&actions(&mut client, at, at, &["source"])), sort);
    let all = shown(&actions(&mut client, at, at, &[]));
    for one in refactor
        .iter()
        .chain(&sort)
        .chain(&[": Run recipe".to_owned()])
    {
        assert!(all.contains(one), "{all:?}");
    }
    let inline = actions(&mut client, (4, 2), (4, 2), &["refactor.inline"]);
    let edits = inline[0].pointer("/edit/documentChanges/0/edits");
    assert_eq!(
        edits.and_then(Value::as_array).map(Vec::len),
        Some(3),
        "{inline:?}"
    );
    let rewrite = shown(&actions(
        &mut client,
        (6, 0),
        (12, 0),
        &["refactor.rewrite"],
    ));
    assert_eq!(
        rewrite.len(),
        1,
        "'train' waits for 'get', so they cannot be in this order: {rewrite:?}"
    );
}

#[test]
fn who_takes_no_edits_is_offered_none() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, server) = LspClient::connect(&mut server(home.path()), json!({}));
    assert_eq!(server["codeActionProvider"], json!(true));
    client.open(URI, RECIPE);
    let offered = actions(&mut client, (9, 60), (9, 60), &[]);
    assert!(
        offered.iter().all(|it| it["command"].is_string()),
        "{offered:?}"
    );
}

/// The examples on the page of a check.
fn examples(code: &str) -> Vec<String> {
    let path = format!("{}/docs/checks/{code}.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let fences = page.split("```toml ").skip(1);
    let body = |fence: &str| Some(fence.split_once('\n')?.1.split_once("```")?.0.to_owned());
    let is_text = |line: &&str| !line.trim_start().starts_with('^');
    let unmarked = |text: String| text.split_inclusive('\n').filter(is_text).collect();
    fences.filter_map(body).map(unmarked).collect()
}

#[test]
fn every_fix_of_every_check_is_a_code_action() {
    let (_home, mut client) = connect();
    let (mut version, mut count) = (0, 0);
    client.open(URI, "");
    for check in CHECKS {
        for text in examples(check.code) {
            let analysis = Analyser::default().analyse(text.as_str().into(), Some("a.recipe.toml"));
            version += 1;
            client.replace(URI, version, &text);
            let lines = LineIndex::new(&text);
            for found in analysis.diagnostics(&Facts::default()) {
                if found.fixes.is_empty() {
                    continue;
                }
                let (line, column) = lines.position(&text, found.span.start);
                let (line, column) = (line as u32 - 1, column as u32 - 1);
                let offered = actions(&mut client, (line, column), (line, column), &["quickfix"]);
                let is_preferred = |it: &&Value| it["isPreferred"] == json!(true);
                let preferred: Vec<_> = offered.iter().filter(is_preferred).collect();
                assert!(preferred.len() < 2, "{preferred:#?}\n{text}");
                for fix in &found.fixes {
                    let is_it = |it: &&Value| {
                        it["title"] == json!(fix.title)
                            && it["diagnostics"][0]["code"] == json!(found.code)
                    };
                    let action = offered.iter().find(is_it);
                    let action = action.unwrap_or_else(|| {
                        panic!(
                            "no {:?} for {}: {offered:#?}\n{text}",
                            fix.title, found.code
                        )
                    });
                    let edits = action
                        .pointer("/edit/documentChanges/0/edits")
                        .and_then(Value::as_array);
                    assert_eq!(edits.map(Vec::len), Some(fix.edits.len()), "{action}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 50, "{count} fixes");
}
