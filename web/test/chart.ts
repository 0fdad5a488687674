import type { Chart, ChartSection } from "../src/map/plan";

/** A small hall: an L-shaped block, a block of two price categories, and a standing area of 60. */
export function smallChart(): Chart {
  const row = (label: string, y: number, xs: number[], more = {}) => ({
    label,
    seats: xs.map((x, i) => ({ label: String(i + 1), x, y, ...more })),
  });
  const ell: ChartSection = {
    key: "ell",
    label: "Block L",
    category: "cheap",
    outline: [
      [0, 0],
      [60, 0],
      [60, 20],
      [20, 20],
      [20, 60],
      [0, 60],
    ],
    rows: [row("A", 10, [5, 10, 15, 20, 25]), row("B", 15, [5, 10, 15, 20, 25]), row("C", 40, [5, 10, 15])],
  };
  const mixed: ChartSection = {
    key: "mixed",
    label: "Block M",
    category: "dear",
    outline: [
      [100, 0],
      [160, 0],
      [160, 40],
      [100, 40],
    ],
    rows: [row("1", 10, [110, 115]), row("2", 15, [110, 115], { category: "cheap", restrictedView: true })],
  };
  const floor: ChartSection = {
    key: "floor",
    label: "Standing",
    category: "cheap",
    capacity: 60,
    outline: [
      [0, 100],
      [160, 100],
      [160, 160],
      [0, 160],
    ],
  };
  return {
    name: "Small hall",
    width: 160,
    height: 160,
    focalPoint: { x: 80, y: 200 },
    categories: [
      { key: "cheap", label: "Cheap", color: "#000000" },
      { key: "dear", label: "Dear", color: "#000000" },
    ],
    shapes: [],
    sections: [ell, mixed, floor],
  };
}
