import { useMemo } from "preact/hooks";
import { isOurs, Picture } from "./Picture";
import { seeded } from "./seeded";
import "./poster.css";

/** [ground, three inks]: two-tone prints as a screen printer would pull them. */
const PALETTES = [
  ["#f2502e", "#12131a", "#ffc93c", "#f7e9d7"],
  ["#1e2a78", "#ff6f59", "#f4f1e8", "#8fb8ff"],
  ["#0f6e56", "#f6d55c", "#0b2f2a", "#f3efe2"],
  ["#ffc93c", "#12131a", "#d3302f", "#fff6df"],
  ["#5b1a5e", "#ff9e6d", "#ffe3c9", "#210a2b"],
  ["#d9e4ec", "#1b3a57", "#e4572e", "#12131a"],
  ["#1b1c26", "#e6e1d3", "#ff4d4d", "#5a6cff"],
  ["#e8b7c8", "#7a1437", "#12131a", "#fff3ec"],
] as const;

type Ink = (n: number) => string;
type Draw = (random: () => number, ink: Ink) => preact.JSX.Element[];

const between = (random: () => number, low: number, high: number) => low + random() * (high - low);

const rings: Draw = (random, ink) => {
  const [x, y] = [between(random, 60, 240), between(random, 90, 260)];
  const width = between(random, 18, 46);
  return Array.from({ length: 16 }, (_, i) => (
    <circle key={i} cx={x} cy={y} r={(16 - i) * width - width / 3} fill={ink(i % 2 === 0 ? 1 : 0)} />
  )).concat(<circle key="eye" cx={x} cy={y} r={width * 0.8} fill={ink(2)} />);
};

const rays: Draw = (random, ink) => {
  const [x, y] = [between(random, 90, 210), between(random, 200, 330)];
  const count = 2 * Math.round(between(random, 6, 13));
  const far = 640;
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [(i / count) * Math.PI * 2, ((i + 0.5) / count) * Math.PI * 2];
    const to = (t: number) => `${x + Math.cos(t) * far} ${y + Math.sin(t) * far}`;
    return <path key={i} d={`M${x} ${y}L${to(a)}L${to(b)}z`} fill={ink(1)} />;
  }).concat(<circle key="sun" cx={x} cy={y} r={between(random, 56, 84)} fill={ink(2)} />);
};

const waves: Draw = (random, ink) => {
  const lift = between(random, 8, 34);
  const phase = random() * 80;
  return Array.from({ length: 9 }, (_, i) => {
    const y = 60 + i * 42;
    const hump = Array.from({ length: 6 }, () => `q40 ${-lift * 2} 80 0t80 0`).join("");
    return (
      <path
        key={i}
        d={`M${-phase - (i % 2) * 40} ${y}${hump}v500h-960z`}
        fill={ink([0, 1, 2, 3][i % 4] as number)}
      />
    );
  });
};

const halftone: Draw = (random, ink) => {
  const [cx, cy] = [between(random, 40, 260), between(random, 60, 320)];
  const dots: preact.JSX.Element[] = [];
  for (let row = 0; row < 17; row++) {
    for (let column = 0; column < 13; column++) {
      const [x, y] = [column * 25 + (row % 2) * 12.5, row * 25];
      const r = 13 * Math.max(0, 1 - Math.hypot(x - cx, y - cy) / 330);
      if (r > 1) dots.push(<circle key={`${row}-${column}`} cx={x} cy={y} r={r} fill={ink(1)} />);
    }
  }
  return [<circle key="moon" cx={300 - cx} cy={400 - cy} r={82} fill={ink(2)} />, ...dots];
};

const blocks: Draw = (random, ink) => {
  const cell = 100;
  return Array.from({ length: 12 }, (_, i) => {
    const [x, y] = [(i % 3) * cell, Math.floor(i / 3) * cell];
    const turn = Math.floor(random() * 4) * 90;
    const kind = Math.floor(random() * 3);
    const fill = ink(1 + Math.floor(random() * 3));
    return (
      <g key={i} transform={`rotate(${turn} ${x + 50} ${y + 50})`}>
        {kind === 0 && <path d={`M${x} ${y}h100a100 100 0 0 1-100 100z`} fill={fill} />}
        {kind === 1 && <path d={`M${x} ${y}h100l-100 100z`} fill={fill} />}
        {kind === 2 && <circle cx={x + 50} cy={y + 50} r={50} fill={fill} />}
      </g>
    );
  });
};

const beams: Draw = (random, ink) => {
  const lean = between(random, -90, 90);
  return Array.from({ length: 7 }, (_, i) => {
    const x = i * 50 - 20;
    return (
      <path
        key={i}
        d={`M${150 + lean} -20L${x} 420h${i % 2 ? 34 : 18}z`}
        fill={ink(1 + (i % 3))}
        opacity={0.92}
      />
    );
  }).concat(<circle key="lamp" cx={150 + lean} cy={-10} r={60} fill={ink(2)} />);
};

const DRAWINGS = [rings, rays, waves, halftone, blocks, beams];

/** The event's picture; without one a print of its own, always the same for the same event. */
export function Poster(props: { eventId: string; words?: string; image?: string | null | undefined }) {
  const { eventId, words, image } = props;
  const { ground, art } = useMemo(() => {
    const random = seeded(eventId);
    const [paper, ...pots] = PALETTES[Math.floor(random() * PALETTES.length)] as (typeof PALETTES)[number];
    const first = Math.floor(random() * pots.length);
    const inks = [paper, ...pots.slice(first), ...pots.slice(0, first)];
    const drawing = DRAWINGS[Math.floor(random() * DRAWINGS.length)] as Draw;
    return { ground: inks[0], art: drawing(random, (n) => inks[n] as string) };
  }, [eventId]);
  return (
    <div class="poster" aria-hidden="true">
      {isOurs(image) ? (
        <Picture url={image} sizes="(min-width: 40rem) 20rem, 100vw" alt="" />
      ) : (
        <svg viewBox="0 0 300 400" aria-hidden="true" preserveAspectRatio="xMidYMid slice">
          <rect width="300" height="400" fill={ground} />
          {art}
        </svg>
      )}
      {words && <span class="poster-words">{words}</span>}
    </div>
  );
}
