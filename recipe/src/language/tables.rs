//! The keys of `[recipe]`, `[target]` and `[[step]]`.

use super::{Kind, NameKind, Param, Range, Role, defaults, optional, required};

/// `[recipe]`
pub const RECIPE: &[Param] = &[
    required(
        "name",
        Kind::Name(NameKind::Label),
        "What the recipe is called. Not blank.",
    ),
    defaults(
        "version",
        Kind::Name(NameKind::Label),
        "\"\"",
        "The recipe's version; semantic versioning is recommended.",
    ),
    optional(
        "description",
        Kind::Name(NameKind::Label),
        "What the recipe is for.",
    ),
];

/// `[target]`
pub const TARGET: &[Param] = &[
    defaults(
        "type",
        Kind::Enumeration(&["any", "local", "vast", "colab", "custom"]),
        "\"any\"",
        "What kind of host the recipe wants. The host itself is chosen when it is run; `local` \
         makes this machine the target.",
    ),
    optional(
        "min_gpus",
        Kind::Integer(Range::NotNegative),
        "How many GPUs the host needs. Checked on the host before the first step runs.",
    ),
    optional(
        "min_memory_gb",
        Kind::Number(Range::Positive),
        "How much GPU memory the host needs, in GB. Checked on the host before the first step runs.",
    ),
    optional(
        "gpu_type",
        Kind::Name(NameKind::Label),
        "A part of the GPU's name, in any case. Checked on the host before the first step runs.",
    ),
];

/// `[[step]]`, without the operation.
pub const STEP: &[Param] = &[
    required(
        "id",
        Kind::Name(NameKind::StepId),
        "The name by which other steps refer to this one: letters, digits, `_` and `-`, unique.",
    ),
    optional(
        "name",
        Kind::Name(NameKind::Label),
        "What people read. Without it, the id.",
    ),
    defaults(
        "depends_on",
        Kind::StepIds,
        "[]",
        "The steps that must be done before this one starts.",
    ),
    optional(
        "when",
        Kind::Text(Role::When),
        "Whether the step runs: a condition such as `${MODE} == \"train\" && !${SKIP}`.",
    ),
    optional(
        "retry",
        Kind::Table(RETRY),
        "How often a failing step is tried again, and when.",
    ),
    optional(
        "timeout_secs",
        Kind::Integer(Range::Positive),
        "How long one attempt may take, in seconds. Where the operation has a limit too, the \
         smaller counts; without any there is no limit.",
    ),
    defaults(
        "continue_on_failure",
        Kind::Boolean,
        "false",
        "Whether the run goes on when this step fails. Steps that depend on it run even so.",
    ),
];

/// `retry = { … }`
pub const RETRY: &[Param] = &[
    defaults(
        "max_attempts",
        Kind::Integer(Range::Positive),
        "3",
        "How many attempts there are, the first included.",
    ),
    defaults(
        "delay_secs",
        Kind::Number(Range::NotNegative),
        "5",
        "The wait before the second attempt, in seconds.",
    ),
    defaults(
        "backoff_multiplier",
        Kind::Number(Range::Positive),
        "1",
        "What each further wait is multiplied by. No wait is longer than an hour.",
    ),
];
