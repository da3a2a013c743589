//! How a credential is called by convention: the service that it is for, then what it is.

/// The convention's name of a credential that is called `name`. Of a name that every service has, such as
/// `api_key`, `service` says whose it is.
pub(crate) fn secret_name(name: &str, service: Option<&str>) -> String {
    let lower = snake(name).to_ascii_lowercase();
    let words: Vec<&str> = lower.split('_').filter(|it| !it.is_empty()).collect();
    let words = words.strip_prefix(&["x"]).unwrap_or(&words);
    let words: Vec<&str> = words.iter().map(|it| whole(it)).collect();
    let is_generic = words.iter().all(|word| GENERIC.contains(word));
    match (words.as_slice(), is_generic) {
        (["hf" | "huggingface", rest @ ..] | ["hugging", "face", rest @ ..], false) => {
            let what = rest.join("_");
            format!("huggingface/{}", what.trim_start_matches("hub_"))
        }
        ([service, what @ ..], false) if !what.is_empty() => {
            format!("{}/{}", known(service), what.join("_"))
        }
        (["pgpassword"], _) => "postgres/password".to_owned(),
        (["sshpass"], _) => "ssh/password".to_owned(),
        ([what], false) => (*what).to_owned(),
        (words, _) => format!("{}/{}", service.unwrap_or("service"), generic(words)),
    }
}

/// What a credential can be whatever it is for.
const GENERIC: &[&str] = &[
    "api",
    "key",
    "auth",
    "access",
    "token",
    "secret",
    "password",
    "passphrase",
    "bearer",
    "authorization",
    "private",
    "client",
    "apikey",
    "credential",
    "credentials",
    "my",
    "encryption",
];

fn whole(word: &str) -> &str {
    match word {
        "pass" | "passwd" => "password",
        word => word,
    }
}

fn generic(words: &[&str]) -> String {
    match words {
        ["authorization" | "bearer"] | ["auth", "token"] => "token".to_owned(),
        ["apikey"] => "api_key".to_owned(),
        words => words.join("_"),
    }
}

/// The service of a credential at `at`: the host or the program of the command that it stands in.
pub(super) fn near(text: &str, at: usize) -> Option<String> {
    /// A table's `url` and `headers` may stand on lines of their own.
    const NEAR: usize = 300;
    let (start, end) = (line_start(text, at), line_end(text, at));
    let around = text.floor_char_boundary(at.saturating_sub(NEAR))
        ..text.ceil_char_boundary((at + NEAR).min(text.len()));
    host_in(text, start..end, at)
        .or_else(|| program(&text[start..at]))
        .or_else(|| host_in(text, around, at))
}

/// The service of the URL in `range` that is nearest to `at`.
fn host_in(text: &str, range: std::ops::Range<usize>, at: usize) -> Option<String> {
    let urls = text[range.clone()].match_indices("://");
    let starts = urls.map(|(index, _)| range.start + index + "://".len());
    let nearest = starts.min_by_key(|start| start.abs_diff(at))?;
    let rest = &text[nearest..];
    let is_end = |c: char| c.is_whitespace() || "/\"'\\?#,;|&)]}".contains(c);
    let authority = &rest[..rest.find(is_end).unwrap_or(rest.len())];
    of_host(authority.rsplit('@').next().unwrap_or_default())
}

/// The service that a host belongs to: `api.github.com` is GitHub's.
pub(super) fn of_host(host: &str) -> Option<String> {
    let host = host.split(':').next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let service = labels[labels.len().saturating_sub(2)];
    let is_name = service.len() > 1
        && service
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'-')
        && service.bytes().any(|it| it.is_ascii_alphabetic());
    is_name.then(|| known(&service.to_ascii_lowercase()).to_owned())
}

/// The service of the program that the last command in `before` starts.
fn program(before: &str) -> Option<String> {
    const NO_SERVICES: &[&str] = &[
        "curl", "wget", "http", "echo", "printf", "cat", "set", "git", "python", "python3", "bash",
        "sh", "if", "then", "do", "read", "test", "bearer", "basic", "token",
    ];
    const BEFORE: &[&str] = &["sudo", "export", "env", "exec", "time", "command", "nohup"];
    let opened = ["= \"", "= '", "=\"", "='", "[\"", "['", ", \"", ", '"].iter();
    let opened = opened.filter_map(|it| Some(before.rfind(it)? + it.len()));
    let separated = before.rfind([';', '|', '&', '(', '`']).map(|at| at + 1);
    let start = opened.chain(separated).max().unwrap_or_default();
    let command = before[start..].trim_start_matches(['"', '\'']);
    let mut words = command.split_whitespace();
    let word = words.find(|word| !word.contains('=') && !BEFORE.contains(word))?;
    // What nothing follows is the name of the credential itself.
    let is_program = match words.next() {
        Some(next) => !next.starts_with(['=', ':']),
        None => command.ends_with(char::is_whitespace),
    };
    let name = word.rsplit('/').next().unwrap_or(word).to_ascii_lowercase();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_name = name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(is_part)
        && !NO_SERVICES.contains(&name.as_str());
    (is_program && is_name).then(|| known(&name).to_owned())
}

/// The name that a service goes by in the names of secrets.
fn known(service: &str) -> &str {
    match service {
        "hf" | "huggingface-cli" => "huggingface",
        "gh" => "github",
        "vastai" => "vast",
        service => service,
    }
}

/// Where the line around `at` begins, with the lines that a backslash at their end joins to it.
fn line_start(text: &str, at: usize) -> usize {
    let mut start = at;
    loop {
        start = text[..start].rfind('\n').map_or(0, |it| it + 1);
        match start > 0 && text[..start - 1].ends_with('\\') {
            true => start -= 1,
            false => return start,
        }
    }
}

/// Where it ends.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let mut end = at;
    loop {
        end = text[end..].find('\n').map_or(text.len(), |it| end + it);
        match end < text.len() && text[..end].ends_with('\\') {
            true => end += 1,
            false => return end,
        }
    }
}

/// `apiKey` and `X-Api-Key` as `api_Key` and `X_Api_Key`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if before.is_ascii_lowercase() && c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(if c == '-' { '_' } else { c });
        before = c;
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_whose_it_is_is_enough() {
        for (name, expected) in [
            ("WANDB_API_KEY", "wandb/api_key"),
            ("HF_TOKEN", "huggingface/token"),
            ("HUGGING_FACE_HUB_TOKEN", "huggingface/token"),
            ("GH_TOKEN", "github/token"),
            ("KAGGLE_KEY", "kaggle/key"),
            ("X-Acme-Key", "acme/key"),
            ("DB_PASS", "db/password"),
            ("PGPASSWORD", "postgres/password"),
        ] {
            assert_eq!(secret_name(name, Some("other")), expected);
        }
        for (name, expected) in [
            ("X-Api-Key", "acme/api_key"),
            ("apiKey", "acme/api_key"),
            ("Authorization", "acme/token"),
            ("password", "acme/password"),
        ] {
            assert_eq!(secret_name(name, Some("acme")), expected);
        }
        assert_eq!(secret_name("token", None), "service/token");
    }

    #[test]
    fn else_the_host_or_the_program_tells() {
        for (text, expected) in [
            (
                "curl -H 'X-Api-Key: $0' https://api.acme.com/v1",
                Some("acme"),
            ),
            (
                "curl https://api.acme.com/v1 \\\n  -H 'X-Api-Key: $0'",
                Some("acme"),
            ),
            ("foo --api-key=$0", Some("foo")),
            ("x = \"sudo /opt/bin/foo login --token $0\"", Some("foo")),
            ("make && gh auth login --with-token $0", Some("github")),
            (
                "url = 'https://api.github.com/x'\nheaders = { Authorization = 'Bearer $0' }",
                Some("github"),
            ),
            ("export API_KEY=$0", None),
            ("api_key = \"$0\"", None),
            ("curl -H 'X-Api-Key: $0' http://10.0.0.1:80/", None),
        ] {
            let at = text.find("$0").expect("a place");
            assert_eq!(near(text, at).as_deref(), expected, "{text}");
        }
    }
}
