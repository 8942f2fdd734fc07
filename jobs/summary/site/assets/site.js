// Tells a chart's numbers under the finger, the mouse or the arrow keys. Without it they are in the titles and the tables.
for (const box of document.querySelectorAll('[data-plot]')) {
  const hits = [...box.querySelectorAll('.hit')];
  const part = (name) => {
    const element = document.createElement('div');
    element.className = name;
    element.hidden = true;
    box.append(element);
    return element;
  };
  const cross = part('cross');
  const mark = part('mark');
  const tip = part('tip');
  const label = document.createElement('span');
  const shown = document.createElement('strong');
  tip.append(label, shown);
  let current = hits.length;

  for (const hit of hits) hit.querySelector('title')?.remove();
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute(
    'aria-label',
    `${box.closest('figure').querySelector('h2').textContent}: arrow keys read each value`,
  );
  tip.setAttribute('role', 'status');

  const tell = (index) => {
    current = Math.max(0, Math.min(hits.length - 1, index));
    const { label: name, shown: text, y } = hits[current].dataset;
    const left = ((current + 0.5) / hits.length) * box.clientWidth;
    label.textContent = name;
    shown.textContent = text;
    for (const element of [cross, mark, tip]) element.hidden = false;
    mark.hidden = y === '';
    cross.style.left = `${left}px`;
    mark.style.left = `${left}px`;
    mark.style.top = `${Number(y) / 10}%`;
    const most = box.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(most, left + (left > box.clientWidth / 2 ? -tip.offsetWidth - 12 : 12)))}px`;
  };
  const hide = () => {
    for (const element of [cross, mark, tip]) element.hidden = true;
  };
  const at = (event) => {
    const { left, width } = box.getBoundingClientRect();
    tell(Math.floor(((event.clientX - left) / width) * hits.length));
  };
  box.addEventListener('pointermove', at);
  box.addEventListener('pointerdown', at);
  box.addEventListener('pointerleave', hide);
  box.addEventListener('blur', hide);
  box.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -hits.length, End: hits.length }[event.key];
    if (event.key === 'Escape') hide();
    if (step === undefined) return;
    event.preventDefault();
    tell(current + step);
  });
}
