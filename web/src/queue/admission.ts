import { useEffect } from "preact/hooks";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import type { Standing } from "../api/types";

/** The admission of this tab to an event with a waiting room: shown with every new hold, renewed while one is about. */
const KEY = "boxoffice.admission.";
const RENEW_MS = 60_000;

export function admissionTo(eventId: string): string | undefined {
  return sessionStorage.getItem(KEY + eventId) ?? undefined;
}

export function rememberAdmission(eventId: string, token: string | null | undefined): void {
  if (token) sessionStorage.setItem(KEY + eventId, token);
  else sessionStorage.removeItem(KEY + eventId);
}

/** Keeps the admission alive while the page is open; it ends a few minutes after the last page is closed. */
export function useAdmission(eventId: string, gated: boolean): void {
  useEffect(() => {
    if (!gated || !admissionTo(eventId)) return undefined;
    const renew = () =>
      call<Standing>(`/queue/${eventId}/status`, { private: true })
        .then(({ accessToken, status }) => {
          // One that was won by lot has no session to renew.
          if (accessToken || status === "expired") rememberAdmission(eventId, accessToken);
        })
        .catch((error: unknown) => {
          if (error instanceof Problem && !error.passing) rememberAdmission(eventId, undefined);
        });
    const timer = setInterval(renew, RENEW_MS);
    void renew();
    return () => clearInterval(timer);
  }, [eventId, gated]);
}
