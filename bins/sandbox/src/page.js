'use strict';

const login = document.querySelector('.login');
const answer = document.querySelector('#answer');

let signedIn;

async function token() {
  if (signedIn) return signedIn;
  const response = await fetch('/api/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: login.dataset.email, password: login.dataset.password }),
  });
  const value = await response.json();
  if (!response.ok) throw new Error(value.message);
  signedIn = value.token;
  return signedIn;
}

async function call(method, path, body) {
  const headers = { Authorization: `Bearer ${await token()}` };
  if (body) headers['Content-Type'] = 'application/json';
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const value = await response.json();
  answer.textContent = `${method} ${path}\n${response.status}\n${JSON.stringify(value, null, 2)}`;
  return value;
}

async function lastEvent() {
  const events = await call('GET', '/api/events');
  if (events.length === 0) answer.textContent = 'Create an event first.';
  return events.reduce((last, event) => (event.createdAt > last.createdAt ? event : last), events[0]);
}

const steps = {
  async connect() {
    const { authUrl } = await call('GET', '/api/social-auth/instagram/auth-url');
    if (authUrl) window.location.href = authUrl;
  },
  async event() {
    const soon = new Date(Date.now() + 4 * 24 * 3600 * 1000).toISOString().slice(0, 10);
    await call('POST', '/api/events', {
      title: 'Anna’s birthday', eventType: 'birthday', date: soon, recipientName: 'Anna', recipientRelation: 'friend',
      socialMediaHandles: { instagram: 'anna' },
    });
  },
  async test() {
    const event = await lastEvent();
    if (event) await call('POST', `/api/events/${event._id}/test-message`, { platform: 'instagram' });
  },
  async schedule() {
    const event = await lastEvent();
    const scheduledFor = new Date(Date.now() + 60 * 1000).toISOString();
    if (event) await call('POST', '/api/social-media/schedule', { platform: 'instagram', eventId: event._id, scheduledFor });
  },
  async posts() { await call('GET', '/api/social-media/posts'); },
};

for (const button of document.querySelectorAll('button[data-do]')) {
  button.addEventListener('click', async () => {
    button.disabled = true;
    answer.textContent = '…';
    try { await steps[button.dataset.do](); } catch (error) { answer.textContent = String(error); }
    button.disabled = false;
  });
}
