//! The protocol's edge: the only place that knows the protocol's types and the transport.
//!
//! * `transport` hands each message to the queue, in the order of the wire;
//! * `across` asks about all recipes of the workspace;
//! * `capabilities` reads what the client offers and says what the server does;
//! * `convert` turns plain results into the protocol's, byte offsets into lines and columns;
//! * `report` answers a client that asks for diagnostics;
//! * `navigation` does so for names and places;
//! * `structure` does so for what a recipe consists of;
//! * `outgoing` sends what the server says unasked;
//! * `ours` is what we say and the protocol does not have;
//! * `graph` draws a recipe for clients that show it;
//! * `panels` answers our own requests;
//! * `files` answers what needs a look into folders;
//! * `fence` keeps a panic from ending the server, and remembers how the client said goodbye.

mod across;
mod capabilities;
mod convert;
mod fence;
mod files;
mod graph;
mod navigation;
mod ours;
mod outgoing;
mod panels;
mod report;
mod structure;
mod transport;

pub(crate) use convert::file_uri;
pub(crate) use transport::serve;
