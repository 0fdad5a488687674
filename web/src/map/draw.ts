import type { Inks } from "./inks";
import { Lettering } from "./lettering";
import type { Box } from "./outline";
import { hasSeats, type Plan, type PlanRow, type PlanSection } from "./plan";
import {
  FEW,
  MARKS_FROM,
  NUMBERS_FROM,
  offers,
  PLENTY,
  ROUND_FROM,
  ROWS_FROM,
  type Scene,
  SEATS_FROM,
  SEATS_FULLY,
  type Spot,
  touches,
  type View,
  windowOf,
} from "./scene";
import { type Sheet, Sprites } from "./sprites";

/** Paints the map: the house as a whole from afar, its seats from near by. */
export class Painter {
  private readonly outlines: Path2D[];
  private readonly shapes: Path2D[];
  private readonly letters: Lettering;
  private sprites: Sprites;

  constructor(
    private readonly ctx: CanvasRenderingContext2D,
    private readonly plan: Plan,
    private inks: Inks,
  ) {
    this.outlines = plan.sections.map((s) => pathOf(s.outline));
    this.shapes = plan.shapes.map((s) => pathOf(s.points));
    this.letters = new Lettering(ctx, plan, inks);
    this.sprites = new Sprites(inks);
  }

  setInks(inks: Inks): void {
    this.inks = inks;
    this.letters.inks = inks;
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
    this.paintShapes();
    for (const section of seen) this.paintSection(section, scene, near, view.k);
    this.intoScreen(view);
    this.letters.nameShapes(view);
    if (near > 0) {
      ctx.globalAlpha = near;
      this.paintSeats(seen, scene, view, window, size);
      ctx.globalAlpha = 1;
    }
    this.intoScreen(view);
    for (const section of seen)
      if (near < 1 || !hasSeats(section)) this.letters.nameSection(section, scene, view, near);
    this.paintSpot(scene.hovered, view, size, inks.ink, 2);
    this.paintSpot(scene.focused, view, size, inks.focus, 3.5);
  }

  private intoPlan({ k, x, y, ratio }: View): void {
    this.ctx.setTransform(k * ratio, 0, 0, k * ratio, x * ratio, y * ratio);
  }

  private intoScreen({ ratio }: View): void {
    this.ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  private paintShapes(): void {
    const { ctx, inks } = this;
    this.plan.shapes.forEach((shape, i) => {
      ctx.fillStyle = shape.kind === "stage" ? inks.stage : inks.line;
      ctx.globalAlpha = shape.kind === "stage" ? 1 : 0.35;
      ctx.fill(this.shapes[i] as Path2D);
    });
    ctx.globalAlpha = 1;
  }

  private paintSection(section: PlanSection, scene: Scene, near: number, k: number): void {
    const { ctx, inks } = this;
    const path = this.outlines[section.index] as Path2D;
    const share = (scene.left[section.index] ?? 0) / Math.max(1, section.end - section.first);
    const shown = share > 0 && offers(section, scene.only);
    const fade = hasSeats(section) ? 1 - near : 1;
    ctx.fillStyle = inks.paper;
    ctx.fill(path);
    ctx.globalAlpha = fade;
    if (shown) {
      // The emptier the section, the paler: three steps the eye can tell apart.
      ctx.globalAlpha = fade * (share > PLENTY ? 0.94 : share > FEW ? 0.6 : 0.3);
      ctx.fillStyle = inks.prices[scene.only ?? section.category] ?? inks.gone;
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
            stamp(ctx, sheet, cell, px, py);
            const marks = plan.marks[seat] as number;
            if (marks && size >= MARKS_FROM) stamp(ctx, sheet, this.sprites.signFor(marks, cell), px, py);
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
    if (size >= ROWS_FROM) this.letters.nameRows(seen, view, window, size);
    if (size >= NUMBERS_FROM) this.letters.numberSeats(seen, scene, view, window, size);
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

function stamp(ctx: CanvasRenderingContext2D, { image, cell }: Sheet, n: number, x: number, y: number): void {
  ctx.drawImage(image, n * cell, 0, cell, cell, x, y, cell, cell);
}

function pathOf(points: readonly (readonly [number, number])[]): Path2D {
  const path = new Path2D();
  for (const [x, y] of points) path.lineTo(x, y);
  path.closePath();
  return path;
}
