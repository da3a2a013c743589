//! TOML 1.1 with error recovery: text in, [`Tree`] out, whatever the text.
//!
//! A sound text becomes a tree straight from the events of `toml_parser` (`parse.rs`). In a broken
//! one only the tables that are broken are parsed again: `recover.rs` finds where each statement
//! ends, `lines.rs` knows what a line looks like, and `tolerant.rs` makes something of the statement.
//! Both put the tree together with `assembly.rs` and read keys and values with `scalars.rs`,
//! `strings.rs` and `datetime.rs`. Last, `duplicates.rs` finds what is defined twice. After an edit
//! `reparse.rs` makes only the tables anew that it touches. `comments.rs` finds the comments that are
//! for us.

mod assembly;
mod comments;
mod datetime;
mod duplicates;
mod errors;
mod lines;
mod parse;
mod recover;
mod reparse;
mod scalars;
mod shifted;
mod strings;
mod tolerant;
mod tree;

#[cfg(test)]
mod tests;

pub use comments::{comments_of, comments_with};
pub use parse::parse;
pub(crate) use reparse::reparse;
pub use tree::{Entry, HeaderTable, Key, Str, StrKind, SyntaxError, Table, Tree, Value, ValueKind};

/// Whether a text is a recipe: it has a `[recipe]` table or a `[[step]]` array of tables, or its
/// file is named `….recipe.toml`. Headers count once they are closed, so that no other TOML file
/// becomes a recipe for the moment in which somebody types.
pub fn is_recipe(tree: &Tree, file_name: Option<&str>) -> bool {
    let is_named = file_name.is_some_and(|name| name.ends_with(".recipe.toml"));
    is_named || tree.tables.iter().any(is_recipe_header)
}

fn is_recipe_header(table: &HeaderTable) -> bool {
    let [name] = table.path.as_slice() else {
        return false;
    };
    let is_closed = table.header.end > name.span.end;
    let wanted = if table.is_array { "step" } else { "recipe" };
    is_closed && name.name == wanted
}
