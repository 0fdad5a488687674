import { useEffect, useState } from "preact/hooks";
import type { Pricing } from "../api/types";
import { priceRamp } from "../map/inks";
import { ACCESSIBLE, COMPANION, type Plan, RESTRICTED } from "../map/plan";

/** What the colours and signs mean; pressing a price shows that price alone. */
export function Legend(props: {
  plan: Plan;
  pricing: Pricing;
  ranks: readonly number[];
  price: readonly string[];
  only: number | undefined;
  onOnly: (category: number | undefined) => void;
}) {
  const { plan, pricing, ranks, price, only, onOnly } = props;
  const dark = useDark();
  const ramp = priceRamp(Math.max(1, ...ranks.map((rank) => rank + 1)), dark);
  const order = plan.categories
    .map((category, index) => ({ ...category, index, rank: ranks[index] as number }))
    .filter(({ key }) => pricing.prices[key])
    .sort((a, b) => b.rank - a.rank);
  const marks = plan.marks.reduce((all, mark) => all | mark, 0);
  return (
    <div class="legend">
      <fieldset class="legend-prices">
        <legend class="visually-hidden">Show one price only</legend>
        {order.map(({ key, label, index, rank }) => (
          <button
            key={key}
            type="button"
            aria-pressed={only === index}
            onClick={() => onOnly(only === index ? undefined : index)}
          >
            <span class="swatch" aria-hidden="true" style={{ backgroundColor: ramp[rank] as string }} />
            <span>{label}</span> <b class="numbers">{price[index]}</b>
          </button>
        ))}
      </fieldset>
      <ul class="legend-signs">
        <li>{pricing.ticketTypes[0]?.label} prices, fees included. Paler: fewer left.</li>
        {(marks & ACCESSIBLE) > 0 && (
          <li>
            <Sign d="M8.800 4.400a1 1 0 1 0 .1 0M9 6.500v4h3.500l1.300 3.500M6.400 9.600a3.400 3.400 0 1 0 5 4.200" />{" "}
            Wheelchair
          </li>
        )}
        {(marks & COMPANION) > 0 && (
          <li>
            <Sign d="M10 5.500a1.700 1.700 0 1 0 .1 0M6 14.500a4 4 0 0 1 8 0z" /> Companion
          </li>
        )}
        {(marks & RESTRICTED) > 0 && (
          <li>
            <Sign d="M15.600 15.600A8 8 0 0 1 4.400 4.400z" filled /> Restricted view
          </li>
        )}
      </ul>
    </div>
  );
}

/** The sign as it stands on the map, in its seat. */
function Sign({ d, filled }: { d: string; filled?: boolean }) {
  return (
    <svg
      class="sign"
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.400"
    >
      <circle cx="10" cy="10" r="9" />
      <path d={d} fill={filled ? "currentColor" : "none"} />
    </svg>
  );
}

function useDark(): boolean {
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => setDark(scheme.matches);
    scheme.addEventListener("change", follow);
    return () => scheme.removeEventListener("change", follow);
  }, []);
  return dark;
}
