// Which texts are recipes. The server decides by the same rule, over a real parse; this is what can
// be told at a glance.

/** The language that this extension brings. */
export const LANGUAGE = 'doppio-recipe';

const HEADER = /^[ \t]*(?:\[[ \t]*recipe[ \t]*\]|\[\[[ \t]*step[ \t]*\]\])[ \t]*(?:#.*)?$/m;
const DIRECTIVE = /^\uFEFF?#:doppio\b/;

/** Enough of a file to tell what it is; a header further down is no sign that the file is a recipe. */
const GLANCE = 64 * 1024;

/** Whether a TOML text says of itself that it is a recipe. */
export function isRecipeText(text: string): boolean {
  const glance = text.slice(0, GLANCE);
  return DIRECTIVE.test(glance) || HEADER.test(withoutLongStrings(glance));
}

/** Whether the editor treats a document as a recipe. */
export function isRecipeDocument(document: { languageId: string }): boolean {
  return document.languageId === LANGUAGE;
}

/** A `[[step]]` inside a multi-line string is text, as in a recipe that writes a recipe. */
function withoutLongStrings(text: string): string {
  return text.replace(/'''[^]*?(?:'''|$)|"""(?:\\[^]|[^\\])*?(?:"""|$)/g, '""');
}
