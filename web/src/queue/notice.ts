import { stayLive } from "../api/live";

/**
 * Near the head of the line: `come` is called when the turn has come, or a place is kept. A refusal, or no
 * connection at all, costs nothing but seconds: the line is read as well.
 */
export function listenForTurn(eventId: string, come: () => void): () => void {
  return stayLive(
    { action: "watchTurn", eventId },
    (message) => {
      if (message.type === "turn.come" || message.called === true) come();
      return message.type !== "refused";
    },
    () => undefined,
    true,
  );
}
