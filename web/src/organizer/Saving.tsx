import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Failure, Notice, Spinner } from "../ui/ui";
import { Faults, faultsOf, inWords, useFault } from "./faults";

/** A part of something that is saved by itself, and says what became of that. */
export function Saving(props: {
  title: string;
  action?: string;
  /** There is nothing to be saved. */
  idle?: boolean;
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
  return (
    <form class="card stack" aria-label={props.title} onSubmit={save} onInput={() => setHow("typing")}>
      <h2>{props.title}</h2>
      <Faults.Provider value={faultsOf(error) ?? []}>{props.children}</Faults.Provider>
      <Refusal error={error} title="This cannot be saved" />
      <div class="actions">
        <button class="button" type="submit" disabled={props.idle || how === "saving"}>
          {how === "saving" ? <Spinner label="Saving" /> : (props.action ?? "Save")}
        </button>
        <span class="muted small" role="status">
          {how === "saved" && "Saved."}
        </span>
      </div>
    </form>
  );
}

/** Why a form was refused: all that is wrong in one place, where each of it also stands at its field. */
export function Refusal({ error, title }: { error: unknown; title: string }) {
  if (error === undefined) return null;
  const faults = faultsOf(error);
  if (!faults) return <Failure error={error} />;
  return (
    <Notice kind="bad" title={title}>
      {faults.map(({ path, problem }) => `${inWords(path)} ${problem}`).join("; ")}.
    </Notice>
  );
}

/** One labelled input; with the `path` that the API calls it by, it says what the API finds wrong with it. */
export function Input(props: {
  label: string;
  value: string;
  set: (value: string) => void;
  path?: string;
  type?: "text" | "number" | "datetime-local";
  required?: boolean;
  more?: Record<string, unknown>;
}) {
  const id = useId();
  const fault = useFault(props.path);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        class={props.type === "number" ? "input numbers" : "input"}
        type={(props.type ?? "text") as "text"}
        required={props.required ?? true}
        aria-invalid={fault !== undefined}
        aria-describedby={fault && `${id}-fault`}
        {...props.more}
        value={props.value}
        onInput={(e) => props.set(e.currentTarget.value)}
      />
      {fault && (
        <span class="fault" id={`${id}-fault`}>
          {fault}
        </span>
      )}
    </div>
  );
}
