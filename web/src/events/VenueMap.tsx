import type { Events, Venue } from "../api/types";
import { venuesOf } from "./search";

const WIDTH = 640;
const HEIGHT = 300;
const MARGIN = 42;
const SPAN_MIN = 0.02;
const [NAME_WIDTH, NAME_HEIGHT] = [96, 40];

/** Where the venues lie towards each other: north is up, and the grid says how far a degree is. No outside tiles. */
export function VenueMap({ answer, here }: { answer: Pick<Events, "events">; here?: Venue }) {
  const venues = venuesOf(answer);
  if (here && !venues.some(({ venue }) => venue.venueId === here.venueId))
    venues.push({ venue: here, count: 0 });
  if (venues.length < 2) return null;
  const middle = venues.reduce((sum, { venue }) => sum + venue.latitude, 0) / venues.length;
  const narrow = Math.cos((middle * Math.PI) / 180);
  const spots = venues.map(({ venue, count }) => ({
    venue,
    count,
    x: venue.longitude * narrow,
    y: -venue.latitude,
  }));
  const [left, top] = [Math.min(...spots.map(({ x }) => x)), Math.min(...spots.map(({ y }) => y))];
  const across = Math.max(SPAN_MIN, Math.max(...spots.map(({ x }) => x)) - left);
  const down = Math.max(SPAN_MIN, Math.max(...spots.map(({ y }) => y)) - top);
  const scale = Math.min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / down);
  const shift = { x: (WIDTH - across * scale) / 2, y: (HEIGHT - down * scale) / 2 };
  const at = (x: number, y: number) => [shift.x + (x - left) * scale, shift.y + (y - top) * scale] as const;
  const named: { cx: number; cy: number }[] = [];
  const km = ruler((WIDTH / 4 / scale) * 111.32);
  const bar = (km / 111.32) * scale;
  return (
    <figure class="venue-map">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
        <title>Map of the venues</title>
        <path class="grid" d={grid()} />
        {spots.map(({ venue, count, x, y }) => {
          const [cx, cy] = at(x, y);
          // A name that would lie on another is left to the tooltip.
          const free = !named.some(
            (spot) => Math.abs(spot.cx - cx) < NAME_WIDTH && Math.abs(spot.cy - cy) < NAME_HEIGHT,
          );
          if (free) named.push({ cx, cy });
          const name = `${venue.name}, ${venue.city}: ${count === 1 ? "1 event" : `${count} events`}`;
          return (
            <a
              key={venue.venueId}
              class={venue.venueId === here?.venueId ? "here" : undefined}
              href={`/venues/${venue.venueId}`}
              aria-label={name}
            >
              <title>{name}</title>
              <circle cx={cx} cy={cy} r={6 + 2 * Math.min(6, Math.sqrt(count))} />
              {free && (
                <text x={cx} y={cy + 24} text-anchor={anchorAt(cx)}>
                  {venue.city}
                </text>
              )}
            </a>
          );
        })}
        <g class="ruler">
          <path d={`M${WIDTH - 16 - bar} ${HEIGHT - 22}v8h${bar}v-8`} />
          <text x={WIDTH - 16 - bar / 2} y={HEIGHT - 24} text-anchor="middle">
            {km < 1 ? `${km * 1000} m` : `${km} km`}
          </text>
        </g>
      </svg>
    </figure>
  );
}

/** Names near an edge are written towards the middle. */
function anchorAt(cx: number): "start" | "middle" | "end" {
  return cx < NAME_WIDTH ? "start" : cx > WIDTH - NAME_WIDTH ? "end" : "middle";
}

/** The longest of 1, 2, 5, 10, … that is not longer than this. */
function ruler(longest: number): number {
  const power = 10 ** Math.floor(Math.log10(longest));
  return power * (longest >= 5 * power ? 5 : longest >= 2 * power ? 2 : 1);
}

function grid(): string {
  const lines = [];
  for (let x = 40; x < WIDTH; x += 40) lines.push(`M${x} 0v${HEIGHT}`);
  for (let y = 20; y < HEIGHT; y += 40) lines.push(`M0 ${y}h${WIDTH}`);
  return lines.join("");
}
