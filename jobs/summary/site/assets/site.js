// Shows a chart's numbers under the finger, the mouse or the arrow keys. Without it they are in the titles and the tables.
for (const plot of document.querySelectorAll('[data-plot]')) {
  const areas = [...plot.querySelectorAll('.hover-area')];
  const overlay = (name) => {
    const element = document.createElement('div');
    element.className = name;
    element.hidden = true;
    plot.append(element);
    return element;
  };
  const crosshair = overlay('crosshair');
  const marker = overlay('marker');
  const tooltip = overlay('tooltip');
  const label = document.createElement('span');
  const value = document.createElement('strong');
  tooltip.append(label, value);
  let current = areas.length;

  for (const area of areas) area.querySelector('title')?.remove();
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute(
    'aria-label',
    `${plot.closest('figure').querySelector('h2').textContent}: arrow keys read each value`,
  );
  tooltip.setAttribute('role', 'status');

  const show = (index) => {
    current = Math.max(0, Math.min(areas.length - 1, index));
    const { dataset } = areas[current];
    const left = ((current + 0.5) / areas.length) * plot.clientWidth;
    label.textContent = dataset.label;
    value.textContent = dataset.value;
    for (const element of [crosshair, marker, tooltip]) element.hidden = false;
    marker.hidden = dataset.y === '';
    crosshair.style.left = `${left}px`;
    marker.style.left = `${left}px`;
    marker.style.top = `${Number(dataset.y) / 10}%`;
    const max = plot.clientWidth - tooltip.offsetWidth;
    const offset = left > plot.clientWidth / 2 ? -tooltip.offsetWidth - 12 : 12;
    tooltip.style.left = `${Math.max(0, Math.min(max, left + offset))}px`;
  };
  const hide = () => {
    for (const element of [crosshair, marker, tooltip]) element.hidden = true;
  };
  const showAtPointer = (event) => {
    const { left, width } = plot.getBoundingClientRect();
    show(Math.floor(((event.clientX - left) / width) * areas.length));
  };
  plot.addEventListener('pointermove', showAtPointer);
  plot.addEventListener('pointerdown', showAtPointer);
  plot.addEventListener('pointerleave', hide);
  plot.addEventListener('blur', hide);
  plot.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -areas.length, End: areas.length }[event.key];
    if (event.key === 'Escape') hide();
    if (step === undefined) return;
    event.preventDefault();
    show(current + step);
  });
}
