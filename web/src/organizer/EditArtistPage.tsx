import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { Artist } from "../api/types";
import { EditPage } from "./EditPage";
import { change } from "./editing";
import { PicturePart } from "./PicturePart";
import { Input, Saving } from "./Saving";
import { TextArea } from "./TextArea";

/** An artist's name, text and picture. */
export function EditArtistPage() {
  const path = `/organizer/artists/${encodeURIComponent(useRoute().params.artistId as string)}`;
  return (
    <EditPage<Artist> title="Edit an artist" path={path} form={(read) => <Form path={path} read={read} />} />
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
