import { useState } from "preact/hooks";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Category, ChartImport, Event, Venue } from "../api/types";
import { Notice, Spinner } from "../ui/ui";
import { ChartStep } from "./ChartStep";
import { bringChart, standingChart } from "./charts";
import { idIn } from "./editing";
import { Input, Refusal } from "./Saving";

/** What an event is sold from; without a chart it is only announced. */
export interface Seating {
  hash?: string;
  categories: Category[];
  seatCount: number;
  /** Of an earlier event, taken together with its chart. */
  venue?: Venue;
}

const WAYS = {
  file: "By a seating chart that was drawn",
  earlier: "As at an earlier event",
  standing: "General admission, without numbered seats",
  announced: "Not known yet: announce it only",
};
const PLACES_MAX = 50_000;
type Way = keyof typeof WAYS;

/** How people sit: a drawing, another event's, a number of places, or nothing yet. */
export function SeatingStep({ onSeating }: { onSeating: (seating: Seating | undefined) => void }) {
  const [way, setWay] = useState<Way>("file");
  const choose = (chosen: Way) => {
    setWay(chosen);
    onSeating(chosen === "announced" ? { categories: [], seatCount: 0 } : undefined);
  };
  return (
    <>
      <fieldset class="card organizer-ways">
        <legend>How people sit</legend>
        {Object.entries(WAYS).map(([value, label]) => (
          <label class="check" key={value}>
            <input
              type="radio"
              name="seating"
              checked={way === value}
              onChange={() => choose(value as Way)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {way === "file" && (
        <ChartStep title="1. The seating chart" onChart={(brought) => onSeating(seatingOf(brought))} />
      )}
      {way === "earlier" && (
        <Taking
          title="1. An earlier event"
          label="Its address"
          action="Take its chart and venue"
          onSeating={onSeating}
          take={seatingAt}
        />
      )}
      {way === "standing" && (
        <Taking
          title="1. General admission"
          label="Places"
          action="Take so many places"
          number
          onSeating={onSeating}
          take={standing}
        />
      )}
    </>
  );
}

function Taking(props: {
  title: string;
  label: string;
  action: string;
  number?: boolean;
  onSeating: (seating: Seating | undefined) => void;
  take: (typed: string) => Promise<Seating>;
}) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [taken, setTaken] = useState<Seating>();
  const take = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(undefined);
    const seating = await props.take(typed).catch((caught: unknown) => void setError(caught));
    setTaken(seating ?? undefined);
    props.onSeating(seating ?? undefined);
    setBusy(false);
  };
  return (
    <form class="card stack" aria-label={props.title} onSubmit={take}>
      <h2>{props.title}</h2>
      <Input
        label={props.label}
        value={typed}
        set={setTyped}
        type={props.number ? "number" : "text"}
        more={props.number ? { min: 1, max: PLACES_MAX } : {}}
      />
      <Refusal error={error} title="This cannot be sold from" />
      {taken && (
        <Notice kind="good" title={`${taken.seatCount.toLocaleString()} places`}>
          {taken.venue && `${taken.venue.name}, ${taken.venue.city}`}
        </Notice>
      )}
      <div class="actions">
        <button class="button" type="submit" disabled={busy}>
          {busy ? <Spinner label="Looking" /> : props.action}
        </button>
      </div>
    </form>
  );
}

function seatingOf(brought: ChartImport | undefined): Seating | undefined {
  return brought?.chart ?? undefined;
}

async function seatingAt(address: string): Promise<Seating> {
  const event = await call<Event>(`/organizer/events/${idIn(address)}`, { private: true });
  if (!event.chartHash) throw new Problem("not-found", 404);
  const { seatCount, venue, chartHash: hash } = event;
  return { hash, seatCount, venue, categories: await categoriesOf(event) };
}

/** What the prices of an event's chart are set for, as its chart calls them. */
export async function categoriesOf(event: Event): Promise<Category[]> {
  const answer = await fetch(event.seatMapUrl);
  if (!answer.ok) throw new Problem("unreachable", answer.status);
  return ((await answer.json()) as { categories: Category[] }).categories;
}

async function standing(places: string): Promise<Seating> {
  const file = new File([JSON.stringify(standingChart(Number(places)))], "standing.json");
  const brought = await bringChart(file, "boxoffice", () => undefined, new AbortController().signal);
  const seating = seatingOf(brought);
  if (!seating) throw new Problem("chart-invalid", 422, { title: brought.reason ?? undefined });
  return seating;
}
