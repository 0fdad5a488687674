import { useState } from "preact/hooks";
import { isOurs, Picture } from "../events/Picture";
import { bringImage } from "./editing";
import { Saving } from "./Saving";

/** The picture of an event or an artist, and another one in its place. */
export function PicturePart(props: {
  of: string;
  url: string | null | undefined;
  save: (imageUrl: string | null) => Promise<unknown>;
}) {
  const { of, url, save } = props;
  const [file, setFile] = useState<File>();
  const away = !file && Boolean(url);
  return (
    <Saving
      title="Picture"
      action={away ? "Take the picture away" : "Use this picture"}
      idle={!file && !url}
      save={async () => {
        await save(file ? await bringImage(file) : null);
        setFile(undefined);
      }}
    >
      {isOurs(url) && <Picture url={url} sizes="20rem" alt={`The picture of ${of}`} />}
      <label class="field">
        <span>PNG, JPEG or WebP, 10 MB at most</span>
        <input
          class="input"
          type="file"
          accept="image/png,image/jpeg,image/webp"
          onChange={(e) => setFile(e.currentTarget.files?.[0])}
        />
      </label>
    </Saving>
  );
}
