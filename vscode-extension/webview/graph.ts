// The page of the graph: what is told goes to the drawing and the time line, what the user does goes back.

import type { FromPage, Graph, Kept, Run, ToPage } from '../src/graph/wire';
import { Drawing } from './drawing';
import { element } from './element';
import { TimeLine } from './time-line';
import { toolbar } from './toolbar';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void; setState(state: Kept): void };

const code = acquireVsCodeApi();
const say = (message: FromPage) => {
  code.postMessage(message);
};
const show = (id: string) => {
  say({ type: 'show', id });
};

const drawing = new Drawing(show);
const timeLine = new TimeLine(show);
const nothing = element('p', { class: 'nothing', role: 'status' });
const buttons = toolbar({
  closer: () => { drawing.zoom(1.25); },
  further: () => { drawing.zoom(0.8); },
  read: () => { drawing.read(); },
  fit: () => { drawing.fit(); },
  svg: () => { say({ type: 'copy', format: 'svg' }); },
  mermaid: () => { say({ type: 'copy', format: 'mermaid' }); },
});
const main = element('main', {}, drawing.root, timeLine.root);
document.body.append(buttons, nothing, main);

let graph: Graph | undefined;
let run: Run | null = null;
/** What the clock of the extension is ahead of ours: they may be on two machines. */
let ahead = 0;

function showRun(): void {
  if (!graph) return;
  const now = Date.now() + ahead;
  drawing.showRun(run, now);
  timeLine.show(graph, run, now);
}

function hear(message: ToPage): void {
  document.body.classList.toggle('empty', message.type === 'nothing' || (message.type !== 'graph' && !graph));
  switch (message.type) {
    case 'graph':
      graph = message.graph;
      drawing.draw(message.graph, message.isSame, message.at);
      code.setState({ uri: message.uri });
      showRun();
      break;
    case 'run':
      run = message.run;
      ahead = message.now - Date.now();
      showRun();
      break;
    case 'here':
      drawing.mark(message.id);
      break;
    case 'nothing':
      graph = undefined;
      nothing.textContent = message.why;
      break;
  }
}

window.addEventListener('message', (event: MessageEvent<ToPage>) => {
  hear(event.data);
});
// Durations go on while a step runs.
setInterval(() => {
  if (run?.status === 'running') showRun();
}, 1000);
say({ type: 'ready' });
