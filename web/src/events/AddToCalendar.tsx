import { useEffect, useState } from "preact/hooks";
import { config } from "../config";

/** A feed of events for one's own calendar; `path` is the API's. */
export function AddToCalendar({ path }: { path: string }) {
  const [href, setHref] = useState("");
  useEffect(() => void config().then(({ apiBase }) => setHref(apiBase + path)), [path]);
  if (!href) return null;
  return (
    <a href={href} download>
      Add to calendar
    </a>
  );
}
