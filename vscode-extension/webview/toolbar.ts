// The buttons above the graph.

import { element } from './element';

export interface Actions {
  readonly closer: () => void;
  readonly further: () => void;
  readonly read: () => void;
  readonly fit: () => void;
  readonly svg: () => void;
  readonly mermaid: () => void;
}

export function toolbar(actions: Actions): HTMLElement {
  const button = (label: string, title: string, press: () => void) => {
    const button = element('button', { type: 'button', title, 'aria-label': title }, label);
    button.addEventListener('click', press);
    return button;
  };
  return element(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Graph' },
    button('−', 'Zoom out (-)', actions.further),
    button('+', 'Zoom in (+)', actions.closer),
    button('1:1', 'Back to a size that can be read (1)', actions.read),
    button('Fit', 'Fit into the window (0)', actions.fit),
    element('span', { class: 'gap' }),
    button('Copy SVG', 'Copy as SVG', actions.svg),
    button('Copy Mermaid', 'Copy as Mermaid', actions.mermaid),
  );
}
