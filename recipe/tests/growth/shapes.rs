//! Recipes of one plain shape each, as large as one likes.

use std::fmt::Write as _;

/// A shape: what it is, and the recipe of about so many steps, variables or references.
type Shape = (&'static str, fn(usize) -> String);

/// Every shape, and its recipe.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, impl Fn(usize) -> String)> {
    let bodies = BODIES.iter();
    bodies.map(|(name, body)| (*name, move |n| recipe(&body(n))))
}

/// What is written after the head of a recipe.
const BODIES: &[Shape] = &[
    ("steps that set one variable", setters),
    ("steps that read one variable", readers),
    ("steps that wait for one", |n| {
        steps(n, |_| "depends_on = [\"s0\"]\n".to_owned())
    }),
    ("a chain of steps", chain),
    ("a circle of steps", circle),
    ("layers that wait for layers", layers),
    ("steps without order, by name", |n| {
        steps(n, |_| "depends_on = [\"nobody\"]\n".to_owned())
    }),
    ("steps of one id", |n| step("s").repeat(n)),
    ("one group of all", one_group),
    ("groups of one", groups),
    ("groups in groups", nested_groups),
    ("steps in two groups", twice_grouped),
    ("steps on one tmux session", session),
    ("steps with a condition on one variable", conditions),
    ("steps that ask for the exit code of one", exit_codes),
    ("references in one string", references),
    ("secrets in one string", secrets),
    ("unknown variables", unknown),
    ("variables of variables", variables),
    ("a variable of many", |n| variable_of(n)),
    ("one long string", |n| {
        command(&"echo word; ".repeat(n * 12))
    }),
    ("open quotes", |n| command(&"a \\\"".repeat(n * 2 + 1))),
    ("open brackets", |n| command(&"$(a ".repeat(n))),
    ("here-documents", |n| command(&"cat <<E\\nE\\n".repeat(n))),
    ("entries of one table", entries),
    ("comments that allow", allows),
];

fn recipe(body: &str) -> String {
    format!("[recipe]\nname = \"growth\"\n{body}")
}

fn step(id: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\nrun_commands = {{ commands = \"ls\" }}\n")
}

/// Steps that also have what `more` says of each.
fn steps(n: usize, more: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, index| {
        text += &step(&format!("s{index}"));
        text + &more(index)
    })
}

fn command(command: &str) -> String {
    format!("[[step]]\nid = \"s\"\nrun_commands = {{ commands = \"{command}\" }}\n")
}

fn operations(n: usize, operation: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for index in 0..n {
        writeln!(text, "[[step]]\nid = \"s{index}\"\n{}", operation(index)).expect("to a string");
    }
    text
}

fn setters(n: usize) -> String {
    operations(n, |_| {
        "run_commands = { commands = \"x ${o}\", capture_output = \"o\" }".to_owned()
    })
}

fn readers(n: usize) -> String {
    operations(n, |index| match index {
        0 => "run_commands = { commands = \"x\", capture_output = \"o\" }".to_owned(),
        _ => "run_commands = { commands = \"x ${o}\" }".to_owned(),
    })
}

fn chain(n: usize) -> String {
    steps(n, |index| match index.checked_sub(1) {
        Some(before) => format!("depends_on = [\"s{before}\"]\n"),
        None => String::new(),
    })
}

fn circle(n: usize) -> String {
    steps(n, |index| {
        format!("depends_on = [\"s{}\"]\n", (index + 1) % n)
    })
}

/// As many entries as steps squared would be, for the root of `n` steps only.
fn layers(n: usize) -> String {
    let width = n.isqrt();
    let names = |prefix: &str| -> String {
        let names = (0..width).map(|index| format!("\"{prefix}{index}\","));
        names.collect()
    };
    let mut text = String::new();
    for layer in 0..4 {
        for index in 0..width {
            text += &step(&format!("l{layer}s{index}"));
            if layer > 0 {
                let before = names(&format!("l{}s", layer - 1));
                writeln!(text, "depends_on = [{before}]").expect("to a string");
            }
        }
    }
    text
}

fn group(id: &str, members: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\ngroup = {{ mode = \"parallel\", steps = [{members}] }}\n")
}

fn one_group(n: usize) -> String {
    let members: String = (0..n).map(|index| format!("\"s{index}\",")).collect();
    steps(n, |_| String::new()) + &group("all", &members)
}

fn groups(n: usize) -> String {
    let groups: String = (0..n)
        .map(|index| group(&format!("g{index}"), &format!("\"s{index}\"")))
        .collect();
    steps(n, |_| String::new()) + &groups
}

fn nested_groups(n: usize) -> String {
    let groups: String = (0..n)
        .map(|index| group(&format!("g{index}"), &format!("\"g{}\"", index + 1)))
        .collect();
    groups + &step(&format!("g{n}"))
}

fn twice_grouped(n: usize) -> String {
    let members: String = (0..n).map(|index| format!("\"s{index}\",")).collect();
    steps(n, |_| String::new()) + &group("one", &members) + &group("two", &members)
}

fn session(n: usize) -> String {
    operations(n, |_| "tmux_new = { session_name = \"work\" }".to_owned())
}

fn conditions(n: usize) -> String {
    let variables = "[variables]\na = \"1\"\n".to_owned();
    variables + &steps(n, |index| format!("when = \"${{a}} == '{index}'\"\n"))
}

fn exit_codes(n: usize) -> String {
    steps(n, |_| {
        "depends_on = [\"s0\"]\nwhen = \"${step.s0.exit_code} != 0\"\n".to_owned()
    })
}

fn references(n: usize) -> String {
    format!(
        "[variables]\na = \"1\"\n{}",
        command(&"echo ${a}; ".repeat(n))
    )
}

fn secrets(n: usize) -> String {
    command(&"x=${secret:a/b}; ".repeat(n))
}

fn unknown(n: usize) -> String {
    operations(n, |index| {
        format!("ssh_command = {{ command = \"x\", env = {{ A = \"${{name_{index}}}\" }} }}")
    })
}

fn variables(n: usize) -> String {
    let mut text = "[variables]\nv0 = \"1\"\n".to_owned();
    for index in 1..n {
        writeln!(text, "v{index} = \"${{v{}}} x\"", index - 1).expect("to a string");
    }
    text + &command(&format!("echo ${{v{}}}", n - 1))
}

fn variable_of(n: usize) -> String {
    let mut text = "[variables]\n".to_owned();
    for index in 0..n {
        writeln!(text, "v{index} = \"{index}\"").expect("to a string");
    }
    let all: String = (0..n).map(|index| format!("${{v{index}}} ")).collect();
    writeln!(text, "all = \"{all}\"").expect("to a string");
    text + &operations(n, |_| {
        "run_commands = { commands = \"echo ${all}\" }".to_owned()
    })
}

fn entries(n: usize) -> String {
    let entries: String = (0..n).map(|index| format!("K{index} = \"1\", ")).collect();
    format!("[[step]]\nid = \"s\"\nssh_command = {{ command = \"x\", env = {{ {entries} }} }}\n")
}

fn allows(n: usize) -> String {
    operations(n, |_| {
        "# doppio: allow(unused-capture)\nrun_commands = { commands = \"x\" }".to_owned()
    })
}
