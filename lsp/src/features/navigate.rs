//! From a name to where it is defined, and to everywhere that it stands.

use recipe::Analysis;
use recipe::symbol::{Access, Occurrence, SymbolKind, occurrences, symbol_at};

use super::shell_places::variable_at;

/// Everywhere that the name at `offset` is given its value: the key in `[variables]`, the steps that
/// set it, the id, the step that starts the session.
pub(crate) fn definitions(analysis: &Analysis, offset: usize) -> Vec<Occurrence> {
    let mut all = highlights(analysis, offset);
    all.retain(|it| it.access != Access::Read);
    all
}

/// The one place that declares the name at `offset`: the first of them, which for a variable is its
/// key in `[variables]` if it has one.
pub(crate) fn declaration(analysis: &Analysis, offset: usize) -> Option<Occurrence> {
    let all = definitions(analysis, offset);
    let declares = |it: &&Occurrence| it.access == Access::Define;
    all.iter().find(declares).or(all.first()).copied()
}

/// Everywhere in one recipe that the name at `offset` stands. Of a variable that an operation sets for its
/// commands, everywhere in that operation.
pub(crate) fn highlights(analysis: &Analysis, offset: usize) -> Vec<Occurrence> {
    if let Some(variable) = variable_at(analysis, offset) {
        return variable.places;
    }
    symbol_at(analysis, offset)
        .map(|(symbol, _)| occurrences(analysis, &symbol))
        .unwrap_or_default()
}

/// Everywhere that the name at `offset` in the first of `recipes` stands, with the index of the
/// recipe: in all of them if it means the same in all.
pub(crate) fn references(
    recipes: &[&Analysis],
    offset: usize,
    with_definitions: bool,
) -> Vec<(usize, Occurrence)> {
    let Some((here, others)) = recipes.split_first() else {
        return Vec::new();
    };
    let shared = shared_name(here, offset).and_then(|_| symbol_at(here, offset));
    let mut all: Vec<_> = highlights(here, offset)
        .into_iter()
        .map(|it| (0, it))
        .collect();
    if let Some((symbol, _)) = shared {
        let each = others.iter().enumerate();
        all.extend(each.flat_map(|(index, recipe)| {
            let found = occurrences(recipe, &symbol);
            found.into_iter().map(move |it| (index + 1, it))
        }));
    }
    all.retain(|(_, it)| with_definitions || it.access != Access::Define);
    all
}

/// The name at `offset`, if it means the same in other recipes.
pub(crate) fn shared_name(analysis: &Analysis, offset: usize) -> Option<String> {
    let (symbol, _) = symbol_at(analysis, offset)?;
    symbol.kind.is_shared().then_some(symbol.name)
}

/// The id of the host at `offset`, which is written down in a file of the user's.
pub(crate) fn host_at(analysis: &Analysis, offset: usize) -> Option<String> {
    let (symbol, _) = symbol_at(analysis, offset)?;
    (symbol.kind == SymbolKind::Host).then_some(symbol.name)
}

/// The name of the secret at `offset`.
pub(crate) fn secret_at(analysis: &Analysis, offset: usize) -> Option<String> {
    let (symbol, _) = symbol_at(analysis, offset)?;
    (symbol.kind == SymbolKind::Secret).then_some(symbol.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::{at_cursor, marked, unmarked};

    /// Asserts that all places of the name at `$0` are those with marks, and what is done there.
    #[track_caller]
    fn check(text: &str) {
        let (analysis, offset) = at_cursor(&unmarked(text));
        let places = highlights(&analysis, offset);
        let label = |it: &Occurrence| match it.access {
            Access::Define => "defines",
            Access::Write => "writes",
            Access::Read => "reads",
        };
        let marks: Vec<_> = places.iter().map(|it| (it.span, label(it))).collect();
        assert_eq!(marked(&analysis.text, &marks), text.replacen("$0", "", 1));
    }

    #[test]
    fn a_step_is_found_in_every_array_and_reference() {
        check(
            r#"
[[step]]
id = "bu$0ild"
      ^^^^^ defines
ssh_command = { command = "make" }
[[step]]
id = "b"
depends_on = ["a", 'build']
                    ^^^^^ reads
when = "${step.build.exit_code} == 0"
               ^^^^^ reads
ssh_command = { command = "echo build ${step.build.output}" }
                                             ^^^^^ reads
[[step]]
id = "all"
group = { steps = ["build"] }
                    ^^^^^ reads
[[step]]
get_value = { source = { step_output = "build" }, var_name = "build" }
                                        ^^^^^ reads
"#,
        );
    }

    #[test]
    fn a_variable_is_found_in_keys_strings_of_every_kind_and_where_steps_set_it() {
        check(
            r#"
[variables]
"model" = "bert"
 ^^^^^ defines
other = '${model}-${mo}'
           ^^^^^ reads
[[step]]
when = "!${model$0}"
           ^^^^^ reads
ssh_command = { command = """
ls "a\tb ${model}" $model
           ^^^^^ reads
""", capture_output = "model" }
                       ^^^^^ writes
[[step]]
get_value = { source = { var = 'model' }, var_name = "\u0078" }
                                ^^^^^ reads
[[step]]
set_var = { name = "model", value = '''${model}''' }
                    ^^^^^ writes
                                         ^^^^^ reads
"#,
        );
    }

    #[test]
    fn the_whole_reference_names_its_secret() {
        check(
            r#"
[variables]
token = "${sec$0ret:a/b}"
                  ^^^ reads
[[step]]
ssh_command = { command = 'x "${secret:a/b}" ${secret:a/bc}', env = { A = "${secret:a/b}" } }
                                       ^^^ reads
                                                                                    ^^^ reads
"#,
        );
    }

    #[test]
    fn hosts_and_sessions_are_found_also_as_the_value_of_a_variable() {
        check(
            r#"
[variables]
machine = "${gpu}"
gpu = "gpu-1"
       ^^^^^ reads
[[step]]
ssh_command = { host_id = "gpu$0-1", command = "echo gpu-1" }
                           ^^^^^ reads
[[step]]
ssh_command = { host_id = "${machine}", command = "true" }
[[step]]
assert = { condition = { not = { host_online = { host_id = 'gpu-1' } } } }
                                                            ^^^^^ reads
"#,
        );
        check(
            r#"
[[step]]
tmux_new = { session_name = "train" }
                             ^^^^^ defines
[[step]]
tmux_send = { session_name = 'train', keys = "train" }
                              ^^^^^ reads
[[step]]
run_commands = { commands = "ls", tmux_mode = "existing", session_name = "tr$0ain" }
                                                                          ^^^^^ reads
[[step]]
run_commands = { commands = "ls", tmux_mode = "new", session_name = "train" }
                                                                     ^^^^^ defines
[[step]]
wait_condition = { condition = { tmux_alive = { session_name = "train" } } }
                                                                ^^^^^ reads
"#,
        );
    }

    #[test]
    fn names_of_the_shell_and_the_environment_are_found_too() {
        check(
            r#"
[[step]]
ssh_command = { command = "echo ${env.USER} ${HO$0ME} $HOME ${HOME}" }
                                              ^^^^ reads
                                                            ^^^^ reads
"#,
        );
    }

    #[test]
    fn a_variable_of_the_shell_is_found_in_its_operation() {
        check(
            r#"
[variables]
OUT = "x"
[[step]]
[step.ssh_command]
command = "cd $DIR; for f in ${DIR}/* ${OUT}; do echo \"$f $${DIR}\"; done # DIR"
               ^^^ reads
                               ^^^ reads
                                                              ^^^ reads
[step.ssh_command.env]
"D$0IR" = "/DIR"
 ^^^ defines
[[step]]
ssh_command = { command = "echo $DIR" }
"#,
        );
        check(
            r#"
[[step]]
ssh_command = { command = "for f in *; do echo $$0f; done" }
                               ^ writes
                                                ^ reads
"#,
        );
    }

    #[test]
    fn what_gives_a_value_is_the_definition_and_the_first_of_them_the_declaration() {
        let text = "[[step]]\nid = 'a'\nssh_command = { command = '${v}', capture_output = 'v' }\n[variables]\nv = '${$0v}'\n";
        let (analysis, offset) = at_cursor(text);
        let starts: Vec<_> = definitions(&analysis, offset)
            .iter()
            .map(|it| (it.access, it.step))
            .collect();
        assert_eq!(starts, [(Access::Write, Some(0)), (Access::Define, None)]);
        let declared = declaration(&analysis, offset).map(|it| it.access);
        assert_eq!(declared, Some(Access::Define));
    }

    #[test]
    fn secrets_and_hosts_are_looked_for_in_every_recipe_and_steps_in_their_own() {
        let (here, offset) = at_cursor("[variables]\na = '${secret:a$0/b}'\n");
        let (there, step) = at_cursor("[variables]\na = '${secret:a/b}'\n[[step]]\nid = '$0x'\n");
        let found = references(&[&here, &there], offset, true);
        assert_eq!(
            found.iter().map(|(index, _)| *index).collect::<Vec<_>>(),
            [0, 1]
        );
        assert_eq!(references(&[&there, &there], step, true).len(), 1);
        assert_eq!(references(&[&there, &there], step, false).len(), 0);
    }
}
