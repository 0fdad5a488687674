import { Problem } from "../api/problems";
import { config } from "../config";

/** A refusal by Cognito, in words for the person at the form. */
export class AccountRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "AccountRefusal";
  }
}

const WORDS: Record<string, string> = {
  NotAuthorizedException: "E-mail address and password do not match.",
  UserNotFoundException: "E-mail address and password do not match.",
  UsernameExistsException: "There is already an account with this e-mail address. Sign in instead.",
  CodeMismatchException: "That code is not the one we sent. Check the newest e-mail.",
  ExpiredCodeException: "That code has run out. Ask for a new one.",
  InvalidPasswordException:
    "That password is too easy to guess. Use at least 12 characters with a capital, a small letter and a number.",
  LimitExceededException: "Too many attempts. Wait a few minutes and try again.",
  TooManyRequestsException: "Too many attempts. Wait a moment and try again.",
  TooManyFailedAttemptsException: "Too many attempts. Wait a few minutes and try again.",
  InvalidParameterException: "Check the e-mail address and try again.",
  UserNotConfirmedException: "Confirm your e-mail address first.",
};

export interface Tokens {
  AccessToken: string;
  IdToken: string;
  ExpiresIn: number;
  RefreshToken?: string;
}

async function cognito<T>(action: string, body: Record<string, unknown>): Promise<T> {
  const { cognito: pool } = await config();
  let answer: Response;
  try {
    answer = await fetch(pool.endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
      },
      body: JSON.stringify({ ClientId: pool.clientId, ...body }),
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new Problem(navigator.onLine ? "unreachable" : "offline", 0);
  }
  if (answer.ok) return (await answer.json()) as T;
  if (answer.status >= 500) throw new Problem("unreachable", answer.status);
  const told = (await answer.json().catch(() => ({}))) as { __type?: string };
  const code = (told.__type ?? "").split("#").at(-1) ?? "";
  throw new AccountRefusal(code, WORDS[code] ?? "That did not work. Check what you entered and try again.");
}

export async function signIn(email: string, password: string): Promise<Tokens> {
  const { AuthenticationResult } = await cognito<{ AuthenticationResult?: Tokens }>("InitiateAuth", {
    AuthFlow: "USER_PASSWORD_AUTH",
    AuthParameters: { USERNAME: email, PASSWORD: password },
  });
  if (!AuthenticationResult) throw new AccountRefusal("Challenge", "This account cannot sign in here yet.");
  return AuthenticationResult;
}

/** New tokens for a refresh token; with rotation the answer carries the next refresh token. */
export async function refresh(refreshToken: string): Promise<Tokens> {
  const answer = await cognito<{ AuthenticationResult: Tokens }>("GetTokensFromRefreshToken", {
    RefreshToken: refreshToken,
  });
  return answer.AuthenticationResult;
}

export const revoke = (refreshToken: string) => cognito("RevokeToken", { Token: refreshToken });

export const signUp = (email: string, password: string, name: string) =>
  cognito("SignUp", {
    Username: email,
    Password: password,
    UserAttributes: [
      { Name: "email", Value: email },
      { Name: "name", Value: name },
    ],
  });

export const confirmSignUp = (email: string, code: string) =>
  cognito("ConfirmSignUp", { Username: email, ConfirmationCode: code });

export const resendCode = (email: string) => cognito("ResendConfirmationCode", { Username: email });

export const forgotPassword = (email: string) => cognito("ForgotPassword", { Username: email });

export const resetPassword = (email: string, code: string, password: string) =>
  cognito("ConfirmForgotPassword", { Username: email, ConfirmationCode: code, Password: password });
