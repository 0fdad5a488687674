import { useState } from "preact/hooks";
import type { Event } from "../api/types";
import { clockTime, longDate } from "../dates";
import { presaleCode, rememberCode } from "./presale";

/** What an open presale asks for. */
export function PresaleCode({ event, name, endsAt }: { event: Event; name: string; endsAt: string }) {
  const [code, setCode] = useState(presaleCode(event.eventId));
  const zone = event.venue.timezone;
  return (
    <section class="card stack" aria-labelledby="presale">
      <h2 id="presale">Presale: {name}</h2>
      <label class="field">
        <span>Your code</span>
        <input
          class="input"
          autocomplete="off"
          maxLength={60}
          value={code}
          onInput={(e) => {
            setCode(e.currentTarget.value);
            rememberCode(event.eventId, e.currentTarget.value.trim());
          }}
        />
      </label>
      <p class="small muted">
        Until {longDate(endsAt, zone)}, {clockTime(endsAt, zone)}. Choose seats, then hold them with your
        code.
      </p>
    </section>
  );
}
