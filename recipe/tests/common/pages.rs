//! The pages of `docs/checks/` and their examples.

/// An example of a page.
pub(crate) struct Example {
    pub(crate) is_wrong: bool,
    /// Names of stored secrets; without it, nothing is known of any.
    pub(crate) stored: Option<Vec<String>>,
    pub(crate) source: String,
}

/// The fenced examples of a page: ` ```toml wrong `, ` ```toml right `, and after that `stored=NAME,NAME`.
pub(crate) fn examples(page: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("```toml ") {
        let (head, body) = rest[start + "```toml ".len()..]
            .split_once('\n')
            .expect("a line");
        let (source, after) = body.split_once("```").expect("the fence is closed");
        let mut words = head.split_whitespace();
        let is_wrong = match words.next() {
            Some("wrong") => true,
            Some("right") => false,
            other => panic!("an example is wrong or right, not {other:?}"),
        };
        let stored = words.next().map(|word| {
            let names = word.strip_prefix("stored=").expect("stored=NAME,NAME");
            names.split(',').map(str::to_owned).collect()
        });
        examples.push(Example {
            is_wrong,
            stored,
            source: source.to_owned(),
        });
        rest = after;
    }
    examples
}

#[expect(clippy::disallowed_methods, reason = "a test reads the pages")]
pub(crate) fn page(code: &str) -> String {
    let path = format!("{FOLDER}/{code}.md");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/checks");
