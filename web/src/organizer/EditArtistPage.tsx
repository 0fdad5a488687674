import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Artist } from "../api/types";
import { Lost } from "../ui/Lost";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { change } from "./editing";
import { OrganizersOnly } from "./OrganizersOnly";
import "./organizer.css";
import { PicturePart } from "./PicturePart";
import { Input, Saving } from "./Saving";
import { TextArea } from "./TextArea";

/** An artist's name, text and picture. */
export function EditArtistPage() {
  const artistId = useRoute().params.artistId as string;
  return (
    <OrganizersOnly title="Edit an artist">
      <Loading key={artistId} artistId={artistId} />
    </OrganizersOnly>
  );
}

function Loading({ artistId }: { artistId: string }) {
  const path = `/organizer/artists/${encodeURIComponent(artistId)}`;
  const loaded = useLoaded(artistId, (signal) => call<Artist>(path, { private: true, signal }));
  useTitle(loaded.value ? `Edit ${loaded.value.name}` : "Edit an artist");
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {loaded.value && <Form path={path} read={loaded.value} />}
    </main>
  );
}

/** A new name follows to their events within seconds. */
function Form({ path, read }: { path: string; read: Artist }) {
  const [artist, setArtist] = useState(read);
  const [name, setName] = useState(read.name);
  const [description, setDescription] = useState(read.description ?? "");
  const save = async (changes: object) => setArtist(await change(path, artist, changes));
  return (
    <>
      <h1>{artist.name}</h1>
      <Saving title="Who that is" save={() => save({ name, description: description.trim() })}>
        <Input label="Name" path="name" value={name} set={setName} more={{ maxLength: 120 }} />
        <TextArea value={description} set={setDescription} />
      </Saving>
      <PicturePart of={artist.name} url={artist.imageUrl} save={(imageUrl) => save({ imageUrl })} />
      <p>
        <a href={`/artists/${artist.artistId}`}>As visitors see it</a>
      </p>
    </>
  );
}
