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
  return found[2] === 'receipt' ? receipt(found[1], person) : draw(found[1], person, request);
}

// When this person came. Asking again gives a later one: the first to be registered counts.
function receipt(eventId, person) {
  return answer({ receipt: seal('receipt', { event: eventId, sub: person.sub, t: Date.now() }) });
}

// No tick for more than a minute: one draw for each person in five minutes, at the odds the origin set and sealed.
// Only whoever has a place in the line takes part.
function draw(eventId, person, request) {
  const now = Date.now();
  const shown = request.querystring.terms;
  const carried = request.headers['x-queue-token'];
  const terms = shown && unseal('terms', shown.value, now);
  const place = carried && unseal('queue', carried.value, now);
  if (!terms || terms.event !== eventId) return problem(403, 'admission-required', 'The waiting room is as usual');
  if (!place || place.event !== eventId || place.sub !== person.sub) return problem(403, 'not-in-line', 'Join first');
  const bucket = Math.floor(now / 300000);
  const lot = crypto.createHmac('sha256', KEYS[0]).update(['lot', eventId, person.sub, bucket].join(' ')).digest('hex');
  if (parseInt(lot.slice(0, 12), 16) / 281474976710656 >= terms.odds) return answer({ accessToken: null });
  const exp = (bucket + 1) * 300;
  return answer({
    accessToken: seal('degraded', { event: eventId, sub: person.sub, device: person.device, tick: -1, exp: exp }),
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
