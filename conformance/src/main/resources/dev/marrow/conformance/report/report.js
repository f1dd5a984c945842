(function () {
  var rows = [].slice.call(document.querySelectorAll('tr.case'));
  var by = function (id) { return document.getElementById(id); };
  var find = by('find'), level = by('level'), severity = by('severity'), differs = by('differs'), open = by('open');
  differs.hidden = document.querySelectorAll('.card').length < 2;
  function apply() {
    var words = [].slice.call(document.querySelectorAll('#words input:checked')).map(function (i) { return i.value; });
    var text = find.value.toLowerCase(), shown = 0, onlyDiffering = differs.querySelector('input').checked;
    rows.forEach(function (row) {
      var keep = row.dataset.word.split(' ').some(function (w) { return words.indexOf(w) >= 0; })
        && (!level.value || row.dataset.level === level.value) && (!severity.value || row.dataset.severity === severity.value)
        && (!onlyDiffering || row.dataset.differs === 'true')
        && (!text || row.textContent.toLowerCase().indexOf(text) >= 0);
      row.hidden = !keep;
      if (keep) shown++;
    });
    [].forEach.call(document.querySelectorAll('.group'), function (g) { g.hidden = !g.querySelector('tr.case:not([hidden])'); });
    by('shown').textContent = shown + ' of ' + rows.length + ' cases';
  }
  function follow() {
    var at = location.hash && by(location.hash.slice(1));
    if (!at || !at.querySelector('details')) return;
    at.hidden = false;
    at.closest('.group').hidden = false;
    at.querySelector('details').open = true;
    at.scrollIntoView({ block: 'center' });
  }
  document.querySelector('nav').addEventListener('input', apply);
  open.addEventListener('click', function () {
    var all = open.textContent === 'open all';
    rows.forEach(function (row) { if (!row.hidden) row.querySelector('details').open = all; });
    open.textContent = all ? 'close all' : 'open all';
  });
  addEventListener('hashchange', follow);
  apply();
  follow();
})();
