import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Failure, Notice, Spinner } from "../ui/ui";
import { faultsOf } from "./editing";

/** A part of something that is saved by itself, and says what became of that. */
export function Saving(props: {
  title: string;
  action?: string;
  save: () => Promise<unknown>;
  children: ComponentChildren;
}) {
  const [how, setHow] = useState<"typing" | "saving" | "saved">("typing");
  const [error, setError] = useState<unknown>();
  const save = async (e: SubmitEvent) => {
    e.preventDefault();
    if (how === "saving") return;
    setHow("saving");
    setError(undefined);
    try {
      await props.save();
      setHow("saved");
    } catch (caught) {
      setError(caught);
      setHow("typing");
    }
  };
  const faults = faultsOf(error);
  return (
    <form class="card stack" aria-label={props.title} onSubmit={save} onInput={() => setHow("typing")}>
      <h2>{props.title}</h2>
      {props.children}
      {faults && (
        <Notice kind="bad" title="This cannot be saved">
          {faults.map(({ path, problem }) => `${path} ${problem}`).join("; ")}.
        </Notice>
      )}
      {error !== undefined && !faults && <Failure error={error} />}
      <div class="actions">
        <button class="button" type="submit" disabled={how === "saving"}>
          {how === "saving" ? <Spinner label="Saving" /> : (props.action ?? "Save")}
        </button>
        <span class="muted small" role="status">
          {how === "saved" && "Saved."}
        </span>
      </div>
    </form>
  );
}

/** One labelled input. */
export function Input(props: {
  label: string;
  value: string;
  set: (value: string) => void;
  type?: "text" | "number" | "datetime-local";
  required?: boolean;
  more?: Record<string, unknown>;
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        class={props.type === "number" ? "input numbers" : "input"}
        type={(props.type ?? "text") as "text"}
        required={props.required ?? true}
        {...props.more}
        value={props.value}
        onInput={(e) => props.set(e.currentTarget.value)}
      />
    </label>
  );
}
