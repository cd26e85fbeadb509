// Finds what a person would: by the name that a screen reader says, among what is on the screen.
// Arguments: what to look for (`press`, `field`, `file`), its name, and the name of the group it is in (or null).
const [kind, wanted, group] = arguments;
const KINDS = {
  press: 'button, a[href], summary, label, [role=button], [role=radio], [role=checkbox], [role=switch], [role=option], [role=tab], [role=menuitem]',
  field: 'input, textarea, select, [role=combobox], [role=textbox], [contenteditable=true]',
  file: 'input[type=file]',
};
const plain = (text) => (text ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
const textOf = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(' ');
function nameOf(element) {
  const labelled = element.getAttribute('aria-labelledby');
  if (labelled) return plain(textOf(labelled));
  const said = element.getAttribute('aria-label');
  if (said) return plain(said);
  const labels = [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
  return plain(labels || element.innerText || element.getAttribute('title') || element.getAttribute('placeholder') || '');
}
function isThere(element) {
  if (kind === 'file') return true;
  const style = getComputedStyle(element);
  return element.getClientRects().length > 0 && style.visibility !== 'hidden'
    && !element.closest('[inert], [aria-hidden=true]') && element.getAttribute('aria-disabled') !== 'true' && !element.disabled;
}
const GROUPS = 'fieldset, section, form, nav, dialog, [role=group], [role=radiogroup], [role=dialog], [role=region]';
const groupName = (element) => plain(element.querySelector(':scope > legend')?.textContent ?? '') || nameOf(element);
const within = group === null ? [document] : [...document.querySelectorAll(GROUPS)].filter((element) => groupName(element).startsWith(plain(group)));
const there = within.flatMap((root) => [...root.querySelectorAll(KINDS[kind])]).filter(isThere).map((element) => [element, nameOf(element)]);
const name = plain(wanted);
const found = there.find(([, has]) => has === name)
  ?? there.filter(([, has]) => has.startsWith(name)).sort((a, b) => a[1].length - b[1].length)[0]
  ?? there.filter(([, has]) => has.includes(name)).sort((a, b) => a[1].length - b[1].length)[0]
  ?? (kind === 'file' && there[0]);
return found ? found[0] : null;
