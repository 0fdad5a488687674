import { useState } from "preact/hooks";
import { call } from "../api/client";
import { BatchFields, batchOf, STEADY } from "./BatchFields";
import { Faults, faultsOf } from "./faults";
import { Input, Refusal } from "./Saving";

const EMPTY = {
  capacity: "10000",
  rate: "500",
  expected: "50000",
  drawAt: "",
  age: "0",
  contact: "",
  crowds: true,
};

const PATHS = {
  capacity: "capacity",
  rate: "admissionsPerSecond",
  expected: "expectedPeople",
  age: "accountAgeDays",
};

/** Opening a room: from then on people can come, and the draw is committed to. */
export function OpenRoom({ eventId, done }: { eventId: string; done: () => void }) {
  const [draft, setDraft] = useState(EMPTY);
  const [batch, setBatch] = useState(STEADY);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const number = (label: string, name: keyof typeof PATHS, max: number) => (
    <Input
      label={label}
      path={PATHS[name]}
      type="number"
      value={draft[name]}
      set={(value) => setDraft({ ...draft, [name]: value })}
      more={{ min: name === "age" ? 0 : 1, max }}
    />
  );
  const open = async (e: SubmitEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(undefined);
    const body = {
      action: "open",
      capacity: Number(draft.capacity),
      admissionsPerSecond: Number(draft.rate),
      expectedPeople: Number(draft.expected),
      accountAgeDays: Number(draft.age),
      checksCrowds: draft.crowds,
      ...(batch.people ? { batch: batchOf(batch) } : {}),
      ...(draft.contact ? { verifiedContact: draft.contact } : {}),
      ...(draft.drawAt ? { drawAt: new Date(draft.drawAt).toISOString() } : {}),
    };
    try {
      await call(`/organizer/queues/${eventId}`, { method: "POST", private: true, body });
      done();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <form class="card stack" onSubmit={open} aria-labelledby="open-room">
      <h2 id="open-room">Open the room</h2>
      <p class="lede">
        With a draw, everybody who registers before it has the same chance of a good place. Without one,
        people go in by the order of coming.
      </p>
      <Faults.Provider value={faultsOf(error) ?? []}>
        <div class="room-opening">
          {number("Places", "capacity", 1_000_000)}
          {number("Let in a second, at most", "rate", 500)}
          {number("People you expect", "expected", 1_000_000_000)}
          <Input
            label="Draw at, by your clock (empty: no draw)"
            path="drawAt"
            type="datetime-local"
            required={false}
            value={draft.drawAt}
            set={(drawAt) => setDraft({ ...draft, drawAt })}
          />
          <BatchFields batch={batch} set={setBatch} />
          {number("Accounts at least so many days old", "age", 3650)}
          <label class="field">
            <span>Confirmed contact</span>
            <select
              class="input"
              value={draft.contact}
              onChange={(e) => setDraft({ ...draft, contact: e.currentTarget.value })}
            >
              <option value="">not asked for</option>
              <option value="email">e-mail address</option>
              <option value="phone">phone number</option>
            </select>
          </label>
        </div>
      </Faults.Provider>
      <label class="room-check">
        <input
          type="checkbox"
          checked={draft.crowds}
          onChange={(e) => setDraft({ ...draft, crowds: e.currentTarget.checked })}
        />
        Check accounts that crowd on one device or address, between the end of registration and the draw
      </label>
      <Refusal error={error} title="The room cannot be opened like this" />
      <button type="submit" class="button" disabled={busy}>
        Open the waiting room
      </button>
    </form>
  );
}
