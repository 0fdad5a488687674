import type { ComponentChildren } from "preact";
import { call } from "../api/client";
import { Problem } from "../api/problems";
import { Lost } from "../ui/Lost";
import { Failure, useLoaded, useTitle } from "../ui/ui";
import { OrganizersOnly } from "./OrganizersOnly";
import "./organizer.css";

interface EditPageProps<Thing> {
  /** While it is not known what is edited. */
  title: string;
  /** Of the organizer's API. */
  path: string;
  form: (read: Thing) => ComponentChildren;
}

/** One thing of an organizer's, read as the organizer sees it, with the forms that change it. */
export function EditPage<Thing extends { name: string }>(props: EditPageProps<Thing>) {
  return (
    <OrganizersOnly title={props.title}>
      <Loading key={props.path} {...props} />
    </OrganizersOnly>
  );
}

function Loading<Thing extends { name: string }>({ title, path, form }: EditPageProps<Thing>) {
  const loaded = useLoaded(path, (signal) => call<Thing>(path, { private: true, signal }));
  useTitle(loaded.value ? `Edit ${loaded.value.name}` : title);
  if (loaded.error instanceof Problem && loaded.error.status === 404) return <Lost />;
  return (
    <main id="main" class="page middle stack" tabIndex={-1}>
      {loaded.error !== undefined && <Failure error={loaded.error} retry={loaded.reload} />}
      {loaded.value && form(loaded.value)}
    </main>
  );
}
