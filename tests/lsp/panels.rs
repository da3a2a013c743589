//! What clients show beside the text: recipes, runs, secrets and hosts, told of without polling.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use testkit::keyring::Keyring;
use testkit::lsp_client::{LspClient, file_uri};
use testkit::sshd::Sshd;

use super::editor::{approval, recipe, step};
use super::{offers, server};

const CANARY: &str = "canary-7719-hunter55";

/// A folder of recipes and a client that shows panels.
struct Workspace {
    home: tempfile::TempDir,
    client: LspClient,
}

impl Workspace {
    fn open(files: &[(&str, &str)]) -> Self {
        Self::open_with(tempfile::tempdir().expect("a folder"), files, server)
    }

    fn open_with(
        home: tempfile::TempDir,
        files: &[(&str, &str)],
        command: impl Fn(&Path) -> Command,
    ) -> Self {
        for (name, text) in files {
            write(&home.path().join("work").join(name), text);
        }
        let folder = home.path().join("work");
        fs::create_dir_all(&folder).expect("a folder");
        let mut client = LspClient::start(&mut command(home.path()));
        let mut capabilities = offers();
        capabilities["experimental"] = json!({"doppio": {"panels": true}});
        let folders = json!([{"uri": file_uri(&folder), "name": "work"}]);
        let params = json!({"processId": null, "rootUri": null, "workspaceFolders": folders, "capabilities": capabilities});
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        Self { home, client }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("work").join(name)
    }

    /// Asks again whenever something changed, until the answer is as `is_it` says.
    #[track_caller]
    fn until(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let answer = self.client.request(&format!("doppio/{what}"), json!({}));
            if is_it(&answer) {
                return answer;
            }
            self.client.heard(&format!("doppio/{what}/didChange"));
        }
    }

    /// Runs `doppio` in a terminal beside the editor, whether or not it succeeds.
    fn doppio(&self, args: &[&str]) -> String {
        let mut command = super::program(self.home.path(), args);
        command.current_dir(self.file("")).stdin(Stdio::null());
        let output = command.output().expect("it starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn names(list: &Value) -> Vec<&str> {
    let all = list.as_array().into_iter().flatten();
    all.filter_map(|it| it["name"].as_str()).collect()
}

#[test]
fn recipes_of_the_folder_are_listed_and_followed() {
    let outside = tempfile::tempdir().expect("a folder");
    write(&outside.path().join("far.recipe.toml"), &recipe(""));
    let good = recipe(&step("one", "true")).replace("job", "good");
    let bad = "[recipe]\nname = \"bad\"\n[[step]]\nid = \"x\"\nnam = 1\n";
    let mut work = Workspace::open(&[
        ("good.recipe.toml", &good),
        ("sub/bad.toml", bad),
        (".doppio/own.toml", &recipe("").replace("job", "own")),
        ("target/built.recipe.toml", &recipe("")),
        (".gitignore", "/target\n"),
        ("Cargo.toml", "[package]\nname = \"no recipe\"\n"),
    ]);
    symlink(outside.path(), work.file("link")).expect("a link");
    let answer = work.until("recipes", |it| it["scanning"] == false);
    assert_eq!(names(&answer["recipes"]), ["own", "good", "bad"]);
    let first = &answer["recipes"][1];
    assert_eq!(first["uri"], file_uri(&work.file("good.recipe.toml")));
    let start = json!({"line": 2, "character": 0});
    let shown = &first["steps"][0];
    assert_eq!(shown["range"]["start"], start, "{first}");
    assert_eq!(
        (&shown["id"], &shown["name"]),
        (&json!("one"), &json!("one"))
    );
    assert_eq!(shown["operation"], "ssh_command");
    assert_eq!(
        (&first["errors"], &first["lastRun"]),
        (&json!(0), &Value::Null)
    );
    assert!(
        answer["recipes"][2]["errors"].as_u64() > Some(0),
        "{answer}"
    );
    // Another program writes one, and one changes.
    write(
        &work.file("sub/deeper/new.toml"),
        &recipe("").replace("job", "new"),
    );
    work.until("recipes", |it| names(&it["recipes"]).contains(&"new"));
    write(
        &work.file("sub/deeper/new.toml"),
        &recipe("").replace("job", "newer"),
    );
    work.until("recipes", |it| names(&it["recipes"]).contains(&"newer"));
    // What is open counts for what is in the file.
    let uri = file_uri(&work.file("good.recipe.toml"));
    work.client.open(&uri, &good.replace("good", "edited"));
    let answer = work.until("recipes", |it| names(&it["recipes"]).contains(&"edited"));
    assert!(!names(&answer["recipes"]).contains(&"good"), "{answer}");
    work.client.notify(
        "textDocument/didClose",
        json!({"textDocument": {"uri": uri}}),
    );
    work.until("recipes", |it| names(&it["recipes"]).contains(&"good"));
    // A folder that leaves takes its recipes along.
    let gone = json!({"added": [], "removed": [{"uri": file_uri(&work.file("")).trim_end_matches('/'), "name": "work"}]});
    work.client.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({"event": gone}),
    );
    work.until("recipes", |it| names(&it["recipes"]).is_empty());
}

#[test]
fn a_home_folder_is_not_searched() {
    let mut work = Workspace::open(&[]);
    write(&work.home.path().join("a.recipe.toml"), &recipe(""));
    let home = json!({"uri": file_uri(work.home.path()), "name": "home"});
    let event = json!({"added": [home], "removed": []});
    work.client.notify(
        "workspace/didChangeWorkspaceFolders",
        json!({"event": event}),
    );
    let answer = work.until("recipes", |it| {
        it["scanning"] == false && !it["message"].is_null()
    });
    assert!(names(&answer["recipes"]).is_empty(), "{answer}");
    let message = answer["message"].as_str().unwrap_or_default();
    assert!(message.contains("holds a home folder"), "{message}");
}

#[test]
fn runs_of_other_programs_are_told_of_as_they_go() {
    let steps = step("one", "true")
        + &step("two", "exit 3")
        + &step("three", "true")
            .replace("id = \"three\"", "id = \"three\"\ndepends_on = [\"two\"]");
    let mut work = Workspace::open(&[("a.recipe.toml", &recipe(&steps))]);
    let none = work.client.request("doppio/runs", json!({"limit": 10}));
    assert_eq!(none, json!({"runs": []}));
    work.until("recipes", |it| it["scanning"] == false);
    work.doppio(&["run", "--yes", "a.recipe.toml"]);
    let answer = work.until("runs", |it| it["runs"][0]["status"] == "failed");
    let run = &answer["runs"][0];
    assert_eq!(run["uri"], file_uri(&work.file("a.recipe.toml")));
    assert_eq!(
        (&run["recipe"], &run["ours"]),
        (&json!("job"), &json!(false))
    );
    assert!(
        run["seconds"].is_number() && run["finished"].is_string(),
        "{run}"
    );
    assert!(
        run["log"]
            .as_str()
            .is_some_and(|log| Path::new(log).is_file()),
        "{run}"
    );
    let states: Vec<&str> = run["steps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["status"].as_str())
        .collect();
    assert_eq!(states, ["success", "failed", "skipped"]);
    assert_eq!(run["steps"][1]["exitCode"], 3);
    let recipes = work.until("recipes", |it| {
        it["recipes"][0]["lastRun"]["status"] == "failed"
    });
    assert_eq!(recipes["recipes"][0]["lastRun"]["id"], run["id"]);
}

#[test]
fn a_recipe_that_ran_by_way_of_a_link_is_known_to_have_run() {
    let mut work = Workspace::open(&[("a.recipe.toml", &recipe(&step("one", "true")))]);
    symlink(work.home.path().join("work"), work.home.path().join("link")).expect("a link");
    work.doppio(&["run", "--yes", "../link/a.recipe.toml"]);
    work.until("recipes", |it| {
        it["recipes"][0]["lastRun"]["status"] == "success"
    });
}

#[test]
fn a_run_of_ours_is_seen_while_it_runs() {
    let text = recipe(
        &(step(
            "one",
            "touch FOLDER/started; while ! test -e FOLDER/go; do sleep 0.1; done",
        ) + &step("two", "true").replace("id = \"two\"", "id = \"two\"\ndepends_on = [\"one\"]")),
    );
    let mut work = Workspace::open(&[]);
    let text = text.replace("FOLDER", &work.home.path().display().to_string());
    let uri = file_uri(&work.file("a.recipe.toml"));
    let hash = approval(&text, &work.file("a.recipe.toml"), &json!({}));
    work.client.open(&uri, &text);
    work.client.request(
        "workspace/executeCommand",
        json!({"command": "doppio.run", "arguments": [{"uri": uri, "approve": hash}]}),
    );
    let answer = work.until("runs", |it| {
        it["runs"][0]["steps"][0]["status"] == "running"
    });
    assert_eq!(answer["runs"][0]["steps"][1]["status"], "waiting");
    assert_eq!(answer["runs"][0]["ours"], true);
    fs::write(work.home.path().join("go"), "").expect("a file");
    work.until("runs", |it| {
        it["runs"][0]["steps"][1]["status"] == "success" && it["runs"][0]["status"] == "success"
    });
}

#[test]
fn secrets_are_told_with_their_uses_and_never_a_value() {
    let keyring = Keyring::start();
    keyring.store("mine/key", CANARY);
    let using = |name: &str| {
        recipe(&format!(
            "[[step]]\nid = \"a\"\nssh_command = {{ command = \"true\", host_id = \"local\", env = {{ A = \"${{secret:{name}}}\" }} }}\n"
        ))
    };
    let home = tempfile::tempdir().expect("a folder");
    let files = [
        ("a.recipe.toml", using("mine/key")),
        ("b.recipe.toml", using("mine/kye")),
    ];
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let mut work = Workspace::open_with(home, &files, |home| {
        let mut command = server(home);
        command.env("DBUS_SESSION_BUS_ADDRESS", keyring.address());
        command.env("DOPPIO_SECRET_GITHUB_TOKEN", CANARY);
        command
    });
    let answer = work.until("secrets", |it| {
        it["missing"][0]["name"] == "mine/kye"
            && it["state"] == "ready"
            && it["entries"][1]["uses"][0]["range"].is_object()
    });
    assert_eq!(answer["missing"][0]["nearest"], "mine/key");
    assert_eq!(
        answer["missing"][0]["uses"][0]["uri"],
        file_uri(&work.file("b.recipe.toml"))
    );
    let entry = &answer["entries"][1];
    assert_eq!(
        (&entry["name"], &entry["source"]),
        (&json!("mine/key"), &json!("keychain"))
    );
    assert_eq!(entry["uses"][0]["range"]["start"]["line"], 4);
    let from_environment = &answer["entries"][0];
    assert_eq!(
        (&from_environment["name"], &from_environment["source"]),
        (&json!("github/token"), &json!("environment"))
    );
    assert!(
        answer["suggested"]
            .as_array()
            .is_some_and(|it| it.iter().any(|it| it["name"] == "huggingface/token"))
    );
    assert!(!names(&answer["suggested"]).contains(&"github/token"));
    assert!(
        answer["machine"].as_str().is_some_and(|it| !it.is_empty()),
        "{answer}"
    );
    work.until("recipes", |it| it["recipes"][1]["warnings"] == 1);
    keyring.store("mine/kye", CANARY);
    work.until("recipes", |it| it["recipes"][1]["warnings"] == 0);
    work.until("secrets", |it| it["missing"] == json!([]));
    // What the keychain does not tell of is seen when somebody asks once more.
    let describe = ["secret", "describe", "mine/key", "of the shed"];
    let mut describe = super::program(work.home.path(), &describe);
    describe.env("DBUS_SESSION_BUS_ADDRESS", keyring.address());
    assert!(describe.status().expect("it starts").success());
    work.client
        .request("doppio/secrets", json!({"again": true}));
    work.until("secrets", |it| {
        it["entries"][1]["description"] == "of the shed"
    });
    keyring.lock();
    let answer = work.until("secrets", |it| it["state"] == "locked");
    assert!(
        answer["message"]
            .as_str()
            .is_some_and(|it| it.starts_with("The keychain is locked.")),
        "{answer}"
    );
    assert_eq!(
        answer["entries"].as_array().map(Vec::len),
        Some(3),
        "{answer}"
    );
    assert!(!work.client.traffic().contains(CANARY));
}

#[test]
fn without_a_keychain_that_is_said() {
    let mut work = Workspace::open(&[]);
    let answer = work.until("secrets", |it| it["state"] == "unavailable");
    let message = answer["message"].as_str().unwrap_or_default();
    assert!(
        message.starts_with("No keychain can be reached"),
        "{message}"
    );
}

#[test]
fn hosts_are_tested_when_somebody_asks() {
    let sshd = Sshd::start();
    let mut work = Workspace::open(&[]);
    let hosts = work.client.request("doppio/hosts", json!({}));
    assert_eq!(hosts["hosts"][0]["id"], "local");
    sshd.write_client(work.home.path(), "bash");
    let address = format!("bash@127.0.0.1:{}", sshd.port());
    work.doppio(&["host", "add", "gpu-1", &address]);
    // Now that their folders are there, they are watched.
    let hosts = work.client.request("doppio/hosts", json!({}));
    let all = hosts["hosts"].as_array().expect("hosts");
    let find = |id: &str| {
        all.iter()
            .find(|it| it["id"] == id)
            .cloned()
            .unwrap_or_default()
    };
    let own = find("gpu-1");
    assert_eq!(
        (&own["source"], &own["hostname"]),
        (&json!("hostsFile"), &json!("127.0.0.1"))
    );
    assert_eq!(
        (&own["port"], &own["user"]),
        (&json!(sshd.port()), &json!("bash"))
    );
    assert_eq!(own["reachable"], Value::Null, "nobody asked");
    let configured = find("testbed");
    assert_eq!(
        (&configured["source"], &configured["port"]),
        (&json!("sshConfig"), &json!(sshd.port()))
    );
    work.doppio(&["host", "add", "gpu-2", "root@192.0.2.1"]);
    work.until("hosts", |it| {
        it["hosts"]
            .as_array()
            .is_some_and(|it| it.iter().any(|it| it["id"] == "gpu-2"))
    });
    let test = json!({"command": "doppio.testHost", "arguments": [{"host": "gpu-1"}]});
    work.client
        .request("workspace/executeCommand", test.clone());
    let tested = |it: &Value| it["hosts"][1]["reachable"].clone();
    let answer = work.until("hosts", |it| tested(it).is_object());
    assert_eq!(tested(&answer)["ok"], true, "{answer}");
    // A host that was never seen names its key, which is then recorded, and no other.
    fs::write(work.home.path().join(".ssh/known_hosts"), "").expect("a file");
    work.client
        .request("workspace/executeCommand", test.clone());
    let answer = work.until("hosts", |it| tested(it)["ok"] == false);
    let fingerprint = tested(&answer)["fingerprint"]
        .as_str()
        .expect("a fingerprint")
        .to_owned();
    work.doppio(&["host", "trust", "gpu-1", "--accept", "SHA256:other"]);
    let known = work.home.path().join(".ssh/known_hosts");
    assert_eq!(fs::read_to_string(&known).expect("a file"), "");
    work.doppio(&["host", "trust", "gpu-1", "--accept", &fingerprint]);
    assert_ne!(fs::read_to_string(&known).expect("a file"), "");
    work.client.request("workspace/executeCommand", test);
    work.until("hosts", |it| tested(it)["ok"] == true);
}

#[test]
fn in_a_folder_that_is_not_trusted_only_the_folder_is_read() {
    let mut work = Workspace::open(&[("a.recipe.toml", &recipe(&step("one", "true")))]);
    work.doppio(&["run", "--yes", "a.recipe.toml"]);
    work.doppio(&["host", "add", "gpu-1", "root@192.0.2.1"]);
    work.until("recipes", |it| it["recipes"][0]["lastRun"].is_object());
    work.client
        .notify("doppio/didChangeTrust", json!({"trusted": false}));
    let answer = work.until("recipes", |it| it["recipes"][0]["lastRun"].is_null());
    assert_eq!(names(&answer["recipes"]), ["job"]);
    assert_eq!(
        work.client.request("doppio/runs", json!({})),
        json!({"runs": []})
    );
    let hosts = work.client.request("doppio/hosts", json!({}));
    assert_eq!(hosts["hosts"].as_array().map(Vec::len), Some(1), "{hosts}");
    let secrets = work.client.request("doppio/secrets", json!({}));
    assert_eq!(
        (&secrets["state"], &secrets["entries"]),
        (&json!("unknown"), &json!([]))
    );
    for answer in [&hosts, &secrets] {
        assert!(
            answer["message"]
                .as_str()
                .is_some_and(|it| it.contains("not trusted")),
            "{answer}"
        );
    }
    let test = json!({"command": "doppio.testHost", "arguments": [{"host": "gpu-1"}]});
    let id = work.client.ask("workspace/executeCommand", test);
    assert!(
        work.client.reply(id)["error"]["message"]
            .as_str()
            .is_some_and(|it| it.contains("not trusted"))
    );
    work.client
        .notify("doppio/didChangeTrust", json!({"trusted": true}));
    work.until("hosts", |it| {
        it["hosts"].as_array().is_some_and(|it| it.len() == 2)
    });
}

#[test]
fn hosts_that_cannot_be_read_say_why() {
    let home = tempfile::tempdir().expect("a folder");
    write(
        &home.path().join(".config/doppio/hosts.toml"),
        "[hosts.a]\nhostnme = \"x\"\n",
    );
    let mut work = Workspace::open_with(home, &[], server);
    let answer = work.client.request("doppio/hosts", json!({}));
    let message = answer["message"].as_str().unwrap_or_default();
    assert!(message.contains("did you mean 'hostname'?"), "{message}");
}

#[test]
fn who_shows_no_panels_is_told_nothing_unasked() {
    let (home, mut client) = super::connect();
    let path = Path::new("/work/a.recipe.toml");
    let hash = approval(super::RECIPE, path, &json!({}));
    client.open(super::URI, super::RECIPE);
    client.request("doppio/recipes", json!({}));
    client.request("doppio/secrets", json!({}));
    client.request(
        "workspace/executeCommand",
        json!({"command": "doppio.run", "arguments": [{"uri": super::URI, "approve": hash}]}),
    );
    client.heard("window/showMessage");
    let runs = client.request("doppio/runs", json!({}));
    assert_eq!(runs["runs"][0]["status"], "success");
    let said = client.everything_within(std::time::Duration::from_millis(300));
    let ours = said.iter().filter(|it| {
        it["method"]
            .as_str()
            .is_some_and(|it| it.starts_with("doppio/"))
    });
    assert_eq!(ours.count(), 0, "{said:#?}");
    drop(home);
}
