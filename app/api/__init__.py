"""For programs: what the planning room shows and does, as JSON under /api/v1.

operations   what every view here shares: the token's scope, the body, the answer, OpenAPI's description
shapes       the resources, as they are written
explained    the resource of an explanation, likewise
answers      a write that is sent again with its Idempotency-Key acts once
paging       lists in pages, by cursor
spec         the description that is committed as openapi.json
views        thin: over the queries and services of the stages
"""
