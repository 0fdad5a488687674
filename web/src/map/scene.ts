import type { FreeSeats } from "./availability";
import type { Box } from "./outline";
import type { Plan, PlanSection } from "./plan";

/** Everything the picture depends on, apart from where one stands. */
export interface Scene {
  plan: Plan;
  free: FreeSeats;
  /** Free seats per section, counted when the snapshot came. */
  left: readonly number[];
  chosen: ReadonlySet<number>;
  lost: ReadonlySet<number>;
  /** Categories to show; undefined shows all. */
  only: number | undefined;
  hovered: Spot | undefined;
  focused: Spot | undefined;
  /** The price of each section in words. */
  priceFrom: readonly string[];
}
export type Spot = { seat: number } | { section: number };
export interface View {
  /** Screen = plan × k + (x, y), in CSS pixels. */
  k: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Device pixels per CSS pixel. */
  ratio: number;
}

/** Size of a seat on screen, in CSS pixels, at which seats begin to show, and to carry signs and numbers. */
export const SEATS_FROM = 5;
export const SEATS_FULLY = 7;
export const ROUND_FROM = 6.5;
export const MARKS_FROM = 12;
export const NUMBERS_FROM = 24;
export const ROWS_FROM = 11;

/** Shares of free seats above which a section is painted fully, and half. */
export const PLENTY = 0.4;
export const FEW = 0.12;

/** Whether a section has seats of the one category that is looked for, or of any. */
export function offers(section: PlanSection, only: number | undefined): boolean {
  return only === undefined || section.categories.includes(only);
}

/** What of the plan can be seen, in plan units, with a margin for what reaches in. */
export function windowOf({ k, x, y, width, height }: View): Box {
  const margin = 20 / k;
  return {
    left: -x / k - margin,
    top: -y / k - margin,
    right: (width - x) / k + margin,
    bottom: (height - y) / k + margin,
  };
}

export function touches(a: Box, b: Box): boolean {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}
