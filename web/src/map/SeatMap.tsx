import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { FreeSeats } from "./availability";
import { Finder } from "./find";
import { inksOf } from "./inks";
import { moveFor, sectionSpot } from "./keys";
import type { Scene, Spot, View } from "./scene";
import "./map.css";
import { Minimap } from "./Minimap";
import { ACCESSIBLE, COMPANION, type Plan, type PlanSection, RESTRICTED, rowOf, sectionOf } from "./plan";
import { SeatMapView } from "./view";

export interface SeatMapProps {
  plan: Plan;
  free: FreeSeats;
  chosen: ReadonlySet<number>;
  lost: ReadonlySet<number>;
  /** What a lost seat is called. */
  lostWord?: string;
  only: number | undefined;
  /** Per category: the step of the colour ramp, and the price in words. */
  ranks: readonly number[];
  price: readonly string[];
  /** Per section: the price in words. */
  priceFrom: readonly string[];
  onSeat: (seat: number) => void;
  onStanding: (section: PlanSection) => void;
}

export function SeatMap(props: SeatMapProps) {
  const { plan, free, ranks } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const map = useRef<SeatMapView | undefined>(undefined);
  const handlers = useRef(props);
  handlers.current = props;
  const finder = useMemo(() => new Finder(plan), [plan]);
  const left = useMemo(() => plan.sections.map((s) => free.count(s.first, s.end)), [plan, free]);
  const [hover, setHover] = useState<{ spot: Spot; x: number; y: number }>();
  const [focused, setFocused] = useState<Spot>();
  const [active, setActive] = useState(false);
  const [view, setView] = useState<View>();

  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const made = new SeatMapView(element, plan, finder, inksOf(element, ranks), {
      seatPressed: (seat) => handlers.current.onSeat(seat),
      standingPressed: (section) => handlers.current.onStanding(section),
      pointed: (spot, x, y) => setHover(spot && { spot, x, y }),
      moved: setView,
    });
    map.current = made;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => made.setInks(inksOf(element, ranks));
    scheme.addEventListener("change", recolour);
    return () => {
      scheme.removeEventListener("change", recolour);
      made.destroy();
    };
  }, [plan, finder, ranks]);

  const scene: Scene = {
    plan,
    free,
    left,
    chosen: props.chosen,
    lost: props.lost,
    only: props.only,
    hovered: hover?.spot,
    focused: active ? focused : undefined,
    priceFrom: props.priceFrom,
  };
  const { chosen, lost, only, priceFrom } = props;
  const shownFocus = scene.focused;
  // Moving about repaints by itself; only a change of what there is to see asks for it here.
  useEffect(
    () => map.current?.show(scene),
    [plan, ranks, left, chosen, lost, only, priceFrom, hover, shownFocus],
  );

  const describe = (spot: Spot) => words(spot, scene, props.price, props.lostWord ?? "just gone");
  const press = (e: KeyboardEvent) => {
    const made = map.current as SeatMapView;
    const move = moveFor(e.key, focused, plan, finder);
    if (!move) return;
    e.preventDefault();
    setActive(true);
    if ("go" in move) {
      setFocused(move.go);
      if ("seat" in move.go) made.reveal(move.go.seat);
    } else if ("choose" in move) props.onSeat(move.choose);
    else if ("stand" in move) props.onStanding(move.stand);
    else if ("enter" in move) {
      made.visit(move.enter);
      setFocused({ seat: made.seatInSight(move.enter) });
    } else if ("leave" in move) {
      if (focused && "seat" in focused) setFocused(sectionSpot(plan, focused.seat));
      made.reset();
    } else if ("zoom" in move) made.closer(move.zoom);
    else made.reset();
  };

  const sight = view && map.current?.showsSeats ? map.current.sectionInSight : undefined;
  return (
    <div class="seat-map">
      {/* A canvas cannot hold controls: it is one itself, and says where the keyboard stands in words. */}
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: an application is what it is */}
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-label={`Seat map of ${plan.name}`}
        aria-describedby="map-keys"
        onKeyDown={press}
        onFocus={(e) => setActive(e.currentTarget.matches(":focus-visible"))}
        onBlur={() => setActive(false)}
      />
      <p id="map-keys" class="visually-hidden">
        Arrow keys move among sections. Enter goes into a section, then arrow keys move among its seats and
        Enter chooses one. Escape goes back to the sections. Plus and minus zoom, zero shows the whole map.
        You can also let us choose the best seats with the form beside the map.
      </p>
      <p class="visually-hidden" role="status">
        {active && focused ? describe(focused).join(", ") : ""}
      </p>
      {sight && (
        <p class="map-sight" aria-hidden="true">
          <b>{sight.label}</b> {left[sight.index]} left
        </p>
      )}
      {hover && <Tip at={hover} lines={describe(hover.spot)} />}
      <div class="map-buttons">
        <button type="button" class="map-zoom" aria-label="Zoom in" onClick={() => map.current?.closer(1.7)}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M10 4v12M4 10h12" />
          </svg>
        </button>
        <button
          type="button"
          class="map-zoom"
          aria-label="Zoom out"
          onClick={() => map.current?.closer(1 / 1.7)}
        >
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M4 10h12" />
          </svg>
        </button>
        <button type="button" aria-label="Show the whole map" onClick={() => map.current?.reset()}>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4" />
          </svg>
        </button>
      </div>
      {plan.zones.length > 0 && (
        <div class="map-zones">
          {plan.zones.map(({ label, box }) => (
            <button key={label} type="button" onClick={() => map.current?.frame(box)}>
              {label}
            </button>
          ))}
        </div>
      )}
      {view && <Minimap plan={plan} view={view} />}
    </div>
  );
}

/** A place in words: where it is, what it costs, whether it can be had. */
function words(spot: Spot, scene: Scene, price: readonly string[], lostWord: string): string[] {
  const { plan, free, left, chosen, lost, priceFrom } = scene;
  if ("section" in spot) {
    const section = plan.sections[spot.section] as PlanSection;
    const count = left[spot.section] ?? 0;
    const what = section.standing ? "standing places" : "seats";
    const offer = count ? [priceFrom[section.index] ?? "", `${count} ${what} left`] : ["sold out"];
    return [section.label, ...offer];
  }
  const { seat } = spot;
  const marks = plan.marks[seat] as number;
  const state = chosen.has(seat)
    ? "chosen"
    : free.has(seat)
      ? "available"
      : lost.has(seat)
        ? lostWord
        : "taken";
  return [
    sectionOf(plan, seat).label,
    `Row ${rowOf(plan, seat).label}, seat ${plan.labels[seat]}`,
    price[plan.category[seat] as number] ?? "",
    ...(marks & ACCESSIBLE ? ["wheelchair space"] : []),
    ...(marks & COMPANION ? ["companion seat"] : []),
    ...(marks & RESTRICTED ? ["restricted view"] : []),
    state,
  ];
}

function Tip({ at, lines }: { at: { x: number; y: number }; lines: string[] }) {
  const [title, ...rest] = lines;
  return (
    <div class="map-tip" aria-hidden="true" style={{ left: `${at.x}px`, top: `${at.y}px` }}>
      <b>{title}</b>
      {rest.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}
