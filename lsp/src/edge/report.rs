//! The answer to a client that asks for diagnostics: all of them, or that nothing has changed.

use std::hash::{DefaultHasher, Hash, Hasher};

use ls_types::{
    Diagnostic, DocumentDiagnosticReport, FullDocumentDiagnosticReport,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport,
    UnchangedDocumentDiagnosticReport,
};

/// The report for a client that has `previous`, if anything.
pub(super) fn report(items: Vec<Diagnostic>, previous: Option<String>) -> DocumentDiagnosticReport {
    let result_id = fingerprint(&items);
    if let Some(result_id) = previous.filter(|previous| Some(previous) == result_id.as_ref()) {
        return RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id },
        }
        .into();
    }
    RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
    }
    .into()
}

/// The name of these diagnostics: what follows from their places and words alone, so that nothing
/// has to be kept for each client and an edit that moves none of them changes nothing.
fn fingerprint(items: &[Diagnostic]) -> Option<String> {
    let said = serde_json::to_string(items).ok()?;
    let mut hasher = DefaultHasher::new();
    said.hash(&mut hasher);
    Some(format!("{:016x}", hasher.finish()))
}
