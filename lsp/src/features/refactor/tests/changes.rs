//! Each change, at its place.

use recipe::Span;

use super::{analysed, offered, taken};

/// The text between two `$0`, or the cursor at one, and the text without them.
fn selected(text: &str) -> (String, Span) {
    let start = text.find("$0").expect("a selection");
    let text = text.replacen("$0", "", 1);
    let end = text.find("$0").unwrap_or(start);
    (text.replacen("$0", "", 1), Span::new(start, end))
}

/// The titles that are offered at a selection.
fn titles(text: &str) -> Vec<String> {
    let (text, selection) = selected(text);
    let actions = offered(&analysed(&text), selection);
    actions.into_iter().map(|action| action.title).collect()
}

/// The text after the action whose title begins so.
#[track_caller]
fn after(text: &str, title: &str) -> String {
    let (text, selection) = selected(text);
    let analysis = analysed(&text);
    let actions = offered(&analysis, selection);
    let all: Vec<&str> = actions.iter().map(|it| it.title.as_str()).collect();
    let action = actions.iter().find(|it| it.title.starts_with(title));
    let action = action.unwrap_or_else(|| panic!("no {title:?} among {all:?} of\n{text}"));
    taken(&text, action)
}

#[track_caller]
fn check(text: &str, title: &str, expected: &str) {
    for newline in ["\n", "\r\n"] {
        let text = text.replace('\n', newline);
        assert_eq!(after(&text, title), expected.replace('\n', newline));
    }
}

const HEAD: &str = "[recipe]\nname = \"x\"\n\n";

/// A recipe with one step that has this line.
fn step(line: &str) -> String {
    format!("{HEAD}[[step]]\nid = \"a\"\n{line}\n")
}

/// The same with variables before it.
fn with_variables(variables: &str, line: &str) -> String {
    format!("{HEAD}[variables]\n{variables}\n\n[[step]]\nid = \"a\"\n{line}\n")
}

#[test]
fn a_step_right_behind_a_byte_order_mark_is_wrapped_there() {
    const BOM: char = '\u{feff}';
    let step = "[[step]]\nid = \"a\"\nsleep.duration_secs = 1\n";
    let group = "[[step]]\nid = \"group\"\ngroup = { steps = [\"a\"] }\n\n";
    check(
        &format!("{BOM}$0{step}"),
        "Wrap step 'a'",
        &format!("{BOM}{group}{step}"),
    );
}

#[test]
fn a_string_becomes_a_variable_in_a_table_that_is_made_for_it() {
    check(
        &step("ssh_command = { command = \"ls\", workdir = \"/da$0ta\" }"),
        "Extract",
        &with_variables(
            "workdir = \"/data\"",
            "ssh_command = { command = \"ls\", workdir = \"${workdir}\" }",
        ),
    );
}

#[test]
fn a_part_of_a_command_becomes_a_variable_called_as_its_option_is() {
    check(
        &with_variables(
            "a = \"1\"",
            "ssh_command = { command = 'train --epochs $03$0 --name \"$HOME\"' }",
        ),
        "Extract",
        &with_variables(
            "a = \"1\"\nepochs = \"3\"",
            "ssh_command = { command = 'train --epochs ${epochs} --name \"$HOME\"' }",
        ),
    );
}

#[test]
fn what_the_shell_expands_goes_on_being_the_shells() {
    check(
        &step("ssh_command = { command = \"cp $0${HOME}/x ${A:-$B}$0 .\" }"),
        "Extract",
        &with_variables(
            "a_value = \"$${HOME}/x $${A:-$B}\"",
            "ssh_command = { command = \"cp ${a_value} .\" }",
        ),
    );
}

#[test]
fn what_only_a_step_knows_cannot_be_a_variable() {
    for part in ["${c}", "${step.a.output}", "$0x$0\\${a}", "a$0$0"] {
        let line = match part.contains("$0") {
            true => format!("ssh_command = {{ command = 'echo {part}' }}"),
            false => format!(
                "ssh_command = {{ command = 'echo $0 y {part} x$0 z', capture_output = \"c\" }}"
            ),
        };
        let text = with_variables("a = \"1\"", &line);
        let found = titles(&text);
        let is_part = |it: &String| it.starts_with("Extract") && !it.contains("'command'");
        assert!(!found.iter().any(is_part), "{part}: {found:?}");
    }
}

#[test]
fn half_a_reference_is_no_value_and_half_an_escape_neither() {
    for command in ["'x ${HO$0ME} y$0'", "\"\\u00$0e9 x$0\""] {
        let found = titles(&step(&format!("ssh_command = {{ command = {command} }}")));
        assert!(
            !found.iter().any(|it| it.starts_with("Extract")),
            "{command}: {found:?}"
        );
    }
}

#[test]
fn equal_values_become_the_variable_too() {
    let steps = |value: &str| {
        format!(
            "[[step]]\nid = \"a\"\nrsync_upload = {{ local_path = \".\", remote_path = {value} }}\n\n[[step]]\nid = \"b\"\nssh_command = {{ command = \"ls\", workdir = {value} }}\n"
        )
    };
    let text = format!("{HEAD}{}", steps("'/data'")).replacen("'/data'", "$0'/data'$0", 1);
    check(
        &text,
        "Extract into variable 'remote_path', here and in 1 other place",
        &format!(
            "{HEAD}[variables]\nremote_path = \"/data\"\n\n{}",
            steps("\"${remote_path}\"")
        ),
    );
}

#[test]
fn equal_words_and_beginnings_of_paths_become_the_variable_too() {
    let line = |path: &str| {
        format!(
            "ssh_command = {{ command = \"cd {path} && ls {path}/x '{path}' /database y/data $HOME/data\", workdir = \"{path}/out\" }}\ntimeout_secs = 5"
        )
    };
    let kill = "\n\n[[step]]\nid = \"k\"\ntmux_kill = { session_name = \"/data\" }";
    check(
        &step(&format!("{}{kill}", line("/data"))).replacen("/data", "$0/data$0", 1),
        "Extract into variable 'a_value', here and in 3 other places",
        &with_variables(
            "a_value = \"/data\"",
            &format!("{}{kill}", line("${a_value}")),
        ),
    );
    let line = |path: &str| {
        format!("ssh_command = {{ command = \"ls {path}/x #{path}\", workdir = {path:?} }}")
    };
    check(
        &step(&line("/data")).replacen("\"/data\"", "\"/da$0ta\"", 1),
        "Extract into variable 'workdir', here and in 2 other places",
        &with_variables(
            "workdir = \"/data\"",
            "ssh_command = { command = \"ls ${workdir}/x #${workdir}\", workdir = \"${workdir}\" }",
        ),
    );
}

#[test]
fn what_is_no_word_of_its_own_is_extracted_at_its_one_place() {
    for command in [
        "train $0bert$0-base bert.bin ./bert",
        "x=$0o$0k; echo o",
        "echo $0a b$0 a b",
        "ls $0/data$0 \\\\/data/x x/data",
    ] {
        let found = titles(&step(&format!(
            "ssh_command = {{ command = \"{command}\" }}"
        )));
        let several = |it: &String| it.contains("other place");
        assert!(!found.iter().any(several), "{command}: {found:?}");
    }
}

#[test]
fn variables_that_are_written_in_another_way_get_one_more_in_that_way() {
    let steps = "[recipe]\nname = \"x\"\n\n[[step]]\nid = \"a\"\nssh_command = { command = \"ls $0/data$0\" }\n";
    let after = steps.replace("$0/data$0", "${a_value}");
    for (before, expected) in [
        ("variables = {}", "variables = { a_value = \"/data\" }"),
        (
            "variables = { b = \"1\" }",
            "variables = { b = \"1\", a_value = \"/data\" }",
        ),
        (
            "variables = { b = \"1\", }",
            "variables = { b = \"1\", a_value = \"/data\", }",
        ),
        (
            "variables = {\n  b = \"1\", # one\n  # more\n}",
            "variables = {\n  b = \"1\", # one\n  a_value = \"/data\",\n  # more\n}",
        ),
        (
            "variables = {\n  b = \"1\" # one\n}",
            "variables = {\n  b = \"1\", # one\n  a_value = \"/data\",\n}",
        ),
        (
            "variables = {\n  b = \"1\" }",
            "variables = {\n  b = \"1\",\n  a_value = \"/data\" }",
        ),
        (
            "variables.b = \"1\" # one\nvariables.c = \"2\"",
            "variables.b = \"1\" # one\nvariables.c = \"2\"\nvariables.a_value = \"/data\"",
        ),
    ] {
        check(
            &format!("{before}\n\n{steps}"),
            "Extract",
            &format!("{expected}\n\n{after}"),
        );
    }
    let broken = format!("variables.b = \n\n{steps}");
    assert!(!titles(&broken).iter().any(|it| it.starts_with("Extract")));
}

#[test]
fn a_name_that_is_taken_gets_a_number() {
    let text = with_variables(
        "workdir = \"x\"",
        "ssh_command = { command = \"$workdir_2\", workdir = \"$0/data\" }",
    );
    assert!(after(&text, "Extract").contains("workdir_3 = \"/data\""));
}

#[test]
fn an_operand_of_a_condition_becomes_a_variable_and_a_condition_does_not() {
    let line = |when: &str| format!("when = '{when}'\nsleep = {{ duration_secs = 1 }}");
    check(
        &with_variables("mode = \"x\"", &line("${mode} == \"$0full$0\"")),
        "Extract",
        &with_variables(
            "mode = \"x\"\na_value = \"full\"",
            &line("${mode} == \"${a_value}\""),
        ),
    );
    for when in ["$0x == y$0", "a && $0b || c$0", "$0${mode} == x"] {
        let found = titles(&with_variables("mode = \"x\"", &line(when)));
        assert!(
            !found.iter().any(|it| it.starts_with("Extract")),
            "{when}: {found:?}"
        );
    }
}

#[test]
fn a_variable_is_put_in_where_it_is_used() {
    let line = |value: &str| {
        format!("ssh_command = {{ command = 'echo {value} $HOME', workdir = \"${{b}}\" }}")
    };
    check(
        &with_variables("a = \"1 $${X} ${b}\"\nb = \"2\"", &line("${$0a}")),
        "Inline variable 'a' here",
        &with_variables("a = \"1 $${X} ${b}\"\nb = \"2\"", &line("1 $${X} ${b}")),
    );
    check(
        &with_variables("$0a = \"1\"\nb = \"2\"", &line("${a}${a}")),
        "Inline variable 'a' in all places",
        &with_variables("b = \"2\"", &line("11")),
    );
}

#[test]
fn what_is_said_of_a_variable_stays_where_the_variable_goes() {
    let line = |value: &str| {
        format!("ssh_command = {{ command = 'echo {value} $HOME', workdir = \"${{b}}\" }}")
    };
    check(
        &with_variables("# which\n$0a = \"1\" # how many\nb = \"2\"", &line("${a}")),
        "Inline variable 'a' in the place",
        &with_variables("# which\n# how many\nb = \"2\"", &line("1")),
    );
}

#[test]
fn with_the_only_variable_its_table_goes() {
    let line = |value: &str| format!("ssh_command = {{ command = \"train --epochs {value}\" }}");
    check(
        &with_variables("ep$0ochs = \"30\"", &line("${epochs}")),
        "Inline variable 'epochs' in the place",
        &step(&line("30")),
    );
    check(
        &with_variables("ep$0ochs = \"30\"\n# more to come", &line("${epochs}")),
        "Inline variable 'epochs' in the place",
        &step(&line("30")).replace("[[step]]", "# more to come\n\n[[step]]"),
    );
}

#[test]
fn a_value_that_a_string_of_that_kind_cannot_hold_changes_the_kind() {
    check(
        &with_variables(
            "a = \"it's\\t\\\\\"",
            "ssh_command = { command = 'echo \"${$0a}\"' }",
        ),
        "Inline",
        &with_variables(
            "a = \"it's\\t\\\\\"",
            "ssh_command = { command = \"echo \\\"it's\\t\\\\\\\"\" }",
        ),
    );
}

#[test]
fn in_a_condition_a_value_is_put_in_quotes() {
    let line = |when: &str| format!("when = '{when}'\nsleep = {{ duration_secs = 1 }}");
    check(
        &with_variables("a = \"x y\"", &line("${$0a} == z")),
        "Inline",
        &with_variables("a = \"x y\"", &line("\"x y\" == z")),
    );
}

#[test]
fn a_variable_that_is_more_than_its_value_stays() {
    for (variables, line) in [
        (
            "$0a = \"1\"",
            "set_var = { name = \"a\", value = \"${a}\" }",
        ),
        (
            "$0a = \"1\"",
            "get_value = { source = { var = \"a\" }, var_name = \"b\" }",
        ),
        ("$0a = \"1\"", "ssh_command = { command = 'x \\${a}' }"),
        (
            "$0a = \"x\\\"'\"",
            "when = '${a} == x'\nsleep = { duration_secs = 1 }",
        ),
        (
            "$0a = \"1\"",
            "ssh_command = { command = 'x', capture_output = \"a\", workdir = \"${a}\" }",
        ),
        ("$0a = \"1\"", "sleep = { duration_secs = 1 }"),
        // What is wrong with the value would be wrong in one place more.
        ("$0b = \"${b}\"", "ssh_command = { command = 'x ${b}' }"),
        (
            "b = \"${HOME}\"",
            "ssh_command = { command = 'x', workdir = \"${$0b}\" }",
        ),
        ("a = 1", "ssh_command = { command = 'x ${$0a}' }"),
        ("a = \"${b\"", "ssh_command = { command = 'x ${$0a}' }"),
    ] {
        let found = titles(&with_variables(variables, line));
        assert!(
            !found.iter().any(|it| it.starts_with("Inline")),
            "{variables} {line}: {found:?}"
        );
    }
}

#[test]
fn an_operation_gets_a_table_behind_the_other_keys() {
    check(
        &format!(
            "{}# next\n[[step]]\nid = \"b\"\nsleep = {{ duration_secs = 1 }}\n",
            step(
                "# why\nssh_$0command = { # how\n  command = \"ls\", # list\n  # the environment\n  env = { A = \"1\" },\n} # done\nwhen = \"x\" # really"
            )
        ),
        "Turn 'ssh_command' into a [step.ssh_command] table",
        &format!(
            "{}# next\n[[step]]\nid = \"b\"\nsleep = {{ duration_secs = 1 }}\n",
            step(
                "when = \"x\" # really\n\n# why\n[step.ssh_command] # how # done\ncommand = \"ls\" # list\n# the environment\nenv = { A = \"1\" }"
            )
        ),
    );
}

#[test]
fn a_table_of_an_operation_becomes_its_last_key() {
    check(
        &step(
            "retry = { max_attempts = 2 }\n\n[step.ssh_c$0ommand]\ncommand = \"\"\"\nls\n\"\"\"\n\n[step.ssh_command.env]\nA = \"1\"",
        ),
        "Turn [step.ssh_command] into an inline table",
        &step(
            "retry = { max_attempts = 2 }\nssh_command = { command = \"\"\"\nls\n\"\"\", env = { A = \"1\" } }",
        ),
    );
    check(
        &step(
            "[step.retry]\nmax_attempts = 2\n\n# why\n[step.sle$0ep]\n# long\nduration_secs = 1 # short",
        ),
        "Turn [step.sleep] into an inline table",
        &step(
            "# why\nsleep = {\n    # long\n    duration_secs = 1, # short\n}\n[step.retry]\nmax_attempts = 2",
        ),
    );
}

#[test]
fn comments_among_tables_below_go_with_what_they_stand_above() {
    check(
        &step(
            "[step.ssh_c$0ommand] # how\ncommand = \"ls\" # list\n# so much\n\n# those\n[step.ssh_command.env] # few\n# one\nA = \"1\"",
        ),
        "Turn [step.ssh_command] into an inline table",
        &step(
            "ssh_command = { # how\n    command = \"ls\", # list\n    # so much\n    # those\n    env = { # few\n        # one\n        A = \"1\",\n    },\n}",
        ),
    );
}

#[test]
fn keys_with_dots_and_deeper_tables_are_written_in_the_other_way_too() {
    check(
        &step("ssh_c$0ommand = { env.A = \"1\", command = \"ls\", env.\"B\" = \"2\" }"),
        "Turn 'ssh_command' into a [step.ssh_command] table",
        &step("\n[step.ssh_command]\nenv.A = \"1\"\ncommand = \"ls\"\nenv.\"B\" = \"2\""),
    );
    check(
        &step("[step.ssh_c$0ommand]\nenv.A = \"1\"\ncommand = \"ls\"\nenv.B = \"2\""),
        "Turn [step.ssh_command] into an inline table",
        &step("ssh_command = { env.A = \"1\", command = \"ls\", env.B = \"2\" }"),
    );
    let transfer = "[step.transfer]\nuse_gitignore = true\n\n[step.transfer.source.local]\npath = \".\"\n\n[step.transfer.destination]\nhost = { path = \"/x\" }";
    check(
        &step(&transfer.replacen("transfer]", "tr$0ansfer]", 1)),
        "Turn [step.transfer] into an inline table",
        &step(
            "transfer = { use_gitignore = true, source = { local = { path = \".\" } }, destination = { host = { path = \"/x\" } } }",
        ),
    );
}

#[test]
fn a_table_below_that_of_an_operation_is_written_in_the_other_way() {
    let inline = "[step.ssh_command]\ncommand = \"ls\"\nenv = { A = \"1\" }";
    let header = "[step.ssh_command]\ncommand = \"ls\"\n\n[step.ssh_command.env]\nA = \"1\"";
    check(
        &step(&inline.replacen("env", "e$0nv", 1)),
        "Turn 'env' into a [step.ssh_command.env] table",
        &step(header),
    );
    check(
        &step(&header.replacen(".env", ".e$0nv", 1)),
        "Turn [step.ssh_command.env] into an inline table",
        &step(inline),
    );
}

#[test]
fn a_table_of_which_a_part_stands_elsewhere_stays() {
    let text = step(
        "[step.ssh_c$0ommand]\ncommand = \"ls\"\n\n[step.retry]\nmax_attempts = 2\n\n[step.ssh_command.env]\nA = \"1\"",
    );
    assert_eq!(titles(&text), Vec::<String>::new());
}

#[test]
fn steps_are_wrapped_into_a_group_before_them() {
    let two = "# one\n[[step]]\nid = \"a\"\nsleep = { duration_secs = 1 }\n\n[[step]]\nid = \"b\"\ndepends_on = [\"a\"]\nsleep = { duration_secs = 1 }\n";
    let text = format!(
        "{HEAD}{}",
        two.replacen("id = \"a\"", "id =$0 \"a\"", 1)
            .replacen("id = \"b\"", "id$0 = \"b\"", 1)
    );
    check(
        &text,
        "Wrap 2 steps into a group",
        &format!(
            "{HEAD}[[step]]\nid = \"group\"\ngroup = {{ steps = [\"a\", \"b\"], mode = \"parallel\" }}\n\n{two}"
        ),
    );
    check(
        &text,
        "Wrap 2 steps into a group, one after the other",
        &format!("{HEAD}[[step]]\nid = \"group\"\ngroup = {{ steps = [\"a\", \"b\"] }}\n\n{two}"),
    );
    check(
        &format!("{HEAD}{}", two.replacen("id = \"b\"", "i$0d = \"b\"", 1)),
        "Wrap step 'b' into a group",
        &format!(
            "{HEAD}{}",
            two.replacen(
                "[[step]]\nid = \"b\"",
                "[[step]]\nid = \"group\"\ngroup = { steps = [\"b\"] }\n\n[[step]]\nid = \"b\"",
                1
            )
        ),
    );
}

#[test]
fn a_step_is_in_one_group_and_members_do_not_wait_for_later_ones() {
    let text = format!(
        "{HEAD}[[step]]\nid = \"g\"\ngroup = {{ steps = [\"a\"] }}\n[[step]]\ni$0d = \"a\"\nsleep = {{ duration_secs = 1 }}\n"
    );
    assert!(!titles(&text).iter().any(|it| it.starts_with("Wrap")));
    let text = step("sleep = { duration_secs = 1 }").replace("id = \"a\"", "i$0d = 'a\"'");
    assert!(!titles(&text).iter().any(|it| it.starts_with("Wrap")));
    let text = format!(
        "{HEAD}[[step]]\nid =$0 \"a\"\ndepends_on = [\"b\"]\nsleep = {{ duration_secs = 1 }}\n[[step]]\nid$0 = \"b\"\nsleep = {{ duration_secs = 1 }}\n"
    );
    let wraps = titles(&text)
        .into_iter()
        .filter(|it| it.starts_with("Wrap"));
    assert_eq!(wraps.count(), 1);
}

#[test]
fn steps_are_sorted_with_their_comments() {
    let one = |id: &str, on: &str, more: &str| {
        format!(
            "[[step]]\nid = \"{id}\"\ndepends_on = [{on}]\nsleep = {{ duration_secs = 1 }}{more}\n"
        )
    };
    let text = format!(
        "# the file$0\n\n{HEAD}# of a\n{}# behind a\n\n# part two\n\n# of b\n{}\n[target]\ntype = \"any\"\n\n# of c\n{}",
        one("a", "\"c\"", ""),
        one("b", "\"a\"", " # quick"),
        one("c", "", "\n[step.retry]\nmax_attempts = 2"),
    );
    let expected = format!(
        "# the file\n\n{HEAD}# of c\n{}\n# of a\n{}# behind a\n\n[target]\ntype = \"any\"\n\n# part two\n\n# of b\n{}",
        one("c", "", "\n[step.retry]\nmax_attempts = 2"),
        one("a", "\"c\"", ""),
        one("b", "\"a\"", " # quick"),
    );
    check(&text, "Sort steps", &expected);
    assert!(
        !titles(&format!("$0{expected}"))
            .iter()
            .any(|it| it.starts_with("Sort"))
    );
}

#[test]
fn steps_that_wait_for_one_another_and_broken_ones_are_not_sorted() {
    let step = |id: &str, on: &str| {
        format!(
            "[[step]]\nid = \"{id}\"\ndepends_on = [\"{on}\"]\nsleep = {{ duration_secs = 1 }}\n"
        )
    };
    let cycle = format!("$0{HEAD}{}{}", step("a", "b"), step("b", "a"));
    assert!(!titles(&cycle).iter().any(|it| it.starts_with("Sort")));
    let broken = format!("$0{HEAD}{}{}x = \n", step("a", "b"), step("b", ""));
    assert_eq!(titles(&broken), Vec::<String>::new());
}

#[test]
fn all_that_is_wrong_in_one_way_is_fixed_at_once() {
    let text = with_variables(
        "a = $01\nb = 2",
        "ssh_command = { command = \"${a} ${b}\" }",
    );
    let expected = with_variables(
        "a = \"1\"\nb = \"2\"",
        "ssh_command = { command = \"${a} ${b}\" }",
    );
    check(&text, "Fix all 2 of wrong-type in this file", &expected);
    check(&text, "Fix all 2 that are safe to fix", &expected);
}

#[test]
fn beside_what_is_broken_nothing_is_offered() {
    for text in [
        step("ssh_c$0ommand = { command = \"ls\" }\nx = "),
        step("ssh_command = { command = \"l$0s\" \nwhen = \"x\""),
        with_variables("a = \"1\"\nb = ", "ssh_command = { command = \"${$0a}\" }"),
        with_variables("$0a = \"1\"", "ssh_command = { command = \"${a}\" }\nx = "),
    ] {
        assert_eq!(titles(&text), Vec::<String>::new(), "{text}");
    }
}
