import type { Venue } from "../api/types";
import { CATEGORIES, type Draft } from "./draft";
import { Input } from "./Saving";

const ZONES = Intl.supportedValuesOf("timeZone");

/** What, when, and where: a venue that is known, or a new one, whose fields the API knows `at` another place. */
export function EventStep(props: {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  venue: Venue | undefined;
  at: string;
}) {
  const { draft, change, venue, at } = props;
  const input = (
    label: string,
    name: Exclude<keyof Draft, "waitingRoom" | "prices" | "types">,
    path: string,
    more: Record<string, unknown> = {},
  ) => (
    <Input
      label={label}
      value={draft[name]}
      set={(value) => change({ [name]: value })}
      path={path}
      more={more}
    />
  );
  const time = (label: string, name: "startsAt" | "onSaleAt", required: boolean) =>
    input(label, name, name, { type: "datetime-local", required });
  return (
    <section class="card stack" aria-labelledby="event-step">
      <h2 id="event-step">2. What, when, where</h2>
      {venue && (
        <p class="muted">
          At {venue.name}, {venue.city}
        </p>
      )}
      <div class="organizer-grid">
        {input("Name of the event", "name", "name", { maxLength: 120 })}
        {input("Artist", "artist", "artist", { maxLength: 120 })}
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
        {!venue && (
          <>
            {input("Venue", "venue", `${at}name`, { maxLength: 120 })}
            {input("City", "city", `${at}city`, { maxLength: 120 })}
            {input("Country (two letters)", "countryCode", `${at}countryCode`, {
              pattern: "[A-Za-z]{2}",
              maxLength: 2,
            })}
            {input("Latitude", "latitude", `${at}latitude`, {
              type: "number",
              min: -90,
              max: 90,
              step: "any",
            })}
            {input("Longitude", "longitude", `${at}longitude`, {
              type: "number",
              min: -180,
              max: 180,
              step: "any",
            })}
            <label class="field">
              <span>Time zone of the venue</span>
              <select
                class="input"
                value={draft.timezone}
                onChange={(e) => change({ timezone: e.currentTarget.value })}
              >
                {[...new Set([draft.timezone, ...ZONES])].map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </select>
            </label>
          </>
        )}
        {time("Starts, at the venue's clock", "startsAt", true)}
        {time("Sales open (empty: now)", "onSaleAt", false)}
      </div>
      {input("Description", "description", "description", { required: false, maxLength: 4000 })}
      <label class="check">
        <input
          type="checkbox"
          checked={draft.waitingRoom}
          onChange={(e) => change({ waitingRoom: e.currentTarget.checked })}
        />
        People come in by a waiting room, which you open before the sale
      </label>
    </section>
  );
}
