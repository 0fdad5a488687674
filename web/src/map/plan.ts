import { type Box, emptyBox, grow, type Heart, heartOf, type Point } from "./outline";

/**
 * A chart, flattened: one entry per seat in typed arrays, in seat order (sections, rows, seats), which is also
 * the order of the availability bitmap's bits. Charts never change, so a plan is built once.
 */
export interface ChartSeat {
  label: string;
  x: number;
  y: number;
  category?: string;
  accessible?: boolean;
  companion?: boolean;
  restrictedView?: boolean;
}
export interface ChartSection {
  key: string;
  label: string;
  category: string;
  floor?: string;
  /** Sections that stand together, where a house has parts far apart. */
  zone?: string;
  outline: Point[];
  rows?: { label: string; seats: ChartSeat[] }[];
  capacity?: number;
}
export interface Chart {
  name: string;
  width: number;
  height: number;
  focalPoint: { x: number; y: number };
  categories: { key: string; label: string; color: string }[];
  shapes: { kind: string; label: string; points: Point[] }[];
  sections: ChartSection[];
}

export interface PlanSection {
  index: number;
  key: string;
  label: string;
  /** The section's own category, and all that its seats have. */
  category: number;
  categories: number[];
  outline: Point[];
  box: Box;
  heart: Heart;
  /** Seats [first, end) and rows [firstRow, endRow) of the plan. */
  first: number;
  end: number;
  firstRow: number;
  endRow: number;
  /** General admission: places without a position. */
  standing: boolean;
}
export interface PlanRow {
  section: number;
  /** The row item's index within its section, as seat ids count. */
  item: number;
  label: string;
  first: number;
  end: number;
  box: Box;
}
export interface Plan {
  name: string;
  box: Box;
  focal: { x: number; y: number };
  categories: { key: string; label: string }[];
  /** Parts of the house far apart, the one with the most seats first; none where it is one. */
  zones: { label: string; box: Box; seats: number }[];
  shapes: Chart["shapes"];
  sections: PlanSection[];
  rows: PlanRow[];
  count: number;
  x: Float32Array;
  y: Float32Array;
  category: Uint8Array;
  marks: Uint8Array;
  rowOf: Uint32Array;
  labels: string[];
  /** Distance of neighbouring seats. */
  pitch: number;
}

export const ACCESSIBLE = 1;
export const COMPANION = 2;
export const RESTRICTED = 4;

const SLOTS_PER_ROW = 48;

export function planOf(chart: Chart): Plan {
  const count = chart.sections.reduce((sum, s) => sum + placesIn(s), 0);
  const plan: Plan = {
    name: chart.name,
    box: emptyBox(),
    focal: chart.focalPoint,
    categories: chart.categories.map(({ key, label }) => ({ key, label })),
    zones: [],
    shapes: chart.shapes,
    sections: [],
    rows: [],
    count,
    x: new Float32Array(count).fill(Number.NaN),
    y: new Float32Array(count).fill(Number.NaN),
    category: new Uint8Array(count),
    marks: new Uint8Array(count),
    rowOf: new Uint32Array(count),
    labels: new Array<string>(count),
    pitch: 5,
  };
  const categories = new Map(chart.categories.map((c, i) => [c.key, i]));
  let next = 0;
  for (const section of chart.sections) next = addSection(plan, section, categories, next);
  plan.zones = zonesOf(chart, plan);
  for (const shape of chart.shapes) for (const [x, y] of shape.points) grow(plan.box, x, y);
  plan.pitch = pitchOf(plan);
  return plan;
}

function placesIn(section: ChartSection): number {
  return section.capacity ?? (section.rows ?? []).reduce((sum, row) => sum + row.seats.length, 0);
}

function addSection(
  plan: Plan,
  section: ChartSection,
  categories: Map<string, number>,
  first: number,
): number {
  const box = emptyBox();
  for (const [x, y] of section.outline) grow(box, x, y);
  const category = categories.get(section.category) ?? 0;
  const firstRow = plan.rows.length;
  let next = first;
  const index = plan.sections.length;
  if (section.capacity !== undefined) {
    for (let left = section.capacity; left > 0; left -= SLOTS_PER_ROW) {
      const end = next + Math.min(left, SLOTS_PER_ROW);
      plan.category.fill(category, next, end);
      plan.rowOf.fill(plan.rows.length, next, end);
      plan.rows.push({ section: index, item: plan.rows.length - firstRow, label: "", first: next, end, box });
      next = end;
    }
  }
  for (const row of section.rows ?? []) {
    const rowBox = emptyBox();
    const start = next;
    for (const seat of row.seats) {
      plan.x[next] = seat.x;
      plan.y[next] = seat.y;
      plan.labels[next] = seat.label;
      plan.category[next] = (seat.category ? categories.get(seat.category) : undefined) ?? category;
      plan.marks[next] =
        (seat.accessible ? ACCESSIBLE : 0) |
        (seat.companion ? COMPANION : 0) |
        (seat.restrictedView ? RESTRICTED : 0);
      plan.rowOf[next] = plan.rows.length;
      grow(rowBox, seat.x, seat.y);
      grow(box, seat.x, seat.y);
      next++;
    }
    const item = plan.rows.length - firstRow;
    plan.rows.push({ section: index, item, label: row.label, first: start, end: next, box: rowBox });
  }
  grow(plan.box, box.left, box.top);
  grow(plan.box, box.right, box.bottom);
  plan.sections.push({
    index,
    key: section.key,
    label: section.label,
    category,
    categories: [...new Set(plan.category.subarray(first, next))],
    outline: section.outline,
    box,
    heart: heartOf(section.outline, box),
    first,
    end: next,
    firstRow,
    endRow: plan.rows.length,
    standing: section.capacity !== undefined,
  });
  return next;
}

function zonesOf(chart: Chart, plan: Plan): Plan["zones"] {
  const zones = new Map<string, Plan["zones"][number]>();
  chart.sections.forEach(({ zone }, i) => {
    if (!zone) return;
    const known = zones.get(zone) ?? { label: zone, box: emptyBox(), seats: 0 };
    const { box, first, end } = plan.sections[i] as PlanSection;
    grow(known.box, box.left, box.top);
    grow(known.box, box.right, box.bottom);
    known.seats += end - first;
    zones.set(zone, known);
  });
  return zones.size > 1 ? [...zones.values()].sort((a, b) => b.seats - a.seats) : [];
}

/** The distance of neighbours in a row where seats stand close, so that nowhere one covers the other. */
function pitchOf(plan: Plan): number {
  const distances: number[] = [];
  for (const row of plan.rows) {
    if (plan.sections[row.section]?.standing || row.end - row.first < 2) continue;
    const i = row.first;
    const [dx, dy] = [
      (plan.x[i + 1] as number) - (plan.x[i] as number),
      (plan.y[i + 1] as number) - (plan.y[i] as number),
    ];
    distances.push(Math.hypot(dx, dy));
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 10)] || 5;
}

export function rowOf(plan: Plan, seat: number): PlanRow {
  return plan.rows[plan.rowOf[seat] as number] as PlanRow;
}

export function sectionOf(plan: Plan, seat: number): PlanSection {
  return plan.sections[rowOf(plan, seat).section] as PlanSection;
}

/** The id by which the API knows the seat: section key, row item, slot. */
export function seatId(plan: Plan, seat: number): string {
  const row = rowOf(plan, seat);
  return `${(plan.sections[row.section] as PlanSection).key}-${row.item}-${seat - row.first}`;
}

/** The seat with this id, or undefined where the chart has none. */
export function seatOf(plan: Plan, id: string): number | undefined {
  const parts = id.split("-");
  const section = plan.sections.find((s) => s.key === parts[0]);
  const row = section && plan.rows[section.firstRow + Number(parts[1])];
  const seat = row && row.first + Number(parts[2]);
  return seat !== undefined && row && row.section === section?.index && seat < row.end ? seat : undefined;
}

export function hasSeats(section: PlanSection): boolean {
  return !section.standing && section.end > section.first;
}
