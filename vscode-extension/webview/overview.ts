// The whole graph in small, in a corner, while only a small part of it is on the screen: where one is, what
// runs, and a way there with the mouse. Keys have their own way: the arrows.

import type { Graph, StepRun } from '../src/graph/wire';
import { svg } from './element';

const WIDEST = 200;
const HIGHEST = 120;

/** It is worth its room only where less than this share of the graph is on the screen. */
const ENOUGH = 0.5;

/** A part of the graph, in its own lengths. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export class Overview {
  readonly root = svg('svg', { class: 'overview', 'aria-hidden': 'true' });
  private readonly seen = svg('rect', { class: 'seen' });
  private boxes = new Map<string, SVGRectElement>();
  private whole = { width: 1, height: 1 };

  /** `look` brings a place of the graph into the middle. */
  constructor(private readonly look: (x: number, y: number) => void) {
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      this.point(event);
    });
    this.root.addEventListener('pointermove', (event) => {
      if (this.root.hasPointerCapture(event.pointerId)) this.point(event);
    });
  }

  draw(graph: Graph): void {
    const { width, height } = graph;
    const scale = Math.min(WIDEST / width, HIGHEST / height);
    this.whole = { width, height };
    this.root.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.root.setAttribute('preserveAspectRatio', 'none');
    this.root.style.width = `${Math.max(16, width * scale)}px`;
    this.root.style.height = `${Math.max(16, height * scale)}px`;
    this.boxes = new Map(graph.nodes.map(({ id, x, y, width, height }) => [id, svg('rect', { x, y, width, height })]));
    const groups = graph.groups.map(({ x, y, width, height }) => svg('rect', { class: 'around', x, y, width, height }));
    this.root.replaceChildren(...groups, ...this.boxes.values(), this.seen);
  }

  showRun(steps: ReadonlyMap<string, StepRun>): void {
    for (const [id, box] of this.boxes) box.dataset.status = steps.get(id)?.status ?? '';
  }

  /** Marks what is on the screen; goes away when that is most of it. */
  mark(part: Part): void {
    const { width, height } = this.whole;
    const { x, y } = part;
    const sides = { x, y, width: Math.max(0, Math.min(width - x, part.width)), height: Math.max(0, Math.min(height - y, part.height)) };
    for (const [name, value] of Object.entries(sides)) this.seen.setAttribute(name, String(value));
    this.root.classList.toggle('off', sides.width * sides.height >= ENOUGH * width * height);
  }

  /** How much room it takes below the drawing, so that it never stands before the last step. */
  get height(): number {
    return this.root.classList.contains('off') ? 0 : this.root.getBoundingClientRect().height;
  }

  private point(event: PointerEvent): void {
    const { left, top, width, height } = this.root.getBoundingClientRect();
    this.look(((event.clientX - left) / width) * this.whole.width, ((event.clientY - top) / height) * this.whole.height);
    event.preventDefault();
  }
}
