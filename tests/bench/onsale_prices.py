"""What AWS allows an account and what it asks for it, as published."""

from __future__ import annotations

LIMITS = {
    "cloudfront_requests": 250_000,
    "api_requests": 10_000,
    "lambda_concurrency": 1_000,
    "dynamodb_writes": 40_000,
    "dynamodb_reads": 40_000,
    "reads_of_the_room": 3_000,
}
"""Published defaults of an account, a second where that applies; the last of one item, as every partition has it."""
PRICES = {
    "dynamodb write": 0.625e-6,
    "dynamodb read": 0.125e-6,
    "api request": 1.00e-6,
    "lambda request": 0.20e-6,
    "lambda gb second": 0.0000133334,
    "cloudfront request": 1.00e-6,
    "cloudfront function": 0.10e-6,
}
