"""Fraud: how far a purchase is to be trusted before any money moves.

Owns the decision on each order and the counters it is made from, and what is thought of accounts that crowd on one
device before a sale. It promises that an order is decided once and
for good, however often it is asked about; that it counts once; and that what is not known never speaks for it.
"""

from fraud.assessing import assess, decision_on
from fraud.crowds import judge_entry, report_crowds
from fraud.rules import Decision, Features, Verdict
from fraud.velocity import PaymentVelocity, Try, admit_try, count_declined, count_try

__all__ = [
    "Decision",
    "Features",
    "PaymentVelocity",
    "Try",
    "Verdict",
    "admit_try",
    "assess",
    "count_declined",
    "count_try",
    "decision_on",
    "judge_entry",
    "report_crowds",
]
