// A plain `.toml` that is a recipe is offered our language: once for each file, and the answer is
// remembered. Other TOML is never touched.

import * as vscode from 'vscode';

import { LANGUAGE, isRecipeText } from './recognise';

/** What was answered, by the file's URI. A question that was waved away counts as a no. */
type Answers = Record<string, boolean>;

const KEY = 'doppio.offered';

/** How many answers are kept: the oldest make room. */
const MOST = 500;

export function offerRecipes(memory: vscode.Memento): vscode.Disposable {
  const look = (document: vscode.TextDocument) => void offer(document, memory);
  vscode.workspace.textDocuments.forEach(look);
  return vscode.workspace.onDidOpenTextDocument(look);
}

async function offer(document: vscode.TextDocument, memory: vscode.Memento): Promise<void> {
  if (!isCandidate(document)) return;
  const uri = document.uri.toString();
  const answers = memory.get<Answers>(KEY, {});
  if (answers[uri] === undefined) {
    // Remembered before it is answered: an editor that is closed meanwhile does not ask again.
    await memory.update(KEY, withAnswer(answers, uri, false));
    if (!(await ask(document))) return;
    await memory.update(KEY, withAnswer(memory.get<Answers>(KEY, {}), uri, true));
  } else if (!answers[uri]) {
    return;
  }
  if (!document.isClosed) await vscode.languages.setTextDocumentLanguage(document, LANGUAGE);
}

function isCandidate(document: vscode.TextDocument): boolean {
  return (
    ['plaintext', 'toml'].includes(document.languageId) &&
    document.uri.scheme === 'file' &&
    document.uri.path.endsWith('.toml') &&
    vscode.workspace.getConfiguration('doppio', document).get<boolean>('offerRecipes', true) &&
    isRecipeText(document.getText())
  );
}

async function ask(document: vscode.TextDocument): Promise<boolean> {
  const yes = 'Treat as Recipe';
  const name = vscode.workspace.asRelativePath(document.uri);
  const answer = await vscode.window.showInformationMessage(
    `${name} is a Doppio recipe by its content. Check and complete it as one?`,
    yes,
    'Not This File',
  );
  return answer === yes;
}

function withAnswer(answers: Answers, uri: string, answer: boolean): Answers {
  const others = Object.entries(answers).filter(([other]) => other !== uri);
  return Object.fromEntries([...others.slice(1 - MOST), [uri, answer]]);
}
