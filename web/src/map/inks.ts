import { interpolateRgbBasis } from "d3-interpolate";

/**
 * Prices run from light and warm (cheap) to dark and violet (dear). Lightness alone tells them apart, so the ramp
 * also works without colour vision; the legend names each step and can single it out.
 */
const LIGHT = ["#efb73e", "#ec7f4c", "#cf4670", "#8c2a8d", "#3a1c7d"];
const DARK = ["#ffe08a", "#ffab66", "#f0698a", "#c24fc0", "#7a4fe0"];

export interface Inks {
  prices: string[];
  gone: string;
  ground: string;
  stage: string;
  stageInk: string;
  line: string;
  ink: string;
  ink3: string;
  paper: string;
  focus: string;
  marquee: string;
  bad: string;
  font: string;
}

/** `steps` colours from the cheapest price to the dearest. */
export function priceRamp(steps: number, dark: boolean): string[] {
  const ramp = dark ? DARK : LIGHT;
  if (steps === 1) return [ramp[2] as string];
  if (steps === ramp.length) return ramp;
  const colour = interpolateRgbBasis(ramp);
  return Array.from({ length: steps }, (_, i) => colour(i / (steps - 1)));
}

/** The map's colours: the page's own tokens, in whichever scheme the page is shown. */
export function inksOf(element: Element, priceRank: readonly number[]): Inks {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const ramp = priceRamp(Math.max(1, ...priceRank.map((rank) => rank + 1)), dark);
  return {
    prices: priceRank.map((rank) => ramp[rank] as string),
    gone: token("--seat-gone"),
    ground: token("--map-ground"),
    stage: token("--map-stage"),
    stageInk: "#ffffff",
    line: token("--map-line"),
    ink: token("--ink"),
    ink3: token("--ink-3"),
    paper: token("--surface"),
    focus: token("--focus"),
    marquee: token("--marquee"),
    bad: token("--bad"),
    font: token("--font"),
  };
}

/** Black or white, whichever reads better on the colour (relative luminance, WCAG). */
export function inkOn(colour: string): string {
  const parts = colour.startsWith("#")
    ? [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16))
    : (colour.match(/[\d.]+/g) ?? []).map(Number);
  const [r, g, b] = parts.slice(0, 3).map((c) => {
    const s = (c as number) / 255;
    return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.3 ? "#14151c" : "#ffffff";
}
