//! Waiting, checking, values, requests, notifications and groups.

use super::{COMMAND, HOST, executable, planned, variant};
use crate::language::{
    Kind, NameKind, Operation, Param, Range, Role, defaults, optional, required,
};

const VALUE_SOURCES: Kind = Kind::OneOf(&[
    variant(
        "var",
        &[required(
            "",
            Kind::Name(NameKind::ReadVariable),
            "The variable.",
        )],
        "The value of a variable.",
    ),
    variant("command", &[HOST, COMMAND], "The output of a command."),
    variant(
        "step_output",
        &[required(
            "",
            Kind::Name(NameKind::StepReference),
            "The step.",
        )],
        "The output of a step.",
    ),
]);

const CONDITION: Param = required(
    "condition",
    Kind::Condition,
    "The condition, such as `{ file_exists = { path = \"/data/ready\" } }`.",
);

pub(super) const SLEEP: Operation = executable(
    "sleep",
    &[required(
        "duration_secs",
        Kind::Integer(Range::NotNegative),
        "How long, in seconds.",
    )],
    "Waits.",
);

pub(super) const WAIT_CONDITION: Operation = planned(
    "wait_condition",
    &[
        CONDITION,
        defaults(
            "timeout_secs",
            Kind::Integer(Range::Positive),
            "300",
            "How long it may take until the condition holds, in seconds.",
        ),
        defaults(
            "poll_interval_secs",
            Kind::Integer(Range::Positive),
            "10",
            "The time between two looks, in seconds.",
        ),
    ],
    "Waits until a condition holds.",
);

pub(super) const ASSERT: Operation = planned(
    "assert",
    &[
        CONDITION,
        optional(
            "message",
            Kind::Text(Role::Plain),
            "What is said if it does not hold.",
        ),
    ],
    "Fails unless a condition holds.",
);

pub(super) const SET_VAR: Operation = executable(
    "set_var",
    &[
        required("name", Kind::Name(NameKind::SetVariable), "The variable."),
        required("value", Kind::Text(Role::Plain), "Its new value."),
    ],
    "Gives a variable a value.",
);

pub(super) const GET_VALUE: Operation = planned(
    "get_value",
    &[
        required("source", VALUE_SOURCES, "Where the value comes from."),
        optional(
            "pattern",
            Kind::Text(Role::Regex),
            "A regular expression; the value is its first capture group, or the whole match.",
        ),
        required(
            "var_name",
            Kind::Name(NameKind::SetVariable),
            "The variable that takes the value.",
        ),
    ],
    "Takes a value from a variable, a command or a step.",
);

pub(super) const HTTP_REQUEST: Operation = planned(
    "http_request",
    &[
        required(
            "method",
            Kind::Enumeration(&["GET", "POST", "PUT", "DELETE", "PATCH"]),
            "The method.",
        ),
        required("url", Kind::Text(Role::Http), "The URL."),
        optional("headers", Kind::Map(Role::Http), "The headers."),
        optional("body", Kind::Text(Role::Http), "The body."),
        optional(
            "capture_response",
            Kind::Name(NameKind::SetVariable),
            "The variable that takes the body of the answer.",
        ),
        defaults(
            "timeout_secs",
            Kind::Integer(Range::Positive),
            "30",
            "How long it may take, in seconds.",
        ),
    ],
    "Makes an HTTP request from this machine.",
);

pub(super) const NOTIFY: Operation = planned(
    "notify",
    &[
        required("title", Kind::Text(Role::Plain), "The title."),
        optional("message", Kind::Text(Role::Plain), "The text."),
        defaults(
            "level",
            Kind::Enumeration(&["info", "success", "warning", "error"]),
            "\"info\"",
            "How important it is.",
        ),
    ],
    "Shows a notification on this machine.",
);

pub(super) const GROUP: Operation = planned(
    "group",
    &[
        required(
            "steps",
            Kind::StepIds,
            "The steps that belong to the group.",
        ),
        defaults(
            "mode",
            Kind::Enumeration(&["sequential", "parallel"]),
            "\"sequential\"",
            "`sequential` adds the written order to what the steps depend on; `parallel` does not.",
        ),
    ],
    "Puts steps together, so that they are ordered, skipped and waited for as one.",
);
