"""Signs schemathesis in as two tenants in turn, and gives the operations on posts real posts of two more."""

import itertools
import json

import schemathesis
from schemathesis.generation.meta import TestPhase
from tenant import Poster, Tenant

TENANTS = [Tenant(), Tenant()]
# Connected, and signed in for their own things only: nothing else may disconnect them.
BAKER, PHOTOGRAPHER = Poster("goldencrust"), Poster("lena.frames")
ADOPTED = BAKER.review()
PHOTOGRAPHER.review()

IN_TURN = itertools.cycle(tenant.token for tenant in TENANTS)
SIGNED_IN = {f"Bearer {tenant.token}" for tenant in (*TENANTS, BAKER, PHOTOGRAPHER)}

# Whose things are, by id: everything that was answered to someone.
OWNERS = {post: owner.token for owner in (BAKER, PHOTOGRAPHER) for post in (owner.live, owner.planned, owner.unclear, owner.failed)}
OWNERS |= {event: owner.token for owner in (BAKER, PHOTOGRAPHER) for event in (owner.event, owner.spare)}
# Whose event and picture a body names that names any.
NAMING = {
    "POST /api/social-media/posts": BAKER,
    "PATCH /api/social-media/posts/{id}": BAKER,
    "POST /api/social-media/posts/{id}/republish": PHOTOGRAPHER,
}


def cancelled():
    """One to be cancelled, the same one to be removed; then some that cannot be."""
    while True:
        OWNERS[planned := BAKER.schedule()] = BAKER.token
        yield from (planned, planned, BAKER.live, PHOTOGRAPHER.unclear, None)


def changed():
    """Drafts, then some that cannot be changed."""
    while True:
        OWNERS[draft := BAKER.draft()] = BAKER.token
        yield from (draft, draft, BAKER.planned, BAKER.live, PHOTOGRAPHER.unclear, None)


def published():
    """Some to be published, then some that cannot be."""
    while True:
        OWNERS[draft := BAKER.draft()] = BAKER.token
        yield from (draft, BAKER.live, PHOTOGRAPHER.unclear, None)


def forgotten():
    """Events to be removed, the same one twice."""
    while True:
        OWNERS[event := BAKER.birthday()] = BAKER.token
        yield from (event, event, None)


def again():
    """Events whose post of this year is over, then one whose next post is on its way."""
    while True:
        OWNERS[event := BAKER.over()] = BAKER.token
        yield from (event, event, None)


EVERY_STATE = (BAKER.live, BAKER.planned, PHOTOGRAPHER.unclear, None)
# What an operation's path names in turn; where nothing, what schemathesis made up.
REAL = {
    "GET /api/events/{id}": itertools.cycle([BAKER.spare, None]),
    "PUT /api/events/{id}": itertools.cycle([BAKER.spare, None]),
    "DELETE /api/events/{id}": forgotten(),
    "POST /api/events/{id}/regenerate": itertools.cycle([BAKER.spare, None]),
    "POST /api/events/{id}/post-again": again(),
    "POST /api/events/{id}/test-message": itertools.cycle([BAKER.spare, None]),
    "GET /api/social-media/posts/{id}": itertools.cycle(EVERY_STATE),
    "GET /api/social-media/posts/{id}/metrics": itertools.cycle(EVERY_STATE),
    "PATCH /api/social-media/posts/{id}": changed(),
    "DELETE /api/social-media/posts/{id}": cancelled(),
    "POST /api/social-media/posts/{id}/publish": published(),
    "POST /api/social-media/posts/{id}/retry": itertools.cycle([BAKER.failed, BAKER.failed, BAKER.live, None]),
    "POST /api/social-media/posts/{id}/adopt": itertools.cycle([BAKER.unclear, BAKER.live]),
    "POST /api/social-media/posts/{id}/republish": itertools.cycle([PHOTOGRAPHER.unclear, PHOTOGRAPHER.planned]),
    "GET /media/{name}": itertools.cycle([BAKER.picture, None]),
}

# Figures are made of someone's posts, in a time zone that there is; where nothing, what schemathesis made up.
OF_POSTS = "GET /api/social-media/analytics/"
ZONED = "PUT /api/social-media/settings"
ZONES = itertools.cycle(["Europe/Lisbon", "Asia/Kathmandu", None])


@schemathesis.auth(refresh_interval=None)
class InTurn:
    def get(self, case, context):
        return next(IN_TURN)

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Names something real where the request is meant to be accepted, then signs in as its owner."""
    names = REAL.get(case.operation.label)
    # A story of several steps names its own things.
    if names and is_right(case) and case.meta.phase.name is not TestPhase.STATEFUL:
        if real := next(names):
            case.path_parameters = dict.fromkeys(case.path_parameters, real)
    path = case.path_parameters or {}
    body = case.body if isinstance(case.body, dict) else {}
    if (poster := NAMING.get(case.operation.label)) and is_right(case):
        there = {"eventId": poster.spare, "mediaId": poster.picture.removesuffix(".jpg")}
        body.update({name: id for name, id in there.items() if isinstance(body.get(name), str)})
    if "platformPostId" in body and path.get("id") == BAKER.unclear and is_right(case):
        body["platformPostId"] = ADOPTED
    # A picture must be the user's own, and a time zone be one that there is.
    if is_right(case) and isinstance(body.get("autoPost"), dict):
        body["autoPost"].pop("mediaId", None)
    if case.operation.label == ZONED and is_right(case) and "timeZone" in body:
        body["timeZone"] = next(ZONES) or body["timeZone"]
    if case.operation.label.startswith(OF_POSTS) and is_right(case):
        if "timeZone" in (case.query or {}) and (zone := next(ZONES)):
            case.query["timeZone"] = zone
        if (case.headers or {}).get("Authorization") in SIGNED_IN:
            case.headers["Authorization"] = f"Bearer {BAKER.token}"
    owner = next((OWNERS[id] for id in [*path.values(), *body.values()] if isinstance(id, str) and id in OWNERS), None)
    # What is wrong on purpose stays so.
    if owner and (case.headers or {}).get("Authorization") in SIGNED_IN:
        case.headers["Authorization"] = f"Bearer {owner}"


@schemathesis.hook
def after_call(context, case, response):
    """Remembers whose new things are."""
    asked = response.request.headers.get("Authorization")
    if response.status_code in (201, 202) and asked in SIGNED_IN:
        answer = json.loads(response.content)
        for thing in (answer, answer.get("post"), answer.get("media")):
            if thing and "_id" in thing:
                OWNERS[thing["_id"]] = asked.removeprefix("Bearer ")


def is_right(case):
    """Whether the request is meant to be accepted, for all that the contract says."""
    return bool(case.meta) and case.meta.generation.mode.is_positive
