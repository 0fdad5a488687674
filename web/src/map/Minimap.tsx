import type { Plan } from "./plan";
import type { View } from "./scene";

const SIDE = 92;

/** Where on the whole map one is looking; shown once part of the map is out of sight. */
export function Minimap({ plan, view }: { plan: Plan; view: View }) {
  const { left, top, right, bottom } = plan.box;
  const [wide, high] = [right - left, bottom - top];
  const [seenWide, seenHigh] = [view.width / view.k, view.height / view.k];
  if (seenWide >= wide * 0.9 && seenHigh >= high * 0.9) return null;
  const scale = SIDE / Math.max(wide, high);
  return (
    <svg
      class="minimap"
      aria-hidden="true"
      width={wide * scale}
      height={high * scale}
      viewBox={`${left} ${top} ${wide} ${high}`}
    >
      <path class="minimap-sections" d={outlinesOf(plan)} />
      <rect
        class="minimap-window"
        x={-view.x / view.k}
        y={-view.y / view.k}
        width={seenWide}
        height={seenHigh}
        vector-effect="non-scaling-stroke"
      />
    </svg>
  );
}

const outlines = new WeakMap<Plan, string>();

function outlinesOf(plan: Plan): string {
  let d = outlines.get(plan);
  if (d === undefined) {
    d = plan.sections.map((s) => `M${s.outline.map((p) => p.map(Math.round).join(" ")).join("L")}z`).join("");
    outlines.set(plan, d);
  }
  return d;
}
