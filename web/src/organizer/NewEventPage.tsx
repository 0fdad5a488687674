import { useState } from "preact/hooks";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { call } from "../api/client";
import { serverNow } from "../api/clock";
import type { ChartImport, Event, Venue } from "../api/types";
import { Failure, Notice, Spinner, useTitle } from "../ui/ui";
import { ChartStep } from "./ChartStep";
import { CATEGORIES, type Draft, emptyDraft, eventOf, venueOf } from "./draft";
import "./organizer.css";
import { PriceStep } from "./PriceStep";

const ZONES = Intl.supportedValuesOf("timeZone");

/** From a seating chart to an event that sells, on one page. */
export function NewEventPage() {
  useTitle("New event");
  const [chart, setChart] = useState<ChartImport>();
  const [draft, setDraft] = useState(emptyDraft);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [onSale, setOnSale] = useState<Event>();
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

  if (!person.value) return <SignInFirst />;
  if (!person.value.groups.includes("organizer")) {
    return (
      <main id="main" class="page middle stack" tabIndex={-1}>
        <h1>New event</h1>
        <Notice title="This page is for organizers">Ask your venue to make your account one.</Notice>
      </main>
    );
  }
  const publish = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy || !chart?.chart) return;
    setBusy(true);
    setError(undefined);
    try {
      const post = { method: "POST", private: true } as const;
      const venue = await call<Venue>("/organizer/venues", { ...post, body: venueOf(draft) });
      const body = eventOf(
        draft,
        venue.venueId,
        chart.chart.hash,
        chart.chart.categories,
        new Date(serverNow()),
      );
      const event = await call<Event>("/organizer/events", { ...post, body });
      await call(`/organizer/events/${event.eventId}/on-sale`, { ...post, body: {} });
      setOnSale(event);
    } catch (caught) {
      setError(caught);
    }
    setBusy(false);
  };
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>New event</h1>
      <ChartStep title="1. The seating chart" onChart={setChart} />
      {chart?.chart && !onSale && (
        <form class="stack" onSubmit={publish}>
          <EventStep draft={draft} change={change} />
          <PriceStep categories={chart.chart.categories} draft={draft} change={change} />
          {error !== undefined && <Failure error={error} />}
          <button class="button wide" type="submit" disabled={busy}>
            {busy ? <Spinner label="Putting it on sale" /> : "Put it on sale"}
          </button>
        </form>
      )}
      {onSale && (
        <Notice kind="good" title={`${onSale.name} is on sale`}>
          <a href={`/events/${onSale.eventId}`}>See it as your buyers do</a>, or{" "}
          <a href={`/organizer/events/${onSale.eventId}/house`}>keep seats out of the sale</a> or{" "}
          <a href={`/organizer/events/${onSale.eventId}/change`}>move or cancel it</a>
        </Notice>
      )}
    </main>
  );
}

function EventStep({ draft, change }: { draft: Draft; change: (part: Partial<Draft>) => void }) {
  const input = (label: string, name: keyof Draft, more: Record<string, unknown> = {}) => (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        required
        {...more}
        value={draft[name] as string}
        onInput={(e) => change({ [name]: e.currentTarget.value })}
      />
    </label>
  );
  return (
    <section class="card stack" aria-labelledby="event-step">
      <h2 id="event-step">2. What, when, where</h2>
      <div class="organizer-grid">
        {input("Name of the event", "name", { maxLength: 120 })}
        {input("Artist", "artist", { maxLength: 120 })}
        <label class="field">
          <span>Category</span>
          <select
            class="input"
            value={draft.category}
            onChange={(e) => change({ category: e.currentTarget.value })}
          >
            {CATEGORIES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        {input("Venue", "venue", { maxLength: 120 })}
        {input("City", "city", { maxLength: 120 })}
        {input("Country (two letters)", "countryCode", { pattern: "[A-Za-z]{2}", maxLength: 2 })}
        {input("Latitude", "latitude", { type: "number", min: -90, max: 90, step: "any" })}
        {input("Longitude", "longitude", { type: "number", min: -180, max: 180, step: "any" })}
        <label class="field">
          <span>Time zone of the venue</span>
          <select
            class="input"
            value={draft.timezone}
            onChange={(e) => change({ timezone: e.currentTarget.value })}
          >
            {ZONES.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </select>
        </label>
        {input("Starts, at the venue's clock", "startsAt", { type: "datetime-local" })}
        {input("Sales open (empty: now)", "onSaleAt", { type: "datetime-local", required: false })}
      </div>
      {input("Description", "description", { required: false, maxLength: 4000 })}
    </section>
  );
}
