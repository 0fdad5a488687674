import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Field, useTitle } from "../ui/ui";
import { AccountForm } from "./AccountForm";
import { confirmSignUp, resendCode, signIn, signUp } from "./cognito";
import { nextPath, withNext } from "./next";
import { startSession } from "./session";

export function SignUpPage() {
  useTitle("Create account");
  const { query, route } = useLocation();
  const [name, setName] = useState("");
  const [email, setEmail] = useState(query.email ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [waiting, setWaiting] = useState(query.step === "code");
  const [sent, setSent] = useState(0);

  const confirm = async () => {
    await confirmSignUp(email, code.trim());
    // After a reload the password is no longer known here, and has to be typed once more.
    if (!password) return route(withNext("/sign-in", query, { email }), true);
    startSession(await signIn(email, password));
    route(nextPath(query), true);
  };
  if (waiting) {
    return (
      <AccountForm
        key="code"
        title="Check your e-mail"
        lede={
          <>
            We sent a code to <b>{email}</b>. Enter it here to confirm that the address is yours.
          </>
        }
        button="Confirm"
        submit={confirm}
        below={
          <button
            type="button"
            class="link-button"
            onClick={() => resendCode(email).then(() => setSent(sent + 1))}
          >
            {sent ? "Sent again. Not there? Send once more" : "Send the code again"}
          </button>
        }
      >
        <Field label="Code" autocomplete="one-time-code" inputMode="numeric" value={code} onInput={setCode} />
      </AccountForm>
    );
  }
  return (
    <AccountForm
      key="account"
      title="Create your account"
      lede="Your tickets live here, and your seats wait while you fill this in."
      button="Create account"
      submit={async () => {
        await signUp(email, password, name.trim());
        setWaiting(true);
      }}
      below={<a href={withNext("/sign-in", query)}>I have an account: sign in</a>}
    >
      <Field label="Name" autocomplete="name" value={name} onInput={setName} />
      <Field label="E-mail" type="email" autocomplete="username" value={email} onInput={setEmail} />
      <Field
        label="Password"
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
