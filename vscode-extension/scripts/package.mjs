// Makes a package of the extension, `doppio-TARGET-VERSION.vsix`, in target/vscode:
//
//   npm run package -- --target linux-x64 --binary ../target/release/doppio
//   npm run package -- --universal        no program inside: the extension asks for one
//   npm run package -- --test             the debug binary, for the end-to-end tests
//
// What goes in is listed here, file by file; whatever is not listed stays out.

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';

const CONTENTS = [
  'package.json', 'README.md', 'CHANGELOG.md', 'language-configuration.json',
  'dist', 'images', 'snippets', 'syntaxes', 'walkthrough',
];
const TARGETS = ['linux-x64', 'linux-arm64', 'alpine-x64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
const MOST_BYTES = 15_000_000;

const here = path.resolve(import.meta.dirname, '..');
const root = path.dirname(here);
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, 'target');
const out = path.join(target, 'vscode');

const { values: options } = parseArgs({
  options: {
    target: { type: 'string' },
    binary: { type: 'string' },
    universal: { type: 'boolean', default: false },
    test: { type: 'boolean', default: false },
    /** Where the pictures of the README are read from on the marketplaces. */
    images: { type: 'string' },
  },
});

const { version } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
const label = options.test ? 'test' : `${options.universal ? 'universal' : options.target}-${version}`;
const stage = path.join(out, options.test ? 'stage' : `stage-${label}`);
const binary = options.test ? path.join(target, 'debug/doppio') : options.binary;
if (!options.universal && !options.test && !TARGETS.includes(options.target ?? '')) fail(`--target is one of ${TARGETS.join(', ')}, or say --universal`);
if (!options.universal && !(binary && existsSync(binary))) fail(`--binary ${binary ?? 'FILE'}: there is no such file`);

execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: here, stdio: 'inherit' });
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
for (const name of CONTENTS) if (existsSync(path.join(here, name))) cpSync(path.join(here, name), path.join(stage, name), { recursive: true });
writeFileSync(path.join(stage, 'LICENSE.txt'), licence());
if (!options.universal) addBinary();

const packagePath = path.join(out, `doppio-${label}.vsix`);
await createVSIX({
  cwd: stage,
  packagePath,
  ...(options.target && { target: options.target }),
  dependencies: false,
  allowMissingRepository: true,
  ...(options.images ? { baseImagesUrl: options.images, baseContentUrl: options.images } : { rewriteRelativeLinks: false }),
});
const bytes = statSync(packagePath).size;
console.log(`${packagePath}: ${(bytes / 1e6).toFixed(1)} MB`);
if (bytes > MOST_BYTES && !options.test) fail(`more than ${MOST_BYTES / 1e6} MB`);

/** Marketplaces show one file; the choice between the two licences is the reader's. */
function licence() {
  const texts = ['LICENSE-MIT', 'LICENSE-APACHE'].map((name) => readFileSync(path.join(root, name), 'utf8'));
  return `Doppio is licensed under either of the two licences below, as you like.\n\n${texts.join(`\n${'-'.repeat(72)}\n\n`)}`;
}

/** The debug binary is stripped: nobody debugs it in there, and it would be 200 MB. */
function addBinary() {
  const file = path.join(stage, 'server', (options.target ?? '').startsWith('win32') ? 'doppio.exe' : 'doppio');
  mkdirSync(path.dirname(file));
  if (options.test) execFileSync('strip', ['-o', file, binary]);
  else copyFileSync(binary, file);
  chmodSync(file, 0o755);
}

function fail(why) {
  console.error(`package: ${why}`);
  process.exit(1);
}
