import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { ChartFormat, ChartImport } from "../api/types";

const POLL_MS = 400;
const UPLOAD_TIMEOUT_MS = 120_000;

/** What a file is, by what only that format has. */
export async function recognise(file: File): Promise<ChartFormat> {
  if (/\.(csv|tsv|txt)$/i.test(file.name)) return "csv";
  const text = await file.text();
  const keys = text.slice(0, 1) === "{" ? Object.keys(parsed(text)) : [];
  if (keys.includes("subChart")) return "seatsio";
  if (keys.includes("zones")) return "pretix";
  return "boxoffice";
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}

/** A house without numbered seats, as a chart of our own format: one area before a stage. */
export function standingChart(capacity: number): object {
  const area = (x: number, y: number, width: number, height: number) => [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
  const label = "General admission";
  return {
    name: label,
    width: 400,
    height: 300,
    focalPoint: { x: 200, y: 40 },
    categories: [{ key: "standing", label, color: "#3267a8" }],
    shapes: [{ kind: "stage", label: "Stage", points: area(120, 20, 160, 40) }],
    sections: [{ key: "standing", label, category: "standing", outline: area(40, 80, 320, 190), capacity }],
  };
}

/** Sends the file, has it made into a chart, and tells at every step how far that is. */
export async function bringChart(
  file: File,
  format: ChartFormat,
  tell: (how: ChartImport["status"] | "uploading") => void,
  signal: AbortSignal,
): Promise<ChartImport> {
  tell("uploading");
  const wanted = { method: "POST", private: true, signal } as const;
  const upload = await call<{ uploadId: string; method: string; url: string }>("/organizer/chart-uploads", {
    ...wanted,
    body: { sizeBytes: file.size },
  });
  const sent = await fetch(upload.url, {
    method: upload.method,
    body: file,
    signal: AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_TIMEOUT_MS)]),
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new Problem("unreachable", 0);
  });
  if (!sent.ok) throw new Problem("upload-refused", sent.status, { title: "The file did not arrive whole" });
  let chart = await call<ChartImport>("/organizer/charts", {
    ...wanted,
    body: { uploadId: upload.uploadId, format },
  });
  while (chart.status !== "completed" && chart.status !== "failed") {
    tell(chart.status);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    chart = await call<ChartImport>(`/organizer/charts/${chart.chartImportId}`, { private: true, signal });
  }
  return chart;
}
