import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { advise } from "../api/problems";
import "./ui.css";

export function Notice(props: {
  kind?: "bad" | "good";
  title: string;
  children?: ComponentChildren;
  action?: { label: string; run: () => void } | undefined;
}) {
  return (
    <div class={`notice ${props.kind ?? ""}`} role={props.kind === "good" ? "status" : "alert"}>
      <strong>{props.title}</strong>
      {props.children && <p>{props.children}</p>}
      {props.action && (
        <div class="actions">
          <button type="button" class="button quiet" onClick={props.action.run}>
            {props.action.label}
          </button>
        </div>
      )}
    </div>
  );
}

/** A failed call in words, with the way on. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { title, advice } = advise(error);
  return (
    <Notice kind="bad" title={title} action={retry && { label: "Try again", run: retry }}>
      {advice}
    </Notice>
  );
}

export function Field(props: {
  label: string;
  hint?: string;
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "email" | "password";
  autocomplete?: string;
  inputMode?: "numeric" | "email";
  minLength?: number;
  pattern?: string;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        class="input"
        required
        type={(props.type ?? "text") as "text" /* the types of Preact want a literal */}
        value={props.value}
        autocomplete={props.autocomplete}
        inputMode={props.inputMode}
        minLength={props.minLength}
        pattern={props.pattern}
        aria-describedby={props.hint && `${id}-hint`}
        onInput={(e) => props.onInput(e.currentTarget.value)}
      />
      {props.hint && (
        <span class="hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
    </div>
  );
}

export function Spinner({ label }: { label: string }) {
  return (
    <span class="word-spinner" role="status">
      <span class="spinner" aria-hidden="true" />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}

export type Loaded<T> = { value?: T; error?: unknown; reload: () => void };

/** Loads when `key` changes; an answer that arrives after the page moved on is dropped. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown }>({ key });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    load(leaving.signal).then(
      (value) => leaving.signal.aborted || setState({ key, value }),
      (error: unknown) => leaving.signal.aborted || setState({ key, error }),
    );
    return () => leaving.abort();
  }, [key, turn]);
  const reload = () => {
    setState({ key });
    setTurn(turn + 1);
  };
  return state.key === key ? { ...state, reload } : { reload };
}

/** The title of the tab, which a screen reader tells at every change of page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Boxoffice` : "Boxoffice";
  }, [title]);
}
