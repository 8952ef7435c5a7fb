"""Signs schemathesis in as two tenants in turn."""

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


def tenant():
    name = "u" + os.urandom(4).hex()
    email = f"{name}@schema.example"
    call("/api/auth/register", {"email": email, "password": "schema-password", "username": name})
    token = call("/api/auth/login", {"email": email, "password": "schema-password"})["token"]
    return {"token": token}


TENANTS = itertools.cycle([tenant(), tenant()])
LOCK = threading.Lock()


@schemathesis.auth()
class InTurn:
    def get(self, case, context):
        with LOCK:
            return next(TENANTS)

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data['token']}"
