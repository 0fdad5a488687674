import { useEffect, useRef, useState } from "preact/hooks";
import type { ChartFormat, ChartImport } from "../api/types";
import { Failure, Notice, Spinner } from "../ui/ui";
import { bringChart, recognise } from "./charts";

const FORMATS: Record<ChartFormat, string> = {
  boxoffice: "Boxoffice chart (JSON)",
  seatsio: "seats.io chart (JSON)",
  pretix: "pretix seating plan (JSON)",
  csv: "Table of seats (CSV)",
};
const HOW = {
  uploading: "Uploading the file",
  queued: "Waiting for its turn",
  reading: "Reading the drawing",
  keeping: "Drawing its picture",
  completed: "Done",
  failed: "Failed",
};

/** Choose a file, watch it become a chart, look at what was made of it. */
export function ChartStep(props: { title: string; onChart: (chart: ChartImport | undefined) => void }) {
  const { title, onChart } = props;
  const [file, setFile] = useState<File>();
  const [format, setFormat] = useState<ChartFormat>("seatsio");
  const [how, setHow] = useState<keyof typeof HOW>();
  const [chart, setChart] = useState<ChartImport>();
  const [error, setError] = useState<unknown>();
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);

  const choose = async (chosen: File | undefined) => {
    setFile(chosen);
    setChart(undefined);
    onChart(undefined);
    if (chosen) setFormat(await recognise(chosen));
  };
  const bring = async () => {
    if (!file || how) return;
    setError(undefined);
    try {
      const brought = await bringChart(file, format, setHow, leaving.current.signal);
      setChart(brought);
      onChart(brought.chart ? brought : undefined);
    } catch (caught) {
      if (!leaving.current.signal.aborted) setError(caught);
    }
    setHow(undefined);
  };
  return (
    <section class="card stack" aria-labelledby="chart-step">
      <h2 id="chart-step">{title}</h2>
      <p class="lede">
        A drawing from seats.io, a pretix seating plan, or a table with the columns section, row and seat.
        What is dirty is mended and told. Whoever draws with a program of their own finds our format in its{" "}
        <a href="/chart.schema.json">JSON Schema</a>.
      </p>
      <div class="organizer-file">
        <label class="field">
          <span>File</span>
          <input
            class="input"
            type="file"
            accept=".json,.csv,.tsv,.txt,application/json,text/csv"
            onChange={(e) => choose(e.currentTarget.files?.[0])}
          />
        </label>
        <label class="field">
          <span>What it is</span>
          <select
            class="input"
            value={format}
            onChange={(e) => setFormat(e.currentTarget.value as ChartFormat)}
          >
            {Object.entries(FORMATS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button class="button" type="button" disabled={!file || how !== undefined} onClick={bring}>
          {how ? <Spinner label={HOW[how]} /> : "Import"}
        </button>
      </div>
      <p class="muted small" aria-live="polite">
        {how && `${HOW[how]} …`}
      </p>
      {error !== undefined && <Failure error={error} retry={bring} />}
      {chart && <Imported chart={chart} />}
    </section>
  );
}

function Imported({ chart }: { chart: ChartImport }) {
  const kept = chart.chart;
  const problems = chart.problems ?? [];
  const count = (chart.problemCount ?? 0).toLocaleString();
  return (
    <>
      {kept ? (
        <>
          <Notice
            kind="good"
            title={`${kept.seatCount.toLocaleString()} seats in ${kept.sections.length} sections`}
          >
            {chart.problemCount
              ? `${chart.problemCount.toLocaleString()} things were mended; look through them below.`
              : "Nothing had to be mended."}
          </Notice>
          <a class="chart-preview" href={kept.previewUrl} target="_blank" rel="noopener">
            <img src={kept.previewUrl} alt={`The chart ${kept.name}, seen from above. Opens in full size.`} />
          </a>
        </>
      ) : (
        <Notice kind="bad" title="This file cannot be sold from">
          {chart.reason ?? "What is wrong stands below; mend it where it was drawn, then import it again."}
        </Notice>
      )}
      {problems.length > 0 && (
        <details open={!kept}>
          <summary>
            {kept ? "What was mended" : "What is wrong"} ({count})
          </summary>
          <div class="organizer-table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Where</th>
                  <th scope="col">What</th>
                  {kept && <th scope="col">What was done</th>}
                </tr>
              </thead>
              <tbody>
                {problems.map((problem, i) => (
                  <tr key={i}>
                    <td>{problem.path}</td>
                    <td>{problem.problem}</td>
                    {kept && <td>{problem.repair}</td>}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
      {kept && (
        <details>
          <summary>Sections ({kept.sections.length})</summary>
          <div class="organizer-table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Section</th>
                  <th scope="col">Category</th>
                  <th scope="col">Seats</th>
                </tr>
              </thead>
              <tbody>
                {kept.sections.map((section) => (
                  <tr key={section.key}>
                    <td>{section.label}</td>
                    <td>{kept.categories.find(({ key }) => key === section.category)?.label}</td>
                    <td class="numbers">{section.seatCount.toLocaleString()}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </>
  );
}
