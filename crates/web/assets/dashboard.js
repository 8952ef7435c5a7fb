// What the dashboard adds where scripts run. Every page works without it.
'use strict';

// A form is sent once: a second press while the answer is awaited does nothing.
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
});

// A page that comes back from the browser's history can be sent again.
window.addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What has just been done is said once, not again when the page is loaded anew.
const here = new URL(location.href);
if (here.searchParams.has('done') || here.searchParams.has('connected')) {
  here.searchParams.delete('done');
  here.searchParams.delete('connected');
  history.replaceState(history.state, '', here);
}

// What was wrong is where one goes on.
document.querySelector('[aria-invalid="true"]')?.focus();

// A post that is written is looked at by the server while it is: the same rules, the same words.
const compose = document.querySelector('form[data-check]');
if (compose) {
  const checks = compose.querySelector('[data-checks]');
  let waiting;
  let asked = 0;
  const look = async () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(compose)) if (typeof value === 'string') fields.append(name, value);
    const mine = ++asked;
    const answer = await fetch(compose.dataset.check, { method: 'POST', body: fields }).catch(() => undefined);
    if (answer?.ok && mine === asked) checks.innerHTML = await answer.text();
  };
  compose.addEventListener('input', (event) => {
    const shown = event.target.dataset.preview && document.getElementById(event.target.dataset.preview);
    if (shown) {
      shown.textContent = event.target.value;
      shown.parentElement.querySelector('details')?.remove();
    }
    clearTimeout(waiting);
    waiting = setTimeout(look, 400);
  });
}

// A post is moved to another day by dragging it, or with Alt and an arrow key; its own page does the same without a script.
// What is inside of `main` may be replaced by what is new, so it is `main` that listens.
const calendar = document.querySelector('[data-calendar]')?.closest('main');
if (calendar) {
  const move = (chip, day) => {
    const form = document.getElementById('move');
    form.elements.post.value = chip.dataset.post;
    form.elements.version.value = chip.dataset.version;
    form.elements.day.value = day;
    form.requestSubmit();
  };
  let dragged;
  calendar.addEventListener('dragstart', (event) => { dragged = event.target.closest('[data-post]'); });
  calendar.addEventListener('dragover', (event) => { if (dragged && event.target.closest('[data-day]')) event.preventDefault(); });
  for (const [kind, over] of [['dragenter', true], ['dragleave', false], ['drop', false]]) {
    calendar.addEventListener(kind, (event) => event.target.closest?.('[data-day]')?.classList.toggle('over', over && Boolean(dragged)));
  }
  calendar.addEventListener('drop', (event) => {
    const day = event.target.closest('[data-day]')?.dataset.day;
    event.preventDefault();
    if (dragged && day && day !== dragged.closest('[data-day]').dataset.day) move(dragged, day);
    dragged = undefined;
  });
  const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  calendar.addEventListener('keydown', (event) => {
    const chip = event.target.closest('[data-post]');
    if (!chip || !event.altKey || !days[event.key]) return;
    event.preventDefault();
    const day = new Date(`${chip.closest('[data-day]').dataset.day}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + days[event.key]);
    move(chip, day.toISOString().slice(0, 10));
  });
}

// What happens appears by itself: the page asks for itself again and puts what is new in the place of what is old, unless somebody is
// filling something in. A page that nobody looks at does not wait, so that many tabs take no connections from each other.
const main = document.querySelector('main[data-live]');
if (main) {
  let source;
  let known = main.dataset.live;
  let missed = false;
  const isBusy = () => main.querySelector('details[open] form, input:focus, textarea:focus, select:focus') !== null;
  const refresh = async () => {
    const answer = await fetch(location.pathname + location.search.replace(/[?&]done=[^&]*/, ''), { redirect: 'error' }).catch(() => undefined);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
    missed = isBusy();
    if (fresh && !missed) main.replaceChildren(...fresh.childNodes);
  };
  // What came while somebody was filling something in is shown once they are done.
  main.addEventListener('focusout', () => setTimeout(() => { if (missed && !isBusy()) refresh(); }));
  main.addEventListener('toggle', () => { if (missed && !isBusy()) refresh(); }, true);
  const listen = () => {
    source?.close();
    source = undefined;
    if (document.visibilityState !== 'visible') return;
    source = new EventSource(`/live?since=${encodeURIComponent(known)}`);
    source.addEventListener('change', (event) => {
      known = event.data;
      refresh();
    });
    // A browser goes on by itself after a drop, but not after an answer that is none.
    const mine = source;
    source.addEventListener('error', () => {
      if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (mine === source) listen(); }, 15000);
    });
  };
  document.addEventListener('visibilitychange', listen);
  window.addEventListener('pagehide', () => source?.close());
  listen();
}
