export type Point = [number, number];

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}
/** Where a label has the most room, and how much of it: to the sides, and to the nearest edge. */
export interface Heart {
  x: number;
  y: number;
  wide: number;
  room: number;
}

export function emptyBox(): Box {
  return {
    left: Number.POSITIVE_INFINITY,
    top: Number.POSITIVE_INFINITY,
    right: Number.NEGATIVE_INFINITY,
    bottom: Number.NEGATIVE_INFINITY,
  };
}

export function grow(box: Box, x: number, y: number): void {
  if (x < box.left) box.left = x;
  if (x > box.right) box.right = x;
  if (y < box.top) box.top = y;
  if (y > box.bottom) box.bottom = y;
}

/** The inner point farthest from the outline, searched on a grid: curved sections hold their centre outside. */
export function heartOf(outline: Point[], box: Box): Heart {
  const steps = 12;
  const [midX, midY] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  let best = { x: midX, y: midY };
  let room = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < steps; i++) {
    for (let j = 1; j < steps; j++) {
      const x = box.left + ((box.right - box.left) * i) / steps;
      const y = box.top + ((box.bottom - box.top) * j) / steps;
      if (!inside(outline, x, y)) continue;
      // Among places of the same room the middle is the natural one.
      const free = distanceToEdge(outline, x, y) - 0.02 * Math.hypot(x - midX, y - midY);
      if (free > room) [best, room] = [{ x, y }, free];
    }
  }
  // A label has some height: on a slant, what is free along its middle is not free along its edges.
  const chords = [-0.5, 0, 0.5].map((t) => chord(outline, best.x, best.y + t * Math.max(0, room)));
  const left = Math.max(...chords.map((c) => c[0]));
  const right = Math.min(...chords.map((c) => c[1]));
  return { x: (left + right) / 2, y: best.y, wide: right - left, room: Math.max(0, room) };
}

/** The stretch of the horizontal line through a point that lies inside the outline around that point. */
function chord(outline: readonly Point[], x: number, y: number): [number, number] {
  let [left, right] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i] as Point;
    const [xj, yj] = outline[j] as Point;
    if (yi > y === yj > y) continue;
    const crossing = xi + ((xj - xi) * (y - yi)) / (yj - yi);
    if (crossing <= x) left = Math.max(left, crossing);
    else right = Math.min(right, crossing);
  }
  return Number.isFinite(right - left) ? [left, right] : [x, x];
}

export function inside(outline: readonly Point[], x: number, y: number): boolean {
  let within = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [xi, yi] = outline[i] as Point;
    const [xj, yj] = outline[j] as Point;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) within = !within;
  }
  return within;
}

function distanceToEdge(outline: readonly Point[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[j] as Point;
    const [bx, by] = outline[i] as Point;
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return nearest;
}
