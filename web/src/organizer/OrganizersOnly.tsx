import type { ComponentChildren } from "preact";
import { SignInFirst } from "../account/SignInFirst";
import { person } from "../account/session";
import { Notice } from "../ui/ui";

export function OrganizersOnly({ title, children }: { title: string; children: ComponentChildren }) {
  if (!person.value) return <SignInFirst />;
  if (person.value.groups.includes("organizer")) return <>{children}</>;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      <h1>{title}</h1>
      <Notice title="This page is for organizers">Ask your venue to make your account one.</Notice>
    </main>
  );
}
