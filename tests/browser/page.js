// What the tests' scripts use. Evaluated before each of them.
var isSeen = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
var textOf = (element) => (element.getAttribute('aria-label') ?? element.innerText).replace(/\s+/g, ' ').trim();
var shows = (words) => document.body.innerText.replace(/\s+/g, ' ').includes(words);
var named = (words) => [...document.querySelectorAll('a, button, summary, label')].find((it) => isSeen(it) && textOf(it) === words)
  ?? [...document.querySelectorAll('a, button, summary, label')].find((it) => isSeen(it) && textOf(it).startsWith(words));
var field = (label) => [...document.querySelectorAll('label')].find((it) => textOf(it) === label)?.control;
var focusOn = (label) => {
  const it = field(label);
  it?.focus();
  it?.select?.();
  return document.activeElement === it;
};
var choose = (label, value) => {
  const it = field(label);
  if (!it) return false;
  it.value = value;
  for (const kind of ['input', 'change']) it.dispatchEvent(new Event(kind, { bubbles: true }));
  return it.value === value;
};
// The middle of an element, if it is on the screen and nothing else lies over it.
var middle = (element) => {
  const box = element?.getClientRects()[0];
  if (!box || document.readyState !== 'complete') return null;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const top = document.elementFromPoint(x, y);
  return top && (element.contains(top) || top.contains(element)) ? [x, y] : null;
};
// The same once it is scrolled to.
var place = (element) => {
  element?.scrollIntoView({ block: 'center', behavior: 'instant' });
  return middle(element);
};
// How many of these elements are on the page at a path, as it is now.
var countOf = async (path, selector) =>
  new DOMParser().parseFromString(await (await fetch(path)).text(), 'text/html').querySelectorAll(selector).length;
