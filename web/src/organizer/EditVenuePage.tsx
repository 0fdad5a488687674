import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { Venue } from "../api/types";
import { EditPage } from "./EditPage";
import { change } from "./editing";
import { Input, Saving } from "./Saving";

export function EditVenuePage() {
  const path = `/organizer/venues/${encodeURIComponent(useRoute().params.venueId as string)}`;
  return (
    <EditPage<Venue> title="Edit a venue" path={path} form={(read) => <Form path={path} read={read} />} />
  );
}

/** Events there follow within seconds. */
function Form({ path, read }: { path: string; read: Venue }) {
  const [venue, setVenue] = useState(read);
  const [typed, setTyped] = useState(read);
  const set = (name: keyof Venue) => (value: string | number) => setTyped({ ...typed, [name]: value });
  const save = async () => {
    const { name, city, countryCode, timezone, latitude, longitude, address = "" } = typed;
    const body = { name, city, countryCode, timezone, latitude, longitude, address };
    setVenue(await change(path, venue, body));
  };
  const degrees = (label: string, name: "latitude" | "longitude", most: number) => (
    <Input
      label={label}
      path={name}
      type="number"
      value={String(typed[name])}
      set={(value) => set(name)(Number(value))}
      more={{ min: -most, max: most, step: "any" }}
    />
  );
  return (
    <>
      <h1>{venue.name}</h1>
      <Saving title="Where it is" save={save}>
        <div class="organizer-grid">
          <Input label="Name" path="name" value={typed.name} set={set("name")} more={{ maxLength: 120 }} />
          <Input
            label="Address"
            path="address"
            value={typed.address ?? ""}
            set={set("address")}
            required={false}
          />
          <Input label="City" path="city" value={typed.city} set={set("city")} more={{ maxLength: 120 }} />
          <Input
            label="Country (two letters)"
            path="countryCode"
            value={typed.countryCode}
            set={(value) => set("countryCode")(value.toUpperCase())}
            more={{ pattern: "[A-Z]{2}", maxLength: 2 }}
          />
          <Input label="Time zone" path="timezone" value={typed.timezone} set={set("timezone")} />
          {degrees("Latitude", "latitude", 90)}
          {degrees("Longitude", "longitude", 180)}
        </div>
      </Saving>
      <p>
        <a href={`/venues/${venue.venueId}`}>As visitors see it</a>
      </p>
    </>
  );
}
