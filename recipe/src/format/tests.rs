use expect_test::{Expect, expect};

use super::*;
use crate::syntax;

/// What becomes of a text, and that nothing more becomes of that.
fn check(text: &str, expect: Expect) {
    let once = format(text);
    expect.assert_eq(&once);
    assert_eq!(format(&once), once, "a second time");
}

fn format(text: &str) -> String {
    formatted(text, &sound(text))
}

fn sound(text: &str) -> Tree {
    let tree = syntax::parse(text);
    assert_eq!(tree.errors, [], "a sound text");
    tree
}

/// The lines of `first..last`, counted from 0, formatted.
fn format_lines(text: &str, first: usize, last: usize) -> String {
    let start = |line: usize| text.split_inclusive('\n').take(line).map(str::len).sum();
    let range = Span::new(start(first), start(last));
    let edits = edits(text, &sound(text), Some(range), Indent::default());
    diagnostic::apply(text, &edits)
}

#[test]
fn one_blank_at_each_side_of_what_divides_and_none_beside_dots() {
    check(
        "[ a . 'b c' ]\nx=1\n\t a  .  \"b\" =  [ 1,2 ,3,  ]\ny={a=1,b = { },c=[   ], d.e  = 'x',}\n[[s]]\nd=1979-05-27 07:32:00\n",
        expect![[r#"
            [a.'b c']
            x = 1
            a."b" = [1, 2, 3]
            y = { a = 1, b = {}, c = [], d.e = 'x' }

            [[s]]
            d = 1979-05-27 07:32:00
        "#]],
    );
}

#[test]
fn blank_lines_come_one_at_a_time_and_before_headers() {
    check(
        "\n\n# top\n\n\n\n[a]\n\n\nx = 1\n\n\ny = 2\n[b]\n# of c\n  # too\n[c]\n# of nothing\n\n[d]\nz = 1 # behind\n[e]\n# end\n\n\n",
        expect![[r#"
            # top

            [a]

            x = 1

            y = 2

            [b]

            # of c
            # too
            [c]
            # of nothing

            [d]
            z = 1 # behind

            [e]
            # end
        "#]],
    );
    check("", expect![[""]]);
    check("\n\n", expect![[""]]);
    check(
        "# only a comment  ",
        expect![[r#"
        # only a comment
    "#]],
    );
}

#[test]
fn where_lines_break_is_kept_but_brackets_that_span_lines_stand_alone() {
    check(
        r#"
a = [ 1,
  2, 3
  , 4 ]
b = {
    x = 1, y = 2,

    z = [

      "p", # first

      # second
      "q" ]   # last
  }
c = { and = [
      "always",
  { not = "never" } ] }
d = [[
1, 2], [
3, 4
]]
e = [
]
f = { commands = """
echo  [ 1,2 ]
  """, env = {A='b'} }
g = [ # of it
  1
  # end
]
"#,
        expect![[r#"
            a = [
                1,
                2, 3,
                4,
            ]
            b = {
                x = 1, y = 2,

                z = [
                    "p", # first

                    # second
                    "q",
                ],   # last
            }
            c = { and = [
                "always",
                { not = "never" },
            ] }
            d = [[
                1, 2,
            ], [
                3, 4,
            ]]
            e = []
            f = { commands = """
            echo  [ 1,2 ]
              """, env = { A = 'b' } }
            g = [ # of it
                1,
                # end
            ]
        "#]],
    );
}

#[test]
fn a_comma_goes_before_the_comment_on_what_it_ends() {
    check(
        "a = [\n  'x' # about x\n  , 'ü' # é\n  # è\n  ,\n  # end\n]\n",
        expect![[r#"
            a = [
              'x', # about x
              'ü', # é
              # è
              # end
            ]
        "#]],
    );
}

#[test]
fn an_array_that_does_not_fit_is_spread() {
    let long = "'a-rather-long-name-of-a-step-or-so', ".repeat(3);
    check(
        &format!(
            "a = [{long}]\nb = {{ c = [{long}] }}\nd = {{\n  e = [{long}], f = [1, 2]\n}}\ng = ['{}']\nh = [1, '''\n{long}\n''']\n",
            "x".repeat(100)
        ),
        expect![[r#"
            a = [
              'a-rather-long-name-of-a-step-or-so',
              'a-rather-long-name-of-a-step-or-so',
              'a-rather-long-name-of-a-step-or-so',
            ]
            b = { c = ['a-rather-long-name-of-a-step-or-so', 'a-rather-long-name-of-a-step-or-so', 'a-rather-long-name-of-a-step-or-so'] }
            d = {
              e = [
                'a-rather-long-name-of-a-step-or-so',
                'a-rather-long-name-of-a-step-or-so',
                'a-rather-long-name-of-a-step-or-so',
              ], f = [1, 2],
            }
            g = ['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx']
            h = [1, '''
            'a-rather-long-name-of-a-step-or-so', 'a-rather-long-name-of-a-step-or-so', 'a-rather-long-name-of-a-step-or-so', 
            ''']
        "#]],
    );
}

#[test]
fn the_text_is_indented_as_most_of_it_is() {
    check(
        "a = [\n  1,\n]\nb = [\n    1,\n]\nc = [\n  [\n  1]]\n",
        expect![[r#"
            a = [
              1,
            ]
            b = [
              1,
            ]
            c = [
              [
                1,
              ],
            ]
        "#]],
    );
    check(
        "a = [\n\t1,\n]\nb = [ 1,\n      2 ]\n",
        expect![[r#"
        a = [
        	1,
        ]
        b = [
        	1,
        	2,
        ]
    "#]],
    );
    let text = "a = [ 1,\n2 ]\n";
    let edits = edits(text, &sound(text), None, Indent::TAB);
    assert_eq!(diagnostic::apply(text, &edits), "a = [\n\t1,\n\t2,\n]\n");
}

#[test]
fn line_ends_and_byte_order_mark_stay() {
    assert_eq!(
        format("\u{feff}\r\na=[1,\r\n2]\r\n[b]\r\nc='''\nd\r\n'''"),
        "\u{feff}a = [\r\n    1,\r\n    2,\r\n]\r\n\r\n[b]\r\nc = '''\nd\r\n'''\r\n"
    );
    assert_eq!(
        format("a=[1,\n2]\r\n\n\n[b]"),
        "a = [\n    1,\n    2,\n]\r\n\n[b]\n"
    );
    assert_eq!(format("\u{feff}a = 1\n"), "\u{feff}a = 1\n");
}

#[test]
fn a_comment_that_allows_something_keeps_its_line() {
    check(
        "a = [ 1,\n 2, # doppio: allow(near-variable)\n ]\nb=[1] # doppio: allow(near-variable)\nc = [\n# doppio: allow(near-variable)\n 1 ]\n",
        expect![[r#"
            a = [ 1,
             2, # doppio: allow(near-variable)
             ]
            b = [1] # doppio: allow(near-variable)
            c = [
                # doppio: allow(near-variable)
                1,
            ]
        "#]],
    );
}

#[test]
fn edits_are_as_small_as_can_be() {
    let text = "a =1\nb = [\n  1, 'ü'\n]\n";
    let edits = edits(text, &sound(text), None, Indent::default());
    let edits: Vec<_> = edits.iter().map(|it| (it.span, it.text.as_str())).collect();
    assert_eq!(edits, [(Span::at(3), " "), (Span::at(20), ",")]);
}

#[test]
fn a_range_is_about_entries_that_lie_in_its_lines() {
    let text = "a=1\nb=2\nc = {\nd=1,\ne=2 }\nf=3\n";
    assert_eq!(format_lines(text, 1, 2), text.replace("b=2", "b = 2"));
    assert_eq!(format_lines(text, 3, 4), text.replace("d=1", "    d = 1"));
    assert_eq!(
        format_lines(text, 2, 5),
        text.replace("d=1,\ne=2 }", "    d = 1,\n    e = 2,\n}")
    );
    assert_eq!(format_lines(text, 0, 6), format(text));
    let (inside, all) = (Span::new(5, 6), Span::new(4, 8));
    assert_eq!(
        edits(text, &sound(text), Some(inside), Indent::default()),
        edits(text, &sound(text), Some(all), Indent::default()),
        "a part of a line is the line"
    );
}

#[test]
fn a_text_with_an_error_is_left_alone_also_far_from_the_error() {
    let text = "a=1\nb=[\n[c]\nd=2\n";
    let tree = syntax::parse(text);
    assert_eq!(edits(text, &tree, None, Indent::default()), []);
    let first = Some(Span::new(0, 3));
    assert_eq!(edits(text, &tree, first, Indent::default()), []);
    let twice = "a=1\na=2\n";
    let tree = syntax::parse(twice);
    assert_eq!(edits(twice, &tree, None, Indent::default()), []);
}
