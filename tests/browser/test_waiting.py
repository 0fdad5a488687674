"""An order that waits for its buyer's bank and for a person; and how its buyer is told."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from playwright.sync_api import expect

from local.run import RunningBoxoffice
from tests.browser.conftest import Browsing
from tests.browser.visitor import PURCHASE_MS, THEATRE, Visitor

ASKS_ALWAYS = "4000 0027 6000 3184"


def test_an_order_waits_for_a_person_and_then_for_the_bank(browsing: Browsing, site: RunningBoxoffice) -> None:
    fan = browsing.visitor()
    page = fan.page
    page.goto("/sign-in")
    fan.create_account()
    expect(page.get_by_role("link", name="Tickets")).to_be_visible()
    page.get_by_role("link", name="Vera Visitor").click()
    page.get_by_role("group", name="Your orders").get_by_label("Text message").check()
    page.get_by_label("Phone number").fill("+46 70 174 06 05")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    page.get_by_role("button", name="Show messages in this browser").click()
    expect(page.get_by_text("(this one)")).to_be_visible()

    _has_ordered(site, fan.email, 20)
    _to_the_checkout(fan)
    fan.pay(ASKS_ALWAYS)
    expect(page.get_by_text("Somebody of ours is looking at your order")).to_be_visible(timeout=PURCHASE_MS)
    assert "ten minutes" in fan.wait_for_mail("looking at your order")["text"]

    operator = browsing.visitor()
    operator.sign_in("operator@boxoffice.example", "/operator/reviews")
    review = operator.page.get_by_role("article", name="Vera Visitor")
    expect(review).to_contain_text("Twenty orders or more within two hours")
    expect(review).to_contain_text(fan.email)
    review.get_by_role("button", name="Approve").click()
    expect(operator.page.get_by_text("approved, the purchase goes on")).to_be_visible()

    bank = page.get_by_role("dialog", name="Confirm this payment with your bank")
    bank.get_by_role("button", name="Complete authentication").click()
    assert fan.wait_for_tickets() == 1
    assert "You’re going" in fan.wait_for_mail("Your ticket")["text"]
    page.goto("/operator/reviews")
    expect(page.get_by_text("This page is for operators")).to_be_visible()


def test_a_pushed_message_is_shown_by_a_real_browser(browsing: Browsing, site: RunningBoxoffice) -> None:
    page = browsing.visitor().page
    page.context.grant_permissions(["notifications"], origin=site.site_url)
    page.goto("/")
    page.evaluate("() => navigator.serviceWorker.register('/push.js').then(() => navigator.serviceWorker.ready)")
    devtools = page.context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda update: registrations.extend(each["registrationId"] for each in update["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not registrations:
        page.wait_for_timeout(50)
    message = {"title": "Your tickets", "body": "2 tickets", "url": f"{site.site_url}/orders/x", "tag": "one"}
    pushed = {"origin": site.site_url, "registrationId": registrations[0], "data": json.dumps(message)}
    for _ in range(2):
        devtools.send("ServiceWorker.deliverPushMessage", pushed)
    shown = """async () => {
      const registration = await navigator.serviceWorker.ready;
      for (let tries = 0; tries < 200; tries++) {
        const found = await registration.getNotifications();
        if (found.length) return found.map(({ title, body, tag }) => ({ title, body, tag }));
        await new Promise((later) => setTimeout(later, 50));
      }
    }"""
    assert page.evaluate(shown) == [{"title": "Your tickets", "body": "2 tickets", "tag": "one"}]


def _to_the_checkout(fan: Visitor) -> None:
    fan.open_event(THEATRE)
    fan.enter_seated_section()
    fan.choose_free_seats(1)
    fan.hold()
    expect(fan.page).to_have_url(re.compile("/checkout/"))


def _has_ordered(site: RunningBoxoffice, email: str, orders: int) -> None:
    """As if so many orders had been placed within this hour."""
    dynamodb, cognito = site.cloud.client("dynamodb"), site.cloud.client("cognito-idp")
    [pool] = cognito.list_user_pools(MaxResults=10)["UserPools"]
    person = cognito.admin_get_user(UserPoolId=pool["Id"], Username=email)
    [sub] = [each["Value"] for each in person["UserAttributes"] if each["Name"] == "sub"]
    [table] = [name for name in dynamodb.list_tables()["TableNames"] if "fraud" in name.lower()]
    key = {"pk": {"S": f"P#{sub}#"}, "sk": {"S": datetime.now(UTC).isoformat()[:13]}}
    dynamodb.put_item(TableName=table, Item={**key, "orders": {"N": str(orders)}})
