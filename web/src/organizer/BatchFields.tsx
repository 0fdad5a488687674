import { Input } from "./Saving";

export interface Batch {
  people: string;
  every: string;
}

export const STEADY: Batch = { people: "", every: "30" };

/** As the API takes it: null is a steady flow. */
export function batchOf({ people, every }: Batch) {
  return people ? { people: Number(people), everySeconds: Number(every) } : null;
}

/** So many at once, so often, instead of a steady flow. */
export function BatchFields({ batch, set }: { batch: Batch; set: (batch: Batch) => void }) {
  return (
    <>
      <Input
        label="In batches of (empty: a steady flow)"
        path="batch.people"
        type="number"
        required={false}
        value={batch.people}
        set={(people) => set({ ...batch, people })}
        more={{ min: 1, max: 100_000 }}
      />
      <Input
        label="Seconds from one batch to the next"
        path="batch.everySeconds"
        type="number"
        required={batch.people !== ""}
        value={batch.every}
        set={(every) => set({ ...batch, every })}
        more={{ min: 1, max: 3_600 }}
      />
    </>
  );
}
