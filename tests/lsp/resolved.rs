//! A step as it would be sent, through the protocol.

use serde_json::{Value, json};
use testkit::lsp_client::LspClient;

use super::editor::Editor;
use super::{URI, connect, offers, server};

const TEXT: &str = "[recipe]\nname = \"x\"\n[variables]\nmodel = \"bert 😀\"\n[[step]]\nid = \"a\"\nssh_command = { host_id = \"local\", command = \"run ${model} ${secret:mine/key} x\" }\n[[step]]\nid = \"none\"\n";

fn ask(client: &mut LspClient, what: &Value) -> Value {
    let mut params = json!({"uri": URI});
    let what = what.as_object().expect("an object").clone();
    params.as_object_mut().expect("an object").extend(what);
    client.request("doppio/resolvedStep", params)
}

#[test]
fn every_part_says_where_it_comes_from_in_units_of_the_client() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut client, _) = LspClient::connect(&mut server(home.path()), json!({}));
    client.open(URI, TEXT);
    let found = ask(&mut client, &json!({"step": "a"}));
    let text = "# host_id\nlocal\n\n# command\nrun bert 😀 ${secret:mine/key} x\n";
    assert_eq!(
        (&found["step"], &found["text"]),
        (&json!("a"), &json!(text))
    );
    let units: Vec<u16> = text.encode_utf16().collect();
    let spans = found["spans"].as_array().expect("spans").iter().map(|it| {
        let at = |name: &str| usize::try_from(it[name].as_u64().expect("a number")).expect("small");
        let written = String::from_utf16(&units[at("start")..at("end")]).expect("whole characters");
        let line = &it["location"]["range"]["start"]["line"];
        format!("{written:?} {} {} {line}", it["origin"], it["name"])
    });
    assert_eq!(
        spans.collect::<Vec<_>>(),
        [
            "\"local\" \"recipe\" null 6",
            "\"run \" \"recipe\" null 6",
            "\"bert 😀\" \"variable\" \"model\" 3",
            "\" \" \"recipe\" null 6",
            "\"${secret:mine/key}\" \"secret\" \"mine/key\" null",
            "\" x\" \"recipe\" null 6",
        ]
    );
    let place = json!({"position": {"line": 6, "character": 3}});
    assert_eq!(ask(&mut client, &place), found);
}

#[test]
fn where_there_is_nothing_to_show_it_says_so() {
    let (_home, mut client) = connect();
    client.open(URI, TEXT);
    for what in [
        json!({"step": "none"}),
        json!({"step": "?"}),
        json!({}),
        json!({"position": {"line": 0, "character": 0}}),
    ] {
        assert_eq!(ask(&mut client, &what), Value::Null, "{what}");
    }
}

#[test]
fn any_client_is_shown_a_file_that_only_the_user_reads() {
    use std::os::unix::fs::PermissionsExt;
    for shows in [true, false] {
        let mut offers = offers();
        offers["window"]["showDocument"]["support"] = json!(shows);
        let mut editor = Editor::open(TEXT, offers);
        editor.choose_at(6, "Show what step 'a' sends");
        let path = editor
            .home
            .path()
            .join(".local/state/doppio/resolved-step.sh");
        match shows {
            true => {
                let shown = editor.client.heard("window/showDocument");
                assert!(
                    shown["uri"]
                        .as_str()
                        .is_some_and(|it| it.ends_with("/resolved-step.sh")),
                    "{shown}"
                );
            }
            false => assert!(editor.said().1.ends_with(&path.display().to_string())),
        }
        let text = std::fs::read_to_string(&path).expect("it was written");
        assert!(text.contains("run bert 😀 ${secret:mine/key} x"), "{text}");
        let mode = std::fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
