// The language client: what of it is ours.

import * as os from 'node:os';
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type ClientCapabilities,
  type LanguageClientOptions,
  type StaticFeature,
} from 'vscode-languageclient/node';

import { LANGUAGE } from '../language/recognise';
import type { Binary } from './binary';
import { settings } from './settings';

export interface Hooks {
  /** The server has ended without being asked to. */
  crashed(): void;
  /** A command of the server's is executed; `next` sends it. */
  execute(command: string, args: unknown[], next: (args: unknown[]) => Thenable<unknown>): Thenable<unknown>;
}

export function createClient(binary: Binary, log: vscode.LogOutputChannel, hooks: Hooks): LanguageClient {
  const options: LanguageClientOptions = {
    // Documents of other schemes, such as the old side of a comparison, are looked at, not worked on.
    documentSelector: ['file', 'untitled', 'vscode-vfs'].map((scheme) => ({ scheme, language: LANGUAGE })),
    outputChannel: log,
    initializationOptions: { trusted: vscode.workspace.isTrusted, ...settings() },
    // Names and texts of a recipe are in what the server says: none of it may become a command.
    markdown: { isTrusted: false, supportHtml: false },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        hooks.crashed();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    initializationFailedHandler: () => false,
    middleware: {
      provideCodeLenses: (document, token, next) =>
        vscode.workspace.getConfiguration('doppio', document).get<boolean>('lenses', true) ? next(document, token) : [],
      // Here the value itself is asked for, in a masked box: src/views/secret-commands.ts.
      provideCodeActions: async (document, range, context, token, next) => {
        const actions = await next(document, range, context, token);
        for (const action of actions ?? []) action.title = action.title.replace(/^How to store ('.+')$/, 'Store $1…');
        return actions;
      },
      executeCommand: (command, args: unknown[], next) =>
        hooks.execute(command, args, async (args) => (await next(command, args)) as unknown),
    },
  };
  const server = { command: binary.path, args: ['lsp'], options: { cwd: os.homedir() } };
  const client = new Client('doppio', 'Doppio', server, options);
  client.registerFeature(new Abilities());
  return client;
}

/**
 * Puts errors into the log and no more: what somebody asked for fails where they asked, and of the life
 * of the server ./server.ts tells in our own words.
 */
class Client extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** Tells the server what this client does itself. */
class Abilities implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const experimental = capabilities.experimental as Record<string, unknown> | undefined;
    capabilities.experimental = { ...experimental, doppio: { panels: true, runEvents: true, wants: true } };
    // A run shows its own progress, with a button that cancels it: src/run/.
    if (capabilities.window) capabilities.window.workDoneProgress = false;
  }

  initialize(): void {
    // Nothing depends on what the server answers.
  }

  getState(): { kind: 'static' } {
    return { kind: 'static' };
  }

  clear(): void {
    // Nothing was registered.
  }
}
