import { useId } from "preact/hooks";
import { useFault } from "./faults";

/** A face value in the table of categories and ticket types, in major units. */
export function PriceInput(props: {
  label: string;
  path: string;
  step: number;
  value: string | number;
  set: (typed: string) => void;
}) {
  const id = useId();
  const fault = useFault(props.path);
  return (
    <>
      <input
        class="input numbers"
        type="number"
        required
        min={0}
        step={props.step}
        aria-label={props.label}
        aria-invalid={fault !== undefined}
        aria-describedby={fault && id}
        value={props.value}
        onInput={(e) => props.set(e.currentTarget.value)}
      />
      {fault && (
        <span class="fault" id={id}>
          {fault}
        </span>
      )}
    </>
  );
}
