import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Failure, Notice, Spinner } from "../ui/ui";
import "./account.css";
import { AccountRefusal } from "./cognito";

/** A form of one button: runs `submit`, shows what went wrong, and cannot be sent twice at once. */
export function AccountForm(props: {
  title: string;
  lede?: ComponentChildren;
  button: string;
  submit: () => Promise<void>;
  children: ComponentChildren;
  below?: ComponentChildren;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await props.submit();
    } catch (caught) {
      setError(caught);
    }
    setBusy(false);
  };
  return (
    <main id="main" class="page narrow account" tabIndex={-1}>
      <h1>{props.title}</h1>
      {props.lede && <p class="lede">{props.lede}</p>}
      {error instanceof AccountRefusal && <Notice kind="bad" title={error.message} />}
      {error !== undefined && !(error instanceof AccountRefusal) && <Failure error={error} />}
      <form class="stack" onSubmit={submit}>
        {props.children}
        <button class="button wide" type="submit" disabled={busy}>
          {busy ? <Spinner label="One moment" /> : props.button}
        </button>
      </form>
      {props.below && <div class="account-below">{props.below}</div>}
    </main>
  );
}
