const $ = selector => document.querySelector(selector);

// One request; a problem (RFC 9457) is shown, and thrown to whoever called.
async function api(method, path, body) {
  const response = await fetch(path, { method, headers: body ? { 'Content-Type': 'application/json' } : {}, body: body && JSON.stringify(body) })
    .catch(error => { $('#problem').textContent = 'The server cannot be reached.'; throw error; });
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({ title: response.statusText }));
  if (path !== '/api/me') $('#problem').textContent = problem.detail ?? problem.title;
  if (response.status === 401) show(null);
  throw new Error(`${method} ${path}: ${response.status}`);
}

function show(name) {
  $('#login').hidden = name !== null;
  $('#list').hidden = name === null;
  $('#user').textContent = name === null ? '' : `${name}, `;
}

function draw(todos) {
  $('ul').replaceChildren(...todos.map(todo => {
    const item = document.createElement('li');
    item.className = todo.done ? 'done' : '';
    const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: todo.done });
    box.onchange = () => api('PATCH', `/api/todos/${todo.id}`, { done: box.checked });
    const text = Object.assign(document.createElement('span'), { textContent: todo.text });
    const remove = Object.assign(document.createElement('button'), { textContent: 'Remove' });
    remove.onclick = () => api('DELETE', `/api/todos/${todo.id}`);
    item.append(box, text, remove);
    return item;
  }));
  $('#problem').textContent = '';
}

// One request for the list at a time: of two, the older answer could come last.
let refreshing = null;
let outdated = false;
function refresh() {
  outdated = true;
  return refreshing ??= (async () => {
    try {
      while (outdated) {
        outdated = false;
        draw(await api('GET', '/api/todos'));
      }
    } finally {
      refreshing = null;
    }
  })();
}

let events = null;
function listen() {
  events?.close();
  events = new EventSource('/api/events');
  // A generation that leaves ends its streams; the browser comes back to the next one by itself, and looks at what it may have missed.
  events.onopen = () => { $('#live').textContent = 'live'; refresh(); };
  events.onerror = () => {
    $('#live').textContent = 'not live';
    if (events.readyState === EventSource.CLOSED) setTimeout(() => $('#list').hidden || listen(), 1000); // an answer that was no stream
  };
  events.addEventListener('generation', event => $('#generation').textContent = event.data);
  events.addEventListener('changed', refresh);
}

async function begin() {
  const me = await api('GET', '/api/me');
  show(me.name);
  await refresh();
  listen();
}

$('#login').onsubmit = async event => {
  event.preventDefault();
  await api('POST', '/api/login', Object.fromEntries(new FormData(event.target)));
  await begin();
};
$('#add').onsubmit = async event => {
  event.preventDefault();
  const field = event.target.elements.text;
  await api('POST', '/api/todos', { text: field.value });
  field.value = '';
};
begin().catch(() => {});
