import { useState } from "preact/hooks";
import { download } from "../api/client";
import { Failure, Spinner } from "../ui/ui";

/** Saves a PDF of ours. The file needs the access token, so no plain link will do. */
export function PdfButton(props: { path: string; name: string; label: string }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const save = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const link = document.createElement("a");
      const file = await download(props.path);
      link.href = URL.createObjectURL(file);
      link.download = props.name;
      link.click();
      // The browser has the file by then; the address is no longer needed.
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (caught) {
      setError(caught);
    }
    setBusy(false);
  };
  return (
    <div class="stack">
      {error !== undefined && <Failure error={error} />}
      <button type="button" class="button quiet" disabled={busy} onClick={save}>
        {busy ? <Spinner label="Making the PDF" /> : props.label}
      </button>
    </div>
  );
}
