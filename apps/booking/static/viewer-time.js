// Adds the viewer's own time where it is not what the clock there shows. Without it the page says the time there alone.
(() => {
  const { words } = document.currentScript.dataset;
  const say = (moment, timeZone, how) => new Intl.DateTimeFormat('en-GB', { timeZone, ...how }).format(moment);
  const read = (moment, timeZone) => [
    say(moment, timeZone, { weekday: 'short', day: 'numeric', month: 'short' }).replace(',', ''),
    say(moment, timeZone, { hour: '2-digit', minute: '2-digit' }),
  ];
  for (const place of document.querySelectorAll('.viewer-time[data-start]')) {
    const start = new Date(place.dataset.start);
    const [dayThere, timeThere] = read(start, place.dataset.zone);
    const [day, time] = read(start);
    if (day !== dayThere) place.textContent = `${day}, ${time} ${words}`;
    else if (time !== timeThere) place.textContent = `${time} ${words}`;
  }
})();
