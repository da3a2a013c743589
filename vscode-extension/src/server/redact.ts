// Takes out of a text what tells who and where somebody is. Secrets are not its business: no text of
// ours has any, and `doppio secret scan` has the last word.

export interface Private {
  /** The home folder. */
  readonly home: string;
  /** The name of the user. */
  readonly user: string;
  /** The name of the machine. */
  readonly machine: string;
  /** The folders that are open. */
  readonly folders: readonly string[];
}

/** Names so short or so common that they stand in any text. */
const COMMON = /^(?:.{0,2}|root|user|home|localhost)$/i;

export function redact(text: string, about: Private): string {
  const folders = about.folders.map((folder, index): [string, string] => [folder, `FOLDER${index + 1}`]);
  const named: [string, string][] = [...folders, [about.home, '~']];
  // The longest first: a folder is usually inside the home.
  named.sort(([one], [other]) => other.length - one.length);
  let shown = text;
  for (const [path, name] of named) {
    // As it is written in messages, and as it is in URIs.
    for (const form of [path, encodeURI(path)]) if (form.length > 1) shown = shown.replaceAll(form, name);
  }
  shown = shown.replace(/[\w.+-]+@[\w.-]+/g, 'USER@HOST').replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, 'ADDRESS');
  for (const [word, name] of [
    [about.user, 'USER'],
    [about.machine, 'MACHINE'],
  ] as const) {
    if (!COMMON.test(word)) shown = shown.replace(new RegExp(`(?<![\\w-])${escapeRegExp(word)}(?![\\w-])`, 'g'), name);
  }
  return shown;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
