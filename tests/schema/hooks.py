"""Signs schemathesis in as two tenants in turn, and points it at things that exist."""

import itertools
import json
import os
import threading
import urllib.request

import schemathesis

BASE = os.environ["RATS_URL"].rstrip("/")


def call(path, body, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def tenant(name):
    email = f"{name}@schema.example"
    call("/api/auth/register", {"email": email, "password": "schema-password", "username": name})
    token = call("/api/auth/login", {"email": email, "password": "schema-password"})["token"]
    event = {
        "title": "Anna’s birthday", "eventType": "birthday", "date": "2099-12-04",
        "recipientName": "Anna", "recipientRelation": "friend",
    }
    return {"token": token, "event": call("/api/events", event, token)["_id"]}


TENANTS = itertools.cycle([tenant("one"), tenant("two")])
LOCK = threading.Lock()


@schemathesis.auth()
class InTurn:
    def get(self, case, context):
        with LOCK:
            return next(TENANTS)

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data['token']}"
