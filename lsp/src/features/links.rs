//! Links: URLs, files on this machine, and the pages of the checks that a comment allows.

use recipe::syntax::comments_of;
use recipe::{Analysis, Span, checks};

use super::paths;

/// A place that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) span: Span,
    pub(crate) target: Target,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Url(String),
    /// A file, as the recipe writes it. Whether it is there is not known.
    File(String),
    /// The page of a check.
    Page(&'static str),
}

/// The links of a recipe, in order of place.
pub(crate) fn links(analysis: &Analysis) -> Vec<Link> {
    let mut links: Vec<Link> = urls(&analysis.text);
    for text in paths::local(&analysis.recipe) {
        links.push(Link {
            span: text.source.span_of(0, text.as_str().len()),
            target: Target::File(text.as_str().to_owned()),
        });
    }
    let mask = analysis.mask();
    links.retain(|link| !mask.hides(&analysis.text[link.span.range()]));
    links.extend(pages(analysis));
    links.sort_by_key(|link| link.span);
    links
}

/// The URLs in the text, in strings and comments alike. One that holds a reference leads nowhere yet.
fn urls(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (start, scheme) in text.match_indices("://") {
        let before = &text[..start];
        let Some(scheme_start) = ["https", "http"]
            .iter()
            .find_map(|it| before.strip_suffix(it))
            .map(str::len)
        else {
            continue;
        };
        let rest = &text[start + scheme.len()..];
        let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>\\|^".contains(c);
        let mut written = &rest[..rest.find(ends).unwrap_or(rest.len())];
        // What closes a sentence or a bracket around the URL is not of it.
        written = written.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}']);
        let is_word = text[..scheme_start].ends_with(|c: char| c.is_alphanumeric());
        // Credentials in a URL are for nobody's browser.
        if written.is_empty() || is_word || written.contains(['$', '{', '@']) {
            continue;
        }
        let span = Span::new(scheme_start, start + scheme.len() + written.len());
        let target = Target::Url(text[span.range()].to_owned());
        links.push(Link { span, target });
    }
    links
}

/// The codes in comments such as `# doppio: allow(unknown-key)`.
fn pages(analysis: &Analysis) -> Vec<Link> {
    let text = &*analysis.text;
    let mut links = Vec::new();
    for comment in comments_of(text, &analysis.tree, "allow(") {
        let written = &text[comment.range()];
        let is_code = |c: char| c.is_ascii_lowercase() || c == '-';
        let mut at = written.find("allow(").unwrap_or_default() + "allow(".len();
        for word in written[at..].split_inclusive(|c| !is_code(c)) {
            let code = word.trim_end_matches(|c| !is_code(c));
            if let Some(check) = checks::check(code) {
                let start = comment.start + at;
                links.push(Link {
                    span: Span::new(start, start + code.len()),
                    target: Target::Page(check.code),
                });
            }
            at += word.len();
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::testing::at_cursor;

    fn check(text: &str) -> Vec<String> {
        let (analysis, _) = at_cursor(&format!("$0{text}"));
        let shown = links(&analysis);
        let shown = shown
            .iter()
            .map(|link| format!("{} {:?}", &analysis.text[link.span.range()], link.target));
        shown.collect()
    }

    #[test]
    fn urls_stand_anywhere() {
        let text = "# See https://example.org/a(b). And xhttp://no\n[[step]]\nid = 'a'\ngit_clone = { repo_url = \"https://github.com/a/b.git\", destination = 'x' }\nssh_command = { command = 'curl http://${host}/x https://u:p@h/ https://' }\n";
        let expected = [
            "https://example.org/a(b Url(\"https://example.org/a(b\")",
            "https://github.com/a/b.git Url(\"https://github.com/a/b.git\")",
        ];
        assert_eq!(check(text), expected);
    }

    #[test]
    fn local_files_are_told_from_those_of_hosts() {
        let text = "[[step]]\nrsync_upload = { local_path = 'data/a', remote_path = '/b' }\n[[step]]\ntransfer = { source = { local = { path = \"c\" } }, destination = { host = { path = 'd' } } }\n[[step]]\nrsync_upload = { local_path = '${x}', remote_path = '/b' }\n";
        assert_eq!(check(text), ["data/a File(\"data/a\")", "c File(\"c\")"]);
    }

    #[test]
    fn what_a_comment_allows_has_a_page() {
        let text = "# doppio: allow(unknown-key, no-such) allow(x)\n[[step]]\nid = 'a'\n";
        assert_eq!(check(text), ["unknown-key Page(\"unknown-key\")"]);
    }
}
