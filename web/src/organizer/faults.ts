import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { Problem } from "../api/problems";

/** What is wrong with one field of what was sent. */
export interface Fault {
  path: string;
  problem: string;
}

/** What is wrong where, as the API says it; undefined for any other error. */
export function faultsOf(error: unknown): Fault[] | undefined {
  if (!(error instanceof Problem)) return undefined;
  const { problems, field, detail } = error.data;
  if (Array.isArray(problems)) return problems as Fault[];
  if (typeof field !== "string" || typeof detail !== "string") return undefined;
  const problem = detail.replace(field, "").replace(/^[:\s]+|\.$/g, "");
  return [{ path: field, problem }];
}

/** A path such as `presales[0].endsAt` as people read it: presales 1, ends at. */
export function inWords(path: string): string {
  return path
    .replace(/\[(\d+)\]/g, (_, i: string) => ` ${Number(i) + 1}`)
    .replaceAll(".", ", ")
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The faults of the form around a field. */
export const Faults = createContext<Fault[]>([]);

/** What the API says is wrong with this field, as a sentence of its own. */
export function useFault(path: string | undefined): string | undefined {
  const fault = useContext(Faults).find((each) => each.path === path);
  return fault && `${fault.problem.charAt(0).toUpperCase()}${fault.problem.slice(1)}.`;
}
