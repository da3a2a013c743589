// The drawing: a button for each step at the place that the server found, lines behind them. It stands
// in an element that scrolls, so that focus, wheel and scroll bars work as everywhere.
//
// Letters are never too small to read. Where the scale leaves no room for all that a step says, it shows
// its name alone, and further away only its colour; a line below then says what is pointed at.

import { navigate, neighbours, inReadingOrder, type Key } from '../src/graph/navigate';
import { elapsed, words } from '../src/graph/run-state';
import type { Edge, Graph, Group, Node, Run, StepRun } from '../src/graph/wire';
import { element, svg } from './element';
import { Overview } from './overview';
import { SIGNS, WORDS } from './signs';

/** Down to here everything that a step says can be read. */
const READABLE = 0.85;
/** Down to here there is room for names in letters of `SMALLEST` pixels. */
const NAMEABLE = 0.4;
const SMALLEST = 11;
const CLOSEST = 3;
const FURTHEST = 0.05;

interface Shown {
  readonly box: Node | Group;
  readonly button: HTMLButtonElement;
  readonly sign: HTMLElement;
  readonly time: HTMLElement;
  /** What is said of it whatever happens. */
  readonly label: string;
}

export class Drawing {
  private readonly stage = element('div', { class: 'stage' });
  private readonly sizer = element('div', { class: 'sizer' }, this.stage);
  private readonly scroller = element('div', { class: 'drawing', role: 'group', 'aria-label': 'Steps of the recipe' }, this.sizer);
  private readonly caption = element('p', { class: 'caption', 'aria-hidden': 'true' });
  private readonly overview = new Overview((x, y) => { this.lookAt(x, y); });
  readonly root = element('div', { class: 'frame' }, this.scroller, this.overview.root, this.caption);
  private graph: Graph | undefined;
  private shown = new Map<string, Shown>();
  private lines: { edge: Edge; path: SVGPathElement }[] = [];
  private scale = 1;
  private focused: string | undefined;
  private told: string | undefined;
  private marked: string | null = null;

  constructor(private readonly show: (id: string) => void) {
    this.scroller.addEventListener('keydown', (event) => { this.key(event); });
    this.scroller.addEventListener('wheel', (event) => { this.wheel(event); }, { passive: false });
    this.scroller.addEventListener('pointerdown', (event) => { this.drag(event); });
    this.scroller.addEventListener('pointerover', ({ target }) => {
      this.tell((target as Element).closest<HTMLElement>('[data-id]')?.dataset.id ?? this.focused);
    });
    this.scroller.addEventListener('scroll', () => { this.markSeen(); });
    new ResizeObserver(() => { this.markSeen(); }).observe(this.scroller);
  }

  /** Draws; of the same recipe as before, without moving what is looked at, else from the step `at` on. */
  draw(graph: Graph, isSame: boolean, at: string | null): void {
    const hadFocus = this.stage.contains(document.activeElement);
    this.graph = graph;
    this.shown = new Map();
    const lines = svg('svg', { class: 'lines', width: graph.width, height: graph.height, 'aria-hidden': 'true' }, arrow());
    this.lines = graph.edges.filter(({ path }) => path !== '').map((edge) => {
      const path = svg('path', { class: edge.inCycle ? 'wrong' : '', d: edge.path, 'marker-end': 'url(#head)' });
      lines.append(path);
      return { edge, path };
    });
    // Those around others come first, so that they are behind.
    const groups = [...graph.groups].sort((one, other) => other.width * other.height - one.width * one.height);
    const frames = groups.map(frame);
    const boxes = inReadingOrder(graph).map((box) => this.box(box, graph));
    this.stage.replaceChildren(...frames, lines, ...boxes);
    this.keepTitles();
    this.overview.draw(graph);
    if (!isSame) this.focused = at ?? undefined;
    if (!this.focused || !this.shown.has(this.focused)) this.focused = inReadingOrder(graph)[0]?.id;
    const fitting = this.fitting();
    this.setScale(isSame ? this.scale : fitting < READABLE ? 1 : Math.min(1, fitting));
    const first = this.focused === undefined ? undefined : this.shown.get(this.focused)?.box;
    if (!isSame && first) this.lookAt(first.x + first.width / 2, first.y + ('mode' in first ? 0 : first.height / 2));
    this.setFocus(hadFocus);
  }

  /** A title of a group never takes more room than it does in full: there may be lines beside it. */
  private keepTitles(): void {
    this.root.dataset.detail = 'full';
    const titles = [...this.stage.querySelectorAll<HTMLElement>('.title')];
    const widths = titles.map((title) => title.offsetWidth);
    titles.forEach((title, index) => { title.style.maxWidth = `${widths[index]}px`; });
  }

  showRun(run: Run | null, now: number): void {
    const steps = new Map(run?.steps.map((step) => [step.id, step]));
    for (const [id, shown] of this.shown) showState(shown, steps.get(id), now);
    this.overview.showRun(steps);
    this.tell(this.told);
    for (const { edge, path } of this.lines) {
      path.classList.toggle('done', ['success', 'skipped'].includes(steps.get(edge.from)?.status ?? ''));
    }
  }

  /** Marks the step in which the cursor of the editor is, and brings it into sight when that is another one. */
  mark(id: string | null): void {
    for (const [of, { button }] of this.shown) {
      if (of === id) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
    if (id !== null && id !== this.marked) reveal(this.shown.get(id)?.button);
    this.marked = id;
  }

  /** Makes everything larger or smaller around the middle, or a place of the window. */
  zoom(factor: number, at = { x: this.scroller.clientWidth / 2, y: this.scroller.clientHeight / 2 }): void {
    const before = this.scale;
    const { scrollLeft, scrollTop } = this.scroller;
    this.setScale(Math.min(CLOSEST, Math.max(FURTHEST, before * factor)));
    const grown = this.scale / before;
    this.scroller.scrollTo({ left: (scrollLeft + at.x) * grown - at.x, top: (scrollTop + at.y) * grown - at.y });
  }

  fit(): void {
    // Twice: what is told below the drawing takes room that it did not have before.
    for (let time = 0; time < 2; time += 1) this.setScale(Math.min(1, this.fitting()));
    this.scroller.scrollTo({ left: 0, top: 0 });
  }

  /** Back to letters that can be read, at the step that has the focus. */
  read(): void {
    this.setScale(1);
    const button = this.focused === undefined ? undefined : this.shown.get(this.focused)?.button;
    button?.scrollIntoView({ block: 'center', inline: 'center' });
  }

  /** Scrolls so that a place of the graph is in the middle, as far as there is something around it. */
  private lookAt(x: number, y: number): void {
    const { clientWidth, clientHeight } = this.scroller;
    this.scroller.scrollTo({ left: x * this.scale - clientWidth / 2, top: y * this.scale - clientHeight / 2 });
  }

  private fitting(): number {
    if (!this.graph) return 1;
    const { clientWidth, clientHeight } = this.scroller;
    return Math.max(FURTHEST, Math.min(clientWidth / this.graph.width, clientHeight / this.graph.height));
  }

  private setScale(scale: number): void {
    if (!this.graph) return;
    this.scale = scale;
    this.root.dataset.detail = scale >= READABLE ? 'full' : scale >= NAMEABLE ? 'names' : 'colours';
    this.stage.style.setProperty('--letters', `${SMALLEST / scale}px`);
    this.stage.style.setProperty('--pixel', `${1 / Math.min(1, scale)}px`);
    this.stage.style.transform = `scale(${scale})`;
    this.stage.style.width = `${this.graph.width}px`;
    this.stage.style.height = `${this.graph.height}px`;
    this.sizer.style.width = `${this.graph.width * scale}px`;
    this.sizer.style.height = `${this.graph.height * scale}px`;
    this.markSeen();
  }

  private markSeen(): void {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.scroller;
    const [x, y, width, height] = [scrollLeft, scrollTop, clientWidth, clientHeight].map((length) => length / this.scale);
    this.overview.mark({ x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 });
    this.root.style.setProperty('--overview', `${this.overview.height}px`);
  }

  /** Says in the line below what a step is, where the drawing is too small to. */
  private tell(id: string | undefined): void {
    this.told = id;
    const button = id === undefined ? undefined : this.shown.get(id)?.button;
    this.caption.textContent = button?.getAttribute('aria-label') ?? '';
  }

  private box(box: Node | Group, graph: Graph): HTMLButtonElement {
    const isGroup = 'mode' in box;
    const what = isGroup ? `${box.mode} group` : (box.operation ?? 'no operation');
    const sign = element('span', { class: 'sign', 'aria-hidden': 'true' });
    const name = element('span', { class: 'name' }, box.label);
    const detail = element('span', { class: 'detail' }, isGroup ? box.mode : (box.operation ?? ''));
    const time = element('span', { class: 'time' });
    const kind = isGroup ? 'title' : box.when === null ? 'step' : 'step conditional';
    const button = element('button', { type: 'button', class: kind, 'data-id': box.id }, sign, name, detail, time);
    const label = labelOf(box, what, graph);
    button.title = box.when === null ? `${box.name}: ${what}` : `${box.name}: ${what}, when ${box.when}`;
    place(button, isGroup ? { ...box, x: box.x + 8, y: box.y + 10, width: null, height: 28 } : box);
    button.addEventListener('click', () => {
      this.focused = box.id;
      this.setFocus(true);
      this.show(box.id);
    });
    button.addEventListener('focus', () => {
      this.focused = box.id;
      this.setFocus(false);
      this.light(box.id);
      this.tell(box.id);
    });
    button.addEventListener('blur', () => { this.light(null); });
    const shown = { box, button, sign, time, label };
    this.shown.set(box.id, shown);
    button.setAttribute('aria-label', label);
    return button;
  }

  /** One step at a time can be reached by Tab; the arrows do the rest. */
  private setFocus(take: boolean): void {
    for (const [id, { button }] of this.shown) button.tabIndex = id === this.focused ? 0 : -1;
    const button = this.focused === undefined ? undefined : this.shown.get(this.focused)?.button;
    if (take && button !== document.activeElement) button?.focus();
  }

  /** Makes the lines of a step stand out. */
  private light(id: string | null): void {
    for (const { edge, path } of this.lines) {
      path.classList.toggle('lit', id !== null && (edge.from === id || edge.to === id));
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.graph) return;
    const zooms: Record<string, () => void> = {
      '+': () => { this.zoom(1.25); },
      '=': () => { this.zoom(1.25); },
      '-': () => { this.zoom(0.8); },
      '0': () => { this.fit(); },
      '1': () => { this.read(); },
    };
    const zoom = zooms[event.key];
    if (zoom) zoom();
    else if (isKey(event.key) && this.focused !== undefined) {
      this.focused = navigate(this.graph, this.focused, event.key);
      this.setFocus(true);
      reveal(this.shown.get(this.focused)?.button);
    } else return;
    event.preventDefault();
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, top } = this.scroller.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
  }

  /** The background can be taken and moved. */
  private drag(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as Element).closest('button')) return;
    const { scrollLeft, scrollTop } = this.scroller;
    const move = (moved: PointerEvent) => {
      this.scroller.scrollTo({
        left: scrollLeft + event.clientX - moved.clientX,
        top: scrollTop + event.clientY - moved.clientY,
        behavior: 'instant',
      });
    };
    const end = () => {
      this.scroller.classList.remove('dragged');
      window.removeEventListener('pointermove', move);
    };
    this.scroller.classList.add('dragged');
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', end, { once: true });
  }
}

function labelOf(box: Node | Group, what: string, graph: Graph): string {
  const names = new Map([...graph.nodes, ...graph.groups].map(({ id, name }) => [id, name]));
  const { before, after } = neighbours(graph, box.id);
  const list = (ids: string[]) => ids.map((id) => names.get(id) ?? id).join(', ');
  const parts = [box.name, what];
  if (box.group !== null) parts.push(`in ${names.get(box.group) ?? box.group}`);
  if (box.when !== null) parts.push('conditional');
  if (before.length > 0) parts.push(`waits for ${list(before)}`);
  if (after.length > 0) parts.push(`then ${list(after)}`);
  return parts.join(', ');
}

function showState({ button, sign, time, label }: Shown, step: StepRun | undefined, now: number): void {
  const seconds = step && elapsed(step, now);
  set(button, 'data-status', step?.status ?? '');
  sign.textContent = step ? SIGNS[step.status] : '';
  time.textContent = typeof seconds === 'number' ? words(seconds) : '';
  const state = step ? `, ${WORDS[step.status]}${typeof seconds === 'number' ? ` after ${words(seconds)}` : ''}` : '';
  // A time that goes on is not read aloud each second.
  set(button, 'aria-label', step?.status === 'running' ? `${label}, running` : label + state);
}

function reveal(button: HTMLButtonElement | undefined): void {
  button?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function set(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function frame(group: Group): HTMLElement {
  const kind = group.when === null ? 'group' : 'group conditional';
  const frame = element('div', { class: kind });
  place(frame, group);
  return frame;
}

function place(element: HTMLElement, box: { x: number; y: number; width: number | null; height: number }): void {
  element.style.left = `${box.x}px`;
  element.style.top = `${box.y}px`;
  if (box.width !== null) element.style.width = `${box.width}px`;
  element.style.height = `${box.height}px`;
}

function arrow(): SVGElement {
  const marker = { id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto', markerUnits: 'userSpaceOnUse' };
  return svg('defs', {}, svg('marker', marker, svg('path', { d: 'M0 0.5 8 4 0 7.5z', class: 'head' })));
}

function isKey(key: string): key is Key {
  return ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key);
}
