//! A host that `hosts.toml` says something of gets a new name there too.

use recipe::diagnostic::Edit;
use recipe::{Analysis, Span};
use runner::hosts::{Address, Written};

use crate::features::{World, navigate};

/// What a rename of the host at `offset` changes in `hosts.toml`; nothing where that does not name it.
///
/// # Errors
/// When the host is named in `~/.ssh/config`, which other programs read too, or when the new name is taken
/// or none of that file's.
pub(crate) fn edit(
    analysis: &Analysis,
    offset: usize,
    new: &str,
    world: &World<'_>,
) -> Result<Option<(Written, Edit)>, String> {
    let Some(host) = navigate::host_at(analysis, offset).filter(|it| it != new) else {
        return Ok(None);
    };
    let Some(written) = (world.host)(&host) else {
        return Ok(None);
    };
    let is_its_name = written.text[written.name.clone()] == host;
    if !written.is_own {
        return match is_its_name {
            true => Err(format!(
                "'{host}' is named in ~/.ssh/config: rename it there first, then here"
            )),
            // `root@gpu-1`: the name there stays.
            false => Ok(None),
        };
    }
    if (world.hosts)().iter().any(|it| it == new) {
        return Err(format!(
            "there is a host '{new}' already: both would become one"
        ));
    }
    let address = Address::parse(new).map_err(|error| error.to_string())?;
    if address.user.is_some() || address.port.is_some() {
        return Err(format!(
            "'{host}' is a host of hosts.toml, where a name has no `@` and no `:`"
        ));
    }
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let edit = Edit {
        span: Span::new(written.name.start, written.name.end),
        text: match new.chars().all(is_bare) {
            true => new.to_owned(),
            false => format!("\"{new}\""),
        },
    };
    Ok(Some((written, edit)))
}
