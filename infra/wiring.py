"""Every trigger → the verb it runs, in the order of the buyer's journey.

Which verbs share a function is decided here, by trust and by latency (DECISIONS.md, "Which verbs share a
Lambda"): only what talks to Stripe may read its key; the hold path stands alone; the saga's own steps share
one function, since six cold starts in a row would break the five-second purchase.
"""

from infra.triggers import Api, Function, Live, Queue, Schedule, Step, Stream

WIRING = (
    # A person looks for an event …
    Function(
        "browse",
        {
            Api("GET /events/{eventId}"): "catalog.show_event",
            Api("GET /venues/{venueId}"): "catalog.show_venue",
        },
        reads=("catalog",),
    ),
    Function(
        "search",
        {
            Api("GET /events"): "search.search_events",
            Api("GET /events/suggest"): "search.suggest_events",
            Api("GET /venues/{venueId}/events.ics"): "search.venue_calendar",
            Api("GET /artists/{artist}/events.ics"): "search.artist_calendar",
        },
        reads=("catalog",),
        search="reads",
        memory_mb=1769,
    ),
    Function(
        "index",
        {
            Stream("catalog", pk_prefix="EVENT#", batch_size=1000, window_seconds=5): "search.publish_index",
            Schedule("PublishIndex", every_minutes=24 * 60): "search.publish_index",
        },
        reads=("catalog",),
        search="writes",
        sends=("purges",),
        memory_mb=1769,
        timeout_seconds=120,
    ),
    Function(
        "purge",
        {Queue("purges"): "search.purge_edge"},
        search="writes",
        sends=("purges",),
        purges_edge=True,
    ),
    # … sees which seats are left …
    Function(
        "map",
        {
            Api("GET /events/{eventId}/seatmap"): "inventory.show_seatmap",
            Api("GET /events/{eventId}/availability"): "inventory.show_availability",
        },
        reads=("inventory", "catalog"),
    ),
    # … watches them go …
    Function(
        "live",
        {
            Api("POST /live/tickets"): "live.issue_ticket",
            Live("$connect"): "live.connect_viewer",
            Live("watchSeats"): "inventory.watch_seats",
            Live("watchOrder"): "orders.watch_order",
            Live("watchTurn"): "waitingroom.watch_turn",
            Live("$default"): "live.refuse_message",
            Live("$disconnect"): "live.disconnect_viewer",
        },
        reads=("catalog", "inventory", "orders", "waitingroom"),
        writes=("live",),
        forgets=("live",),
    ),
    Function(
        "push",
        {Queue("ticks", batch_size=1): "inventory.push_changes"},
        reads=("live",),
        writes=("inventory",),
        writes_only={"inventory": ("W#",)},
        forgets=("live",),
        tells_live=True,
        memory_mb=1769,
        timeout_seconds=45,
    ),
    # … waits for their turn, where many want in …
    Function(
        "queue",
        {
            Api("POST /accounts/edge-cookie"): "accounts.give_edge_cookie",
            Api("POST /queue/{eventId}/join"): "waitingroom.join_queue",
            Api("GET /queue/{eventId}/status"): "waitingroom.show_status",
            Api("POST /queue/{eventId}/ready"): "waitingroom.declare_ready",
            Api("POST /queue/{eventId}/leave"): "waitingroom.leave_queue",
            Api("GET /queue/{eventId}/proof"): "waitingroom.show_proof",
        },
        writes=("waitingroom",),
        secrets=("edge", "signing"),
    ),
    Function(
        "usher",
        {
            Api("GET /queue/{eventId}/now"): "waitingroom.show_now",
            Schedule("TickRooms", every_minutes=1): "waitingroom.tick_rooms",
        },
        writes=("waitingroom",),
        forgets=("waitingroom",),
        sends=("turns",),
        secrets=("edge", "signing"),
        asks_beacon=True,
        memory_mb=1769,
        timeout_seconds=75,
    ),
    Function(
        "herald",
        {Queue("turns", batch_size=1): "waitingroom.tell_turns"},
        reads=("live",),
        forgets=("live",),
        tells_live=True,
        timeout_seconds=15,
    ),
    # … holds some …
    Function(
        "hold",
        {
            Api("POST /seats/hold"): "inventory.hold_seats",
            Api("GET /seats/hold/{holdId}"): "inventory.show_hold",
            Api("DELETE /seats/hold/{holdId}"): "inventory.release_hold",
        },
        reads=("catalog", "waitingroom"),
        writes=("inventory",),
        secrets=("edge",),
        memory_mb=1769,
    ),
    Function(
        "expire",
        {Queue("expiries"): "inventory.expire_hold"},
        writes=("inventory",),
        writes_only={"inventory": ("R#",)},
        sends=("expiries",),
    ),
    Function(
        "project",
        {Stream("inventory", "MODIFY", pk_prefix="R#", batch_size=500): "inventory.project_seats"},
        writes=("inventory", "catalog", "waitingroom"),
        writes_only={"inventory": ("S#",), "catalog": ("EVENT#",), "waitingroom": ("ROOM#",)},
        sends=("expiries", "ticks"),
    ),
    # … pays for them …
    Function(
        "checkout",
        {Api("POST /orders"): "orders.start_purchase"},
        reads=("catalog",),
        writes=("orders", "inventory", "payments", "fraud", "idempotency"),
        sends=("purchases",),
        memory_mb=1769,
    ),
    Function(
        "launch",
        {
            Queue("purchases", max_concurrency=20): "orders.launch_purchase",
            Schedule("SweepOrders", every_minutes=1): "orders.sweep_orders",
        },
        writes=("orders",),
        sends=("purchases",),
        starts=("purchase", "cancellation"),
    ),
    Function(
        "pay",
        {
            Step("AuthorizePayment"): "payments.authorize_payment",
            Step("CapturePayment"): "payments.capture_payment",
            Step("VoidPayment"): "payments.void_payment",
            Step("RefundPayment"): "payments.refund_payment",
        },
        writes=("payments",),
        secrets=("stripe",),
        timeout_seconds=60,
    ),
    Function(
        "webhook",
        {Api("POST /payments/webhook"): "payments.receive_webhook"},
        writes=("payments",),
        resumes=("purchase",),
        secrets=("stripe",),
        timeout_seconds=29,
    ),
    Function(
        "bookkeep",
        {
            Schedule("SweepPayments", every_minutes=1): "payments.sweep_payments",
            Schedule("ReconcileLedger", every_minutes=60): "payments.reconcile_ledger",
        },
        writes=("payments",),
        secrets=("stripe",),
        resumes=("purchase",),
        timeout_seconds=900,
    ),
    # … and has tickets.
    Function(
        "fulfil",
        {
            Step("AssessFraud"): "orders.assess_fraud",
            Step("AwaitReview"): "orders.await_review",
            Step("AwaitAuthentication"): "orders.await_authentication",
            Step("SellSeats"): "inventory.sell_seats",
            Step("KeepHold"): "inventory.keep_hold",
            Step("ReleaseSeats"): "inventory.release_seats",
            Step("IssueTickets"): "tickets.issue_tickets",
            Step("CompleteOrder"): "orders.complete_order",
            Step("FailOrder"): "orders.fail_order",
        },
        reads=("catalog",),
        writes=("inventory", "orders", "tickets", "fraud", "payments"),
    ),
    # … or gives them back.
    Function(
        "cancel",
        {
            Api("GET /orders/{orderId}/cancellation"): "tickets.quote_cancellation",
            Api("POST /orders/{orderId}/cancel"): "tickets.cancel_tickets",
        },
        reads=("catalog",),
        writes=("orders", "tickets", "payments"),
        starts=("cancellation",),
    ),
    Function(
        "return",
        {
            Step("ReturnSeats"): "inventory.return_seats",
            Step("CloseOrder"): "orders.close_order",
            Step("RecallTickets"): "tickets.recall_tickets",
            Step("RecordRefund"): "orders.record_refund",
            Step("RecordFailure"): "orders.record_failure",
            Step("TellBuyer"): "orders.tell_buyer",
        },
        writes=("inventory", "orders", "tickets", "payments"),
    ),
    Function(
        "restrict",
        {Stream("payments", "INSERT", sk_prefix="outbox#", batch_size=10): "tickets.restrict_tickets"},
        reads=("catalog",),
        writes=("tickets", "orders"),
    ),
    Function(
        "notify",
        {
            Stream("orders", "INSERT", sk_prefix="outbox#", batch_size=10): "notifications.send_messages",
            Stream("payments", "INSERT", sk_prefix="outbox#refunded#", batch_size=10): "notifications.send_messages",
        },
        reads=("orders", "catalog"),
        writes=("notifications",),
        sends=("messages",),
        secrets=("push",),
        tells=True,
        reads_people=True,
        timeout_seconds=30,
    ),
    Function(
        "follow",
        {Stream("orders", "MODIFY", pk_prefix="O#", sk_prefix="ORDER"): "orders.push_order"},
        reads=("live",),
        forgets=("live",),
        tells_live=True,
    ),
    Function(
        "remind",
        {Queue("messages", max_concurrency=5): "notifications.retry_messages"},
        reads=("orders", "catalog"),
        writes=("notifications",),
        secrets=("push",),
        tells=True,
        reads_people=True,
        timeout_seconds=30,
    ),
    Function(
        "preferences",
        {
            Api("GET /accounts/preferences"): "notifications.show_preferences",
            Api("PUT /accounts/preferences"): "notifications.change_preferences",
            Api("POST /accounts/push-subscriptions"): "notifications.add_subscription",
            Api("DELETE /accounts/push-subscriptions/{subscriptionId}"): "notifications.remove_subscription",
            Api("GET /orders/{orderId}/messages"): "notifications.list_messages",
        },
        reads=("orders",),
        writes=("notifications",),
        secrets=("push",),
    ),
    Function(
        "mine",
        {
            Api("GET /orders"): "orders.list_orders",
            Api("GET /orders/{orderId}"): "orders.show_order",
            Api("GET /tickets"): "tickets.list_tickets",
            Api("GET /tickets/{ticketId}"): "tickets.show_ticket",
        },
        reads=("orders", "payments", "tickets", "catalog"),
        secrets=("signing",),
    ),
    Function(
        "paper",
        {Api("GET /tickets/{ticketId}/pdf"): "tickets.download_pdf"},
        reads=("orders", "tickets", "catalog"),
        secrets=("signing",),
        reads_people=True,
        memory_mb=1769,
    ),
    # The organizer's side: venues, charts, events, and putting an event on sale.
    Function(
        "curate",
        {
            Api("POST /organizer/venues"): "catalog.create_venue",
            Api("GET /organizer/venues/{venueId}"): "catalog.open_venue",
            Api("PATCH /organizer/venues/{venueId}"): "catalog.edit_venue",
            Api("POST /organizer/events"): "catalog.create_event",
            Api("GET /organizer/events/{eventId}"): "catalog.open_event",
            Api("PATCH /organizer/events/{eventId}"): "catalog.edit_event",
        },
        writes=("catalog",),
        writes_charts=True,
        memory_mb=1769,
        timeout_seconds=29,
    ),
    Function(
        "organize",
        {
            Api("POST /organizer/chart-uploads"): "catalog.request_chart_upload",
            Api("POST /organizer/charts"): "catalog.request_chart_import",
            Api("GET /organizer/charts/{chartImportId}"): "catalog.show_chart_import",
            Api("POST /organizer/events/{eventId}/on-sale"): "inventory.put_on_sale",
            Api("POST /organizer/events/{eventId}/chart"): "inventory.enlarge_house",
            Api("POST /organizer/events/{eventId}/blocks"): "inventory.block_seats",
            Api("POST /organizer/events/{eventId}/blocks/{blockId}/release"): "inventory.release_block",
            Api("GET /organizer/events/{eventId}/house"): "inventory.show_house",
        },
        writes=("catalog", "inventory"),
        writes_charts=True,
        sends=("charts",),
        memory_mb=1769,
        timeout_seconds=29,
    ),
    Function(
        "copy",
        {Stream("catalog", "MODIFY", sk_prefix="SELF"): "catalog.update_copies"},
        writes=("catalog",),
        timeout_seconds=120,
    ),
    Function(
        "charts",
        {Queue("charts", batch_size=1): "catalog.import_chart"},
        writes=("catalog",),
        writes_charts=True,
        memory_mb=1769,
        timeout_seconds=120,
    ),
    Function(
        "rooms",
        {
            Api("POST /organizer/queues/{eventId}"): "waitingroom.control_room",
            Api("GET /organizer/queues/{eventId}"): "waitingroom.show_room",
        },
        reads=("catalog",),
        writes=("waitingroom",),
    ),
    Function(
        "change",
        {
            Api("POST /organizer/events/{eventId}/cancel"): "orders.cancel_event",
            Api("POST /organizer/events/{eventId}/move"): "orders.move_event",
            Api("GET /organizer/events/{eventId}/cancellation"): "orders.show_cancellation",
        },
        writes=("catalog", "orders"),
        starts=("event-change",),
        timeout_seconds=29,
    ),
    Function(
        "gather",
        {Step("GatherOrders"): "orders.gather_orders"},
        reads=("inventory", "catalog"),
        writes=("orders",),
        writes_lists=True,
        timeout_seconds=60,
    ),
    # The operator's side: what needs a person.
    Function(
        "operate",
        {
            Api("GET /operator/reviews"): "orders.list_reviews",
            Api("POST /operator/reviews/{orderId}"): "orders.answer_review",
        },
        reads=("fraud",),
        writes=("orders",),
        secrets=("signing",),
        resumes=("purchase",),
        reads_people=True,
    ),
    Function(
        "mend",
        {Api("POST /operator/events/{eventId}/map"): "inventory.rebuild_map"},
        writes=("inventory", "catalog", "waitingroom"),
        writes_only={"inventory": ("S#",), "catalog": ("EVENT#",), "waitingroom": ("ROOM#",)},
        sends=("ticks",),
        timeout_seconds=29,
    ),
    # Whatever else is asked for.
    Function(
        "unrouted",
        {Api("$default"): "frontdoor.refuse_route"},
        memory_mb=256,
    ),
)
