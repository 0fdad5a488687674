import { type Inks, inkOn } from "./inks";
import type { Box } from "./outline";
import { hasSeats, type Plan, type PlanRow, type PlanSection } from "./plan";
import { offers, PLENTY, type Scene, SEATS_FROM, touches, type View } from "./scene";

/** Everything written on the map. Letters are set in screen units, so that they stay readable at any zoom. */
export class Lettering {
  constructor(
    private readonly ctx: CanvasRenderingContext2D,
    private readonly plan: Plan,
    public inks: Inks,
  ) {}

  nameRows(seen: PlanSection[], view: View, window: Box, size: number): void {
    const { ctx, inks, plan } = this;
    ctx.font = `600 ${whole(Math.min(13, size * 0.55))}px ${inks.font}`;
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

  numberSeats(seen: PlanSection[], scene: Scene, view: View, window: Box, size: number): void {
    const { ctx, inks, plan } = this;
    ctx.font = `600 ${whole(Math.min(14, size * 0.36))}px ${inks.font}`;
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

  nameSection(section: PlanSection, scene: Scene, view: View, near: number): void {
    const { ctx, inks } = this;
    const [cx, cy] = [section.heart.x * view.k + view.x, section.heart.y * view.k + view.y];
    const wide = section.heart.wide * view.k;
    const name = nameThatFits(section.label, wide);
    if (!name) return;
    const left = scene.left[section.index] ?? 0;
    const shown = left > 0 && offers(section, scene.only);
    const solid = shown && left / (section.end - section.first) > PLENTY;
    ctx.globalAlpha = hasSeats(section) ? 1 - near : 1;
    ctx.fillStyle = solid ? inkOn(inks.prices[scene.only ?? section.category] ?? inks.gone) : inks.ink;
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

  nameShapes(view: View): void {
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
      const font = text ? 11 : whole(Math.min(18, ((right - left) * view.k) / (shape.label.length * 0.8)));
      if (font < 7) continue;
      ctx.font = `750 ${font}px ${inks.font}`;
      ctx.fillStyle = shape.kind === "stage" ? inks.stageInk : inks.ink3;
      const middle = (Math.min(...ys) + Math.max(...ys)) / 2;
      ctx.fillText(shape.label, ((left + right) / 2) * view.k + view.x, middle * view.k + view.y);
    }
  }
}

/** A section's name in the size that fits the width; where it is too long its last word, often the number. */
function nameThatFits(label: string, wide: number): { words: string; font: number } | undefined {
  const short = label.split(" ").at(-1) ?? label;
  const sizeOf = (words: string) => whole(Math.min(15, wide / (words.length * 0.6 + 0.5)));
  if (sizeOf(label) >= 12) return { words: label, font: sizeOf(label) };
  if (sizeOf(short) >= 9) return { words: short, font: sizeOf(short) };
  return undefined;
}

/** Letters in whole sizes: a new size at every step of a zoom would be drawn from scratch each time. */
const whole = Math.floor;
