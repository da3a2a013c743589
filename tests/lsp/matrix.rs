//! The tables of `docs/lsp.md` say what the server says of itself: each method that it provides has a
//! row, and which client gets what is written by a test.
//!
//! After a change, `DOPPIO_UPDATE_DOCS=1 cargo test --test lsp matrix` writes that table anew.

use std::fmt::Write as _;

use serde_json::Value;

use super::clients::{METHODS, Recorded, is_provided};

const PAGE: &str = include_str!("../../docs/lsp.md");
const BEGIN: &str = "<!-- which client gets what: written by a test -->\n";
const END: &str = "<!-- end -->";

#[test]
fn the_table_of_clients_says_what_was_agreed_with_each() {
    let (head, rest) = PAGE.split_once(BEGIN).expect("where the table begins");
    let (table, tail) = rest.split_once(END).expect("where it ends");
    let now = format!("\n{}\n", clients());
    if std::env::var_os("DOPPIO_UPDATE_DOCS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lsp.md");
        std::fs::write(path, format!("{head}{BEGIN}{now}{END}{tail}")).expect("written");
        return;
    }
    assert!(
        table == now,
        "the table of docs/lsp.md is out of date: run the test with DOPPIO_UPDATE_DOCS=1\n{now}"
    );
}

/// Neither a row for what the server does not do, nor anything that it does without a row.
#[test]
fn each_method_has_its_row() {
    let everything = Recorded::all().into_iter();
    let most = everything.max_by_key(|it| it.params.to_string().len());
    let provides = provided(&most.expect("a recording"));
    let rows: String = PAGE
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    for (_, provider, method) in METHODS {
        if !is_provided(&provides, provider) {
            continue;
        }
        let is_there = ["`textDocument/", "`"]
            .iter()
            .any(|it| rows.contains(&format!("{it}{method}`")));
        assert!(is_there, "docs/lsp.md has no row for {method}");
    }
    for (provider, _) in provides.as_object().expect("an object") {
        let is_listed = |(_, it, _): &(_, &str, _)| it.split('/').next() == Some(provider);
        let known = METHODS.iter().any(is_listed) || OTHERS.contains(&provider.as_str());
        assert!(known, "{provider} is in no table of the tests");
    }
}

/// What the server says of itself besides [`METHODS`].
const OTHERS: [&str; 6] = [
    "positionEncoding",
    "textDocumentSync",
    "diagnosticProvider",
    "executeCommandProvider",
    "workspaceSymbolProvider",
    "workspace",
];

fn provided(client: &Recorded) -> Value {
    let home = tempfile::tempdir().expect("a folder");
    let (server, provides) = client.connect(home.path());
    server.quit();
    provides
}

/// The table: a column for each recorded client.
fn clients() -> String {
    let mut clients: Vec<(Recorded, Value)> = Recorded::all()
        .into_iter()
        .map(|client| {
            let provides = provided(&client);
            (client, provides)
        })
        .collect();
    clients.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
    let mut table = "| |".to_owned();
    for (client, _) in &clients {
        write!(table, " {} |", client.name.replace('-', " ")).expect("to a string");
    }
    table += "\n|---|";
    table += &"---|".repeat(clients.len());
    table.push('\n');
    let mut row = |name: &str, cell: &dyn Fn(&Recorded, &Value) -> String| {
        write!(table, "| {name} |").expect("to a string");
        for (client, provides) in &clients {
            write!(table, " {} |", cell(client, provides)).expect("to a string");
        }
        table.push('\n');
    };
    for (offer, provider, method) in METHODS {
        row(&format!("`{method}`"), &|client, provides| {
            let offered = client.offers(&format!("/textDocument/{offer}"));
            match (is_provided(provides, provider), offered) {
                (true, true) => "●",
                (true, false) => "○",
                (false, _) => "",
            }
            .to_owned()
        });
    }
    let mark = |is_it: bool| if is_it { "●" } else { "" }.to_owned();
    row("mistakes", &|_, provides| {
        let pulled = provides["diagnosticProvider"].is_object();
        if pulled { "asked" } else { "told" }.to_owned()
    });
    row("positions", &|_, provides| {
        provides["positionEncoding"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    });
    row("snippets", &|client, _| {
        mark(client.offers("/textDocument/completion/completionItem/snippetSupport"))
    });
    row("hover in Markdown", &|client, _| {
        mark(client.takes_markdown("/textDocument/hover/contentFormat"))
    });
    row("progress of runs", &|client, _| {
        mark(client.offers("/window/workDoneProgress"))
    });
    row("logs opened", &|client, _| {
        mark(client.offers("/window/showDocument/support"))
    });
    table
}
