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
