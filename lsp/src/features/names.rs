//! Every kind of name at every place where one can stand, asked by every feature that follows names: all
//! of them know all places.

use recipe::symbol::{Access, Occurrence};
use recipe::{Analyser, Analysis, Span};

use super::testing::{secrets, world};
use super::{navigate, rename};

/// A text in which each place of a name stands between `«` and `»`, with `=` before it where it is
/// defined and `+` where a step sets it.
struct Marked {
    analysis: Analysis,
    places: Vec<(Span, Access)>,
}

impl Marked {
    fn of(text: &str) -> Self {
        let mut plain = String::new();
        let mut places = Vec::new();
        for (index, part) in text.split(['«', '»']).enumerate() {
            let (access, name) = match (index % 2, part.split_at_checked(1)) {
                (1, Some(("=", name))) => (Access::Define, name),
                (1, Some(("+", name))) => (Access::Write, name),
                _ => (Access::Read, part),
            };
            let start = plain.len();
            plain += name;
            if index % 2 == 1 {
                places.push((Span::new(start, plain.len()), access));
            }
        }
        let analysis = Analyser::default().analyse(plain.into(), Some("a.recipe.toml"));
        Self { analysis, places }
    }

    /// The text with another name at each place.
    fn renamed(&self, new: &str) -> String {
        let mut text = self.analysis.text.to_string();
        for (span, _) in self.places.iter().rev() {
            text.replace_range(span.range(), new);
        }
        text
    }
}

/// Asks every feature at the beginning, in the middle and at the end of every place.
#[track_caller]
fn check(text: &str, new: &str) {
    let marked = Marked::of(text);
    let Marked { analysis, places } = &marked;
    let secrets = secrets();
    let world = world(&secrets, false);
    let shown = |found: &[Occurrence]| -> Vec<(Span, Access)> {
        found.iter().map(|it| (it.span, it.access)).collect()
    };
    let gives_value = |it: &&(Span, Access)| it.1 != Access::Read;
    let definitions: Vec<_> = places.iter().filter(gives_value).copied().collect();
    for (span, _) in places {
        for offset in [span.start, (span.start + span.end) / 2, span.end] {
            let (before, after) = analysis.text.split_at(offset);
            let at = format!("at {before}│{after}");
            assert_eq!(
                &shown(&navigate::highlights(analysis, offset)),
                places,
                "{at}"
            );
            let found = navigate::references(&[analysis], offset, true);
            let found: Vec<_> = found.into_iter().map(|(_, it)| it).collect();
            assert_eq!(&shown(&found), places, "{at}");
            let found = navigate::definitions(analysis, offset);
            assert_eq!(shown(&found), definitions, "{at}");
            let declared = navigate::declaration(analysis, offset);
            assert_eq!(declared.is_some(), !definitions.is_empty(), "{at}");
            let prepared = rename::prepare(analysis, offset).expect("it has a name");
            assert_eq!(prepared.map(|it| it.span), Some(*span), "{at}");
            let edited = rename::rename(&[analysis], offset, new, &world).expect("a free name");
            let mut text = analysis.text.to_string();
            for edit in edited.iter().flat_map(|it| &it.edits).rev() {
                text.replace_range(edit.span.range(), &edit.text);
            }
            assert_eq!(text, marked.renamed(new), "{at}");
        }
    }
}

/// A reference in every kind of string, in keys and arrays, in conditions, and in shell text.
fn in_every_string(reference: &str) -> String {
    format!(
        r#"
[variables]
basic = "ä \t {0} \u0041{0}"
literal = 'a {0}'
multi = """
  {0}\
  {0}"""
lines = '''
"{0}'''
[[step]]
id = "conditions"
when = "{0} == \"x\" && !({0} != 'y')"
[step.assert]
condition = {{ and = [{{ not = {{ file_contains = {{ path = "{0}", pattern = "x" }} }} }}, {{ output_matches = {{ command = "echo {0}", pattern = 'x' }} }}] }}
message = "{0}"
[[step]]
id = "shell"
[step.ssh_command]
command = """
echo '{0}' "{0}" $(cat {0}) `echo {0}` # {0}
cat <<EOF
{0}
EOF
"""
workdir = "/{0}"
[step.ssh_command.env]
A = "{0}"
[[step]]
id = "tables"
http_request = {{ url = "https://x/{0}", method = "POST", headers = {{ "X-A" = "{0}", B = '{0}' }}, body = '{0}' }}
[[step]]
id = "arrays"
transfer = {{ source = {{ local = {{ path = "{0}" }} }}, destination = {{ host = {{ path = '{0}' }} }}, include_paths = ["a", "{0}", '''{0}'''] }}
"#,
        reference
    )
}

#[test]
fn steps() {
    let places = r#"
[[step]]
"id" = "«=build»"
ssh_command = { command = "make" }
[[step]]
id = 'other'
depends_on = ["shell", '«build»',
  """«build»""", # build
]
sleep = { duration_secs = 1 }
[[step]]
id = "group"
group = { steps = ["«build»"], mode = "parallel" }
[[step]]
id = "header"
[step.group]
steps = ['«build»']
[[step]]
id = "value"
get_value = { source = { step_output = "«build»" }, var_name = "build" }
"#;
    for part in ["output", "exit_code"] {
        let reference = format!("${{step.«build».{part}}}");
        check(&(in_every_string(&reference) + places), "make-it");
    }
}

#[test]
fn variables_of_the_recipe() {
    for key in ["«=model» = \"x\"", "\"«=model»\" = 'x'", "'«=model»'=\"\""] {
        let text =
            in_every_string("${«model»}").replace("[variables]", &format!("[variables]\n{key}"));
        check(&text, "base");
    }
    let places = r#"
[[step]]
assert = { condition = { or = [{ var_equals = { name = "«model»", value = "${«model»}" } }, { not = { var_matches = { name = '«model»', pattern = "model" } } }] } }
[[step]]
get_value = { source = { var = "«model»" }, var_name = "x" }
[variables]
«=model» = "model"
"#;
    check(places, "base");
    check(
        "variables.«=model» = 'x'\nvariables.y = '${«model»}'\n",
        "base",
    );
    check("variables = { «=model» = 'x', y = '${«model»}' }\n", "base");
}

#[test]
fn variables_that_steps_set() {
    for setter in [
        "ssh_command = { command = 'x', capture_output = '«+model»' }",
        "run_commands = { commands = 'x', capture_output = \"«+model»\" }",
        "http_request = { url = 'https://x', capture_response = '«+model»' }",
        "set_var = { name = '«+model»', value = 'model' }",
        "get_value = { source = { command = 'x' }, var_name = '«+model»' }",
        "tmux_capture = { session_name = 's', capture_output = '«+model»' }",
    ] {
        let text = in_every_string("${«model»}");
        check(&format!("{text}[[step]]\nid = 'set'\n{setter}\n"), "base");
    }
}

#[test]
fn secrets_by_name() {
    let places = r#"
[[step]]
git_clone = { repo_url = "https://x", destination = "y", auth_token = "${secret:«mine/key»}" }
[[step]]
hf_download = { repo_id = "a/b", destination = "y", auth_token = '${secret:«mine/key»}' }
"#;
    check(
        &(in_every_string("${secret:«mine/key»}") + places),
        "mine/other",
    );
}

#[test]
fn hosts() {
    let places = r#"
[variables]
machine = "${machines}"
machines = '«gpu-9»'
[[step]]
ssh_command = { host_id = "«gpu-9»", command = "ssh gpu-9" }
[[step]]
[step.run_commands]
host_id = '''«gpu-9»'''
commands = "x"
[[step]]
tmux_kill = { session_name = "gpu-9", host_id = "${machine}" }
[[step]]
assert = { condition = { and = [{ host_online = { host_id = "«gpu-9»" } }, { not = { gpu_available = { host_id = '«gpu-9»' } } }, { gdrive_mounted = { mount_path = "/x", host_id = "«gpu-9»" } }, { tmux_alive = { session_name = 's', host_id = "«gpu-9»" } }] } }
[[step]]
transfer = { source = { host = { host_id = "«gpu-9»", path = "a" } }, destination = { local = { path = 'b' } } }
[[step]]
get_value = { source = { command = { host_id = '«gpu-9»', command = "x" } }, var_name = "gpu" }
[[step]]
rsync_upload = { host_id = "«gpu-9»", local_path = "a", remote_path = "b" }
"#;
    check(places, "big-one");
}

#[test]
fn tmux_sessions() {
    let places = r#"
[variables]
session = '«train»'
[[step]]
tmux_new = { session_name = "«=train»", command = "train" }
[[step]]
run_commands = { commands = "x", tmux_mode = "new", session_name = '«=train»' }
[[step]]
run_commands = { commands = "x", tmux_mode = "existing", session_name = "«train»" }
[[step]]
[step.tmux_send]
session_name = """«train»"""
keys = "train"
[[step]]
tmux_capture = { session_name = "${session}", capture_output = "train" }
[[step]]
wait_condition = { condition = { not = { tmux_alive = { session_name = '«train»' } } } }
[[step]]
tmux_kill = { session_name = "«train»" }
"#;
    check(places, "other");
}

#[test]
fn variables_of_the_shell() {
    let places = r#"
[[step]]
[step.ssh_command]
command = """
«+DIR»=/x; echo "$«DIR»" ${«DIR»} ${«DIR»:-/y} $(ls $«DIR») # DIR
cat <<EOF
$«DIR» ${«DIR»}
EOF
"""
env = { «=DIR» = "/DIR", OTHER = "${DIR}" }
[[step]]
ssh_command = { command = "echo $DIR" }
"#;
    check(places, "FOLDER");
}
