//! Hits and near misses of every shape. No credential stands in here in one piece: each is put together
//! from a seed, so that whoever scans this repository finds none.

use super::{masked, scan};
use crate::diagnostic::apply;
use crate::{Analyser, Facts, SecretName};

/// So many characters of `alphabet` without order.
fn drawn(alphabet: &str, length: usize) -> String {
    let alphabet = alphabet.as_bytes();
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(alphabet[(state % alphabet.len() as u64) as usize])
    };
    (0..length).map(|_| next()).collect()
}

const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &str = "0123456789abcdef";

fn token(prefix: &str, length: usize) -> String {
    format!("{prefix}{}", drawn(ALPHANUMERIC, length))
}

/// What is found in `text`, and the names that are suggested.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let found = scan(text);
    let seen: Vec<(&str, &str)> = found
        .iter()
        .map(|it| (&text[it.span.range()], it.secret.as_str()))
        .collect();
    assert_eq!(seen, expected, "in {text}");
    for credential in &found {
        assert!(SecretName::parse(&credential.secret).is_ok());
        assert!(!credential.what.contains(&text[credential.span.range()]));
    }
}

#[test]
fn every_shape_is_known_wherever_it_stands() {
    let cases = [
        (token("ghp_", 36), "github/token"),
        (token("gho_", 36), "github/token"),
        (token("ghu_", 36), "github/token"),
        (token("ghs_", 36), "github/token"),
        (token("ghr_", 76), "github/token"),
        (token("github_pat_", 82), "github/token"),
        (token("hf_", 34), "huggingface/token"),
        (token("api_org_", 34), "huggingface/token"),
        (token("sk-", 48), "openai/api_key"),
        (token("sk-proj-", 156), "openai/api_key"),
        (token("sk-svcacct-", 60), "openai/api_key"),
        (token("sk-admin-", 60), "openai/api_key"),
        (token("sk-ant-api03-", 95), "anthropic/api_key"),
        (token("sk-or-v1-", 64), "openrouter/api_key"),
        (format!("AKIA{}", drawn(UPPER, 16)), "aws/access_key_id"),
        (format!("ASIA{}", drawn(UPPER, 16)), "aws/access_key_id"),
        (token("glpat-", 20), "gitlab/token"),
        (token("AIza", 35), "google/api_key"),
        (token("xoxb-", 50), "slack/token"),
        (token("xoxp-", 70), "slack/token"),
        (token("npm_", 36), "npm/token"),
        (token("pypi-", 160), "pypi/token"),
    ];
    for (value, secret) in &cases {
        let expected = [(value.as_str(), *secret)];
        for text in [
            format!("x = \"{value}\""),
            format!("x = '''\nexport HF_TOKEN={value}\n'''"),
            format!("url = \"https://user:{value}@example.org/x\""),
            format!("x = \"a\\n{value}\\nb\""),
            format!("# {value}"),
            format!("headers = {{ Authorization = \"Bearer {value}\" }}"),
            value.clone(),
        ] {
            check(&text, &expected);
        }
    }
}

#[test]
fn what_is_nearly_a_shape_is_none() {
    for text in [
        token("ghp_", 35),
        token("ghx_", 36),
        token("GHP_", 36),
        token("github_pat_", 81),
        token("hf_", 33),
        token("hf_", 41),
        token("my_hf_", 34),
        token("sk-", 39),
        token("task-", 48),
        token("sk-proj-", 39),
        token("sk-ant-", 39),
        token("sk-or-v1-", 63),
        format!("AKIA{}", drawn(UPPER, 15)),
        format!("AKIA{}", drawn(UPPER, 17)),
        token("glpat-", 19),
        token("AIza", 34),
        token("npm_", 35),
        token("pypi-", 79),
        format!("ghp_{}", "x".repeat(36)),
        format!("hf_{}", "abcdefgh".repeat(5).split_at(34).0),
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        "hf_your_token_here_please_fill_it_in_now".to_owned(),
        "hf_hub_download hf_transfer sk-learn ghp_".to_owned(),
    ] {
        check(&text, &[]);
    }
}

#[test]
fn a_private_key_is_one_with_its_body_only() {
    let body = drawn(ALPHANUMERIC, 64);
    for kind in ["OPENSSH ", "RSA ", "EC ", "ENCRYPTED ", ""] {
        let key = format!(
            "-----BEGIN {kind}PRIVATE KEY-----\n{body}\n{body}\n-----END {kind}PRIVATE KEY-----"
        );
        check(
            &format!("x = '''\n{key}\n'''"),
            &[(&key, "ssh/private_key")],
        );
        let escaped = key.replace('\n', "\\n");
        check(
            &format!("x = \"{escaped}\""),
            &[(&escaped, "ssh/private_key")],
        );
    }
    for no in [
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----"),
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"),
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".to_owned(),
        format!("-----BEGIN PRIVATE KEY-----\n{body}"),
        "grep -q -- '-----BEGIN OPENSSH PRIVATE KEY-----' ~/.ssh/id".to_owned(),
    ] {
        check(&no, &[]);
    }
}

#[test]
fn a_value_that_looks_drawn_by_lot_is_one_where_its_name_says_so() {
    let hex = drawn(HEX, 40);
    let aws = drawn(&format!("{ALPHANUMERIC}/+"), 40);
    let aws = aws.trim_start_matches('/');
    let other = drawn(ALPHANUMERIC, 24);
    for (text, value, secret) in [
        (
            format!("WANDB_API_KEY = \"{hex}\""),
            &hex[..],
            "wandb/api_key",
        ),
        (format!("wandb login {hex}"), &hex, "wandb/api_key"),
        (format!("wandb login --relogin={hex} x"), "", ""),
        (
            format!("export WANDB_API_KEY='{hex}'"),
            &hex,
            "wandb/api_key",
        ),
        (
            format!("AWS_SECRET_ACCESS_KEY={aws} aws s3 ls"),
            aws,
            "aws/secret_access_key",
        ),
        (
            format!("aws_secret_access_key = {aws}\\n"),
            aws,
            "aws/secret_access_key",
        ),
        (format!("db_password = '{other}'"), &other, "db/password"),
        (
            format!("curl -H \"X-Api-Key: {other}\" x"),
            &other,
            "service/api_key",
        ),
        (
            format!("curl -H \\\"X-Api-Key: {other}\\\" x"),
            &other,
            "service/api_key",
        ),
        (
            format!("mytool login --token {other}"),
            &other,
            "mytool/token",
        ),
        (format!("mytool --acme-token={other}"), &other, "acme/token"),
        (
            format!("body = '{{\"apiKey\": \"{other}\"}}'"),
            &other,
            "service/api_key",
        ),
        (
            format!("Authorization = \"Bearer {other}\""),
            &other,
            "service/token",
        ),
        (
            format!("Authorization = \"Basic {other}==\""),
            &format!("{other}=="),
            "service/token",
        ),
        (
            format!("curl 'https://x.org/?access_token={other}&a=b'"),
            &other,
            "service/access_token",
        ),
        (
            format!("git clone https://me:{other}@git.acme.org/x"),
            &other,
            "acme/password",
        ),
        (
            format!("redis-cli -u redis://:{other}@localhost:6379"),
            &other,
            "localhost/password",
        ),
    ] {
        match value {
            "" => check(&text, &[]),
            value => check(&text, &[(value, secret)]),
        }
    }
}

#[test]
fn services_are_known_by_what_is_given_their_key() {
    let (short, hex, long) = (drawn(HEX, 32), drawn(HEX, 40), drawn(HEX, 64));
    for (text, value, secret) in [
        (format!("export KAGGLE_KEY={short}"), &short, "kaggle/key"),
        (
            format!("env = {{ KAGGLE_KEY = \"{short}\" }}"),
            &short,
            "kaggle/key",
        ),
        (format!("vastai set api-key {long}"), &long, "vast/api_key"),
        (format!("wandb = \"{hex}\""), &hex, "wandb/api_key"),
        (
            format!("hf auth login --token {short}"),
            &short,
            "huggingface/token",
        ),
        (
            format!("curl -H 'X-Api-Key: {short}' https://api.acme.com/x"),
            &short,
            "acme/api_key",
        ),
        (
            format!("ssh_command = {{ command = \"foo --api-key={short}\" }}"),
            &short,
            "foo/api_key",
        ),
    ] {
        check(&text, &[(value, secret)]);
    }
    for text in [
        format!("KAGGLE_DATASET={short}"),
        format!("git checkout wandb # {hex}"),
        format!("wandb = \"{short}\""),
        format!("CACHE_KEY={short}"),
        "vastai set api-key $VAST_API_KEY".to_owned(),
        "vastai set api-key <your-api-key>".to_owned(),
        format!("vastai show instance {long}"),
    ] {
        check(&text, &[]);
    }
}

/// A password that somebody could have chosen; in pieces, as everything here.
fn chosen() -> String {
    ["Tr0ub4dor", "&", "3xkcd", "!9"].concat()
}

#[test]
fn what_people_choose_is_a_password_where_its_place_says_so() {
    let (chosen, words, plain) = (chosen(), "correct horse battery", "hunter2x9");
    for (text, value, secret) in [
        (
            format!("DB_PASSWORD='{chosen}' ./x"),
            &chosen[..],
            "db/password",
        ),
        (
            format!("command = \"export DB_PASSWORD='{chosen}'\""),
            &chosen,
            "db/password",
        ),
        (
            format!("command = \"psql --password \\\"{words}\\\" x\""),
            words,
            "psql/password",
        ),
        (format!("password = \"{words}\""), words, "service/password"),
        (format!("DB_PASS={plain}"), plain, "db/password"),
        (
            format!("export PGPASSWORD={plain}"),
            plain,
            "postgres/password",
        ),
        (
            format!("mytool --password={plain}"),
            plain,
            "mytool/password",
        ),
        (
            format!("body = '{{\"password\": \"{plain}\"}}'"),
            plain,
            "service/password",
        ),
        (
            format!("curl -u user:{plain} https://api.acme.com/x"),
            plain,
            "acme/password",
        ),
        (
            format!("curl https://api.acme.com/x \\\n  --user 'me@x.org:{chosen}'"),
            &chosen,
            "acme/password",
        ),
        (
            format!("sshpass -p {plain} ssh host"),
            plain,
            "ssh/password",
        ),
        (
            format!("sshpass -p'{chosen}' ssh host"),
            &chosen,
            "ssh/password",
        ),
        (
            format!(
                "cat > ~/.netrc <<EOF\nmachine api.acme.com\n  login me\n  password {plain}\nEOF\n"
            ),
            plain,
            "acme/password",
        ),
        (
            format!("echo 'machine api.wandb.ai login user password {plain}' > ~/.netrc"),
            plain,
            "wandb/api_key",
        ),
    ] {
        check(&text, &[(value, secret)]);
    }
}

#[test]
fn what_only_stands_for_a_password_is_none() {
    for text in [
        "DB_PASSWORD=changeme1",
        "DB_PASSWORD='<your-password>'",
        "DB_PASSWORD=xxx-yyy-1",
        "DB_PASSWORD=$PW",
        "DB_PASSWORD=\"$PW\"",
        "DB_PASSWORD=\"pre-${PW}\"",
        "DB_PASSWORD=${PW:-abc-123}",
        "DB_PASSWORD=$(cat pw-1.txt)",
        "DB_PASSWORD=\"`cat pw-1.txt`\"",
        "DB_PASSWORD='***'",
        "DB_PASSWORD=",
        "DB_PASSWORD='' ./run --x='abc-123-def'",
        "DB_PASSWORD=\"\" ./run --x=\"abc-123-def\"",
        "DB_PASSWORD=/run/secrets/db1",
        "DB_PASSWORD_FILE=abc-123-def",
        "POSTGRES_PASSWORD=postgres1",
        "MYSQL_PASSWORD=test-123",
        "PASSWORD=required",
        "PASSWORD=\"must not be empty\"",
        "password: correct-horse-battery-9",
        "Password: see https://wiki.acme.example/9",
        "PASS=12 FAIL=3",
        "TEST_PASS=\"all 12 good\"",
        "password = os.environ[\"DB_1\"]",
        "password=getpass.getpass()",
        "password=args.password1",
        "docker login --password-stdin registry1.acme.example",
        "mytool --password \"$PW\"",
        "curl -u \"$WHO:$PW\" https://x.example",
        "curl -u me: https://x.example",
        "curl -u me https://x.example:8443/a-1",
        "curl -u me:changeme1 https://x.example",
        "docker run -u 1000:1000a x",
        "curl -fsSL https://x.example | docker run -u me:group1x",
        "sshpass -e ssh host-1",
        "sshpass -p \"$PW\" ssh host-1",
        "sshpass -f pw-1.txt ssh host-1",
        "machine api.acme.com login me password $PW",
        "printf 'machine api.acme.com login me password %s\\n' \"$PW\"",
        "the password hunter2x9 is what everybody knows",
        "%sudo ALL=(ALL) NOPASSWD:ALL-1x",
    ] {
        check(text, &[]);
    }
}

#[test]
fn placeholders_references_and_ordinary_values_are_none() {
    let hex = drawn(HEX, 40);
    for text in [
        "API_TOKEN = \"xxxxxxxxxxxxxxxxxxxxxxxx\"",
        "API_TOKEN = \"<token>\"",
        "API_TOKEN = \"your-token-here\"",
        "API_TOKEN = \"your_api_token_1a2b3c4d5e\"",
        "API_TOKEN = \"$TOKEN\"",
        "API_TOKEN = \"${secret:acme/a1b2c3d4e5f6a7b8}\"",
        "API_TOKEN=\"${OTHER_TOKEN:-a1b2c3d4e5f6a7b8c9}\"",
        "API_TOKEN=$(cat /run/secrets/a1b2c3d4e5f6a7b8)",
        "API_TOKEN=/run/secrets/a1b2c3d4e5f6a7b8c9",
        "API_TOKEN=~/.config/a1b2c3d4e5f6a7b8c9",
        "TOKEN_URL=https://example.org/a1b2c3d4e5f6a7b8",
        "TOKENIZER=meta-llama/Meta-Llama-3.1-8B-Instruct",
        "password: correct-horse-battery-staple",
        "PASSWORD=hunter",
        "MAX_NEW_TOKENS=1234567890123456789",
        "auth_token = \"${secret:github/token}\"",
        "https://user:password@example.org",
        "https://user:$TOKEN@github.com/a/b",
        "when = \"${token} == a1b2c3d4e5f6a7b8c9d0\"",
        "the key idea: use the ResNet50v2ForImages2Go",
        "token-classification: bert-base-uncased-v2",
        "--tokenizer meta-llama/Llama-2-7b-hf",
        "ssh-keygen -t ed25519 -f key",
    ] {
        check(text, &[]);
    }
    check(&format!("revision = \"{hex}\""), &[]);
    check(&format!("cache_key = \"{hex}\""), &[]);
    check(&format!("git checkout {hex}"), &[]);
}

#[test]
fn what_is_shown_of_a_text_has_no_credential_and_the_same_places() {
    let value = token("hf_", 34);
    let text = format!("# ä\nx = \"{value}\" # y");
    let shown = masked(&text);
    assert_eq!(shown, format!("# ä\nx = \"{}\" # y", "*".repeat(37)));
}

/// The script with a reference in the place of its one credential; nothing where none may stand.
fn moved(script: &str) -> Option<String> {
    let (before, after) = (
        "[[step]]\nid = \"a\"\nssh_command = { command = '''\n",
        "''' }\n",
    );
    let text = format!("{before}{script}{after}");
    let analysis = Analyser::default().analyse(text.as_str().into(), Some("a.recipe.toml"));
    let found: Vec<_> = analysis.credentials().collect();
    assert_eq!(found.len(), 1, "{script}");
    let name = SecretName::parse("a/b").expect("a name");
    let edits = analysis.refer_instead(found[0].span, &name);
    assert_eq!(edits.is_some(), found[0].movable, "{script}");
    let text = apply(&text, &edits?);
    let again = Analyser::default().analyse(text.as_str().into(), Some("a.recipe.toml"));
    let wrong = again.diagnostics(&Facts::default());
    assert!(
        wrong.iter().all(|it| it.code != "shell-quoting"),
        "{wrong:?}"
    );
    let inner = text
        .strip_prefix(before)
        .and_then(|it| it.strip_suffix(after));
    inner.map(str::to_owned)
}

#[test]
fn a_reference_is_offered_only_where_it_means_the_value() {
    let key = token("ghp_", 36);
    let of = |script: &str| moved(&script.replace("KEY", &key));
    for script in [
        "export GH_TOKEN=KEY",
        "export GH_TOKEN='KEY'",
        "cat > k <<EOF\nx KEY $y\nEOF\n",
    ] {
        let expected = script.replace("KEY", "${secret:a/b}");
        assert_eq!(of(script).as_deref(), Some(expected.as_str()));
    }
    // Nothing else in the document minds.
    for quoted in ["'EOF'", "\"EOF\""] {
        let script = format!("cat > k <<{quoted}\nx KEY\ny\nEOF\nls\n");
        let expected = "cat > k <<EOF\nx ${secret:a/b}\ny\nEOF\nls\n";
        assert_eq!(of(&script).as_deref(), Some(expected));
    }
    for script in [
        "cat > k <<'EOF'\nx KEY $y\nEOF\n",
        "cat > k <<'EOF'\nx KEY `y`\nEOF\n",
        "cat > k <<'EOF'\nx KEY a\\b\nEOF\n",
        "cat > k <<\\EOF\nx KEY\nEOF\n",
        "bash -c 'login KEY'",
        "# KEY",
    ] {
        assert_eq!(of(script), None, "{script}");
    }
}

#[test]
fn nothing_that_is_said_of_a_recipe_repeats_a_credential() {
    let (key, chosen) = (token("ghp_", 36), chosen());
    let text = format!(
        "[target]\ntype = \"{key}\"\n[variables]\nescaped = \"a\\n{key}\"\npassword = '{chosen}'\n\
         [[step]]\nid = \"a b\"\ndepends_on = [\"{key}\", '{chosen}']\nssh_command = {{ command = \"x\", tmux_mode = \"{key}\" }}\n"
    );
    let analysis = Analyser::default().analyse(text.as_str().into(), None);
    let found = analysis.diagnostics(&Facts::default());
    assert!(
        found
            .iter()
            .any(|it| it.message.contains(&"*".repeat(key.len()))),
        "{found:#?}"
    );
    for diagnostic in &found {
        let said = format!("{diagnostic:?}");
        assert!(!said.contains(&key) && !said.contains(&chosen), "{said}");
    }
    let mask = analysis.mask();
    assert!(mask.hides(&format!("x{key}")) && !mask.hides("x"));
    assert_eq!(
        mask.hide(&format!("a\n{chosen}")),
        format!("a\n{}", "*".repeat(chosen.len()))
    );
    assert!(matches!(mask.hide("x"), std::borrow::Cow::Borrowed("x")));
}
