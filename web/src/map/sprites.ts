import { type Inks, inkOn } from "./inks";
import { ACCESSIBLE, COMPANION } from "./plan";

export interface Sheet {
  image: HTMLCanvasElement;
  cell: number;
}

const KEPT = 48;

/**
 * Seats as ready-made pictures: copying one is several times cheaper than tracing a circle, and thousands are
 * copied a frame. A sheet has one cell per price, one for seats that are gone, and the signs in black and white.
 */
export class Sprites {
  readonly colours: string[];
  readonly gone: number;
  private readonly sheets = new Map<number, Sheet>();

  constructor(inks: Inks) {
    this.colours = [...inks.prices, inks.gone];
    this.gone = inks.prices.length;
  }

  /** The cell of the sign for these marks, in the ink that reads on that seat. */
  signFor(marks: number, seatCell: number): number {
    const kind = marks & ACCESSIBLE ? 0 : marks & COMPANION ? 1 : 2;
    const light = inkOn(this.colours[seatCell] as string) === "#ffffff";
    return this.colours.length + kind * 2 + (light ? 1 : 0);
  }

  sheet(diameter: number): Sheet {
    const known = this.sheets.get(diameter);
    if (known) return known;
    if (this.sheets.size >= KEPT) this.sheets.clear();
    const made = this.make(diameter);
    this.sheets.set(diameter, made);
    return made;
  }

  private make(diameter: number): Sheet {
    const image = document.createElement("canvas");
    const cell = diameter + 1;
    image.width = cell * (this.colours.length + 6);
    image.height = cell;
    const ctx = image.getContext("2d") as CanvasRenderingContext2D;
    const r = diameter / 2;
    this.colours.forEach((colour, i) => {
      ctx.fillStyle = colour;
      ctx.beginPath();
      ctx.arc(i * cell + r, r, i === this.gone ? r * 0.78 : r, 0, 7);
      ctx.fill();
    });
    for (const [kind, sign] of [wheelchair, person, halfView].entries()) {
      for (const [tone, ink] of ["#14151c", "#ffffff"].entries()) {
        ctx.save();
        ctx.translate((this.colours.length + kind * 2 + tone) * cell + r, r);
        ctx.scale(r, r);
        ctx.fillStyle = ctx.strokeStyle = ink;
        ctx.lineWidth = 0.16;
        ctx.lineCap = ctx.lineJoin = "round";
        sign(ctx);
        ctx.restore();
      }
    }
    return { image, cell };
  }
}

/* Signs are drawn in a circle of radius 1 around the origin. */

function wheelchair(ctx: CanvasRenderingContext2D): void {
  ctx.beginPath();
  ctx.arc(-0.12, -0.56, 0.14, 0, 7);
  ctx.fill();
  ctx.beginPath();
  ctx.moveTo(-0.12, -0.34);
  ctx.lineTo(-0.08, 0.06);
  ctx.lineTo(0.3, 0.06);
  ctx.lineTo(0.46, 0.5);
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(-0.06, 0.24, 0.36, 0.5, 4.0);
  ctx.stroke();
}

function person(ctx: CanvasRenderingContext2D): void {
  ctx.beginPath();
  ctx.arc(0, -0.32, 0.22, 0, 7);
  ctx.fill();
  ctx.beginPath();
  ctx.arc(0, 0.5, 0.42, Math.PI, 0);
  ctx.fill();
}

function halfView(ctx: CanvasRenderingContext2D): void {
  ctx.globalAlpha = 0.55;
  ctx.beginPath();
  ctx.arc(0, 0, 0.97, Math.PI * 0.25, Math.PI * 1.25);
  ctx.fill();
}
