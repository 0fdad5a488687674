"""A mend of how ministack's user pools confirm people; see `mends.py`."""

from __future__ import annotations

import secrets
from typing import Any

PROVES_THE_ADDRESS = ("ConfirmSignUp", "ConfirmForgotPassword")
CODES = 1_000_000


def believe_only_the_code_that_was_sent() -> None:
    """Send a new code with every mail, take no other, and then call the address verified, as Cognito does."""
    from ministack.services import cognito

    send, run = cognito._send_verification_email, cognito._run_idp_handler

    def with_new_code(
        pool: dict[str, Any], name: str, attributes: Any, code: str, attribute_name: str = "email"
    ) -> Any:
        code = f"{secrets.randbelow(CODES):06}"
        user = cognito._resolve_user(pool, name)[0]
        user["_reset_code" if attribute_name == "password" else "_confirmation_code"] = code
        return send(pool, name, attributes, code, attribute_name)

    def with_code_checked(handler: Any, action: str, data: dict[str, Any]) -> Any:
        if action not in PROVES_THE_ADDRESS:
            return run(handler, action, data)
        answer = cognito._confirmation_code_error(action, data) or run(handler, action, data)
        if answer[0] == 200:
            pool, _ = cognito._pool_for_client(data["ClientId"])
            user = cognito._resolve_user(pool, data["Username"])[0]
            known = cognito._attr_list_to_dict(user["Attributes"])
            user["Attributes"] = cognito._dict_to_attr_list({**known, "email_verified": "true"})
        return answer

    cognito._send_verification_email = with_new_code
    cognito._run_idp_handler = with_code_checked
