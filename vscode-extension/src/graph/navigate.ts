// Where an arrow key leads: up and down along the edges, to the sides among what stands beside it.

import type { Graph, Group, Node } from './wire';

export type Key = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';

type Box = Node | Group;

/** The steps that a step waits for, or that wait for it, as its label says them. */
export function neighbours(graph: Graph, id: string): { before: string[]; after: string[] } {
  return {
    before: graph.edges.filter((edge) => edge.to === id).map((edge) => edge.from),
    after: graph.edges.filter((edge) => edge.from === id).map((edge) => edge.to),
  };
}

/** The box that has the focus after a key; the same one where the key leads nowhere. */
export function navigate(graph: Graph, id: string, key: Key): string {
  const boxes = new Map<string, Box>([...graph.groups, ...graph.nodes].map((box) => [box.id, box]));
  const here = boxes.get(id);
  const order = inReadingOrder(graph);
  if (!here || key === 'Home') return order[0]?.id ?? id;
  if (key === 'End') return order.at(-1)?.id ?? id;
  const all = [...boxes.values()];
  switch (key) {
    case 'ArrowDown':
      return nearest(here, down(graph, here, boxes)) ?? id;
    case 'ArrowUp':
      return nearest(here, up(graph, here, boxes)) ?? id;
    case 'ArrowLeft':
      return beside(here, all.filter((box) => middle(box).x < middle(here).x)) ?? id;
    case 'ArrowRight':
      return beside(here, all.filter((box) => middle(box).x > middle(here).x)) ?? id;
  }
}

/** Row by row. */
export function inReadingOrder(graph: Graph): Box[] {
  return [...graph.groups, ...graph.nodes].sort((one, other) => one.y - other.y || one.x - other.x);
}

/** Into a group, along the edges, or, from the last in a group, along those of the group. */
function down(graph: Graph, here: Box, boxes: Map<string, Box>): Box[] {
  const inside = [...boxes.values()].filter((box) => box.group === here.id);
  const first = inside.filter((box) => !graph.edges.some((edge) => edge.to === box.id && boxes.get(edge.from)?.group === here.id));
  if (first.length > 0) return first;
  const found = named(neighbours(graph, here.id).after, boxes);
  return found.length > 0 ? found : around(here, boxes, (group) => named(neighbours(graph, group.id).after, boxes));
}

/** Along the edges, or, from the first in a group, to the group itself. */
function up(graph: Graph, here: Box, boxes: Map<string, Box>): Box[] {
  const found = named(neighbours(graph, here.id).before, boxes);
  if (found.length > 0) return found;
  const group = here.group === null ? undefined : boxes.get(here.group);
  return group ? [group] : [];
}

function around(here: Box, boxes: Map<string, Box>, look: (group: Box) => Box[]): Box[] {
  for (let id = here.group; id !== null; ) {
    const group = boxes.get(id);
    if (!group) return [];
    const found = look(group);
    if (found.length > 0) return found;
    id = group.group;
  }
  return [];
}

function named(ids: string[], boxes: Map<string, Box>): Box[] {
  return ids.flatMap((id) => boxes.get(id) ?? []);
}

function nearest(here: Box, boxes: Box[]): string | undefined {
  return least(boxes, (box) => Math.abs(middle(box).x - middle(here).x) + Math.abs(middle(box).y - middle(here).y) / 4);
}

/** Among the boxes of about the same height; a group is where its title is. */
function beside(here: Box, boxes: Box[]): string | undefined {
  const level = boxes.filter((box) => Math.abs(middle(box).y - middle(here).y) < 40);
  return least(level, (box) => Math.abs(middle(box).x - middle(here).x));
}

function least(boxes: Box[], cost: (box: Box) => number): string | undefined {
  return boxes.reduce<Box | undefined>((best, box) => (best && cost(best) <= cost(box) ? best : box), undefined)?.id;
}

function middle(box: Box): { x: number; y: number } {
  if ('mode' in box) return { x: box.x + 60, y: box.y + 24 };
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
