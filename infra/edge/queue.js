// /api/queue/*: the receipt for coming is given here, so that fifty million people coming at once reach no server
// of ours. Everything else goes on to the API.
function handler(event) {
  const request = event.request;
  const found = /^\/api\/queue\/(evt_[0-9a-v]{16})\/(receipt|degraded)$/.exec(request.uri);
  if (!found) return request;
  if (request.method !== 'POST') return problem(405, 'method-not-allowed', 'This address takes POST');
  const cookie = request.cookies['bo-edge'];
  const person = cookie && unseal('edge', cookie.value, Date.now());
  if (!person) return problem(401, 'edge-cookie-required', 'Ask for the edge cookie first');
  return found[2] === 'receipt' ? receipt(found[1], person, request.cookies['bo-device'], event.viewer.ip) : draw(found[1], person, request);
}

// When this person came, and from where: hashes that only we can make and that are others for another event. Asking
// again gives a later one: the first to be registered counts.
function receipt(eventId, person, cookie, ip) {
  const known = cookie && /^[0-9a-f]{32}$/.test(cookie.value);
  const device = known ? cookie.value : print(32, ['device', person.sub, Date.now()]);
  const claims = { event: eventId, sub: person.sub, t: Date.now() };
  claims.d = print(16, ['device', eventId, device]);
  claims.a = print(16, ['address', eventId, network(ip)]);
  const given = answer({ receipt: seal('receipt', claims) });
  const attributes = 'Path=/api/queue; Max-Age=31536000; HttpOnly; Secure; SameSite=Strict';
  given.cookies = { 'bo-device': { value: device, attributes: attributes } };
  return given;
}

function print(digits, words) {
  return crypto.createHmac('sha256', KEYS[0]).update(words.join(' ')).digest('hex').slice(0, digits);
}

// An IPv4 address, or the first 64 bits of an IPv6 address: the rest of it is its owner's to choose.
function network(ip) {
  if (ip.indexOf(':') < 0) return ip;
  const halves = ip.split('::').map((half) => (half ? half.split(':') : []));
  const right = halves[1] || [];
  const zeros = Array(Math.max(0, 8 - halves[0].length - right.length)).fill('0');
  return halves[0].concat(halves.length > 1 ? zeros : [], right).slice(0, 4).map((group) => parseInt(group, 16)).join(':');
}

// No tick for more than a minute: one draw for each person in five minutes, at the odds the origin set and sealed.
// Only whoever has a place in the line takes part. Which five minutes these are the terms say, not the clock here.
function draw(eventId, person, request) {
  const now = Date.now() - 120000;
  const shown = request.querystring.terms;
  const carried = request.headers['x-queue-token'];
  const terms = shown && unseal('terms', shown.value, now);
  const place = carried && unseal('queue', carried.value, now);
  if (!terms || terms.event !== eventId) return problem(403, 'admission-required', 'The waiting room is as usual');
  if (!place || place.event !== eventId || place.sub !== person.sub) return problem(403, 'not-in-line', 'Join first');
  const bucket = Math.floor((terms.exp - 1) / 300);
  const lot = crypto.createHmac('sha256', KEYS[0]).update(['lot', eventId, person.sub, bucket].join(' ')).digest('hex');
  if (parseInt(lot.slice(0, 12), 16) / 281474976710656 >= terms.odds) return answer({ accessToken: null });
  return answer({
    accessToken: seal('degraded', { event: eventId, sub: person.sub, device: person.device, tick: -1, exp: terms.exp }),
  });
}

function answer(document) {
  return {
    statusCode: 200,
    statusDescription: 'OK',
    headers: { 'content-type': { value: 'application/json' }, 'cache-control': { value: 'no-store' } },
    body: JSON.stringify(document),
  };
}
