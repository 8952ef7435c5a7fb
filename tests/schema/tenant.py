"""Tenants of the sandbox, some of them with an Instagram account and posts in every state."""

import datetime
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = os.environ["RATS_URL"].rstrip("/")
PASSWORD = "schema-password"
# Longer than any run: what Instagram is not to show, it does not.
NEVER = 10**7


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_):
        return None


BROWSER = urllib.request.build_opener(Stay)


def send(method, url, body=None, **headers):
    """Sends a form (bytes) or JSON; answers headers and body, whatever the status is."""
    if body is not None and not isinstance(body, bytes):
        body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with BROWSER.open(request, timeout=30) as answer:
            return answer.headers, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.headers, answer.read().decode()


def tomorrow():
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)


class Tenant:
    """Someone who is signed in."""

    def __init__(self):
        name = "u" + os.urandom(4).hex()
        account = {"email": f"{name}@schema.example", "password": PASSWORD}
        send("POST", f"{BASE}/api/auth/register", {**account, "username": name})
        self.token = json.loads(send("POST", f"{BASE}/api/auth/login", account)[1])["token"]

    def call(self, method, path, body=None):
        return json.loads(send(method, BASE + path, body, Authorization=f"Bearer {self.token}")[1])


class Poster(Tenant):
    """Someone with an account and four posts: one is live, one is scheduled, one failed, of one nobody knows."""

    def __init__(self, account):
        super().__init__()
        self.connect(account)
        # What requests may name, and also delete, is another one than ours.
        self.event, self.spare = self.birthday(), self.birthday()
        self.live = self.post("It is live.")
        self.until(self.live, "published")
        self.planned = self.schedule()
        refused = {"fault": "error", "call": "create", "status": 400, "code": 36003, "subcode": 2207009}
        send("POST", f"{self.instagram}/_control/faults", {**refused, "account": account, "times": 1})
        self.failed = self.post("It fails.")
        self.until(self.failed, "failed")
        self.picture = self.shown(self.planned)["imageUrl"].rsplit("/", 1)[1]
        for fault in ({"fault": "publish-then-drop"}, {"fault": "status-lag", "seconds": NEVER},
                      {"fault": "listing-lag", "seconds": NEVER}):
            send("POST", f"{self.instagram}/_control/faults", {**fault, "account": account, "times": 1})
        self.question = f"Is it live, {account}?"
        self.unclear = self.post(self.question)
        self.until(self.unclear, "reconciling")

    def connect(self, account):
        """Goes through the simulated consent page and ours."""
        auth_url = self.call("GET", "/api/social-auth/instagram/auth-url")["authUrl"]
        self.instagram = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(auth_url))
        callback = send("POST", auth_url, f"account={account}&decision=approve".encode())[0]["Location"]
        cookie = send("GET", callback)[0]["Set-Cookie"].split(";")[0]
        page = send("GET", f"{BASE}/connect/confirm", Cookie=cookie)[1]
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        send("POST", f"{BASE}/connect/confirm", f"decision=connect&csrf={csrf}".encode(), Cookie=cookie)

    def birthday(self):
        return self.celebrate("2099-01-01")["_id"]

    def over(self):
        """An event whose post of this year was cancelled."""
        event = self.celebrate(tomorrow().date().isoformat())["_id"]
        made = self.call("GET", f"/api/events/{event}")["autoPost"]["next"]["postId"]
        self.call("DELETE", f"/api/social-media/posts/{made}")
        return event

    def celebrate(self, date):
        return self.call("POST", "/api/events", {
            "title": "Anna's birthday", "eventType": "birthday", "date": date,
            "recipientName": "Anna", "recipientRelation": "friend", "autoPost": {"enabled": True},
        })

    def post(self, text):
        body = {"platform": "instagram", "content": text, "eventId": self.event}
        return self.call("POST", "/api/social-media/post", body)["post"]["_id"]

    def draft(self):
        body = {"platform": "instagram", "content": "Perhaps.", "eventId": self.event}
        return self.call("POST", "/api/social-media/posts", body)["post"]["_id"]

    def schedule(self):
        body = {"platform": "instagram", "eventId": self.event, "scheduledFor": tomorrow().isoformat()}
        return self.call("POST", "/api/social-media/schedule", body)["post"]["_id"]

    def shown(self, post):
        return self.call("GET", f"/api/social-media/posts/{post}")["post"]

    def until(self, post, stage):
        end = time.monotonic() + 60
        while (shown := self.shown(post))["stage"] != stage:
            if time.monotonic() > end:
                raise RuntimeError(f"it should be {stage}: {shown}")
            time.sleep(0.05)

    def review(self):
        """Lets the time pass after which we give up finding out about the unclear one; answers which media it is."""
        send("POST", f"{self.instagram}/_control/clock", {"advance_seconds": 60})
        self.until(self.unclear, "needs_review")
        ledger = json.loads(send("GET", f"{self.instagram}/_control/ledger")[1])
        return next(media["mediaId"] for media in ledger["media"] if media["caption"] == self.question)
