//! A step as it would be sent, with the origin of each part.

mod common;

use std::fmt::Write as _;
use std::sync::Arc;

use expect_test::{Expect, expect};
use recipe::plan::Action;
use recipe::resolved::{Part, Resolved, resolved};
use recipe::{Analyser, PlanOptions, plan};

fn check(recipe: &str, step: usize, expected: Expect) {
    let analysis = Analyser::default().analyse(Arc::from(recipe), Some("a.recipe.toml"));
    let Resolved { text, parts } = resolved(&analysis, step).expect("a step with an operation");
    let mut shown = format!("{text}--\n");
    for Part {
        range,
        origin,
        name,
        place,
    } in parts
    {
        let name = name.map_or_else(String::new, |name| format!(" {name}"));
        let place = place.map_or_else(String::new, |place| {
            format!(" at {:?}", &recipe[place.range()])
        });
        writeln!(shown, "{:?} {}{name}{place}", &text[range], origin.name()).expect("to a string");
    }
    expected.assert_eq(&shown);
}

#[test]
fn every_part_says_where_it_comes_from() {
    check(
        "[variables]\nflags = '-v ${env.LEVEL}'\ndir = '/data'\n[[step]]\nid = 'get'\nset_var = { name = 'run', value = 'x' }\n\
         [[step]]\nid = 'go'\ndepends_on = ['get']\nwhen = '${dir} != \"\"'\n[step.ssh_command]\n\
         command = \"go ${flags} $HOME/${run} '${secret:a/b}' ${X:-y} ${step.get.output}\"\nworkdir = '${dir}/x'\nenv = { T = '${secret:c}' }\n",
        1,
        expect![[r##"
            # when
            /data != ""

            # host_id
            ${target}

            # command
            go -v ${env.LEVEL} $HOME/${run} '${secret:a/b}' ${X:-y} ${step.get.output}

            # workdir
            /data/x

            # env.T
            ${secret:c}
            --
            "/data" variable dir at "dir"
            " != \"\"" recipe at " != \"\""
            "${target}" builtin target
            "go " recipe at "go "
            "-v " variable flags at "flags"
            "${env.LEVEL}" environment LEVEL
            " " recipe at " "
            "$HOME" shell HOME at "$HOME"
            "/" recipe at "/"
            "${run}" capture run at "run"
            " '" recipe at " '"
            "${secret:a/b}" secret a/b
            "' " recipe at "' "
            "${X" shell X at "${X"
            ":-y} " recipe at ":-y} "
            "${step.get.output}" capture get at "get"
            "/data" variable dir at "dir"
            "/x" recipe at "/x"
            "${secret:c}" secret c
        "##]],
    );
}

#[test]
fn credentials_that_are_written_out_are_not_shown() {
    let token = format!("ghp_{}", "aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD2fG4");
    let recipe = format!(
        "[variables]\nt = '{token}'\n[[step]]\nid = 'a'\nssh_command = {{ command = 'x ${{t}} y' }}\n"
    );
    let analysis = Analyser::default().analyse(Arc::from(recipe), Some("a.recipe.toml"));
    let text = resolved(&analysis, 0).expect("a step").text;
    assert!(!text.contains(&token) && text.contains("x ****"), "{text}");
}

#[test]
fn steps_without_one_operation_have_nothing_to_show() {
    let analysis =
        Analyser::default().analyse(Arc::from("[[step]]\nid = 'a'\n"), Some("a.recipe.toml"));
    assert_eq!(resolved(&analysis, 0), None);
    assert_eq!(resolved(&analysis, 7), None);
}

#[test]
fn it_is_what_a_dry_run_shows() {
    let mut count = 0;
    for (name, text) in common::examples() {
        let analysis = Analyser::default().analyse(Arc::from(text), Some(&name));
        let Ok(plan) = plan(&analysis, &PlanOptions::default()) else {
            continue;
        };
        for step in &plan.steps {
            let index = analysis
                .recipe
                .steps
                .iter()
                .position(|it| it.id().is_some_and(|id| id.value == step.id));
            let shown = resolved(&analysis, index.expect("a step of the recipe"))
                .expect("an operation")
                .text;
            if let Action::Command(command) = &step.action {
                for template in [
                    Some(&command.script.source),
                    command.workdir.as_ref(),
                    Some(&command.host),
                ] {
                    let planned = template.map_or_else(String::new, |it| plan.written(it, None));
                    assert!(
                        shown.contains(&planned),
                        "{name} {}:\n{planned}\n--\n{shown}",
                        step.id
                    );
                    count += 1;
                }
            }
        }
    }
    assert!(count > 10, "{count}");
}
