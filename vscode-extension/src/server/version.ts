// Whether a server and this extension understand each other.

/** How the server's version is to the extension's, as far as it matters. */
export type Fit = 'fits' | 'older' | 'newer' | 'unknown';

/** Before 1.0 a minor version may break things, after it only a major one. */
export function fit(server: string | undefined, extension: string): Fit {
  const theirs = parts(server);
  const ours = parts(extension);
  if (!theirs || !ours) return 'unknown';
  const difference = theirs[0] - ours[0] || (ours[0] === 0 ? theirs[1] - ours[1] : 0);
  return difference === 0 ? 'fits' : difference < 0 ? 'older' : 'newer';
}

function parts(version: string | undefined): [number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.\d+/.exec(version ?? '');
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
