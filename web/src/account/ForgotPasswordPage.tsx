import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Field, useTitle } from "../ui/ui";
import { AccountForm } from "./AccountForm";
import { forgotPassword, resetPassword, signIn } from "./cognito";
import { nextPath, withNext } from "./next";
import { startSession } from "./session";

export function ForgotPasswordPage() {
  useTitle("Reset password");
  const { query, route } = useLocation();
  const [email, setEmail] = useState(query.email ?? "");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [sent, setSent] = useState(false);
  if (!sent) {
    return (
      <AccountForm
        key="address"
        title="Reset your password"
        lede="We send a code to your e-mail address."
        button="Send the code"
        submit={async () => {
          await forgotPassword(email);
          setSent(true);
        }}
        below={<a href={withNext("/sign-in", query)}>Back to sign in</a>}
      >
        <Field label="E-mail" type="email" autocomplete="username" value={email} onInput={setEmail} />
      </AccountForm>
    );
  }
  return (
    <AccountForm
      key="code"
      title="Choose a new password"
      lede={
        <>
          If there is an account for <b>{email}</b>, a code is on its way.
        </>
      }
      button="Save and sign in"
      submit={async () => {
        await resetPassword(email, code.trim(), password);
        startSession(await signIn(email, password));
        route(nextPath(query), true);
      }}
    >
      <Field label="Code" autocomplete="one-time-code" inputMode="numeric" value={code} onInput={setCode} />
      <Field
        label="New password"
        type="password"
        autocomplete="new-password"
        minLength={12}
        hint="At least 12 characters, with a capital, a small letter and a number."
        value={password}
        onInput={setPassword}
      />
    </AccountForm>
  );
}
