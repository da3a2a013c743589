use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;

use super::needles::is_word;
use super::*;

fn masker(values: &[&str]) -> Masker {
    let values: Vec<Secret> = values
        .iter()
        .map(|v| Secret::new(v.as_bytes().to_vec()))
        .collect();
    Masker::new(&values)
}

#[track_caller]
fn check(values: &[&str], text: &str, expected: &str) {
    let masker = masker(values);
    assert_eq!(masker.mask(text), expected);
    assert_eq!(masker.reveals(text.as_bytes()), text != expected);
    let mut stream = masker.stream();
    let mut bytewise: Vec<u8> = text.bytes().flat_map(|b| stream.push(&[b])).collect();
    bytewise.extend(stream.finish());
    assert_eq!(String::from_utf8_lossy(&bytewise), expected, "byte by byte");
}

#[test]
fn values_are_masked_wherever_they_stand() {
    check(&[], "nothing to hide", "nothing to hide");
    check(
        &["hunter22"],
        "a hunter22, xhunter22x hunter2",
        "a ***, x***x hunter2",
    );
    check(&["hunter22\n"], "hunter22", "***");
    check(
        &["abcdefgh", "efghijkl"],
        "abcdefghijkl abcdefgh",
        "*** ***",
    );
    check(
        &["abcdefgh", "xabcdefghy"],
        "xabcdefghy xabcdefghz",
        "*** x***z",
    );
    check(&["hunter22"], "hunter22hunter22", "***");
}

#[test]
fn short_values_are_masked_as_whole_words_only() {
    check(
        &["1234"],
        "1234 12345 x1234 a=1234,1234",
        "*** 12345 x1234 a=***,***",
    );
    check(&["1234"], "é1234 1234é _1234", "é1234 1234é _1234");
    check(&["abc"], "abc", "abc");
    check(
        &["p@ss", "p@sswor"],
        "p@ss p@sswor p@ssword",
        "*** *** p@ssword",
    );
}

#[test]
fn every_printed_form_is_masked() {
    let value = "it's \"a\\b\"\tü/ x~*\nsecond line";
    check(
        &[value],
        r#"{"v":"it's \"a\\b\"\tü/ x~*\nsecond line"}"#,
        r#"{"v":"***"}"#,
    );
    check(
        &[value],
        r#""it's \"a\\b\"\t\u00fc/ x~*\nsecond line""#,
        r#""***""#,
    );
    check(
        &[value],
        "'it'\\''s \"a\\b\"\tü/ x~*\nsecond line'",
        "'***'",
    );
    check(
        &[value],
        "it%27s%20%22a%5Cb%22%09%C3%BC%2F%20x~%2A%0Asecond%20line",
        "***",
    );
    check(
        &[value],
        "it%27s%20%22a%5cb%22%09%c3%bc%2f%20x~%2a%0asecond%20line",
        "***",
    );
    check(
        &[value],
        "it%27s+%22a%5Cb%22%09%C3%BC%2F+x%7E*%0Asecond+line",
        "***",
    );
    check(
        &[value],
        "it%27s+%22a%5cb%22%09%c3%bc%2f+x%7e*%0asecond+line",
        "***",
    );
    check(&[value], "second line", "***");
    check(&["hunter22"], "68756e7465723232", "***");
    check(&["zz|||~~~"], "7A7A7C7C7C7E7E7E", "***");
}

#[test]
fn a_value_is_masked_however_programs_quote_it() {
    let value = "hun$ter22 \"key`<b>&'/é\\!";
    // As printed by: bash's `export -p`; its and zsh's `printf %q`; dash's `export -p`; Python's
    // `repr`, Go's and PHP's JSON, PHP's without `\u`; Python's, Go's and XML's quoting of HTML, and
    // that of texts.
    for printed in [
        r#"hun\$ter22 \"key\`<b>&'/é\\!"#,
        r#"hun\$ter22\ \"key\`\<b\>\&\'/é\\\!"#,
        r#"hun\$ter22\ \"key\`\<b\>\&\'/é\\!"#,
        r#"hun$ter22 "key`<b>&'"'"'/é\!"#,
        r#"hun$ter22 "key`<b>&\'/é\\!"#,
        r#"hun$ter22 \"key`\u003cb\u003e\u0026'/é\\!"#,
        r#"hun$ter22 \"key`<b>&'\/\u00e9\\!"#,
        r#"hun$ter22 \"key`<b>&'\/é\\!"#,
        r#"hun$ter22 &quot;key`&lt;b&gt;&amp;&#x27;/é\!"#,
        r#"hun$ter22 &#34;key`&lt;b&gt;&amp;&#39;/é\!"#,
        r#"hun$ter22 &quot;key`&lt;b&gt;&amp;&#39;/é\!"#,
        r#"hun$ter22 &quot;key`&lt;b&gt;&amp;&apos;/é\!"#,
        r#"hun$ter22 "key`&lt;b&gt;&amp;'/é\!"#,
    ] {
        check(&[value], &format!("T={printed};"), "T=***;");
    }
    // Python takes double quotes where there are single ones, and no others, inside.
    check(&["it's\\hidden"], r#"["it's\\hidden"]"#, r#"["***"]"#);
    check(&["it's\nhidden"], r"$'it\'s\nhidden'", "$'***'");
}

#[test]
fn a_plain_token_costs_only_what_it_must() {
    let mut needles = Needles::default();
    needles.add(b"ghp_0123456789abcdefABCDEF");
    // Itself, and hexadecimal in two cases and base64 at three places.
    assert_eq!(needles.long().len(), 6);
}

#[test]
fn base64_of_a_long_value_alone_is_found_in_its_lines() {
    let value: String = (0..120).map(|at| char::from(b'0' + at % 70)).collect();
    let masker = masker(&[&value]);
    for (columns, newline) in [(76, ""), (76, "\n"), (64, "\n")] {
        let form = STANDARD.encode(format!("{value}{newline}"));
        let lines = form.as_bytes().chunks(columns);
        let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
        let masked = masker.mask(&lines.join("\n"));
        let masked: Vec<_> = masked.lines().map(str::len).collect();
        assert_eq!(masked.len(), lines.len());
        // Of the last line the end is shared with what follows.
        assert!(
            masked.iter().all(|length| *length <= "***".len() + 4),
            "{masked:?}"
        );
    }
}

#[test]
fn base64_is_found_at_every_alignment() {
    // Bytes whose encoding holds both characters that the URL alphabet replaces.
    let value = "~~>>??\u{7f}secret";
    for before in 0..12 {
        for after in 0..3 {
            let text = format!("{}{value}{}", "B".repeat(before), "A".repeat(after));
            for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
                let masked = masker(&[value]).mask(&encoded);
                assert!(masked.contains(MASK), "{before} {after}: {masked}");
                let left = masked.replace(MASK, "").replace('=', "");
                let neighbours = ((before * 8).div_ceil(6)) + ((after * 8).div_ceil(6)) + 1;
                assert!(left.len() <= neighbours, "{before} {after}: {masked}");
            }
        }
    }
}

#[test]
fn lines_of_a_value_are_masked_alone() {
    let key = "-----BEGIN KEY-----\r\nMIIEvQIBADANBg\r\nshort\r\n-----END KEY-----\n";
    check(&[key], key, "***\n");
    check(&[key], "x MIIEvQIBADANBg short", "x *** short");
}

#[test]
fn only_what_can_be_the_start_of_a_value_is_held_back() {
    let masker = masker(&["hunter22"]);
    let mut stream = masker.stream();
    assert_eq!(stream.push(b"Password: "), b"Password: ");
    assert_eq!(stream.push(b"hunt"), b"");
    assert_eq!(stream.push(b"ing "), b"hunting ");
    assert_eq!(stream.push(b"hunter2"), b"");
    assert_eq!(
        stream.push(b"2"),
        b"***",
        "a whole value is replaced at once"
    );
    assert_eq!(stream.push(b"h"), b"");
    assert_eq!(stream.finish(), b"h");
}

#[test]
fn a_value_added_on_the_way_is_found_in_the_held_bytes() {
    let masker = masker(&["hunter22-long"]);
    let mut stream = masker.stream();
    assert_eq!(stream.push(b"see hunter22-lo"), b"see ");
    masker.add([&Secret::new(b"hunter22".to_vec())]);
    assert_eq!(stream.push(b"st"), b"***-lost");
    assert_eq!(stream.push(b" hunter22"), b" ***");
    masker.add([&Secret::new(b"22-end-of".to_vec())]);
    assert_eq!(
        stream.push(b"-end-of it"),
        b" it",
        "the overlap with what was masked before"
    );
}

#[test]
fn a_needle_set_beyond_all_bounds_shows_nothing() {
    let masker = Masker::default();
    masker.0.write().expect("not poisoned").automata = Arc::new(Automata::Blind);
    let mut stream = masker.stream();
    assert_eq!(stream.push(b"anything"), b"***");
    assert_eq!(stream.push(b" at all"), b"");
    assert_eq!(stream.finish(), b"");
}

#[test]
fn a_private_key_takes_the_compact_automaton() {
    let key: String = (0..400)
        .map(|n| format!("line number {n} of a long key\n"))
        .collect();
    let masker = masker(&[&key]);
    assert!(matches!(*masker.automata(), Automata::Compact(_)));
    assert_eq!(masker.mask(&format!("<{key}>")), "<***\n>");
    assert_eq!(masker.mask("line number 17 of a long key!"), "***!");
}

/// What the mask must do, by looking for every needle at every place.
fn naive(needles: &Needles, text: &[u8]) -> Vec<u8> {
    let mut covered = vec![false; text.len()];
    for (needle, word) in needles
        .long()
        .map(|n| (n, false))
        .chain(needles.words().map(|n| (n, true)))
    {
        for start in 0..=text.len().saturating_sub(needle.len()) {
            let end = start + needle.len();
            if !text[start..].starts_with(needle) {
                continue;
            }
            let joined = |at: Option<&u8>| at.copied().is_some_and(is_word);
            let left = start.checked_sub(1).and_then(|before| text.get(before));
            if word && (joined(left) || joined(text.get(end))) {
                continue;
            }
            covered[start..end].fill(true);
        }
    }
    let mut out = Vec::new();
    for (at, byte) in text.iter().enumerate() {
        match (covered[at], at > 0 && covered[at - 1]) {
            (true, true) => {}
            (true, false) => out.extend(MASK.as_bytes()),
            (false, _) => out.push(*byte),
        }
    }
    out
}

/// The longest end of the text that starts a needle.
fn longest_start(needles: &Needles, text: &[u8]) -> usize {
    let starts = |length: &usize| {
        let end = &text[text.len() - length..];
        needles
            .long()
            .chain(needles.words())
            .any(|needle| needle.starts_with(end))
    };
    (0..=text.len()).rev().find(starts).unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 2_000 } else { 50_000 }))]
    #[test]
    fn the_mask_agrees_with_a_naive_one(
        values in prop::collection::vec("[ab1 .]{4,11}|[ab]{4,9}\n[ab]{8,9}", 1..5),
        pieces in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, "[ab1 .\n]{0,3}"), 0..8),
        cuts in prop::collection::vec(1usize..8, 1..20),
    ) {
        let mut needles = Needles::default();
        for value in &values {
            needles.add(value.as_bytes());
        }
        // Text made of whole and broken values with a little between them.
        let text: Vec<u8> = pieces.iter().flat_map(|(which, keep, between)| {
            let value = which.get(&values);
            [&value.as_bytes()[..value.len().min(*keep)], between.as_bytes()].concat()
        }).collect();
        let borrowed: Vec<&str> = values.iter().map(String::as_str).collect();
        let mut stream = masker(&borrowed).stream();
        let (mut out, mut at) = (Vec::new(), 0);
        for cut in cuts.iter().cycle() {
            if at == text.len() { break; }
            let end = text.len().min(at + cut);
            out.extend(stream.push(&text[at..end]));
            at = end;
            prop_assert!(stream.held() <= longest_start(&needles, &text[..at]));
        }
        out.extend(stream.finish());
        let expected = naive(&needles, &text);
        prop_assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&expected));
    }
}
