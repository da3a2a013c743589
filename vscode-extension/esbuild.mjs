// Bundles: `node esbuild.mjs [extension|unit|e2e|host|probe|figures] [--production]`. The extension goes to dist/, tests
// go to out/, which are both left out of git; only dist/ is left in the package.
import { build } from 'esbuild';
import { readdirSync, rmSync } from 'node:fs';

const production = process.argv.includes('--production');
const what = process.argv[2]?.startsWith('--') ? 'extension' : (process.argv[2] ?? 'extension');

const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };

const bundles = {
  extension: {
    ...common,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    format: 'cjs',
    external: ['vscode'],
    minify: production,
    sourcemap: production ? false : 'inline',
  },
  unit: tests('unit'),
  e2e: tests('e2e'),
  host: insideEditor('host'),
  probe: insideEditor('probe'),
  figures: { ...tests('figures'), entryPoints: ['test/figures/figures.ts'] },
};

function tests(kind) {
  const folder = `test/${kind}`;
  return {
    ...common,
    entryPoints: readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`),
    outdir: `out/${kind}`,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    target: 'node22',
    // Only what is ours is bundled.
    packages: 'external',
    sourcemap: 'inline',
  };
}

/** What the extension host loads beside the extension. */
function insideEditor(kind) {
  return { ...common, entryPoints: { index: `test/${kind}/index.ts` }, outdir: `out/${kind}`, format: 'cjs', external: ['vscode'], sourcemap: 'inline' };
}

// The pages of webviews, which run in a browser.
const pages = {
  bundle: true,
  entryPoints: ['webview/graph.ts', 'webview/graph.css'],
  outdir: 'dist',
  target: 'es2022',
  format: 'iife',
  minify: production,
  logLevel: 'warning',
};

const bundle = bundles[what];
if (!bundle) throw new Error(`esbuild.mjs bundles ${Object.keys(bundles).join(', ')}, not ${what}`);
rmSync(bundle.outdir, { recursive: true, force: true });
await build(bundle);
if (what === 'extension') await build(pages);
