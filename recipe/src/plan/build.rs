//! From an analysis without errors to a plan.

use std::collections::BTreeMap;
use std::time::Duration;

use super::select::{Selection, select};
use super::{
    Action, Command, Plan, PlanError, PlanOptions, PlannedStep, Retry, Script, Template, When,
    attempt_limit,
};
use crate::analysis::Analysis;
use crate::checks::{shell_quoting, too_long};
use crate::diagnostic::{Diagnostic, Severity};
use crate::findings::{secret_env, shell_findings};
use crate::model::{Fields, Step, StepOperation, Text};
use crate::nearest::{did_you_mean, nearest};
use crate::resolve::shell::paste;
use crate::resolve::{Variables, is_too_long, template};
use crate::shell::Memory;
use crate::span::Span;
use crate::when;

/// The code of what is sound but beyond this version.
const NOT_EXECUTABLE: &str = "not-executable";

/// What a run of the recipe does.
///
/// # Errors
/// The errors of the recipe, everything in it that this version cannot execute, or what is wrong
/// with the options.
pub fn plan(analysis: &Analysis, options: &PlanOptions) -> Result<Plan, PlanError> {
    if !analysis.is_recipe {
        let message = "this is no recipe: it has neither a [recipe] table nor a [[step]]";
        return Err(PlanError::CommandLine(message.to_owned()));
    }
    let errors = analysis.text_diagnostics().iter();
    let errors: Vec<_> = errors
        .filter(|it| it.severity == Severity::Error)
        .cloned()
        .collect();
    if !errors.is_empty() {
        return Err(PlanError::Recipe(errors));
    }
    check_vars(analysis, options)?;
    let selection = select(analysis, options).map_err(PlanError::CommandLine)?;
    let refused = not_executable(analysis, &selection);
    if !refused.is_empty() {
        return Err(PlanError::Recipe(refused));
    }
    let is_part = selection.steps.len() < analysis.recipe.steps.len();
    let whole = is_part.then(|| {
        let vars = options.vars.clone();
        let all = PlanOptions {
            vars,
            ..PlanOptions::default()
        };
        plan(analysis, &all).ok().map(Box::new)
    });
    let variables = Variables::of(&analysis.recipe, &analysis.names, &options.vars);
    let mut builder = Builder {
        analysis,
        variables,
        selection: &selection,
        memory: Memory::default(),
    };
    builder.check_given_values()?;
    let steps = selection
        .steps
        .iter()
        .map(|index| builder.step(*index))
        .collect();
    let plan = Plan {
        name: analysis
            .recipe
            .meta
            .as_ref()
            .and_then(|meta| meta.name("name"))
            .map_or_else(String::new, |name| name.value.clone()),
        target_is_local: target_word(analysis) == Some("local"),
        steps,
        initial: builder.initial(options),
        whole: whole.flatten(),
    };
    super::select::check_present(&plan, analysis, &selection)?;
    Ok(plan)
}

/// `--var` names a variable that there is.
fn check_vars(analysis: &Analysis, options: &PlanOptions) -> Result<(), PlanError> {
    let unknown = options
        .vars
        .keys()
        .find(|name| !analysis.names.is_variable(name));
    unknown.map_or(Ok(()), |name| {
        let hint = did_you_mean(nearest(name, analysis.names.variable_names()));
        let message = format!("--var {name}: the recipe has no variable of that name{hint}");
        Err(PlanError::CommandLine(message))
    })
}

fn target_word(analysis: &Analysis) -> Option<&str> {
    Some(
        analysis
            .recipe
            .target
            .as_ref()?
            .name("type")?
            .value
            .as_str(),
    )
}

/// Everything that this version cannot execute, by name and place.
fn not_executable(analysis: &Analysis, selection: &Selection) -> Vec<Diagnostic> {
    let refuse = |span: Span, what: String| {
        let message = format!("this version of Doppio cannot execute {what} yet; nothing was run");
        Diagnostic::new(NOT_EXECUTABLE, Severity::Error, span, message)
    };
    let mut refused = Vec::new();
    for field in analysis
        .recipe
        .target
        .iter()
        .flat_map(|target| &target.items)
    {
        if field.spec.name != "type" {
            refused.push(refuse(
                field.key,
                format!("'{}' of [target]", field.spec.name),
            ));
        }
    }
    for index in &selection.steps {
        let step = &analysis.recipe.steps[*index];
        let id = step.id().map_or("", |id| &id.value);
        for operation in &step.operations {
            if !operation.spec.executable {
                let what = format!("the operation '{}' of step '{id}'", operation.spec.name);
                refused.push(refuse(operation.key, what));
            }
            let mode = operation.fields.name("tmux_mode");
            if let Some(mode) = mode.filter(|mode| mode.value == "existing") {
                let what = format!("tmux_mode = \"existing\" of step '{id}'");
                refused.push(refuse(mode.span, what));
            }
        }
    }
    refused
}

struct Builder<'a> {
    analysis: &'a Analysis,
    variables: Variables,
    selection: &'a Selection,
    memory: Memory,
}

impl<'a> Builder<'a> {
    /// Tells the place in the plan of the step of an id.
    fn ids(&self) -> impl Fn(&str) -> Option<usize> + 'a {
        self.selection.ids(self.analysis)
    }

    /// `--var` can change how a script is quoted, or how long a text gets: both are judged again.
    fn check_given_values(&mut self) -> Result<(), PlanError> {
        let (analysis, ids) = (self.analysis, self.ids());
        let mut errors = Vec::new();
        for step in 0..analysis.recipe.steps.len() {
            let shell = shell_findings(analysis, step, &self.variables, &ids, &mut self.memory);
            errors.extend(shell_quoting::refused(&analysis.text, &shell));
        }
        for index in &self.selection.steps {
            analysis.recipe.steps[*index].each_text(&mut |text| {
                if is_too_long(text, &analysis.names, &self.variables) {
                    errors.push(too_long::at(text.span));
                }
            });
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(PlanError::Recipe(errors))
        }
    }

    fn step(&mut self, index: usize) -> PlannedStep {
        let analysis = self.analysis;
        let step = &analysis.recipe.steps[index];
        let id = step.id().map_or_else(String::new, |id| id.value.clone());
        let operation = step.operation();
        PlannedStep {
            name: step
                .fields
                .name("name")
                .map_or_else(|| id.clone(), |name| name.value.clone()),
            id,
            line: line_of(&analysis.text, step.fields.span.start),
            needs: self.selection.needs(index),
            when: self.when(step),
            retry: Retry::of(&step.fields),
            timeout: attempt_limit(step),
            continue_on_failure: step.fields.boolean("continue_on_failure").unwrap_or(false),
            action: operation.map_or(Action::Sleep(Duration::ZERO), |it| self.action(it)),
        }
    }

    fn when(&self, step: &Step) -> Option<When> {
        let text = step.fields.text("when")?;
        let ranges: Vec<_> = text.references.iter().map(|it| it.range.clone()).collect();
        let expression = when::parse(text.as_str(), &ranges).ok()?;
        let operands = text.references.iter().map(|reference| {
            let names = &self.analysis.names;
            let pieces = crate::resolve::pieces(reference, names, &self.variables, &self.ids());
            Template(pieces.unwrap_or_default())
        });
        Some(When {
            expression,
            operands: operands.collect(),
        })
    }

    fn action(&mut self, operation: &StepOperation) -> Action {
        let fields = &operation.fields;
        match operation.spec.name {
            "set_var" => Action::SetVar {
                name: fields
                    .name("name")
                    .map_or_else(String::new, |name| name.value.clone()),
                value: self.optional(fields, "value").unwrap_or_default(),
            },
            "sleep" => {
                let seconds = fields.integer("duration_secs").unwrap_or(0);
                Action::Sleep(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
            }
            _ => Action::Command(self.command(operation)),
        }
    }

    /// `run_commands`, `ssh_command` or `tmux_new`.
    fn command(&mut self, operation: &StepOperation) -> Command {
        let fields = &operation.fields;
        let text = fields.text("commands").or_else(|| fields.text("command"));
        let in_tmux = operation.spec.name == "tmux_new"
            || fields
                .name("tmux_mode")
                .is_some_and(|mode| mode.value == "new");
        let session = || {
            self.optional(fields, "session_name")
                .unwrap_or_else(|| Template::text("recipe"))
        };
        let tmux_session = in_tmux.then(session);
        let env = fields.map("env").iter();
        Command {
            host: self
                .optional(fields, "host_id")
                .unwrap_or_else(|| Template(vec![super::Piece::Target])),
            workdir: self.optional(fields, "workdir"),
            env: env
                .map(|(name, text)| (name.value.clone(), self.template(text)))
                .collect(),
            capture: fields.name("capture_output").map(|name| name.value.clone()),
            tmux_session,
            script: text.map_or_else(Script::default, |text| self.script(text, fields)),
        }
    }

    fn script(&mut self, text: &Text, fields: &Fields) -> Script {
        let names = &self.analysis.names;
        let secret_env = secret_env(fields, self.analysis, &self.variables, &self.ids());
        let pasted = paste(text, names, &self.variables, &self.ids());
        let judgement = pasted.judge(&secret_env, &mut self.memory);
        pasted.finish(&judgement)
    }

    fn optional(&self, fields: &Fields, name: &str) -> Option<Template> {
        fields.text(name).map(|text| self.template(text))
    }

    fn template(&self, text: &Text) -> Template {
        template(text, &self.analysis.names, &self.variables, &self.ids())
    }

    /// First values of the variables that steps set.
    fn initial(&self, options: &PlanOptions) -> BTreeMap<String, Template> {
        let names = &self.analysis.names;
        let written = self
            .analysis
            .recipe
            .variables
            .iter()
            .filter_map(|variable| {
                let text = variable.value.as_ref()?;
                Some((variable.name.value.clone(), self.template(text)))
            });
        let given = options
            .vars
            .iter()
            .map(|(name, value)| (name.clone(), Template::text(value)));
        written
            .chain(given)
            .filter(|(name, _)| names.is_set_by_step(name))
            .collect()
    }
}

/// The line of `offset`, counted from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].bytes().filter(|byte| *byte == b'\n').count() + 1
}
