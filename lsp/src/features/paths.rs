//! Paths on this machine: which strings are one, and where they lead.

use std::path::{Path, PathBuf};

use recipe::model::{Arg, Recipe, Text};

/// Where paths of a recipe start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Base {
    /// The folder of the recipe; of one that was never saved, the workspace's.
    pub(crate) folder: Option<PathBuf>,
    /// What `~/` stands for.
    pub(crate) home: Option<PathBuf>,
}

impl Base {
    /// Where a path of the recipe leads.
    pub(crate) fn resolve(&self, path: &str) -> Option<PathBuf> {
        match path.strip_prefix("~/") {
            Some(rest) => Some(self.home.as_ref()?.join(rest)),
            None if Path::new(path).is_absolute() => Some(PathBuf::from(path)),
            None => Some(self.folder.as_ref()?.join(path)),
        }
    }
}

/// Whether what belongs at these keys ([`recipe::cursor::Cursor::path`]) is a path on this machine.
pub(super) fn is_local(keys: &[String]) -> bool {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    matches!(
        keys.as_slice(),
        ["step", "rsync_upload" | "rsync_download", "local_path"]
            | [
                "step",
                "transfer",
                "source" | "destination",
                "local",
                "path"
            ]
            | ["step", "vast_copy", "identity_file"]
    )
}

/// The strings of a recipe that are such paths and are written out.
pub(super) fn local(recipe: &Recipe) -> Vec<&Text> {
    let mut found = Vec::new();
    for operation in recipe.steps.iter().flat_map(|step| &step.operations) {
        let key = |name: &str| ["step", operation.spec.name, name].map(str::to_owned);
        for field in &operation.fields.items {
            let mut keys = key(field.spec.name).to_vec();
            match &field.value {
                Arg::Text(text) if is_local(&keys) => found.push(text),
                Arg::Variant(name, fields) => {
                    keys.extend([name.value.clone(), "path".to_owned()]);
                    found.extend(fields.text("path").filter(|_| is_local(&keys)));
                }
                _ => {}
            }
        }
    }
    found.retain(|text| text.references.is_empty() && !text.as_str().is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_recipe_or_at_home() {
        let base = Base {
            folder: Some("/work".into()),
            home: Some("/home/me".into()),
        };
        let check = |path| base.resolve(path).map(|it| it.display().to_string());
        assert_eq!(check("a/b").as_deref(), Some("/work/a/b"));
        assert_eq!(check("~/b").as_deref(), Some("/home/me/b"));
        assert_eq!(check("/b").as_deref(), Some("/b"));
        assert_eq!(Base::default().resolve("b"), None);
    }
}
