import Flatbush from "flatbush";
import KDBush from "kdbush";
import { inside } from "./outline";
import { hasSeats, type Plan, type PlanSection } from "./plan";

export type Direction = "left" | "right" | "up" | "down";

const UNIT: Record<Direction, [number, number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/** Answers "what is here" and "what is next to it" for a plan. */
export class Finder {
  private readonly seats: KDBush;
  private readonly ids: Uint32Array;
  private readonly sections: Flatbush;

  constructor(private readonly plan: Plan) {
    const placed = plan.sections.filter(hasSeats);
    this.ids = new Uint32Array(placed.reduce((sum, s) => sum + s.end - s.first, 0));
    this.seats = new KDBush(this.ids.length);
    let n = 0;
    for (const section of placed) {
      for (let seat = section.first; seat < section.end; seat++) {
        this.ids[n++] = seat;
        this.seats.add(plan.x[seat] as number, plan.y[seat] as number);
      }
    }
    this.seats.finish();
    this.sections = new Flatbush(Math.max(1, plan.sections.length));
    for (const { box } of plan.sections) this.sections.add(box.left, box.top, box.right, box.bottom);
    if (plan.sections.length === 0) this.sections.add(0, 0, 0, 0);
    this.sections.finish();
  }

  seatAt(x: number, y: number, reach: number): number | undefined {
    let best: number | undefined;
    let nearest = Number.POSITIVE_INFINITY;
    for (const seat of this.near(x, y, reach)) {
      const distance = Math.hypot((this.plan.x[seat] as number) - x, (this.plan.y[seat] as number) - y);
      if (distance < nearest) [best, nearest] = [seat, distance];
    }
    return best;
  }

  /** The topmost section there (later ones are drawn over earlier ones), or else the nearest within reach. */
  sectionAt(x: number, y: number, reach = 0): PlanSection | undefined {
    const there = this.sections
      .search(x, y, x, y)
      .sort((a, b) => b - a)
      .map((index) => this.plan.sections[index] as PlanSection)
      .find((section) => inside(section.outline, x, y));
    if (there || !reach) return there;
    const [near] = this.sections.neighbors(x, y, 1, reach);
    return near === undefined ? undefined : this.plan.sections[near];
  }

  /** The seat a person would call the next one in that direction, if any is within a dozen seats. */
  seatBeside(seat: number, direction: Direction): number | undefined {
    const { x, y, pitch } = this.plan;
    const [fromX, fromY] = [x[seat] as number, y[seat] as number];
    const candidates = this.near(fromX, fromY, pitch * 12).filter((id) => id !== seat);
    return beside(fromX, fromY, direction, candidates, (id) => [x[id] as number, y[id] as number]);
  }

  sectionBeside(section: PlanSection, direction: Direction): PlanSection | undefined {
    const { x, y } = section.heart;
    const others = this.plan.sections.filter((other) => other !== section);
    return beside(x, y, direction, others, (other) => [other.heart.x, other.heart.y]);
  }

  private near(x: number, y: number, reach: number): number[] {
    return this.seats.within(x, y, reach).map((i) => this.ids[i] as number);
  }
}

/** Among what lies within 60° of the direction, the nearest, where being off the line counts three times. */
function beside<T>(
  x: number,
  y: number,
  direction: Direction,
  candidates: readonly T[],
  at: (candidate: T) => [number, number],
): T | undefined {
  const [ux, uy] = UNIT[direction];
  let best: T | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const [cx, cy] = at(candidate);
    const along = (cx - x) * ux + (cy - y) * uy;
    const aside = Math.abs((cx - x) * uy) + Math.abs((cy - y) * ux);
    if (along <= 0 || aside > along * 1.75) continue;
    const cost = along + 3 * aside;
    if (cost < least) [best, least] = [candidate, cost];
  }
  return best;
}
