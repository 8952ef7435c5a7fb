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
