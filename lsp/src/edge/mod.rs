//! The protocol's edge: the only place that knows the protocol's types and the transport.
//!
//! * `transport` takes messages and asks the queue, in the order of the wire;
//! * `handlers` lists every method of the protocol, `documents` those by which the client tells what it has;
//! * `across` asks about all recipes of the workspace;
//! * `capabilities` reads what the client offers and says what the server does;
//! * `convert` turns plain results into the protocol's, byte offsets into lines and columns;
//! * `tokens` tells how the text is coloured;
//! * `report` answers a client that asks for diagnostics;
//! * `reading` answers what the user reads beside the text, `navigation` about names and places,
//!   `structure` what a recipe consists of, `writing` what changes the text;
//! * `outgoing` sends what the server says unasked;
//! * `ours` is what we say and the protocol does not have;
//! * `graph` draws a recipe for clients that show it, `resolved` tells what a step would send;
//! * `text` shows what the server has for a document;
//! * `panels` answers our own requests;
//! * `files` answers what needs a look into folders;
//! * `screen` sorts out what is no message; `fence` keeps a panic from ending the server, and remembers how the client said goodbye.

mod across;
mod capabilities;
mod convert;
mod documents;
mod fence;
mod files;
mod graph;
mod handlers;
mod navigation;
mod ours;
mod outgoing;
mod panels;
mod reading;
mod report;
mod resolved;
mod screen;
mod structure;
mod text;
mod tokens;
mod transport;
mod writing;

pub(crate) use convert::file_uri;
pub(crate) use transport::serve;
