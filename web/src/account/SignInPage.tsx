import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Field, useTitle } from "../ui/ui";
import { AccountForm } from "./AccountForm";
import { AccountRefusal, resendCode, signIn } from "./cognito";
import { nextPath, withNext } from "./next";
import { startSession } from "./session";

export function SignInPage() {
  useTitle("Sign in");
  const { query, route } = useLocation();
  const [email, setEmail] = useState(query.email ?? "");
  const [password, setPassword] = useState("");
  const submit = async () => {
    try {
      startSession(await signIn(email, password));
      route(nextPath(query), true);
    } catch (error) {
      if (!(error instanceof AccountRefusal && error.code === "UserNotConfirmedException")) throw error;
      await resendCode(email);
      route(withNext("/sign-up", query, { email, step: "code" }));
    }
  };
  const buying = nextPath(query).startsWith("/events/");
  return (
    <AccountForm
      title="Sign in"
      lede={buying ? "Then we hold your seats. What you chose stays chosen." : undefined}
      button="Sign in"
      submit={submit}
      below={
        <>
          <a href={withNext("/sign-up", query)}>Create an account</a>
          <a href={withNext("/forgot-password", query, email ? { email } : {})}>Forgot your password?</a>
        </>
      }
    >
      <Field label="E-mail" type="email" autocomplete="username" value={email} onInput={setEmail} />
      <Field
        label="Password"
        type="password"
        autocomplete="current-password"
        value={password}
        onInput={setPassword}
      />
    </AccountForm>
  );
}
