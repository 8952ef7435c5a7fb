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

// Whoever makes an account need not say where they live, if their browser knows.
const zone = document.querySelector('input[data-zone]');
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? '';

// What was wrong is where one goes on.
document.querySelector('[aria-invalid="true"]')?.focus();

// A picture that is too large is said to be before it is on its way.
document.addEventListener('change', ({ target }) => {
  if (!target.dataset.most) return;
  const bytes = target.files[0]?.size ?? 0;
  const mega = (count) => (count / 1e6).toFixed(1);
  target.setCustomValidity(bytes > target.dataset.most ? `This picture has ${mega(bytes)} MB; at most ${mega(target.dataset.most)} are taken.` : '');
  target.reportValidity();
});

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
  // As Instagram folds it, and as the page does that the server makes.
  const fold = (shown, text) => {
    const letters = [...text];
    const first = letters.slice(0, 125).join('');
    const end = letters.length > 125 ? Math.max(first.search(/\s\S*$/), 0) || first.length : first.length;
    shown.textContent = text.slice(0, end);
    const more = shown.parentElement.querySelector('details');
    if (end === text.length) return more?.remove();
    const rest = more ?? shown.parentElement.appendChild(document.createElement('details'));
    const summary = document.createElement('summary');
    summary.textContent = '… more';
    rest.replaceChildren(summary, text.slice(end));
  };
  compose.addEventListener('input', (event) => {
    const shown = event.target.dataset.preview && document.getElementById(event.target.dataset.preview);
    if (shown) {
      fold(shown, event.target.value);
    }
    clearTimeout(waiting);
    waiting = setTimeout(look, 400);
  });
}

// What only a script can do is told only where there is one.
const showHints = () => {
  for (const hint of document.querySelectorAll('[data-script]')) hint.hidden = false;
};
showHints();

// A post is moved to another day by dragging it, or with Alt and an arrow key; its own page does the same without a script.
// What is inside of `main` may be replaced by what is new, so it is `main` that listens.
const calendar = document.querySelector('[data-calendar]')?.closest('main');
if (calendar) {
  const move = (chip, day) => {
    const form = document.getElementById('move');
    form.elements.post.value = chip.dataset.post;
    form.elements.version.value = chip.dataset.version;
    form.elements.day.value = day;
    sessionStorage.setItem('moved', chip.dataset.post);
    form.requestSubmit();
  };
  // Where it was moved to is where one goes on.
  const moved = sessionStorage.getItem('moved');
  sessionStorage.removeItem('moved');
  if (moved) calendar.querySelector(`[data-post="${CSS.escape(moved)}"]`)?.focus();
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

// What happens appears by itself: the page asks for itself again and takes over what is new, piece by piece, so that what did not change stays
// as it is: the focus, what is scrolled or open, and what somebody has written. What is new is said in few words to who cannot see it.
// A page that nobody looks at does not wait, so that many tabs take no connections from each other.
const main = document.querySelector('main[data-live]');
if (main) {
  const news = document.getElementById('news');
  let source;
  let known = main.dataset.live;
  let missed = false;
  let asked = 0;
  let failures = 0;

  const isField = (element) => element?.matches?.('input:not([type="hidden"]), textarea, select');
  const isWritten = (field) => {
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked !== field.defaultChecked;
    if (field.options) {
      const told = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      return Boolean(told && !told.selected);
    }
    return field.value !== field.defaultValue;
  };
  // A form that somebody is filling in, or has: all of it stays, the version that it was begun from, too.
  const isKept = (form) => form.contains(document.activeElement) && isField(document.activeElement)
    || [...form.elements].some((field) => isField(field) && isWritten(field));
  const kept = () => [...main.querySelectorAll('form')].filter(isKept);

  const name = (node) => node.nodeType !== 1 ? ''
    : node.id || node.dataset.key || node.getAttribute('aria-labelledby') || node.dataset.day || node.dataset.post || node.getAttribute('href') || (node.nodeName === 'FORM' && node.getAttribute('action')) || '';
  const take = (old, fresh) => {
    if (old.nodeName === 'FORM' && isKept(old)) return;
    if (old.nodeType !== 1) {
      if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
      return;
    }
    for (const { name: attribute } of [...old.attributes]) {
      if (!fresh.hasAttribute(attribute) && !(old.nodeName === 'DETAILS' && attribute === 'open')) old.removeAttribute(attribute);
    }
    for (const { name: attribute, value } of fresh.attributes) if (old.getAttribute(attribute) !== value) old.setAttribute(attribute, value);
    const named = new Map([...old.childNodes].filter(name).map((child) => [name(child), child]));
    let next = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const same = name(child) ? named.get(name(child)) : next && !name(next) ? next : undefined;
      if (!same || same.nodeName !== child.nodeName) {
        old.insertBefore(document.importNode(child, true), next);
        continue;
      }
      if (same === next) next = next.nextSibling;
      else old.insertBefore(same, next);
      named.delete(name(child));
      take(same, child);
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      // What somebody is writing is not taken away, whatever it stands in: that is shown anew once they are done.
      if (kept().some((form) => gone.contains(form))) missed = true;
      else gone.remove();
    }
  };

  const told = (root) => [...root.querySelectorAll('[data-news]')].map((element) => element.dataset.news);
  const say = (before, after) => {
    const fresh = [...new Set(after)].filter((line) => !before.includes(line));
    const first = fresh.slice(0, 3).join('. ');
    const rest = fresh.length > 3 ? ` And ${fresh.length - 3} more.` : '';
    if (fresh.length) news.textContent = `${first}.${rest}`;
    else if (before.join() !== after.join()) news.textContent = 'This page is up to date again.';
  };

  const refresh = async (seen = known) => {
    const mine = ++asked;
    // Where a form was refused, the address is the form's, which leads to its page.
    const answer = await fetch(location.pathname + location.search, { headers: { accept: 'text/html' } }).catch(() => undefined);
    if (!answer?.ok) {
      // What is new is not known yet: it is asked for again, ever later, and by who comes back to the page.
      const again = () => { if (mine === asked && document.visibilityState === 'visible') refresh(seen); };
      if (mine === asked) setTimeout(again, Math.min(60000, 2000 * 2 ** failures++));
      return;
    }
    failures = 0;
    known = seen;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main[data-live]');
    if (!fresh || mine !== asked) return;
    if (answer.redirected) history.replaceState(history.state, '', answer.url);
    // A form that is not there any more would take along what is written in it: its page stays until that is done with.
    const actions = new Set([...fresh.querySelectorAll('form')].map((form) => form.getAttribute('action')));
    missed = kept().some((form) => !actions.has(form.getAttribute('action')));
    if (missed) {
      news.textContent = 'This page has changed. It is shown anew once you are done with what you write.';
      return;
    }
    const focus = document.activeElement;
    const before = told(main);
    take(main, fresh);
    showHints();
    say(before, told(fresh));
    if (focus === document.activeElement || focus === document.body) return;
    // Moved or made anew: what stands for the same is focused again, else the page, so that nobody is thrown back to its very beginning.
    const again = focus.isConnected ? focus : [...main.querySelectorAll('a, button, input, textarea, select, summary')].find((one) => name(one) && name(one) === name(focus));
    (again ?? main).focus({ preventScroll: true });
  };
  const late = () => setTimeout(() => { if (missed) refresh(); });
  main.addEventListener('focusout', late);
  main.addEventListener('toggle', late, true);

  const listen = () => {
    source?.close();
    source = undefined;
    if (document.visibilityState !== 'visible') return;
    source = new EventSource(`/live?since=${encodeURIComponent(known)}`);
    source.addEventListener('change', (event) => refresh(event.data));
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
