import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Artist, Event, EventChanges, Series, Upload } from "../api/types";

const UPLOAD_TIMEOUT_MS = 120_000;

interface Versioned {
  version?: number;
}

/** Changes what was read, unless somebody else has changed it since. */
export function change<T extends Versioned>(path: string, read: T, body: object): Promise<T> {
  const headers = { "if-match": `"${read.version ?? 1}"` };
  return call<T>(path, { method: "PATCH", private: true, headers, body });
}

export function changeEvent(event: Event, changes: EventChanges): Promise<Event> {
  return change(`/organizer/events/${event.eventId}`, event, changes);
}

/** With a `key`, the same request again finds what the first one made. */
export function create<T>(path: string, body: object, key?: string): Promise<T> {
  return call<T>(path, {
    method: "POST",
    private: true,
    headers: key ? { "idempotency-key": key } : {},
    body,
  });
}

/** The id in an event's id or address. */
export function idIn(address: string): string {
  const id = address.match(/evt_[0-9a-v]{16}/)?.[0];
  if (!id) throw new Problem("not-found", 404);
  return id;
}

/** Sends a picture and has it made into one that pages can show; answers its address. */
export async function bringImage(file: File): Promise<string> {
  const upload = await create<Upload>("/organizer/image-uploads", { sizeBytes: file.size });
  const sent = await fetch(upload.url, {
    method: upload.method,
    body: file,
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
  }).catch(() => {
    throw new Problem("unreachable", 0);
  });
  if (!sent.ok) throw new Problem("upload-refused", sent.status, { title: "The file did not arrive whole" });
  const kept = await create<{ imageUrl: string }>("/organizer/images", { uploadId: upload.uploadId });
  return kept.imageUrl;
}

/** Gives the event's artist a page of their own. */
export async function makeArtistPage(event: Event): Promise<Event> {
  const artist = await create<Artist>("/organizer/artists", { name: event.artist });
  return changeEvent(event, { artistId: artist.artistId });
}

/** Makes this event another date of the show that `other` (an event's id or address) is one of. */
export async function joinSeries(event: Event, other: string): Promise<Event> {
  const otherId = idIn(other);
  if (otherId === event.eventId) throw new Problem("not-found", 404);
  const first = await call<Event>(`/organizer/events/${otherId}`, { private: true });
  let seriesId = first.seriesId;
  if (!seriesId) {
    ({ seriesId } = await create<Series>("/organizer/series", { name: first.name }));
    await changeEvent(first, { seriesId });
  }
  return changeEvent(event, { seriesId });
}
