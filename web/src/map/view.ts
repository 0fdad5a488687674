import { type Selection, select } from "d3-selection";
import "d3-transition";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { Painter } from "./draw";
import type { Finder } from "./find";
import type { Inks } from "./inks";
import type { Box } from "./outline";
import { hasSeats, type Plan, type PlanSection, sectionOf } from "./plan";
import { type Scene, SEATS_FROM, type Spot, type View } from "./scene";

/** On a touch screen a seat is chosen once it is finger-sized; a tap before that comes closer. */
const FINGER_PX = 18;
const READABLE_PX = 22;
const CLOSEST_PX = 44;

export interface MapEvents {
  seatPressed(seat: number): void;
  standingPressed(section: PlanSection): void;
  pointed(spot: Spot | undefined, x: number, y: number): void;
  moved(view: View): void;
}

/** The canvas: where one stands, what is pressed. It draws at most once a frame, and only when something changed. */
export class SeatMapView {
  private readonly painter: Painter;
  private readonly surface: Selection<HTMLCanvasElement, unknown, null, undefined>;
  private readonly zoom = zoom<HTMLCanvasElement, unknown>();
  private readonly watching = new ResizeObserver(() => this.resize());
  private at: ZoomTransform = zoomIdentity;
  private width = 0;
  private height = 0;
  private due = 0;
  private scene: Scene | undefined;
  private drawn = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly plan: Plan,
    private readonly finder: Finder,
    inks: Inks,
    private readonly events: MapEvents,
  ) {
    this.surface = select(canvas);
    this.painter = new Painter(
      canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D,
      plan,
      inks,
    );
    this.zoom.clickDistance(6).on("zoom", ({ transform }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      this.at = transform;
      this.events.pointed(undefined, 0, 0);
      this.events.moved(this.view);
      this.request();
    });
    this.surface.call(this.zoom).on("dblclick.zoom", null);
    canvas.addEventListener("click", (e) => this.press(e));
    canvas.addEventListener("pointermove", (e) => this.point(e));
    canvas.addEventListener("pointerleave", () => events.pointed(undefined, 0, 0));
    this.watching.observe(canvas);
  }

  destroy(): void {
    this.watching.disconnect();
    cancelAnimationFrame(this.due);
    this.surface.interrupt().on(".zoom", null);
  }

  get view(): View {
    const { k, x, y } = this.at;
    return { k, x, y, width: this.width, height: this.height, ratio: Math.min(2, devicePixelRatio || 1) };
  }

  /** Size of a seat on screen, in CSS pixels. */
  get seatSize(): number {
    return this.plan.pitch * this.at.k;
  }

  get showsSeats(): boolean {
    return this.seatSize > SEATS_FROM + 1;
  }

  show(scene: Scene): void {
    this.scene = scene;
    this.request();
  }

  setInks(inks: Inks): void {
    this.painter.setInks(inks);
    this.request();
  }

  reset(): void {
    this.travel(this.fit(this.plan.box, this.plan.pitch * 2));
  }

  closer(factor: number): void {
    this.moving().call(this.zoom.scaleBy, factor);
  }

  /** Shows a part of the house as a whole. */
  frame(box: Box): void {
    this.travel(this.fit(box, this.plan.pitch * 4));
  }

  /** Goes to a section, near enough to choose seats in it. */
  visit(section: PlanSection): void {
    const whole = this.fit(section.box, this.plan.pitch * 3);
    const enough = (this.coarse ? READABLE_PX : READABLE_PX - 6) / this.plan.pitch;
    if (whole.k >= enough || !hasSeats(section)) this.travel(whole);
    else this.travel(this.centred(section.heart.x, section.heart.y, enough));
  }

  /** Brings a seat well inside the picture, and near enough to be seen. */
  reveal(seat: number): void {
    const [x, y] = [this.plan.x[seat] as number, this.plan.y[seat] as number];
    const [sx, sy] = this.at.apply([x, y]);
    const margin = 48;
    const inView = sx > margin && sy > margin && sx < this.width - margin && sy < this.height - margin;
    if (inView && this.seatSize >= 12) return;
    this.travel(this.centred(x, y, Math.max(this.at.k, READABLE_PX / this.plan.pitch)));
  }

  /** The section in the middle of the picture. */
  get sectionInSight(): PlanSection | undefined {
    const [x, y] = this.at.invert([this.width / 2, this.height / 2]);
    return this.finder.sectionAt(x, y);
  }

  /** The seat nearest to the middle of the picture, for the keyboard to start from. */
  seatInSight(section: PlanSection): number {
    const [x, y] = this.at.invert([this.width / 2, this.height / 2]);
    const near = this.finder.seatAt(x, y, this.plan.pitch * 6);
    return near !== undefined && sectionOf(this.plan, near) === section ? near : section.first;
  }

  private get coarse(): boolean {
    return matchMedia("(pointer: coarse)").matches;
  }

  private moving() {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return this.surface.transition().duration(still ? 0 : 380);
  }

  private travel(to: ZoomTransform): void {
    this.moving().call(this.zoom.transform, to);
  }

  private fit(box: Box, margin: number): ZoomTransform {
    const [wide, high] = [box.right - box.left + 2 * margin, box.bottom - box.top + 2 * margin];
    const k = Math.min(this.width / wide, this.height / high, CLOSEST_PX / this.plan.pitch);
    return this.centred((box.left + box.right) / 2, (box.top + box.bottom) / 2, k);
  }

  private centred(x: number, y: number, k: number): ZoomTransform {
    return zoomIdentity.translate(this.width / 2 - x * k, this.height / 2 - y * k).scale(k);
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    const first = this.width === 0;
    const [grewX, grewY] = [clientWidth - this.width, clientHeight - this.height];
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * this.view.ratio);
    this.canvas.height = Math.round(clientHeight * this.view.ratio);
    const { left, top, right, bottom } = this.plan.box;
    const whole = this.fit(this.plan.box, this.plan.pitch * 2);
    this.zoom
      .extent([
        [0, 0],
        [clientWidth, clientHeight],
      ])
      .scaleExtent([whole.k * 0.8, CLOSEST_PX / this.plan.pitch])
      .translateExtent([
        [left - clientWidth / whole.k / 3, top - clientHeight / whole.k / 3],
        [right + clientWidth / whole.k / 3, bottom + clientHeight / whole.k / 3],
      ]);
    // Of a house whose parts are far apart, the whole would mostly show what is between them.
    const [zone] = this.plan.zones;
    if (first) this.surface.call(this.zoom.transform, zone ? this.fit(zone.box, this.plan.pitch * 4) : whole);
    else this.surface.call(this.zoom.translateBy, grewX / 2 / this.at.k, grewY / 2 / this.at.k);
    // A resized canvas is blank, so that it is painted at once and not in the next frame.
    this.paint();
  }

  private request(): void {
    this.due ||= requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    cancelAnimationFrame(this.due);
    this.due = 0;
    if (!this.scene || this.width === 0) return;
    this.painter.paint(this.scene, this.view);
    if (!this.drawn) performance.mark("seat-map-drawn");
    this.drawn = true;
  }

  private spotAt(e: MouseEvent): Spot | undefined {
    const [x, y] = this.at.invert([e.offsetX, e.offsetY]);
    if (this.showsSeats) {
      const seat = this.finder.seatAt(
        x,
        y,
        Math.max(this.plan.pitch * 0.6, (this.coarse ? FINGER_PX : 5) / this.at.k),
      );
      if (seat !== undefined) return { seat };
    }
    // A big house on a small screen has sections of a few pixels: near is meant as on.
    const section = this.finder.sectionAt(x, y, this.coarse ? 14 / this.at.k : 0);
    return section && { section: section.index };
  }

  private point(e: PointerEvent): void {
    if (e.pointerType === "mouse" && e.buttons === 0)
      this.events.pointed(this.spotAt(e), e.offsetX, e.offsetY);
  }

  private press(e: MouseEvent): void {
    const spot = this.spotAt(e);
    if (!spot) return;
    if ("seat" in spot) {
      const [x, y] = this.at.invert([e.offsetX, e.offsetY]);
      if (this.coarse && this.seatSize < FINGER_PX)
        this.travel(this.centred(x, y, (FINGER_PX + 6) / this.plan.pitch));
      else this.events.seatPressed(spot.seat);
      return;
    }
    const section = this.plan.sections[spot.section] as PlanSection;
    if (section.standing) this.events.standingPressed(section);
    else if (!this.showsSeats) this.visit(section);
  }
}
