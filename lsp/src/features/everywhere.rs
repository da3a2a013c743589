//! Every feature, asked about every place: of the examples, with both kinds of line ends, cut off
//! anywhere, and damaged at random. Nothing panics, and what comes lies inside the text.

use proptest::prelude::*;
use recipe::{Analyser, Analysis, Span};

use super::testing::{secrets, world};
use super::{
    World, completion, folding, hierarchy, hover, linked, links, navigate, outline, refactor,
    rename, selection,
};
use crate::features::actions::Effect;

/// The recipes of `examples/`.
fn examples() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let files = std::fs::read_dir(folder).expect("the examples");
    let mut paths: Vec<_> = files.map(|file| file.expect("an example").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "toml"));
    paths.sort();
    let read = |path| std::fs::read_to_string(path).expect("an example");
    paths.into_iter().map(read).collect()
}

fn analysed(text: &str) -> Analysis {
    Analyser::default().analyse(text.into(), Some("a.recipe.toml"))
}

#[track_caller]
fn inside(analysis: &Analysis, span: Span) {
    let text = &analysis.text;
    assert!(text.get(span.range()).is_some(), "{span:?} of\n{text}");
}

/// Asks for all that is about a place.
fn ask_at(analysis: &Analysis, offset: usize, world: &World<'_>) {
    for item in completion::complete(analysis, offset, world) {
        assert!(item.replace.touches(offset), "{item:?} is not at {offset}");
        inside(analysis, item.replace);
    }
    if let Some(hover) = hover::hover(analysis, offset, world) {
        assert!(hover.span.touches(offset), "{hover:?} is not at {offset}");
        inside(analysis, hover.span);
    }
    let found = navigate::references(&[analysis], offset, true);
    let highlights = navigate::highlights(analysis, offset);
    assert_eq!(found.len(), highlights.len());
    highlights.iter().for_each(|it| inside(analysis, it.span));
    let definitions = navigate::definitions(analysis, offset);
    let declared = navigate::declaration(analysis, offset);
    assert_eq!(declared.is_some(), !definitions.is_empty());
    let mut around = Span::at(offset);
    for span in selection::selections(analysis, offset) {
        assert!(span.covers(around), "{span:?} around {around:?}");
        inside(analysis, span);
        around = span;
    }
    for span in linked::linked(analysis, offset) {
        inside(analysis, span);
    }
    if let Some(node) = hierarchy::step_at(analysis, offset) {
        inside(analysis, node.span);
        assert!(node.span.covers(node.selection));
        hierarchy::needs(analysis, &node.id);
        hierarchy::needed_by(analysis, &node.id);
    }
    rename_at(analysis, offset, world);
    change_at(analysis, offset);
}

/// What is changed lies inside, and broken text does not become more so.
fn change_at(analysis: &Analysis, offset: usize) {
    let end = analysis
        .text
        .floor_char_boundary((offset + 9).min(analysis.text.len()));
    for selection in [Span::at(offset), Span::new(offset, end.max(offset))] {
        for action in refactor::changes(analysis, selection, &[], &|_| true) {
            let Effect::Edit(edits) = &action.effect else {
                panic!("{action:?} changes nothing");
            };
            let mut text = analysis.text.to_string();
            for edit in edits.iter().rev() {
                inside(analysis, edit.span);
                text.replace_range(edit.span.range(), &edit.text);
            }
            let (before, after) = (
                analysis.tree.errors.len(),
                analysed(&text).tree.errors.len(),
            );
            assert!(after <= before, "{} of\n{}", action.title, analysis.text);
        }
    }
}

/// What is renamed stands at as many places under its new name.
fn rename_at(analysis: &Analysis, offset: usize, world: &World<'_>) {
    let Ok(Some(renamed)) = rename::prepare(analysis, offset) else {
        return;
    };
    inside(analysis, renamed.span);
    // The rest of the name says the same, and what follows takes its time.
    if renamed.span.start != offset {
        return;
    }
    let edited = rename::rename(&[analysis], offset, "new_name", world).expect("a free name");
    let mut text = analysis.text.to_string();
    let mut place = offset;
    for edit in edited.iter().flat_map(|it| &it.edits).rev() {
        text.replace_range(edit.span.range(), &edit.text);
        if edit.span.end <= offset {
            place = place + edit.text.len() - edit.span.len();
        }
    }
    let before = navigate::highlights(analysis, offset).len();
    let after = navigate::highlights(&analysed(&text), place).len();
    assert_eq!(after, before, "{renamed:?} at {offset} of\n{text}");
}

/// Asks for all that is about a whole recipe.
fn ask_about(analysis: &Analysis) {
    let parts = outline::outline(analysis);
    let mut open: Vec<_> = parts.iter().collect();
    while let Some(part) = open.pop() {
        inside(analysis, part.span);
        assert!(part.span.covers(part.selection) && !part.name.is_empty());
        open.extend(&part.children);
    }
    for fold in folding::folds(analysis) {
        inside(analysis, fold.span);
    }
    for link in links::links(analysis) {
        inside(analysis, link.span);
    }
}

#[test]
fn every_place_of_the_examples_can_be_asked_about() {
    let secrets = secrets();
    let world = world(&secrets, true);
    for text in examples() {
        for text in [text.replace('\n', "\r\n"), text] {
            let analysis = analysed(&text);
            ask_about(&analysis);
            for (offset, _) in text.char_indices() {
                ask_at(&analysis, offset, &world);
            }
        }
    }
}

#[test]
fn examples_that_are_cut_off_anywhere_can_be_asked_about_at_their_end() {
    let secrets = secrets();
    let world = world(&secrets, true);
    for text in examples() {
        for (end, _) in text.char_indices().step_by(7) {
            let analysis = analysed(&text[..end]);
            ask_about(&analysis);
            ask_at(&analysis, end, &world);
        }
    }
}

/// What people leave half typed, and what they paste.
const DAMAGE: [&str; 16] = [
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "{",
    "}",
    "[",
    "]]",
    "=",
    "\r\n",
    "${",
    "${secret:",
    "\\",
    "#",
    "ä😀",
    "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_examples_can_be_asked_about(
        example in 0..100usize,
        damage in proptest::collection::vec((any::<u16>(), 0..30usize, 0..DAMAGE.len()), 1..4),
        start in 0..23usize,
    ) {
        let all = examples();
        let mut text = all[example % all.len()].clone();
        for (place, length, word) in damage {
            let start = text.floor_char_boundary(usize::from(place) % (text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len()));
            text.replace_range(start..end, DAMAGE[word]);
        }
        let secrets = secrets();
        let world = world(&secrets, true);
        let analysis = analysed(&text);
        ask_about(&analysis);
        for (offset, _) in text.char_indices().skip(start).step_by(23) {
            ask_at(&analysis, offset, &world);
        }
        ask_at(&analysis, text.len(), &world);
    }
}
