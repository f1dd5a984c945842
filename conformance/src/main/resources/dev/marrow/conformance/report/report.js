(function () {
  var rows = [].slice.call(document.querySelectorAll('tr.case'));
  var find = document.getElementById('find'), level = document.getElementById('level'), severity = document.getElementById('severity');
  function apply() {
    var words = [].slice.call(document.querySelectorAll('#words input:checked')).map(function (i) { return i.value; });
    var text = find.value.toLowerCase(), shown = 0;
    rows.forEach(function (row) {
      var keep = row.dataset.word.split(' ').some(function (w) { return words.indexOf(w) >= 0; })
        && (!level.value || row.dataset.level === level.value) && (!severity.value || row.dataset.severity === severity.value)
        && (!text || row.textContent.toLowerCase().indexOf(text) >= 0);
      row.hidden = !keep;
      if (keep) shown++;
    });
    [].forEach.call(document.querySelectorAll('.group'), function (g) { g.hidden = !g.querySelector('tr.case:not([hidden])'); });
    document.getElementById('shown').textContent = shown + ' of ' + rows.length + ' cases';
  }
  document.querySelector('nav').addEventListener('input', apply);
  apply();
  if (location.hash) { var at = document.getElementById(location.hash.slice(1)); if (at) { at.hidden = false; at.querySelector('details').open = true; at.scrollIntoView(); } }
})();
