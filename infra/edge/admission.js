// /api/seats/hold: an admission that is shown must be one of ours and of this moment; what is not goes no further.
// Whether the event wants one, whose it is and whether its session lives, the API checks; and its end to the second: the
// clock here may be two minutes ahead, which is all of an admission's life.
function handler(event) {
  const request = event.request;
  const shown = request.headers['x-admission-token'];
  if (!shown) return request;
  const now = Date.now() - 120000;
  if (unseal('admission', shown.value, now) || unseal('degraded', shown.value, now)) return request;
  return problem(403, 'admission-required', 'This event is entered through its waiting room');
}
