import type { FreeSeats } from "./availability";
import type { Inks } from "./inks";
import { inkOn } from "./inks";
import { type Box, hasSeats, type Plan, type PlanRow, type PlanSection } from "./plan";
import { Sprites } from "./sprites";

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
const SEATS_FULLY = 7;
const ROUND_FROM = 6.5;
const MARKS_FROM = 12;
const NUMBERS_FROM = 24;
const ROWS_FROM = 11;

/** Shares of free seats above which a section is painted fully, and half. */
const PLENTY = 0.4;
const FEW = 0.12;

export class Painter {
  private readonly outlines: Path2D[];
  private readonly shapes: Path2D[];
  private sprites: Sprites;

  constructor(
    private readonly ctx: CanvasRenderingContext2D,
    private readonly plan: Plan,
    private inks: Inks,
  ) {
    this.outlines = plan.sections.map((s) => pathOf(s.outline));
    this.shapes = plan.shapes.map((s) => pathOf(s.points));
    this.sprites = new Sprites(inks);
  }

  setInks(inks: Inks): void {
    this.inks = inks;
    this.sprites = new Sprites(inks);
  }

  paint(scene: Scene, view: View): void {
    const { ctx, inks, plan } = this;
    const size = plan.pitch * view.k;
    const near = Math.min(1, Math.max(0, (size - SEATS_FROM) / (SEATS_FULLY - SEATS_FROM)));
    const window = windowOf(view);
    const seen = plan.sections.filter((s) => touches(s.box, window));

    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = inks.ground;
    ctx.fillRect(0, 0, view.width * view.ratio, view.height * view.ratio);
    this.intoPlan(view);
    this.paintShapes(view);
    for (const section of seen) this.paintSection(section, scene, near, view.k);
    this.intoScreen(view);
    this.nameShapes(view);
    if (near > 0) {
      ctx.globalAlpha = near;
      this.paintSeats(seen, scene, view, window, size);
      ctx.globalAlpha = 1;
    }
    this.intoScreen(view);
    for (const section of seen)
      if (near < 1 || !hasSeats(section)) this.nameSection(section, scene, view, near);
    this.paintSpot(scene.hovered, view, size, inks.ink, 2);
    this.paintSpot(scene.focused, view, size, inks.focus, 3.5);
  }

  private intoPlan({ k, x, y, ratio }: View): void {
    this.ctx.setTransform(k * ratio, 0, 0, k * ratio, x * ratio, y * ratio);
  }

  private intoScreen({ ratio }: View): void {
    this.ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  private paintShapes(view: View): void {
    const { ctx, inks } = this;
    this.plan.shapes.forEach((shape, i) => {
      ctx.fillStyle = shape.kind === "stage" ? inks.stage : inks.line;
      ctx.globalAlpha = shape.kind === "stage" ? 1 : 0.35;
      ctx.fill(this.shapes[i] as Path2D);
    });
    ctx.globalAlpha = 1;
    ctx.lineWidth = 1 / view.k;
  }

  private paintSection(section: PlanSection, scene: Scene, near: number, k: number): void {
    const { ctx, inks } = this;
    const path = this.outlines[section.index] as Path2D;
    const share =
      section.end > section.first ? (scene.left[section.index] ?? 0) / (section.end - section.first) : 0;
    const shown = share > 0 && (scene.only === undefined || scene.only === section.category);
    const fade = hasSeats(section) ? 1 - near : 1;
    ctx.fillStyle = inks.paper;
    ctx.fill(path);
    ctx.globalAlpha = fade;
    if (shown) {
      // The emptier the section, the paler: three steps the eye can tell apart.
      ctx.globalAlpha = fade * (share > PLENTY ? 0.94 : share > FEW ? 0.6 : 0.3);
      ctx.fillStyle = inks.prices[section.category] ?? inks.gone;
    } else {
      ctx.fillStyle = inks.gone;
    }
    ctx.fill(path);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = near > 0.5 ? inks.line : inks.paper;
    ctx.lineWidth = 1.25 / k;
    ctx.stroke(path);
  }

  private paintSeats(seen: PlanSection[], scene: Scene, view: View, window: Box, size: number): void {
    const { ctx, plan } = this;
    const { k, x, y, ratio } = view;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    const round = size >= ROUND_FROM;
    const diameter = Math.max(2, Math.round(size * 0.84 * ratio));
    const half = diameter / 2;
    const sheet = round ? this.sprites.sheet(diameter) : undefined;
    const squares = round ? [] : this.sprites.colours.map(() => [] as number[]);
    const special: number[] = [];
    for (const section of seen) {
      if (section.standing) continue;
      for (let r = section.firstRow; r < section.endRow; r++) {
        const row = plan.rows[r] as PlanRow;
        if (!touches(row.box, window)) continue;
        for (let seat = row.first; seat < row.end; seat++) {
          const px = Math.round(((plan.x[seat] as number) * k + x) * ratio - half);
          const py = Math.round(((plan.y[seat] as number) * k + y) * ratio - half);
          const category = plan.category[seat] as number;
          const offered = scene.free.has(seat) && (scene.only === undefined || scene.only === category);
          const cell = offered ? category : this.sprites.gone;
          if (scene.chosen.has(seat) || scene.lost.has(seat)) special.push(seat);
          else if (sheet) {
            ctx.drawImage(
              sheet.image,
              cell * sheet.cell,
              0,
              sheet.cell,
              sheet.cell,
              px,
              py,
              sheet.cell,
              sheet.cell,
            );
            const marks = plan.marks[seat] as number;
            if (marks && size >= MARKS_FROM) {
              const sign = this.sprites.signFor(marks, cell);
              ctx.drawImage(
                sheet.image,
                sign * sheet.cell,
                0,
                sheet.cell,
                sheet.cell,
                px,
                py,
                sheet.cell,
                sheet.cell,
              );
            }
          } else (squares[cell] as number[]).push(px, py);
        }
      }
    }
    squares.forEach((corners, cell) => {
      ctx.fillStyle = this.sprites.colours[cell] as string;
      for (let i = 0; i < corners.length; i += 2) {
        ctx.fillRect(corners[i] as number, corners[i + 1] as number, diameter, diameter);
      }
    });
    this.intoScreen(view);
    for (const seat of special) this.paintSpecial(seat, scene.lost.has(seat), view, size);
    if (size >= ROWS_FROM) this.nameRows(seen, view, window, size);
    if (size >= NUMBERS_FROM) this.numberSeats(seen, scene, view, window, size);
  }

  /** A chosen seat wears a tick, a lost one a cross: shapes, since colour already means price. */
  private paintSpecial(seat: number, lost: boolean, view: View, size: number): void {
    const { ctx, inks, plan } = this;
    const [cx, cy] = [(plan.x[seat] as number) * view.k + view.x, (plan.y[seat] as number) * view.k + view.y];
    const r = Math.max(4, size * 0.5);
    ctx.beginPath();
    ctx.arc(cx, cy, r, 0, 7);
    ctx.fillStyle = lost ? inks.paper : inks.ink;
    ctx.fill();
    ctx.lineWidth = Math.max(1.5, r * 0.22);
    ctx.strokeStyle = lost ? inks.bad : inks.marquee;
    ctx.stroke();
    ctx.beginPath();
    if (lost) {
      ctx.moveTo(cx - r * 0.4, cy - r * 0.4);
      ctx.lineTo(cx + r * 0.4, cy + r * 0.4);
      ctx.moveTo(cx + r * 0.4, cy - r * 0.4);
      ctx.lineTo(cx - r * 0.4, cy + r * 0.4);
    } else {
      ctx.moveTo(cx - r * 0.45, cy + r * 0.02);
      ctx.lineTo(cx - r * 0.1, cy + r * 0.38);
      ctx.lineTo(cx + r * 0.5, cy - r * 0.34);
      ctx.strokeStyle = inks.paper;
    }
    ctx.stroke();
  }

  private nameRows(seen: PlanSection[], view: View, window: Box, size: number): void {
    const { ctx, inks, plan } = this;
    ctx.font = `600 ${Math.min(13, size * 0.55)}px ${inks.font}`;
    ctx.fillStyle = inks.ink3;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const section of seen) {
      for (let r = section.firstRow; r < section.endRow; r++) {
        const row = plan.rows[r] as PlanRow;
        if (section.standing || this.isTable(row) || !touches(row.box, window)) continue;
        for (const [end, inner] of [
          [row.first, row.first + 1],
          [row.end - 1, row.end - 2],
        ] as const) {
          if (inner < row.first || inner >= row.end) continue;
          const [ex, ey] = [plan.x[end] as number, plan.y[end] as number];
          const [ix, iy] = [plan.x[inner] as number, plan.y[inner] as number];
          const step = plan.pitch / (Math.hypot(ex - ix, ey - iy) || 1);
          ctx.fillText(
            row.label,
            (ex + (ex - ix) * step) * view.k + view.x,
            (ey + (ey - iy) * step) * view.k + view.y,
          );
        }
      }
    }
  }

  /** Seats in a ring: their row has no ends that could carry its name. */
  private isTable({ first, end }: PlanRow): boolean {
    const { x, y, pitch } = this.plan;
    const last = end - 1;
    const [dx, dy] = [(x[last] as number) - (x[first] as number), (y[last] as number) - (y[first] as number)];
    return end - first > 2 && Math.hypot(dx, dy) < pitch * (end - first - 1) * 0.5;
  }

  private numberSeats(seen: PlanSection[], scene: Scene, view: View, window: Box, size: number): void {
    const { ctx, inks, plan } = this;
    ctx.font = `600 ${Math.min(14, size * 0.36)}px ${inks.font}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const onPrice = inks.prices.map(inkOn);
    for (const section of seen) {
      for (let r = section.firstRow; r < section.endRow; r++) {
        const row = plan.rows[r] as PlanRow;
        if (section.standing || !touches(row.box, window)) continue;
        for (let seat = row.first; seat < row.end; seat++) {
          if (plan.marks[seat] || scene.chosen.has(seat) || scene.lost.has(seat)) continue;
          ctx.fillStyle = scene.free.has(seat)
            ? (onPrice[plan.category[seat] as number] as string)
            : inks.ink3;
          const [sx, sy] = [(plan.x[seat] as number) * view.k, (plan.y[seat] as number) * view.k];
          ctx.fillText(plan.labels[seat] as string, sx + view.x, sy + view.y);
        }
      }
    }
  }

  private nameSection(section: PlanSection, scene: Scene, view: View, near: number): void {
    const { ctx, inks } = this;
    const [cx, cy] = [section.heart.x * view.k + view.x, section.heart.y * view.k + view.y];
    const wide = section.heart.wide * view.k;
    const name = nameThatFits(section.label, wide);
    if (!name) return;
    const left = scene.left[section.index] ?? 0;
    const shown = left > 0 && (scene.only === undefined || scene.only === section.category);
    const solid = shown && left / (section.end - section.first) > PLENTY;
    ctx.globalAlpha = hasSeats(section) ? 1 - near : 1;
    ctx.fillStyle = solid ? inkOn(inks.prices[section.category] ?? inks.gone) : inks.ink;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    const second = shown ? (scene.priceFrom[section.index] ?? "") : left > 0 ? "" : "sold out";
    const room = second !== "" && wide > second.length * 6.4 + 8 && section.heart.room * view.k > 17;
    ctx.font = `700 ${name.font}px ${inks.font}`;
    ctx.fillText(name.words, cx, room ? cy - name.font * 0.55 : cy);
    if (room) {
      ctx.font = `500 11px ${inks.font}`;
      ctx.fillText(second, cx, cy + name.font * 0.6);
    }
    ctx.globalAlpha = 1;
  }

  private nameShapes(view: View): void {
    const { ctx, inks, plan } = this;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const shape of plan.shapes) {
      if (!shape.label) continue;
      const xs = shape.points.map((p) => p[0]);
      const ys = shape.points.map((p) => p[1]);
      const [left, right] = [Math.min(...xs), Math.max(...xs)];
      // A text is one point without a width: it shows up once there is room for small print.
      const text = shape.points.length === 1 && view.k * plan.pitch > SEATS_FROM / 2;
      const font = text ? 11 : Math.min(18, ((right - left) * view.k) / (shape.label.length * 0.8));
      if (font < 7) continue;
      ctx.font = `750 ${font}px ${inks.font}`;
      ctx.fillStyle = shape.kind === "stage" ? inks.stageInk : inks.ink3;
      const middle = (Math.min(...ys) + Math.max(...ys)) / 2;
      ctx.fillText(shape.label, ((left + right) / 2) * view.k + view.x, middle * view.k + view.y);
    }
  }

  private paintSpot(spot: Spot | undefined, view: View, size: number, colour: string, width: number): void {
    if (!spot) return;
    const { ctx, plan } = this;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    if ("seat" in spot) {
      const [cx, cy] = [(plan.x[spot.seat] as number) * view.k, (plan.y[spot.seat] as number) * view.k];
      ctx.beginPath();
      ctx.arc(cx + view.x, cy + view.y, Math.max(5, size * 0.5 + width * 0.75), 0, 7);
      ctx.stroke();
      return;
    }
    this.intoPlan(view);
    ctx.lineWidth = width / view.k;
    ctx.stroke(this.outlines[spot.section] as Path2D);
    this.intoScreen(view);
  }
}

/** A section's name in the size that fits the width; where it is too long its last word, often the number. */
function nameThatFits(label: string, wide: number): { words: string; font: number } | undefined {
  const short = label.split(" ").at(-1) ?? label;
  const sizeOf = (words: string) => Math.min(15, wide / (words.length * 0.6 + 0.5));
  if (sizeOf(label) >= 12) return { words: label, font: sizeOf(label) };
  if (sizeOf(short) >= 9.5) return { words: short, font: sizeOf(short) };
  return undefined;
}

function pathOf(points: readonly (readonly [number, number])[]): Path2D {
  const path = new Path2D();
  for (const [x, y] of points) path.lineTo(x, y);
  path.closePath();
  return path;
}

/** What of the plan can be seen, in plan units, with a margin for what reaches in. */
function windowOf({ k, x, y, width, height }: View): Box {
  const margin = 20 / k;
  return {
    left: -x / k - margin,
    top: -y / k - margin,
    right: (width - x) / k + margin,
    bottom: (height - y) / k + margin,
  };
}

function touches(a: Box, b: Box): boolean {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}
