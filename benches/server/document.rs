//! The recipes that are measured, and the places in them where somebody works.

/// A recipe, and places in it.
pub(crate) struct Document {
    pub(crate) text: String,
    /// The same with a string that is not closed in another step.
    pub(crate) broken: String,
    /// In the value of a variable that all steps use.
    pub(crate) shared: Place,
    /// In the value of a variable that one step uses.
    pub(crate) own: Place,
    /// In the name of the recipe.
    pub(crate) name: Place,
    /// A line of shell of the step in the middle.
    pub(crate) command: Place,
    /// An empty line in it, where a key may stand.
    pub(crate) blank: Place,
    /// A key in it.
    pub(crate) key: Place,
    /// What it depends on.
    pub(crate) dependency: Place,
    /// The empty line behind it.
    pub(crate) behind: Place,
}

/// A line and a column.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A step that nothing else knows of.
pub(crate) const MORE: &str = "\n[[step]]\nid = \"more\"\ndepends_on = [\"step-0\"]\n\n[step.run_commands]\ncommands = \"\"\"\n\
    echo more in ${folder}\npython train.py --more | tee log\n\"\"\"\n";

const HEAD: &str =
    "[recipe]\nname = \"bench\"\n\n[variables]\nfolder = \"/work\"\nlog = \"log\"\n\n";

impl Document {
    pub(crate) fn of(steps: usize) -> Self {
        let middle = steps / 2;
        let mut text = HEAD.to_owned();
        for step in 0..steps {
            let needs = step
                .checked_sub(1)
                .map(|before| format!("\"step-{before}\""));
            let needs = needs.unwrap_or_default();
            let log = if step == middle { "${log}" } else { "log" };
            text += &format!(
                "[[step]]\nid = \"step-{step}\"\ndepends_on = [{needs}]\n\n[step.run_commands]\ncommands = \"\"\"\n\
                 echo part {step} in ${{folder}}\npython train.py --part {step} | tee {log}\n\"\"\"\n\n\
                 env = {{ TOKEN = \"${{secret:huggingface/token}}\" }}\n\n"
            );
        }
        let head = HEAD.lines().count();
        let of_step = (text.lines().count() - head) / steps;
        let in_step = |line, column| Place {
            line: head + middle * of_step + line,
            column,
        };
        let other = format!("python train.py --part {} | tee log\n\"\"\"\n", steps / 4);
        Self {
            broken: text.replacen(&other, &other.replace('"', ""), 1),
            text,
            name: Place { line: 1, column: 8 },
            shared: Place {
                line: 4,
                column: 10,
            },
            own: Place { line: 5, column: 7 },
            dependency: in_step(2, 15),
            key: in_step(5, 2),
            command: in_step(6, 0),
            blank: in_step(9, 0),
            behind: in_step(11, 0),
        }
    }
}
