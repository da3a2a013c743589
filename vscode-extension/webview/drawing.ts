// The drawing: a button for each step at the place that the server found, lines behind them. It stands
// in an element that scrolls, so that focus, wheel and scroll bars work as everywhere.

import { navigate, neighbours, inReadingOrder, type Key } from '../src/graph/navigate';
import { elapsed, words } from '../src/graph/run-state';
import type { Edge, Graph, Group, Node, Run, StepRun } from '../src/graph/wire';
import { element, svg } from './element';
import { SIGNS, WORDS } from './signs';

/** Text is never made smaller than this unless the user says so. */
const READABLE = 0.85;
const CLOSEST = 3;
const FURTHEST = 0.1;

interface Shown {
  readonly box: Node | Group;
  readonly button: HTMLButtonElement;
  readonly sign: HTMLElement;
  readonly time: HTMLElement;
  /** What is said of it whatever happens. */
  readonly label: string;
}

export class Drawing {
  readonly root = element('div', { class: 'drawing', role: 'group', 'aria-label': 'Steps of the recipe' });
  private readonly stage = element('div', { class: 'stage' });
  private readonly sizer = element('div', { class: 'sizer' }, this.stage);
  private graph: Graph | undefined;
  private shown = new Map<string, Shown>();
  private lines: { edge: Edge; path: SVGPathElement }[] = [];
  private scale = 1;
  private focused: string | undefined;

  constructor(private readonly show: (id: string) => void) {
    this.root.append(this.sizer);
    this.root.addEventListener('keydown', (event) => { this.key(event); });
    this.root.addEventListener('wheel', (event) => { this.wheel(event); }, { passive: false });
    this.root.addEventListener('pointerdown', (event) => { this.drag(event); });
  }

  /** Draws; of the same recipe as before, without moving what is looked at. */
  draw(graph: Graph, isSame: boolean): void {
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
    if (!isSame) {
      this.focused = undefined;
      this.setScale(Math.min(1, Math.max(READABLE, this.fitting())));
      this.lookAt(inReadingOrder(graph)[0]);
    } else {
      this.setScale(this.scale);
    }
    if (!this.focused || !this.shown.has(this.focused)) this.focused = inReadingOrder(graph)[0]?.id;
    this.setFocus(hadFocus);
  }

  showRun(run: Run | null, now: number): void {
    const steps = new Map(run?.steps.map((step) => [step.id, step]));
    for (const [id, shown] of this.shown) showState(shown, steps.get(id), now);
    for (const { edge, path } of this.lines) {
      path.classList.toggle('done', ['success', 'skipped'].includes(steps.get(edge.from)?.status ?? ''));
    }
  }

  /** Marks the step in which the cursor of the editor is. */
  mark(id: string | null): void {
    for (const [of, { button }] of this.shown) {
      if (of === id) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
  }

  /** Makes everything larger or smaller around the middle, or a place of the window. */
  zoom(factor: number, at = { x: this.root.clientWidth / 2, y: this.root.clientHeight / 2 }): void {
    const before = this.scale;
    const { scrollLeft, scrollTop } = this.root;
    this.setScale(Math.min(CLOSEST, Math.max(FURTHEST, before * factor)));
    const grown = this.scale / before;
    this.root.scrollTo({ left: (scrollLeft + at.x) * grown - at.x, top: (scrollTop + at.y) * grown - at.y });
  }

  fit(): void {
    this.setScale(Math.min(1, this.fitting()));
    this.root.scrollTo({ left: 0, top: 0 });
  }

  /** Scrolls so that a step, the first one, stands in the middle of the upper edge. */
  private lookAt(box: Node | Group | undefined): void {
    if (!box) return;
    const middle = (box.x + box.width / 2) * this.scale;
    this.root.scrollTo({ left: middle - this.root.clientWidth / 2, top: box.y * this.scale - 20 });
  }

  private fitting(): number {
    if (!this.graph) return 1;
    const { clientWidth, clientHeight } = this.root;
    return Math.max(FURTHEST, Math.min(clientWidth / this.graph.width, clientHeight / this.graph.height));
  }

  private setScale(scale: number): void {
    if (!this.graph) return;
    this.scale = scale;
    this.stage.style.transform = `scale(${scale})`;
    this.stage.style.width = `${this.graph.width}px`;
    this.stage.style.height = `${this.graph.height}px`;
    this.sizer.style.width = `${this.graph.width * scale}px`;
    this.sizer.style.height = `${this.graph.height * scale}px`;
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
    };
    const zoom = zooms[event.key];
    if (zoom) zoom();
    else if (isKey(event.key) && this.focused !== undefined) {
      this.focused = navigate(this.graph, this.focused, event.key);
      this.setFocus(true);
      this.shown.get(this.focused)?.button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else return;
    event.preventDefault();
  }

  private wheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, top } = this.root.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
  }

  /** The background can be taken and moved. */
  private drag(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as Element).closest('button')) return;
    const { scrollLeft, scrollTop } = this.root;
    const move = (moved: PointerEvent) => {
      this.root.scrollTo({
        left: scrollLeft + event.clientX - moved.clientX,
        top: scrollTop + event.clientY - moved.clientY,
        behavior: 'instant',
      });
    };
    const end = () => {
      this.root.classList.remove('dragged');
      window.removeEventListener('pointermove', move);
    };
    this.root.classList.add('dragged');
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
