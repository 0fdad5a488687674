"""The stand-in's stripe.js in a real browser: a form becomes a payment method, 3-D Secure is asked for."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.stripe_standin import StripeStandIn
from tests.chromium import find
from tests.local.test_stripe_standin import authorize, from_card, sdk

BROWSER = find()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome"),
]
PAGE_SECONDS = 30
FORM = """
const elements = stripe.elements({mode: 'payment', amount: 12500, currency: 'eur',
  paymentMethodCreation: 'manual', captureMethod: 'manual', allowedPaymentMethodTypes: ['card']});
const element = elements.create('payment');
const seen = [];
element.on('ready', () => seen.push('ready'));
element.on('change', (event) => seen.push(event.complete));
element.mount('#payment');
const type = (label, text) => {
  const input = [...document.querySelectorAll('label')].find((one) => one.textContent === label).control;
  input.value = text;
  input.dispatchEvent(new Event('input', {bubbles: true}));
  return input;
};
"""
FILLED = """
type('Card number', '4242424242424242');
type('Expiration date', '1240');
type('Security code', '123');
type('Name on card', 'Ada Fan');
"""


@pytest.fixture
def api(stripe_standin: StripeStandIn) -> Any:
    return sdk(stripe_standin).v1


class Page(BaseHTTPRequestHandler):
    """Serves the one page and takes its result."""

    html: str
    results: queue.Queue[Any]

    def do_GET(self) -> None:
        self._answer(self.html.encode())

    def do_POST(self) -> None:
        self.results.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def run(stand_in: StripeStandIn, folder: Path, script: str) -> Any:
    """What the page's script leaves in `result`."""
    page = f"""<!doctype html><body><div id="payment"></div>
        <script src="{stand_in.url}/v3/"></script><script type="module">
        const stripe = Stripe('pk_test_local');
        let result;
        try {{ {script} }} catch (error) {{ result = {{thrown: String(error)}}; }}
        await fetch('/result', {{method: 'POST', body: JSON.stringify(result)}});
        </script>"""
    results: queue.Queue[Any] = queue.Queue()
    handler = type("OnePage", (Page,), {"html": page, "results": results})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        browser = subprocess.Popen(
            [
                *(str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"),
                *(f"--user-data-dir={folder}/profile", f"http://127.0.0.1:{server.server_port}/"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return results.get(timeout=PAGE_SECONDS)
        finally:
            browser.terminate()
            browser.wait(timeout=10)
            server.shutdown()


def test_a_card_form_becomes_a_payment_method(api: Any, stripe_standin: StripeStandIn, tmp_path: Path) -> None:
    script = """
      const {error} = await elements.submit();
      const made = await stripe.createPaymentMethod({elements});
      result = {error, seen, made, shown: document.querySelector('#standin-number').value};
    """
    result = run(stripe_standin, tmp_path, FORM + FILLED + script)
    assert "error" not in result
    assert "ready" in result["seen"]
    assert True in result["seen"]
    assert result["shown"] == "4242 4242 4242 4242"
    method = result["made"]["paymentMethod"]
    assert (method["card"]["last4"], method["billing_details"]["name"]) == ("4242", "Ada Fan")
    assert authorize(api, method["id"]).status == "requires_capture"


def test_what_is_missing_is_said_beside_its_field(stripe_standin: StripeStandIn, tmp_path: Path) -> None:
    script = """
      type('Card number', '4242424242424241');
      const {error} = await elements.submit();
      const field = document.querySelector('#standin-number');
      result = {error, focused: document.activeElement === field, invalid: field.ariaInvalid,
        beside: document.getElementById(field.getAttribute('aria-describedby')).textContent};
    """
    result = run(stripe_standin, tmp_path, FORM + FILLED + script)
    assert result["error"] == {"type": "validation_error", "message": "Your card number is invalid."}
    assert result["beside"] == "Your card number is invalid."
    assert (result["focused"], result["invalid"]) == (True, "true")
    assert stripe_standin.ask("state")["calls"] == []


@pytest.mark.parametrize(
    ("button", "status"),
    [("Complete authentication", "requires_capture"), ("Fail authentication", "requires_payment_method")],
)
def test_three_d_secure_asks_the_buyer(
    api: Any, stripe_standin: StripeStandIn, tmp_path: Path, button: str, status: str
) -> None:
    waiting = authorize(api, from_card(stripe_standin, "4000002760003184"))
    script = f"""
      const done = stripe.handleNextAction({{clientSecret: '{waiting.client_secret}'}});
      let choice;
      while (!choice) {{
        await new Promise((resolve) => setTimeout(resolve, 20));
        choice = [...document.querySelectorAll('dialog button')].find((one) => one.textContent === '{button}');
      }}
      const named = document.querySelector('dialog').ariaLabelledByElements?.[0].textContent;
      choice.click();
      const answer = await done;
      result = {{named, status: answer.paymentIntent?.status, error: answer.error?.code}};
    """
    result = run(stripe_standin, tmp_path, script)
    assert api.payment_intents.retrieve(waiting.id).status == status
    if status == "requires_capture":
        assert result["status"] == status
    else:
        assert result["error"] == "payment_intent_authentication_failure"
