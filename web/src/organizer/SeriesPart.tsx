import { useState } from "preact/hooks";
import { call } from "../api/client";
import type { Event, Series } from "../api/types";
import { Failure, useLoaded } from "../ui/ui";
import { change, joinSeries } from "./editing";
import { Input, Saving } from "./Saving";

/** The show that this event is one date of: joining it, and what it is called. */
export function SeriesPart({ event, changed }: { event: Event; changed: (event: Event) => void }) {
  const [other, setOther] = useState("");
  return (
    <>
      <Saving title="Other dates of this show" save={async () => changed(await joinSeries(event, other))}>
        <Input label="Address of another date of the same show" value={other} set={setOther} />
      </Saving>
      {event.seriesId && <Loading key={event.seriesId} seriesId={event.seriesId} />}
    </>
  );
}

function Loading({ seriesId }: { seriesId: string }) {
  const path = `/organizer/series/${seriesId}`;
  const loaded = useLoaded(seriesId, (signal) => call<Series>(path, { private: true, signal }));
  if (loaded.error !== undefined) return <Failure error={loaded.error} retry={loaded.reload} />;
  return loaded.value ? <Name path={path} read={loaded.value} /> : null;
}

function Name({ path, read }: { path: string; read: Series }) {
  const [series, setSeries] = useState(read);
  const [name, setName] = useState(read.name);
  return (
    <Saving title="The series" save={async () => setSeries(await change(path, series, { name }))}>
      <p class="muted">Its dates stand beside each other on every one of their pages.</p>
      <Input label="Name of the series" path="name" value={name} set={setName} more={{ maxLength: 120 }} />
    </Saving>
  );
}
